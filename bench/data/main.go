// Command data measures package datasets beside pandas, NumPy, torchvision and
// Keras, on the same files: a large CSV file, CIFAR-10, a folder of JPEGs, and
// IMDB's reviews. `make bench-data` runs it; BENCHMARKS.md says what it measures
// and holds its last result.
//
// There is one process for every contender and case, and they take turns:
// A B, then B A, so that both see the same state of the machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"time"

	"github.com/gofromzero/fromzero/bench/internal/side"
)

type options struct {
	work, only, python, dir string
	rounds                  int
	write                   bool
}

func main() {
	var o options
	flag.StringVar(&o.work, "work", "", "be the worker for a case; the harness starts workers with it")
	flag.StringVar(&o.only, "only", "", "regular expression of the cases to measure")
	flag.StringVar(&o.python, "python", "python3", "the Python that the peers' environment is made with")
	flag.StringVar(&o.dir, "dir", "bin/bench", "folder of the peers' environment and of the files to read")
	flag.IntVar(&o.rounds, "rounds", 7, "how often everything is read")
	flag.BoolVar(&o.write, "write", false, "put the result into BENCHMARKS.md")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if o.work != "" {
		err = work(ctx, o.work, filepath.Join(o.dir, "data"))
	} else {
		err = run(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return err
	}
	python, err := side.EnsureVenv(ctx, o.python, filepath.Join(o.dir, "venv-data"), "bench/data/requirements.txt", os.Stderr)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	r := report{Begin: time.Now(), LoadBefore: side.Load(), Rounds: o.rounds}
	for _, c := range cases {
		if !only.MatchString(c.name) {
			continue
		}
		dir := filepath.Join(o.dir, "data")
		if err := c.make(ctx, dir); err != nil {
			fmt.Fprintf(os.Stderr, "%s: skipped: %v\n", c.name, err)
			continue
		}
		contenders := [][]string{{self, "-work", c.name, "-dir", o.dir}}
		if c.peer {
			contenders = append(contenders, []string{python, "bench/data/peers.py", c.name, dir})
		}
		result, err := measure(ctx, c, contenders, o.rounds)
		if err != nil {
			return err
		}
		r.Results = append(r.Results, result)
		fmt.Fprint(os.Stderr, result.lines())
	}
	r.Took, r.LoadAfter = time.Since(r.Begin), side.Load()
	fmt.Print(r.markdown())
	if o.write {
		return side.PutBetween("BENCHMARKS.md", beginMark, endMark, r.markdown())
	}
	return nil
}
