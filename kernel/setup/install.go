package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// installPrivate puts JupyterLab into a Python environment of its own in the
// data folder. Systems differ in which parts of Python they leave out, so there
// are several ways to get that environment.
func (in *installer) installPrivate(ctx context.Context) error {
	python, err := findPython()
	if err != nil {
		return err
	}
	ways := []func(context.Context, string) error{in.venvWithPip, in.venvOutsidePip}
	if canApt() {
		ways = append(ways, in.venvFromApt)
	}
	var errs []error
	for _, way := range ways {
		err := way(ctx, python)
		if err == nil {
			return nil
		}
		os.RemoveAll(in.places.Venv) // half an environment is worse than none
		errs = append(errs, err)
		if ctx.Err() != nil || errors.Is(err, errIndex) {
			break // another way would ask the same index
		}
	}
	return errors.Join(errs...)
}

// errIndex marks a failure of the package index rather than of Python's parts.
var errIndex = errors.New("the Python package index gave no JupyterLab")

func findPython() (string, error) {
	for _, name := range []string{"python3", "python"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no python3 on the PATH")
}

// venvWithPip is the usual way: an environment that brings its own pip.
func (in *installer) venvWithPip(ctx context.Context, python string) error {
	if err := in.command(ctx, nil, python, "-m", "venv", "--clear", in.places.Venv); err != nil {
		return err
	}
	return in.pip(ctx, filepath.Join(in.places.Venv, "bin", "python"), "-m", "pip")
}

// venvOutsidePip serves a Python without ensurepip: the environment is empty,
// and the pip of the system fills it.
func (in *installer) venvOutsidePip(ctx context.Context, python string) error {
	if err := in.command(ctx, nil, python, "-m", "pip", "--version"); err != nil {
		return err
	}
	if err := in.command(ctx, nil, python, "-m", "venv", "--clear", "--without-pip", in.places.Venv); err != nil {
		return err
	}
	return in.pip(ctx, python, "-m", "pip", "--python", filepath.Join(in.places.Venv, "bin", "python"))
}

// venvFromApt gets Debian's missing part of Python first.
func (in *installer) venvFromApt(ctx context.Context, _ string) error {
	if err := in.apt(ctx, "python3-venv"); err != nil {
		return err
	}
	return in.venvWithPip(ctx, "/usr/bin/python3") // the one that apt completes
}

// pip installs JupyterLab with a call of pip.
func (in *installer) pip(ctx context.Context, name string, args ...string) error {
	args = append(args, "install", "--disable-pip-version-check", "--no-input", "--retries", "2",
		"jupyterlab=="+JupyterLab)
	if err := in.command(ctx, nil, name, args...); err != nil {
		return fmt.Errorf("%w: %w", errIndex, err)
	}
	return nil
}

// installSystem installs the system's own Jupyter, as root on Debian.
func (in *installer) installSystem(ctx context.Context) error {
	if !canApt() {
		return errors.New("that needs root on Debian or Ubuntu")
	}
	return in.apt(ctx, "jupyter-notebook", "jupyter-nbconvert")
}

// canApt reports whether packages can be installed by apt-get here.
func canApt() bool {
	_, err := exec.LookPath("apt-get")
	return err == nil && os.Geteuid() == 0
}

func (in *installer) apt(ctx context.Context, packages ...string) error {
	env := map[string]string{"DEBIAN_FRONTEND": "noninteractive"}
	// A list that cannot be renewed may still be good enough.
	if err := in.command(ctx, env, "apt-get", "update"); err != nil {
		in.note(firstLine(err))
	}
	return in.command(ctx, env, "apt-get", append([]string{"install", "-y", "--no-install-recommends"}, packages...)...)
}

// systemLine is what a person would type to install the system's Jupyter.
func systemLine() string {
	if runtime.GOOS == "darwin" {
		return "brew install jupyterlab"
	}
	return "sudo apt-get install jupyter-notebook   # Debian, Ubuntu; other systems have a package of a similar name"
}
