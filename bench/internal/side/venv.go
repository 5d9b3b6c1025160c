package side

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// EnsureVenv makes the peers' Python environment in dir, unless it is there
// with just these requirements, and returns its Python.
func EnsureVenv(ctx context.Context, python, dir, requirements string, log io.Writer) (string, error) {
	inside := filepath.Join(dir, "bin", "python")
	stamp := filepath.Join(dir, "requirements.txt")
	want, err := os.ReadFile(requirements)
	if err != nil {
		return "", fmt.Errorf("bench: %w; run it in the repository's root", err)
	}
	if have, err := os.ReadFile(stamp); err == nil && bytes.Equal(have, want) {
		return filepath.Abs(inside)
	}
	fmt.Fprintf(log, "installing the peers into %s (some gigabytes)\n", dir)
	for _, args := range [][]string{
		{python, "-m", "venv", dir},
		{inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements},
	} {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("bench: %q: %w; Python 3.11 or newer with venv and pip is needed", args, err)
		}
	}
	if err := os.WriteFile(stamp, want, 0o644); err != nil {
		return "", err
	}
	return filepath.Abs(inside)
}
