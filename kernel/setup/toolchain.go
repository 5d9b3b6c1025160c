package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// WantGo is the Go release that an older go command is told to fetch. Any
// release of at least minGo that the user has is left alone.
const WantGo = "go1.27.3"

var minGo = [2]int{1, 27}

// Toolchain is the Go that builds cells.
type Toolchain struct {
	// Command is the absolute path of the go command.
	Command string
	// Local is the release of that command itself: "go1.26.8".
	Local string
	// Switch is the value of GOTOOLCHAIN that makes it use another release,
	// or "" where Local will do.
	Switch string
}

// Version is the release that builds cells.
func (t Toolchain) Version() string {
	if t.Switch != "" {
		return t.Switch
	}
	return t.Local
}

// String says it for a person: "go1.27.3 (fetched by go1.26.8 in /usr/local/go/bin)".
func (t Toolchain) String() string {
	if t.Switch != "" {
		return fmt.Sprintf("%s (fetched by %s in %s)", t.Switch, t.Local, filepath.Dir(t.Command))
	}
	return fmt.Sprintf("%s in %s", t.Local, filepath.Dir(t.Command))
}

// FindGo finds the go command and decides whether it has to fetch a newer
// release. It downloads nothing yet.
func FindGo(ctx context.Context) (Toolchain, error) {
	var t Toolchain
	command, err := lookGo(os.Getenv("PATH"))
	if err != nil {
		return t, err
	}
	t.Command = command
	cmd := exec.CommandContext(ctx, command, "env", "GOVERSION")
	cmd.Dir = string(filepath.Separator) // outside any module
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		return t, fmt.Errorf("setup: %s does not run: %w; install Go from https://go.dev/dl/", command, err)
	}
	t.Local = strings.TrimSpace(strings.TrimPrefix(string(out), "devel "))
	if recent(t.Local, minGo) {
		return t, nil
	}
	if !recent(t.Local, [2]int{1, 21}) {
		return t, fmt.Errorf("setup: %s is %s, which cannot fetch a newer Go by itself; install Go %d.%d from https://go.dev/dl/",
			command, t.Local, minGo[0], minGo[1])
	}
	t.Switch = WantGo
	if chosen := os.Getenv("GOTOOLCHAIN"); recent(chosen, minGo) {
		t.Switch = chosen
	}
	return t, nil
}

// lookGo finds go on the PATH. Toolchains in the module cache are passed over:
// `go run` and `go test` put the one they use first, but it may be deleted.
func lookGo(path string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if dir == "" || strings.Contains(dir, "golang.org"+string(filepath.Separator)+"toolchain@") {
			continue
		}
		file := filepath.Join(dir, "go")
		if st, err := os.Stat(file); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return filepath.Abs(file)
		}
	}
	return "", errors.New("setup: no go command on the PATH; install Go from https://go.dev/dl/")
}

// recent reports whether a release such as "go1.26.8" is at least min.
func recent(release string, min [2]int) bool {
	major, rest, _ := strings.Cut(strings.TrimPrefix(release, "go"), ".")
	minor := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		minor = rest[:i]
	}
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	if errA != nil || errB != nil {
		return false
	}
	return a > min[0] || a == min[0] && b >= min[1]
}
