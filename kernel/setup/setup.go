package setup

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// Options say what to set up.
type Options struct {
	// Repo is a path in the checkout to use; empty: see FindPlaces.
	Repo string
	// Out receives a line for each step; nil drops them.
	Out io.Writer
	// NoJupyter leaves Jupyter out: notebooks can then be run by RunNotebook,
	// but not opened.
	NoJupyter bool
	// Jupyter chooses which Jupyter to use. Empty is what was chosen before, and
	// AnyJupyter the first time.
	Jupyter JupyterChoice
	// XLA adds XLA: its CPU plugin and a second kernel that calculates on it.
	// Later runs keep it.
	XLA bool
	// Force does every step again.
	Force bool
	// CacheOnly does nothing but compile what cells import: for an image whose
	// caches are to hold no more than that.
	CacheOnly bool
}

// installer holds what the steps share.
type installer struct {
	places Places
	tool   Toolchain
	env    map[string]string // of the kernel, and of every build here
	state  *State
	out    io.Writer
}

// Setup brings the machine to the point where notebooks run. What is there and
// up to date is left as it is. The error says what to try.
func Setup(ctx context.Context, opts Options) (*State, error) {
	in, err := newInstaller(ctx, opts)
	if err != nil {
		return nil, err
	}
	if err := in.state.choose(opts.Jupyter); err != nil {
		return nil, err
	}
	if opts.Force {
		_, xla := in.state.Steps["xla"]
		opts.XLA = opts.XLA || xla
		in.state.Steps, in.state.Jupyter = map[string]Done{}, nil
	}
	in.state.Repo, in.state.Go = in.places.Repo, in.tool.Version()
	r := &runner{out: in.out, state: in.state, file: in.places.StateFile}
	for _, s := range in.steps(opts) {
		if err := r.run(ctx, s); err != nil {
			return in.state, err
		}
	}
	return in.state, in.state.write(in.places.StateFile)
}

// steps are what the options ask for, in order.
func (in *installer) steps(opts Options) []step {
	if opts.CacheOnly {
		return []step{in.warmStep()}
	}
	steps := []step{in.goStep(), in.toolsStep(), in.programStep()}
	if !opts.NoJupyter {
		steps = append(steps, in.jupyterStep())
	}
	steps = append(steps, in.kernelStep(), in.warmStep())
	return append(steps, in.xlaSteps(opts.XLA)...)
}

func newInstaller(ctx context.Context, opts Options) (*installer, error) {
	places, err := FindPlaces(opts.Repo)
	if err != nil {
		return nil, err
	}
	tool, err := FindGo(ctx)
	if err != nil {
		return nil, err
	}
	state, err := readState(places.StateFile)
	if err != nil {
		return nil, err
	}
	out := opts.Out
	if out == nil {
		out = io.Discard
	}
	if err := os.MkdirAll(places.Bin, 0o755); err != nil {
		return nil, fmt.Errorf("setup: %w; set FROMZERO_HOME to a folder that can be written", err)
	}
	return &installer{places: places, tool: tool, state: state, out: out,
		env: kernelEnv(places, tool, os.Getenv("PATH"))}, nil
}

// goStep makes sure that the Go release is there: the go command fetches it.
func (in *installer) goStep() step {
	return step{name: "go", what: "fetching " + in.tool.Version(), quick: in.tool.Switch == "",
		key:  fingerprint([]string{in.tool.Command, in.tool.Version()}),
		have: func() bool { return true },
		make: func(ctx context.Context) (string, error) {
			if out, err := in.goCommand(ctx, in.places.Repo, "version").CombinedOutput(); err != nil {
				return "", fmt.Errorf("setup: %s could not be fetched:\n%s\ncheck the network, or install Go %d.%d from https://go.dev/dl/",
					in.tool.Version(), tail(out, 5), minGo[0], minGo[1])
			}
			return in.tool.String(), nil
		}}
}

// goCommand is a call of go with the kernel's environment and extra variables.
func (in *installer) goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, in.tool.Command, args...)
	cmd.Dir = dir
	cmd.Env = overlay(os.Environ(), in.env)
	return cmd
}
