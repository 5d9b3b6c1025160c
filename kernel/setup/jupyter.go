package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// JupyterLab is the version that setup installs when there is no Jupyter.
const JupyterLab = "4.6.6"

// Jupyter is a notebook server that can be started.
type Jupyter struct {
	// Command is the absolute path of jupyter-lab or jupyter-notebook.
	Command string `json:"command"`
	// Version is what it says of itself.
	Version string `json:"version"`
	// Origin says where it comes from: "found", "private" or "system".
	Origin string `json:"origin"`
}

// String says it for a person: "jupyter-lab 4.6.6 (private, /home/ann/…)".
func (j *Jupyter) String() string {
	return fmt.Sprintf("%s %s (%s, %s)", filepath.Base(j.Command), j.Version, j.Origin, j.Command)
}

// classic reports whether it is Notebook 6 or older, whose settings and pages
// have other names.
func (j *Jupyter) classic() bool {
	major, _, _ := strings.Cut(j.Version, ".")
	return filepath.Base(j.Command) == "jupyter-notebook" && len(major) == 1 && major < "7"
}

// servers are the programs that open notebooks, the better one first.
var servers = []string{"jupyter-lab", "jupyter-notebook"}

// JupyterChoice says which Jupyter setup is to use.
type JupyterChoice string

const (
	// AnyJupyter takes what is on the PATH; else it installs a private one; and
	// where that fails, the system's packages.
	AnyJupyter JupyterChoice = "auto"
	// PrivateJupyter takes none but JupyterLab in a Python environment of
	// setup's own, whatever is on the PATH.
	PrivateJupyter JupyterChoice = "private"
	// SystemJupyter takes what is on the PATH, else the system's packages.
	SystemJupyter JupyterChoice = "system"
)

// jupyterChoices are all of them.
var jupyterChoices = []JupyterChoice{AnyJupyter, PrivateJupyter, SystemJupyter}

// choose keeps a choice for this and later runs; an empty one leaves what was
// chosen before.
func (st *State) choose(c JupyterChoice) error {
	if c != "" && !slices.Contains(jupyterChoices, c) {
		return fmt.Errorf("setup: there is no Jupyter called %q; choose auto, private or system", c)
	}
	if c != "" {
		st.JupyterChoice = c
	}
	return nil
}

// jupyterStep finds Jupyter, or installs it.
func (in *installer) jupyterStep() step {
	return step{name: "jupyter", what: "looking for Jupyter",
		key: fingerprint([]string{JupyterLab, string(in.state.JupyterChoice)}),
		have: func() bool {
			return in.state.Jupyter != nil && isProgram(in.state.Jupyter.Command)
		},
		make: func(ctx context.Context) (string, error) {
			j, err := in.getJupyter(ctx)
			if err != nil {
				return "", err
			}
			in.state.Jupyter = j
			return j.String(), nil
		}}
}

// getJupyter goes through the ways to have Jupyter that are wished for, the
// least intrusive first.
func (in *installer) getJupyter(ctx context.Context) (*Jupyter, error) {
	choice := in.state.JupyterChoice
	if choice != PrivateJupyter {
		if j := findJupyter(ctx, filepath.SplitList(os.Getenv("PATH")), "found"); j != nil {
			return j, nil
		}
	}
	var failed []error
	if choice != SystemJupyter {
		j, err := in.getPrivate(ctx)
		if err == nil {
			return j, nil
		}
		failed = append(failed, fmt.Errorf("  as a private environment: %w", err))
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		in.note("a private JupyterLab could not be installed: " + firstLine(err))
	}
	if choice != PrivateJupyter {
		j, err := in.getSystem(ctx)
		if err == nil {
			return j, nil
		}
		failed = append(failed, fmt.Errorf("  as system packages: %w", err))
	}
	return nil, fmt.Errorf("setup: no Jupyter, and it could not be installed.\n%w\n"+
		"Type one of these, then run setup again (with --jupyter=auto):\n  pipx install jupyterlab\n  %s",
		errors.Join(failed...), systemLine())
}

// getPrivate finds JupyterLab in the private environment, or puts it there.
func (in *installer) getPrivate(ctx context.Context) (*Jupyter, error) {
	if j := in.privateJupyter(ctx); j != nil {
		return j, nil
	}
	if err := in.installPrivate(ctx); err != nil {
		return nil, err
	}
	if j := in.privateJupyter(ctx); j != nil {
		return j, nil
	}
	return nil, errors.New("the installed JupyterLab does not run")
}

// getSystem installs the system's packages.
func (in *installer) getSystem(ctx context.Context) (*Jupyter, error) {
	if err := in.installSystem(ctx); err != nil {
		return nil, err
	}
	if j := findJupyter(ctx, filepath.SplitList(os.Getenv("PATH")), "system"); j != nil {
		return j, nil
	}
	return nil, errors.New("the system's packages brought no jupyter-notebook")
}

// privateJupyter is the one in the private environment, if it runs.
func (in *installer) privateJupyter(ctx context.Context) *Jupyter {
	return findJupyter(ctx, []string{filepath.Join(in.places.Venv, "bin")}, "private")
}

// findJupyter is the best server in the folders that answers to --version. The
// answer matters: version managers leave names on the PATH that do not run.
func findJupyter(ctx context.Context, dirs []string, origin string) *Jupyter {
	for _, name := range servers {
		for _, dir := range dirs {
			path := filepath.Join(dir, name)
			if dir == "" || !isProgram(path) {
				continue
			}
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			out, err := exec.CommandContext(ctx, path, "--version").Output()
			cancel()
			if version := strings.TrimSpace(string(out)); err == nil && version != "" {
				return &Jupyter{Command: path, Version: version, Origin: origin}
			}
		}
	}
	return nil
}

// note prints a line under the step that is running.
func (in *installer) note(text string) { fmt.Fprintf(in.out, "%-9s %s\n", "", text) }

// command runs a program and returns the end of its output as the error.
func (in *installer) command(ctx context.Context, env map[string]string, name string, args ...string) error {
	in.note(strings.Join(append([]string{name}, args...), " "))
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = overlay(os.Environ(), env)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, tail(out, 6))
	}
	return nil
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
