package setup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gofromzero/fromzero/internal/xlaplugin"
	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// XLAName and XLADisplayName are those of the second kernel, whose cells
// calculate on XLA.
const (
	XLAName        = KernelName + "-xla"
	XLADisplayName = "Go (fromzero, XLA)"
)

// xlaEnv is the environment of cells that calculate on XLA: the tag links it
// into every program that uses dlkit, which takes a C compiler.
func xlaEnv(env map[string]string, plugin xlaplugin.Plugin) map[string]string {
	out := map[string]string{}
	for k, v := range env {
		out[k] = v
	}
	out["GOFLAGS"] = "-tags=xla " + cellFlags
	out["CGO_ENABLED"] = "1"
	out["GOMLX_BACKEND"] = "xla:" + plugin.Path
	if strings.HasPrefix(plugin.Name, "cuda") {
		// Every cell is a process: none may take the card's whole memory.
		out["GOMLX_BACKEND"] += ",preallocate=false"
	}
	return out
}

// findXLA is the plugin that cells use, or an error that says what to do.
func findXLA() (xlaplugin.Plugin, error) {
	if found := xlaplugin.Find(); len(found) > 0 {
		return found[0], nil
	}
	return xlaplugin.Plugin{}, fmt.Errorf("setup: no XLA plugin in %s; run: fromzero setup --xla",
		strings.Join(xlaplugin.Folders(), ", "))
}

// xlaKernelDir is where Jupyter finds the second kernel.
func xlaKernelDir(p Places) string { return filepath.Join(filepath.Dir(p.KernelDir), XLAName) }

// xlaSpec is the second kernel's kernel.json.
func xlaSpec(p Places, env map[string]string) *jupyter.Spec {
	spec := kernelSpec(p, env)
	spec.DisplayName = XLADisplayName
	return spec
}

// xlaSteps are what XLA takes. Once they were wished for they stay part of
// setup, so that the second kernel keeps up with the first.
func (in *installer) xlaSteps(wished bool) []step {
	if _, before := in.state.Steps["xla"]; !wished && !before {
		return nil
	}
	return []step{in.xlaPluginStep(), in.xlaKernelStep()}
}

func (in *installer) xlaPluginStep() step {
	return step{name: "xla", what: "looking for XLA's plugin",
		key:  fingerprint(append([]string{pinnedWheel.String(), in.tool.Version()}, xlaplugin.Folders()...)),
		have: func() bool { _, err := findXLA(); return err == nil },
		make: func(ctx context.Context) (string, error) {
			if err := in.needCompiler(ctx); err != nil {
				return "", err
			}
			plugin, err := findXLA()
			if err != nil {
				if err = in.installXLA(ctx, in.sources()); err != nil {
					return "", err
				}
				if plugin, err = findXLA(); err != nil {
					return "", err
				}
			}
			return fmt.Sprintf("%s (%s)", plugin.Path, pinnedWheel.whoseBuild(plugin.Path)), in.checkXLA(ctx, plugin)
		}}
}

// needCompiler makes sure that cgo finds its C compiler.
func (in *installer) needCompiler(ctx context.Context) error {
	out, err := in.goCommand(ctx, in.places.Repo, "env", "CC").Output()
	name, _, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if err != nil || name == "" {
		name = "cc"
	}
	if _, err := exec.LookPath(name); err == nil {
		return nil
	}
	if canApt() && in.apt(ctx, "gcc", "libc6-dev") == nil {
		return nil
	}
	return fmt.Errorf("setup: XLA is linked by a C compiler, and there is no %s; install one, then run setup again "+
		"(Debian, Ubuntu: sudo apt-get install gcc libc6-dev; macOS: xcode-select --install)", name)
}

// checkXLA trains a tiny model on the plugin, as a cell would.
func (in *installer) checkXLA(ctx context.Context, plugin xlaplugin.Plugin) error {
	in.note("compiling GoMLX's XLA backend, and trying the plugin")
	on := in.onXLA(plugin)
	cmd := on.goCommand(ctx, in.places.Repo, "run", "./dlkit/xla/internal/check")
	cmd.Env = overlay(cmd.Env, map[string]string{xlaplugin.PathEnv: filepath.Dir(plugin.Path)})
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("setup: %s does not work here (%w):\n%s\nremove that file to have another one installed",
			plugin.Path, err, tail(out, 10))
	}
	return nil
}

// onXLA is the installer with the second kernel's environment.
func (in *installer) onXLA(plugin xlaplugin.Plugin) *installer {
	on := *in
	on.env = xlaEnv(in.env, plugin)
	on.places.KernelDir = xlaKernelDir(in.places)
	return &on
}

// xlaKernelStep registers the second kernel, and compiles for it what cells
// import.
func (in *installer) xlaKernelStep() step {
	return step{name: "xlakernel", what: "registering " + XLADisplayName, quick: true,
		make: func(ctx context.Context) (string, error) {
			plugin, err := findXLA()
			if err != nil {
				return "", err
			}
			on := in.onXLA(plugin)
			data, err := xlaSpec(on.places, on.env).Encode()
			if err != nil {
				return "", err
			}
			file := filepath.Join(on.places.KernelDir, "kernel.json")
			if old, err := os.ReadFile(file); err != nil || !bytes.Equal(old, data) {
				if err := writeFile(file, data, 0o644); err != nil {
					return "", err
				}
				on.copyLogo(ctx)
			}
			return fmt.Sprintf("%q in %s", XLADisplayName, on.places.KernelDir), on.warm(ctx, on.libraryImports())
		}}
}
