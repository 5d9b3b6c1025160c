// Command worker is dlkit's side of the benchmark: a process that makes one
// model and then trains or predicts a block at a time, whenever a line on its
// standard input asks for it. The peers in bench/peers speak the same protocol,
// one JSON object a line:
//
//	{"do": "train", "variant": "2 threads", "seconds": 0.5}   whole epochs for at least so long
//	{"do": "predict", "rows": 1, "seconds": 0.1}              predictions of so many rows
//	{"do": "memory"}                                          the process's peak so far
//
// Answers to the first two hold "ms" (wall clock, of a training step or of a
// prediction), "cpu_ms" (processor time of the same, all threads) and "count".
// Before all that, a worker makes its model, trains it for an epoch, and writes
// a line that says which variants it has, its versions, the memory it held
// before anything was made, and how long the first epoch took.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// worker is a model between two blocks.
type worker struct {
	network
	data  *tensor.Memory
	batch int
	rows  *tensor.Tensor // to predict, those of the last request
}

type request struct {
	Do      string  `json:"do"`
	Rows    int     `json:"rows"`
	Seconds float64 `json:"seconds"`
}

type block struct {
	MS    float64 `json:"ms"`
	CPUMS float64 `json:"cpu_ms"`
	Count int     `json:"count"`
}

func main() {
	name := flag.String("model", "dense", "name of the model")
	batch := flag.Int("batch", 32, "examples per step")
	steps := flag.Int("steps", 64, "steps of an epoch")
	backend := flag.String("backend", "", "GoMLX backend; empty is the usual choice")
	profile := flag.String("profile", "", "write a processor profile of everything after the first epoch to this file")
	flag.Parse()
	if err := run(*name, *batch, *steps, *backend, *profile); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(name string, batch, steps int, backend, profile string) error {
	imported := peakMB()
	begin := time.Now()
	w, err := newWorker(name, batch, steps, backend)
	if err != nil {
		return err
	}
	if err := w.epochs(1); err != nil {
		return err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	out := json.NewEncoder(os.Stdout)
	variants := []string{fmt.Sprintf("%d threads", runtime.GOMAXPROCS(0))}
	err = out.Encode(map[string]any{
		"variants": variants, "predict_variants": variants,
		"versions": versions(), "imported_mb": imported, "first_epoch_s": time.Since(begin).Seconds(),
	})
	if err != nil {
		return err
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var r request
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			return fmt.Errorf("worker: %q: %w", in.Text(), err)
		}
		answer, err := w.answer(r)
		if err != nil {
			return err
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
	return in.Err()
}

func newWorker(name string, batch, steps int, backend string) (*worker, error) {
	make, ok := networks[name]
	if !ok {
		return nil, fmt.Errorf("worker: no model %q", name)
	}
	w := &worker{network: make(), batch: batch}
	if err := w.model.Compile(dlkit.CompileConfig{Backend: backend}); err != nil {
		return nil, err
	}
	var err error
	w.data, err = w.examples(batch * steps)
	return w, err
}

func (w *worker) epochs(n int) error {
	_, err := w.model.Fit(context.Background(), w.data, dlkit.FitConfig{BatchSize: w.batch, Epochs: n})
	return err
}

func (w *worker) answer(r request) (any, error) {
	switch r.Do {
	case "train":
		each := w.data.Len() / w.batch
		return measure(r.Seconds, each, func() error { return w.epochs(1) })
	case "predict":
		if w.rows == nil || w.rows.Len() != r.Rows {
			var err error
			if w.rows, err = w.inputs(r.Rows); err != nil {
				return nil, err
			}
		}
		return measure(r.Seconds, 1, func() error {
			_, err := w.model.Predict(context.Background(), w.rows)
			return err
		})
	case "memory":
		return map[string]float64{"peak_mb": peakMB()}, nil
	}
	return nil, fmt.Errorf("worker: cannot do %q", r.Do)
}

// measure calls f, which does each things, until some seconds are over.
func measure(seconds float64, each int, f func() error) (block, error) {
	count := 0
	cpu, begin := cpuTime(), time.Now()
	for count == 0 || time.Since(begin).Seconds() < seconds {
		if err := f(); err != nil {
			return block{}, err
		}
		count += each
	}
	wall, used := time.Since(begin), cpuTime()-cpu
	perThing := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(count) }
	return block{MS: perThing(wall), CPUMS: perThing(used), Count: count}, nil
}

// peakMB is the most memory that the process has held, in MB.
func peakMB() float64 { return float64(usage().Maxrss) / 1024 }

func cpuTime() time.Duration {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func usage() syscall.Rusage {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return syscall.Rusage{}
	}
	return u
}

// versions are those of what is measured.
func versions() map[string]string {
	v := map[string]string{"go": runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/gomlx/gomlx" || m.Path == "github.com/gomlx/compute" {
				v[m.Path] = m.Version
			}
		}
	}
	return v
}
