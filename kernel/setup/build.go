package setup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// kernelTools are the programs behind a cell: the kernel, what fixes the
// imports, and what completes names.
var kernelTools = []string{"gonb", "goimports", "gopls"}

// toolsStep builds the kernel's programs at the versions of tools/kernel/go.mod.
func (in *installer) toolsStep() step {
	dir := filepath.Join(in.places.Repo, "tools", "kernel")
	mod, sum := filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum")
	versions := toolVersions(mod)
	return step{name: "tools", what: "building " + versions,
		key: fingerprint([]string{in.tool.Version()}, mod, sum),
		have: func() bool {
			for _, t := range kernelTools {
				if !isProgram(filepath.Join(in.places.Bin, t)) {
					return false
				}
			}
			return true
		},
		make: func(ctx context.Context) (string, error) { return versions, in.buildTools(ctx, dir) }}
}

// buildTools installs into a folder of its own first: a kernel that runs keeps
// its file, and a build that fails leaves the old programs in place.
func (in *installer) buildTools(ctx context.Context, dir string) error {
	fresh := in.places.Bin + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	defer os.RemoveAll(fresh)
	cmd := in.goCommand(ctx, dir, "install", "tool")
	cmd.Env = overlay(cmd.Env, map[string]string{"GOBIN": fresh, "GOWORK": "off"})
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("setup: building GoNB and its helpers failed (%w):\n%s\n%s", err, tail(out, 15), in.hint(out))
	}
	for _, t := range kernelTools {
		if err := os.Rename(filepath.Join(fresh, t), filepath.Join(in.places.Bin, t)); err != nil {
			return fmt.Errorf("setup: %w", err)
		}
	}
	return nil
}

// hint says where Go modules come from here, if that may be what failed.
func (in *installer) hint(output []byte) string {
	if !reNetwork.Match(output) {
		return "run `go clean -cache` if this looks like a damaged cache; else please report it"
	}
	proxy, err := in.goCommand(context.Background(), in.places.Repo, "env", "GOPROXY").Output()
	if err != nil {
		proxy = []byte("?")
	}
	return fmt.Sprintf("modules come from GOPROXY=%s; set it to one that you reach, and try again",
		strings.TrimSpace(string(proxy)))
}

var reNetwork = regexp.MustCompile(`(?i)dial |proxy|lookup |timeout|certificate|connection|reading http|\b(403|404|410|50\d)\b`)

// programStep builds this program itself for the cells, which run it for
// downloads and static pictures. go notices by itself when nothing changed.
func (in *installer) programStep() step {
	return step{name: "program", what: "building fromzero", quick: true,
		make: func(ctx context.Context) (string, error) {
			built := filepath.Join(in.places.Bin, ".fromzero.build")
			cmd := in.goCommand(ctx, in.places.Repo, "build", "-o", built, "./cmd/fromzero")
			if out, err := cmd.CombinedOutput(); err != nil {
				return "", fmt.Errorf("setup: building fromzero failed (%w):\n%s\n%s", err, tail(out, 15), in.hint(out))
			}
			target := filepath.Join(in.places.Bin, "fromzero")
			return target, copyIfChanged(target, built)
		}}
}

// copyIfChanged puts a copy of the program from at to. It goes by rename, since
// the program may be running.
func copyIfChanged(to, from string) error {
	fresh, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, fresh) {
		return nil
	}
	return writeFile(to, fresh, 0o755)
}

// toolVersions reads "gonb v0.11.5, goimports v0.52.0, gopls v0.24.0" from the
// go.mod that pins them.
func toolVersions(mod string) string {
	data, _ := os.ReadFile(mod)
	modules := map[string]string{"gonb": "github.com/janpfeifer/gonb",
		"goimports": "golang.org/x/tools", "gopls": "golang.org/x/tools/gopls"}
	names := make([]string, len(kernelTools))
	for i, t := range kernelTools {
		names[i] = t
		for line := range strings.Lines(string(data)) {
			if f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require ")); len(f) >= 2 && f[0] == modules[t] && strings.HasPrefix(f[1], "v") {
				names[i] += " " + f[1]
			}
		}
	}
	return strings.Join(names, ", ")
}

// isProgram reports whether path is a file that can be run.
func isProgram(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0
}
