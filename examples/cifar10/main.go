// Command cifar10 trains a small convolutional network to tell ten kinds of
// things in colour pictures of 32×32 pixels, and prints how many of 10,000 test
// pictures it names rightly: the full run of the lesson 14-cifar10. With -keep
// it leaves the network and its learning curves in a folder, and goes on where
// it was cut off when it is called again.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/gofromzero/fromzero/datasets"
	_ "github.com/gofromzero/fromzero/datasets/fetch" // downloads CIFAR-10 if it is not there
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/internal/wholefile"
	"github.com/gofromzero/fromzero/tensor"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of the first weights, the shuffling and the augmentation")
	epochs := flag.Int("epochs", 10, "passes over the training pictures")
	batch := flag.Int("batch", 64, "pictures per training step")
	keep := flag.String("keep", "", "folder for the network, its history, and what it takes to go on after an interruption")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	scores, err := run(ctx, *seed, *epochs, *batch, *keep)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("test accuracy %.4f\n", scores.Get("accuracy"))
}

// network has a quarter of a million weights. Its first layers halve the
// picture at once, which is where most of the time would go.
func network() *dlkit.Model {
	layers := []dlkit.Layer{
		dlkit.Rescaling(4, dlkit.Offset(-1.9)), // about mean 0 and deviation 1
		dlkit.RandomFlip(dlkit.Horizontal), dlkit.RandomCrop(32, dlkit.Margin(4)),
	}
	block := func(filters int) {
		layers = append(layers, dlkit.Conv2D(filters, 3, dlkit.Same, dlkit.NoBias),
			dlkit.BatchNormalization(dlkit.Momentum(0.9)), dlkit.ReLU)
	}
	block(32)
	layers = append(layers, dlkit.MaxPool2D(2))
	block(64)
	layers = append(layers, dlkit.MaxPool2D(2))
	block(128)
	block(128)
	layers = append(layers, dlkit.MaxPool2D(2), dlkit.GlobalAvgPool2D(), dlkit.Dense(10, dlkit.Softmax))
	return dlkit.Sequential(tensor.Shape{32, 32, 3}, layers...)
}

func run(ctx context.Context, seed uint64, epochs, batch int, keep string) (scores dlkit.Scores, err error) {
	train, test := datasets.CIFAR10()
	m := network()
	if err := m.Compile(dlkit.CompileConfig{
		Seed:      seed,
		Optimizer: dlkit.SGD{LearningRate: 0.1, Momentum: 0.9, Nesterov: true, WeightDecay: 5e-3},
		Loss:      dlkit.SparseCategoricalCrossEntropy{LabelSmoothing: 0.1},
	}); err != nil {
		return scores, err
	}
	report := dlkit.EpochFunc(func(epoch int, logs map[string]float64) error {
		fmt.Printf("epoch %d: loss %.4f, accuracy %.4f, of pictures held out %.4f\n", epoch+1, logs["loss"], logs["accuracy"], logs["val_accuracy"])
		return nil
	})
	config := dlkit.FitConfig{Epochs: epochs, BatchSize: batch, ValidationSplit: 0.1,
		Schedule: dlkit.OneCycle{}, Callbacks: []dlkit.Callback{report}}
	if keep != "" {
		if err := os.MkdirAll(keep, 0o755); err != nil {
			return scores, err
		}
		config.Callbacks = append(config.Callbacks, &dlkit.BackupAndRestore{Path: filepath.Join(keep, "backup")})
	}
	history, err := m.Fit(ctx, train, config)
	if err != nil {
		return scores, err
	}
	if keep != "" {
		if err := m.SaveFile(filepath.Join(keep, "cifar10.safetensors")); err != nil {
			return scores, err
		}
		data, err := json.Marshal(history)
		if err != nil {
			return scores, err
		}
		if err := wholefile.Bytes(filepath.Join(keep, "history.json"), data); err != nil {
			return scores, err
		}
	}
	return m.Evaluate(ctx, test)
}
