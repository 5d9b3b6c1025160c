// Command titanic learns from the Titanic's passengers who survived, and prints
// the mean accuracy of five folds beside two guesses that need no learning.
package main

import (
	"context"
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
	steps := append([]table.Step{table.Bucketize{Columns: []string{"pclass"}, Edges: []float64{2, 3}}}, table.Usual()...)
	for _, fold := range folds {
		p, err := table.Pipeline{Target: "survived", Steps: steps}.Fit(fold.Train)
		if err != nil {
			return 0, err
		}
		train, test := tensor.Must(p.Dataset(fold.Train)), tensor.Must(p.Dataset(fold.Test))
		m := dlkit.Sequential(tensor.Shape{len(p.InputNames())},
			dlkit.Dense(16, dlkit.ReLU, dlkit.L2(1e-3)), dlkit.Dropout(0.2), dlkit.Dense(1, dlkit.Sigmoid))
		if err := m.Compile(dlkit.CompileConfig{Seed: seed}); err != nil {
			return 0, err
		}
		if _, err := m.Fit(ctx, train, dlkit.FitConfig{Epochs: epochs}); err != nil {
			return 0, err
		}
		scores, err := m.Evaluate(ctx, test)
		if err != nil {
			return 0, err
		}
		mean += scores.Get("accuracy") / float64(len(folds))
	}
	return mean, err
}
