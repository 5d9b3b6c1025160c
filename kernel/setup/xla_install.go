package setup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	goxla "github.com/gomlx/go-xla/installer"

	"github.com/gofromzero/fromzero/internal/xlaplugin"
)

// goXLAPlugin is the release of go-xla's own builds of the CPU plugin that the
// go-xla of go.mod was tested with.
const goXLAPlugin = "v0.114.0"

// wheel is the Python package that carries XLA's CPU plugin: the build of the
// OpenXLA project itself, from build_tools/pjrt_wheels of its repository. Its
// interface is PJRT 0.81. Other packages that carry one are builds of third
// parties.
var wheel = struct {
	name, version, plugin string
	sha256                map[string]string // of the file, by GOARCH
}{
	name: "xla-cpu-pjrt", version: "0.0.1", plugin: "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
	sha256: map[string]string{
		"amd64": "55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc",
		"arm64": "8f613be6e891858f40d64f9799319502fff42689661944fc18a6ffd8210b30c9",
	},
}

// installXLA puts the CPU plugin into the first of the folders that are
// searched, and says whose build it is.
func (in *installer) installXLA(ctx context.Context) (origin string, err error) {
	folders := xlaplugin.Folders()
	if len(folders) == 0 {
		return "", fmt.Errorf("setup: no folder to put XLA's plugin into; set HOME, or %s to a folder", xlaplugin.PathEnv)
	}
	dir := folders[0]
	own := in.installGoXLA(ctx, dir)
	if own == nil {
		return "go-xla's build " + goXLAPlugin, nil
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	in.note("go-xla's own installer: " + firstLine(own))
	packaged := in.installWheel(ctx, dir)
	if packaged == nil {
		return "OpenXLA's build, " + wheel.name + " " + wheel.version, nil
	}
	return "", fmt.Errorf("setup: XLA's plugin could not be installed.\n"+
		"  by go-xla's own installer: %w\n  from the Python package %s: %w\n"+
		"A file pjrt_c_api_cpu_plugin.so that you have from elsewhere can be put into %s",
		own, wheel.name, packaged, dir)
}

// installGoXLA downloads the build that go-xla's makers publish. Their installer
// has no way to be interrupted, so first it is seen whether their host answers.
func (in *installer) installGoXLA(ctx context.Context, dir string) error {
	platform := runtime.GOOS + "_" + runtime.GOARCH
	if !slices.Contains(goxla.CPUSupportedPlatforms, platform) {
		return fmt.Errorf("it has no build for %s", platform)
	}
	probe, cancel := context.WithTimeoutCause(ctx, 20*time.Second, errors.New("its host does not answer"))
	defer cancel()
	if err := abandon(probe, func() error {
		_, err := goxla.CPUGetDownloadURL(platform, goXLAPlugin)
		return err
	}); err != nil {
		return err
	}
	in.note("downloading go-xla's build " + goXLAPlugin)
	return abandon(ctx, func() error {
		return goxla.CPUInstall(platform, goXLAPlugin, dir, false, goxla.Quiet)
	})
}

// abandon runs what cannot be interrupted, and leaves it alone when ctx ends.
func abandon(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// installWheel takes the plugin out of the pinned Python package. pip fetches
// it, from wherever it fetches packages here.
func (in *installer) installWheel(ctx context.Context, dir string) error {
	sum := wheel.sha256[runtime.GOARCH]
	if runtime.GOOS != "linux" || sum == "" {
		return fmt.Errorf("it has no build for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	tmp, err := os.MkdirTemp("", "fromzero-xla-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	pinned := filepath.Join(tmp, "requirements.txt")
	line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", wheel.name, wheel.version, sum)
	if err := writeFile(pinned, []byte(line), 0o644); err != nil {
		return err
	}
	if err := in.pipDownload(ctx, pinned, tmp); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(tmp, "*.whl"))
	if err != nil || len(files) != 1 {
		return fmt.Errorf("pip downloaded %d files instead of one", len(files))
	}
	return unpackPlugin(files[0], sum, filepath.Join(dir, "pjrt_c_api_cpu_plugin.so"))
}

// pipDownload asks each Python that may have pip.
func (in *installer) pipDownload(ctx context.Context, pinned, dir string) error {
	var errs []error
	try := func(python string) bool {
		err := in.command(ctx, nil, python, "-m", "pip", "download", "--disable-pip-version-check", "--no-input",
			"--retries", "2", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", pinned, "-d", dir)
		errs = append(errs, err)
		return err == nil
	}
	if own := filepath.Join(in.places.Venv, "bin", "python"); isProgram(own) && try(own) {
		return nil
	}
	python, err := findPython()
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	if try(python) || strings.Contains(errs[len(errs)-1].Error(), "No module named pip") &&
		canApt() && in.apt(ctx, "python3-pip") == nil && try("/usr/bin/python3") {
		return nil
	}
	return errors.Join(errs...)
}

// unpackPlugin checks the package's SHA-256 and writes the library in it to
// target.
func unpackPlugin(file, sum, target string) error {
	if got, err := sha256Of(file); err != nil || got != sum {
		return fmt.Errorf("%s has the SHA-256 %s, want %s (%w)", filepath.Base(file), got, sum, errors.Join(err, errChanged))
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer z.Close()
	lib, err := z.Open(wheel.plugin)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	defer lib.Close()
	return copyFile(target, lib)
}

// errChanged marks a package that is not the pinned one.
var errChanged = errors.New("it is not the package that was pinned")

// copyFile writes a large file whole or not at all.
func copyFile(target string, from io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(target), ".plugin-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails once it is renamed
	_, err = io.Copy(tmp, from)
	if err = errors.Join(err, tmp.Chmod(0o755), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), target)
}

func sha256Of(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close() // only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
