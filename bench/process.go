package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// contender is a framework, or dlkit on one backend, and how its worker starts.
type contender struct {
	name    string
	ours    bool
	command []string
	env     []string
}

// greeting is what a worker says of itself once its model is made and warm.
type greeting struct {
	Variants        []string          `json:"variants"`
	PredictVariants []string          `json:"predict_variants"`
	Versions        map[string]string `json:"versions"`
	ImportedMB      float64           `json:"imported_mb"`
	FirstEpoch      float64           `json:"first_epoch_s"`
}

// request asks a worker for a block; see bench/worker.
type request struct {
	Do      string  `json:"do"`
	Variant string  `json:"variant"`
	Rows    int     `json:"rows"`
	Seconds float64 `json:"seconds"`
}

// answer is a worker's to any request.
type answer struct {
	MS     float64 `json:"ms"`
	CPUMS  float64 `json:"cpu_ms"`
	Count  int     `json:"count"`
	PeakMB float64 `json:"peak_mb"`
}

// process is a running worker.
type process struct {
	contender
	greeting
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
	said  *strings.Builder // on standard error
}

// start runs a contender's worker for a case. Its greeting has to be read
// before anything is asked.
func start(ctx context.Context, c contender, bc benchCase) (*process, error) {
	args := append(slices.Clone(c.command[1:]),
		"-model", bc.model, "-batch", fmt.Sprint(bc.batch), "-steps", fmt.Sprint(bc.steps))
	p := &process{contender: c, cmd: exec.CommandContext(ctx, c.command[0], args...), said: &strings.Builder{}}
	p.cmd.Env = append(cleanEnv(os.Environ()), c.env...)
	p.cmd.Stderr = p.said
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.lines = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("bench: %s does not start: %w", c.name, err)
	}
	return p, nil
}

// cleanEnv drops settings of threads and kernels: every framework is measured
// with its own choice of kernels, and with threads as its worker sets them.
func cleanEnv(env []string) []string {
	return slices.DeleteFunc(env, func(s string) bool {
		for _, prefix := range []string{"OPENBLAS_", "OMP_", "MKL_", "NVPL_", "XLA_FLAGS=", "JAX_", "KERAS_", "GOMAXPROCS=", "GOMLX_BACKEND=", "GOGC=", "PYTHONPATH="} {
			if strings.HasPrefix(s, prefix) {
				return true
			}
		}
		return false
	})
}

func (p *process) greet() error { return p.read(&p.greeting) }

func (p *process) ask(r request) (answer, error) {
	var a answer
	line, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, p.failure(err)
	}
	return a, p.read(&a)
}

func (p *process) read(to any) error {
	if !p.lines.Scan() {
		err := p.lines.Err()
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return p.failure(err)
	}
	return json.Unmarshal(p.lines.Bytes(), to)
}

// failure is an error with what the worker had to say about it.
func (p *process) failure(err error) error {
	_ = p.in.Close()
	_ = p.cmd.Wait() // collects the rest of what it says
	said := strings.TrimSpace(p.said.String())
	if len(said) > 2000 {
		said = "…" + said[len(said)-2000:]
	}
	return fmt.Errorf("bench: the worker of %s ended: %w\n%s", p.name, err, said)
}

func (p *process) stop() error {
	if err := p.in.Close(); err != nil {
		return err
	}
	if err := p.cmd.Wait(); err != nil {
		return p.failure(err)
	}
	return nil
}
