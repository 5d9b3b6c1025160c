// Command titanic learns from the Titanic's passengers who survived, and prints
// the mean accuracy of five folds beside two guesses that need no learning. With
// -save it learns from all passengers and leaves the network, with what prepares a
// passenger for it, in a file, which answers over HTTP:
//
//	go run ./examples/titanic -save titanic.dlkit
//	fromzero serve titanic.dlkit
//	curl localhost:8080/predict -d '{"instance": {"pclass": 2, "sex": "female", "age": 30, "sibsp": 0, "parch": 1, "fare": 25}}'
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"

	_ "github.com/gofromzero/fromzero/datasets/fetch" // downloads the table if it is not there
	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of the folds, the first weights and the shuffling")
	epochs := flag.Int("epochs", 60, "passes over the passengers of four folds")
	save := flag.String("save", "", "file for the network")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	f, err := table.Titanic(ctx)
	if err != nil {
		log.Fatal(err)
	}
	dead, bySex := guesses(f)
	mean, err := crossValidate(ctx, withFamilies(f), *seed, *epochs)
	if err != nil {
		log.Fatal(err)
	}
	if *save != "" {
		if err := learnAll(ctx, f, *seed, *epochs, *save); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("nobody survives: %.4f\nthe women survive: %.4f\nthe network: %.4f (mean of 5 folds)\n", dead, bySex, mean)
}

// guesses returns the accuracy of two guesses: that nobody survives, and that
// all women do and no man.
func guesses(f *table.Frame) (dead, bySex float64) {
	survived := tensor.Must(f.Column("survived")).Float64s()
	sex := tensor.Must(f.Column("sex")).Strings()
	for i, s := range survived {
		dead += (1 - s) / float64(f.Len())
		if (sex[i] == "female") == (s == 1) {
			bySex += 1 / float64(f.Len())
		}
	}
	return dead, bySex
}

// withFamilies adds what the names and counts of relatives tell.
func withFamilies(f *table.Frame) *table.Frame {
	titles, size := make([]string, f.Len()), tensor.Must(f.Column("sibsp")).Float64s()
	parch := tensor.Must(f.Column("parch")).Float64s()
	for i, name := range tensor.Must(f.Column("name")).Strings() {
		_, rest, _ := strings.Cut(name, ", ") // "Braund, Mr. Owen Harris"
		titles[i], _, _ = strings.Cut(rest, ".")
		if !strings.Contains("Mr Mrs Miss Master", titles[i]) {
			titles[i] = "other"
		}
		size[i] = min(size[i]+parch[i], 6)
	}
	return tensor.Must(f.With(table.Categories("title", titles...), table.Numbers("family", size...)))
}

// crossValidate returns the mean accuracy on rows that were not learnt from.
func crossValidate(ctx context.Context, f *table.Frame, seed uint64, epochs int) (mean float64, err error) {
	folds, err := f.Folds(5, table.SplitConfig{Stratify: "survived", Seed: seed})
	for _, fold := range folds {
		p, m, err := learn(ctx, fold.Train, nil, seed, epochs)
		if err != nil {
			return 0, err
		}
		scores, err := m.Evaluate(ctx, tensor.Must(p.Dataset(fold.Test)))
		if err != nil {
			return 0, err
		}
		mean += scores.Get("accuracy") / float64(len(folds))
	}
	return mean, err
}

// learn trains a network on passengers, after the steps before the usual ones.
func learn(ctx context.Context, f *table.Frame, before []table.Step, seed uint64, epochs int) (*table.Fitted, *dlkit.Model, error) {
	steps := append(before, table.Bucketize{Columns: []string{"pclass"}, Edges: []float64{2, 3}})
	p, err := table.Pipeline{Target: "survived", Steps: append(steps, table.Usual()...)}.Fit(f)
	if err != nil {
		return nil, nil, err
	}
	m := dlkit.Sequential(tensor.Shape{len(p.InputNames())},
		dlkit.Dense(16, dlkit.ReLU, dlkit.L2(1e-3)), dlkit.Dropout(0.2), dlkit.Dense(1, dlkit.Sigmoid))
	if err := m.Compile(dlkit.CompileConfig{Seed: seed}); err != nil {
		return nil, nil, err
	}
	_, err = m.Fit(ctx, tensor.Must(p.Dataset(f)), dlkit.FitConfig{Epochs: epochs})
	return p, m, err
}

// learnAll makes a network to use. It learns from what anybody can tell of a
// passenger: whoever asks it should not have to know about withFamilies.
func learnAll(ctx context.Context, f *table.Frame, seed uint64, epochs int, path string) error {
	known := table.Select{Columns: []string{"pclass", "sex", "age", "sibsp", "parch", "fare"}}
	p, m, err := learn(ctx, f, []table.Step{known}, seed, epochs)
	if err != nil {
		return err
	}
	return errors.Join(m.Attach("pipeline", p), m.SetClasses("died", "survived"), m.SaveFile(path))
}
