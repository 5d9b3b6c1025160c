package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/bench/internal/side"
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
	*side.Process
	contender
	greeting
}

// start runs a contender's worker for a case. Its greeting has to be read
// before anything is asked.
func start(ctx context.Context, c contender, bc benchCase) (*process, error) {
	args := append(slices.Clone(c.command[1:]),
		"-model", bc.model, "-batch", fmt.Sprint(bc.batch), "-steps", fmt.Sprint(bc.steps))
	cmd := exec.CommandContext(ctx, c.command[0], args...)
	cmd.Env = append(cleanEnv(os.Environ()), c.env...)
	p, err := side.Start(c.name, cmd)
	return &process{Process: p, contender: c}, err
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

func (p *process) greet() error { return p.Read(&p.greeting) }

func (p *process) ask(r request) (a answer, err error) {
	line, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	return a, p.Ask(string(line), &a)
}
