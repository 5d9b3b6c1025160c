// Command mnist trains a small network to read handwritten digits and prints
// how many of the test pictures it reads rightly. It is the lesson 10-mnist as
// a plain program.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"

	"github.com/gofromzero/fromzero/datasets"
	_ "github.com/gofromzero/fromzero/datasets/fetch" // downloads MNIST if it is not there
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of the first weights and of the shuffling")
	epochs := flag.Int("epochs", 5, "passes over the training pictures")
	batch := flag.Int("batch", 32, "pictures per training step")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	scores, err := run(ctx, *seed, *epochs, *batch)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("test accuracy %.4f\n", scores.Get("accuracy"))
}

func run(ctx context.Context, seed uint64, epochs, batch int) (scores dlkit.Scores, err error) {
	train, test := datasets.MNIST(datasets.Flatten)
	m := dlkit.Sequential(tensor.Shape{784},
		dlkit.Dense(64, dlkit.ReLU),
		dlkit.Dense(10, dlkit.Softmax),
	)
	if err := m.Compile(dlkit.CompileConfig{Seed: seed, Optimizer: dlkit.Adam{LearningRate: 0.002}}); err != nil {
		return scores, err
	}
	report := dlkit.EpochFunc(func(epoch int, logs map[string]float64) error {
		fmt.Printf("epoch %d: loss %.4f, accuracy %.4f\n", epoch+1, logs["loss"], logs["accuracy"])
		return nil
	})
	config := dlkit.FitConfig{Epochs: epochs, BatchSize: batch,
		Schedule:  dlkit.CosineDecay{}, // large steps first, small ones to settle
		Callbacks: []dlkit.Callback{report}}
	if _, err := m.Fit(ctx, train, config); err != nil {
		return scores, err
	}
	return m.Evaluate(ctx, test)
}
