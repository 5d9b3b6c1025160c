// Command mnistcnn reads handwritten digits with a convolutional network, and
// prints how many of the test pictures it reads rightly: the next step after
// the command mnist. With -keep it goes on where it was cut off.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/gofromzero/fromzero/datasets"
	_ "github.com/gofromzero/fromzero/datasets/fetch" // downloads MNIST if it is not there
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of the first weights, the shuffling and dropout")
	epochs := flag.Int("epochs", 6, "passes over the training pictures")
	batch := flag.Int("batch", 64, "pictures per training step")
	keep := flag.String("keep", "", "folder for the network, and what it takes to go on after an interruption")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	scores, err := run(ctx, *seed, *epochs, *batch, *keep)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("test accuracy %.4f\n", scores.Get("accuracy"))
}

func run(ctx context.Context, seed uint64, epochs, batch int, keep string) (scores dlkit.Scores, err error) {
	train, test := datasets.MNIST()
	m := dlkit.Sequential(tensor.Shape{28, 28, 1},
		dlkit.Conv2D(32, 3, dlkit.ReLU),
		dlkit.MaxPool2D(2),
		dlkit.Conv2D(64, 3, dlkit.ReLU),
		dlkit.MaxPool2D(2),
		dlkit.Flatten(),
		dlkit.Dense(64, dlkit.ReLU),
		dlkit.Dropout(0.5),
		dlkit.Dense(10, dlkit.Softmax),
	)
	if err := m.Compile(dlkit.CompileConfig{Seed: seed, Optimizer: dlkit.Adam{LearningRate: 0.002}}); err != nil {
		return scores, err
	}
	report := dlkit.EpochFunc(func(epoch int, logs map[string]float64) error {
		fmt.Printf("epoch %d: loss %.4f, accuracy %.4f\n", epoch+1, logs["loss"], logs["accuracy"])
		return nil
	})
	config := dlkit.FitConfig{Epochs: epochs, BatchSize: batch, Schedule: dlkit.CosineDecay{}, Callbacks: []dlkit.Callback{report}}
	if keep != "" {
		if err := os.MkdirAll(keep, 0o755); err != nil {
			return scores, err
		}
		config.Callbacks = append(config.Callbacks, &dlkit.BackupAndRestore{Path: filepath.Join(keep, "backup")})
	}
	if _, err := m.Fit(ctx, train, config); err != nil {
		return scores, err
	}
	if keep != "" {
		if err := m.SaveFile(filepath.Join(keep, "mnistcnn.safetensors")); err != nil {
			return scores, err
		}
	}
	return m.Evaluate(ctx, test)
}
