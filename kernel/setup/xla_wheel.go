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
	"strings"
)

// wheel is a Python package that carries XLA's CPU plugin.
type wheel struct {
	name, version string
	// file is the plugin's path in the package.
	file string
	// builds are the packages' sums, by GOOS/GOARCH.
	builds map[string]build
	// whose says who made it.
	whose string
}

// build is a package for one platform.
type build struct {
	sha256 string // of the package's file
	plugin string // SHA-256 of the library in it
}

func (w wheel) String() string { return w.name + " " + w.version }

// pinnedWheel is the build of the OpenXLA project itself, from
// build_tools/pjrt_wheels of its repository; it says The OpenXLA Authors. Its
// interface is PJRT 0.81. Other packages that carry a plugin are builds of third
// parties.
var pinnedWheel = wheel{
	name: "xla-cpu-pjrt", version: "0.0.1", file: "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
	whose: "built by the OpenXLA project, Python package xla-cpu-pjrt 0.0.1",
	builds: map[string]build{
		"linux/amd64": {
			"55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc",
			"88c3f28c5900f48ad4a82cab9e79bba9537809743395e341485f8794268820dc",
		},
		"linux/arm64": {
			"8f613be6e891858f40d64f9799319502fff42689661944fc18a6ffd8210b30c9",
			"fcf411f3e8ff635c2b2cf87215aa7016f460e66d236c3db08309e7486583532d",
		},
	},
}

// whoseBuild says who made a plugin, as far as its sum tells.
func (w wheel) whoseBuild(file string) string {
	sum, err := sha256Of(file)
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	for _, b := range w.builds {
		if sum == b.plugin {
			return w.whose + "; SHA-256 checked"
		}
	}
	return "not the build that setup pins: whose it is, only the one who put it there can say"
}

// installWheel takes the plugin out of a Python package, to a file target. pip
// fetches it, from wherever it fetches packages here.
func (in *installer) installWheel(ctx context.Context, w wheel, target string) error {
	platform := runtime.GOOS + "/" + runtime.GOARCH
	b, ok := w.builds[platform]
	if !ok {
		return fmt.Errorf("it has no build for %s", platform)
	}
	tmp, err := os.MkdirTemp("", "fromzero-xla-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	pinned := filepath.Join(tmp, "requirements.txt")
	line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", w.name, w.version, b.sha256)
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
	return w.unpack(files[0], b, target)
}

// pipDownload asks each Python that may have pip.
func (in *installer) pipDownload(ctx context.Context, pinned, dir string) error {
	var errs []error
	try := func(python string) bool {
		err := in.command(ctx, nil, python, "-m", "pip", "download", "--disable-pip-version-check", "--no-input",
			"--retries", "2", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", pinned, "-d", dir)
		if err != nil && strings.Contains(err.Error(), "DO NOT MATCH THE HASHES") { // pip's words
			err = fmt.Errorf("%w: %w", errChanged, err)
		}
		errs = append(errs, err)
		return err == nil || errors.Is(err, errChanged)
	}
	if own := filepath.Join(in.places.Venv, "bin", "python"); isProgram(own) && try(own) {
		return errs[len(errs)-1]
	}
	python, err := findPython()
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	if try(python) || strings.Contains(errs[len(errs)-1].Error(), "No module named pip") &&
		canApt() && in.apt(ctx, "python3-pip") == nil && try("/usr/bin/python3") {
		return errs[len(errs)-1]
	}
	return errors.Join(errs...)
}

// unpack checks the package's SHA-256 and writes the library in it to target,
// unless it is not the one that was pinned.
func (w wheel) unpack(file string, b build, target string) error {
	if got, err := sha256Of(file); err != nil || got != b.sha256 {
		return fmt.Errorf("%s has the SHA-256 %s, want %s (%w)", filepath.Base(file), got, b.sha256, errors.Join(err, errChanged))
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer z.Close()
	lib, err := z.Open(w.file)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	defer lib.Close()
	return copyFile(target, lib, b.plugin)
}

// errChanged marks what is not what was pinned. It may have been cut off on the
// way: pip does not tell that apart.
var errChanged = errors.New("it is not what was pinned, or was cut off on the way; try again")

// copyFile writes a large file whole or not at all, and only with the SHA-256
// that is wanted.
func copyFile(target string, from io.Reader, sum string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(target), ".plugin-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails once it is renamed
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(tmp, h), from)
	if err = errors.Join(err, tmp.Chmod(0o755), tmp.Close()); err != nil {
		return fmt.Errorf("writing the plugin: %w", err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return fmt.Errorf("the library in the package has the SHA-256 %s, want %s (%w)", got, sum, errChanged)
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
