package setup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// kernelSpec is the kernel.json of the course: GoNB, told to build cells in a
// workspace with the checkout, and the environment that they need.
func kernelSpec(p Places, env map[string]string) *jupyter.Spec {
	return &jupyter.Spec{
		Argv: []string{filepath.Join(p.Bin, "gonb"), "--kernel", "{connection_file}",
			"-go_work=" + p.Repo},
		DisplayName:   DisplayName,
		Language:      "go",
		InterruptMode: "message",
		Env:           env,
	}
}

// kernelStep registers the kernel with Jupyter.
func (in *installer) kernelStep() step {
	return step{name: "kernel", what: "registering " + DisplayName, quick: true,
		make: func(ctx context.Context) (string, error) {
			data, err := kernelSpec(in.places, in.env).Encode()
			if err != nil {
				return "", err
			}
			file := filepath.Join(in.places.KernelDir, "kernel.json")
			if old, err := os.ReadFile(file); err != nil || !bytes.Equal(old, data) {
				if err := writeFile(file, data, 0o644); err != nil {
					return "", err
				}
				in.copyLogo(ctx)
			}
			return fmt.Sprintf("%q in %s", DisplayName, in.places.KernelDir), nil
		}}
}

// copyLogo gives the kernel GoNB's picture in Jupyter's launcher. It is a
// nicety: without it, Jupyter shows a letter.
func (in *installer) copyLogo(ctx context.Context) {
	cmd := in.goCommand(ctx, filepath.Join(in.places.Repo, "tools", "kernel"),
		"list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb")
	cmd.Env = overlay(cmd.Env, map[string]string{"GOWORK": "off"})
	dir, err := cmd.Output()
	if err != nil {
		return
	}
	logo, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "internal", "kernel", "Go_gopher_favicon.svg"))
	if err == nil {
		writeFile(filepath.Join(in.places.KernelDir, "logo-svg.svg"), logo, 0o644) //nolint:errcheck // a nicety
	}
}
