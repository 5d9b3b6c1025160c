// Command bench measures dlkit beside PyTorch and Keras on JAX, on the
// processor: training steps, predictions and memory of the same models at the
// same batch size. `make bench` runs it; BENCHMARKS.md says how it measures and
// holds its last result.
//
// It starts one worker process per framework and model, and asks them in turn
// for short blocks of work (A B C, C B A, …), so that all of them see the same
// moods of the machine.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/gofromzero/fromzero/bench/internal/side"
)

type options struct {
	plan
	quick, write   bool
	backends, only string
	python, dir    string
	torchCompile   bool
}

func main() {
	var o options
	flag.BoolVar(&o.quick, "quick", false, "one short round of each, to see that everything works; the numbers mean nothing")
	flag.BoolVar(&o.write, "write", false, "put the result into BENCHMARKS.md")
	flag.StringVar(&o.backends, "backends", "go", "dlkit's backends, separated by commas; xla needs dlkit/xla and a plugin")
	flag.StringVar(&o.only, "only", "", "regular expression of the models to measure")
	flag.StringVar(&o.python, "python", "python3", "the Python that the peers' environment is made with")
	flag.StringVar(&o.dir, "dir", "bin/bench", "folder of the peers' environment and of what is built")
	flag.BoolVar(&o.torchCompile, "torch-compile", false, "measure torch.compile too: each model takes a minute more")
	flag.IntVar(&o.rounds, "rounds", 7, "rounds of each block")
	flag.Float64Var(&o.seconds, "seconds", 0.4, "length of a block of training; single predictions are a third of it")
	flag.IntVar(&o.rows, "rows", 10000, "rows of the large prediction")
	flag.DurationVar(&o.budget, "budget", 60*time.Second, "a model that has taken so long gets the fewest rounds of what is left: two of training, one of predictions")
	flag.Parse()
	if o.quick {
		o.plan = plan{rounds: 1, seconds: 0.05, rows: 1000, budget: time.Minute}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return fmt.Errorf("bench: -only: %w", err)
	}
	contenders, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	rep := report{Machine: machine(), Command: strings.Join(os.Args[1:], " "), Begin: time.Now(), Plan: o.plan, LoadBefore: side.Load()}
	for _, bc := range cases {
		if !only.MatchString(bc.name) {
			continue
		}
		scores, err := runCase(ctx, bc, contenders, o.plan, os.Stderr)
		if err != nil {
			return fmt.Errorf("%s: %w", bc.name, err)
		}
		rep.Results = append(rep.Results, result{Name: bc.name, Target: bc.target, Scores: scores})
		rep.Took, rep.LoadAfter = time.Since(rep.Begin), side.Load()
		if err := keep(o, rep); err != nil { // what is there, should the run be stopped
			return err
		}
	}
	if len(rep.Results) == 0 {
		return errors.New("bench: no model is called like -only")
	}
	text := rep.markdown()
	fmt.Print(text)
	if !o.write {
		return nil
	}
	return side.PutBetween("BENCHMARKS.md", beginMark, endMark, text)
}

// keep writes all that was measured so far to results.json.
func keep(o options, rep report) error {
	raw, err := json.MarshalIndent(rep, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.dir, "results.json"), raw, 0o644)
}

// prepare builds and installs what is to be measured.
func prepare(ctx context.Context, o options) ([]contender, error) {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return nil, err
	}
	worker, err := filepath.Abs(filepath.Join(o.dir, "worker"))
	if err != nil {
		return nil, err
	}
	args := []string{"build", "-o", worker}
	if strings.Contains(o.backends, "xla") {
		args = append(args, "-tags", "xla")
	}
	build := exec.CommandContext(ctx, "go", append(args, "./bench/worker")...)
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("bench: building the worker: %w", err)
	}
	python, err := side.EnsureVenv(ctx, o.python, filepath.Join(o.dir, "venv"), "bench/requirements.txt", os.Stderr)
	if err != nil {
		return nil, err
	}
	var all []contender
	for backend := range strings.SplitSeq(o.backends, ",") {
		all = append(all, contender{name: "dlkit, " + backend, ours: true, command: []string{worker, "-backend", backend}})
	}
	env := []string{"CUDA_VISIBLE_DEVICES=", "PYTHONDONTWRITEBYTECODE=1"}
	torch := contender{name: "PyTorch", command: []string{python, "bench/peers/torch_peer.py"}, env: env}
	if o.torchCompile {
		torch.env = append(torch.env[:len(env):len(env)], "BENCH_TORCH_COMPILE=1")
	}
	return append(all, torch, contender{name: "Keras on JAX", command: []string{python, "bench/peers/keras_peer.py"}, env: env}), nil
}
