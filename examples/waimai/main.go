// Command waimai tells from short Chinese reviews whether a customer was happy
// with the food that was brought. Words need not be found in the text: the
// network sees which characters, and which pairs of neighbouring ones, occur.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"

	"github.com/gofromzero/fromzero/datasets"
	_ "github.com/gofromzero/fromzero/datasets/fetch" // downloads the reviews if they are not there
	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/dlkit"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of the first weights, the shuffling and dropout")
	epochs := flag.Int("epochs", 5, "passes over the training reviews")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	guess, accuracy, err := run(ctx, *seed, *epochs)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("test accuracy of always saying no %.4f, of the network %.4f\n", guess, accuracy)
}

// run returns the test accuracy of the commoner answer and of the network.
func run(ctx context.Context, seed uint64, epochs int) (guess, accuracy float64, err error) {
	train, test := datasets.Waimai()
	v, err := text.Fit(ctx, train, text.Config{Mode: text.MultiHot, Split: text.Mixed, NGrams: 2, MaxTokens: 10_000})
	if err != nil {
		return 0, 0, err
	}
	known, err := v.Dataset(ctx, train)
	if err != nil {
		return 0, 0, err
	}
	unseen, err := v.Dataset(ctx, test)
	if err != nil {
		return 0, 0, err
	}
	for _, label := range unseen.Labels() {
		guess += float64(1-label) / float64(unseen.Len())
	}
	m := dlkit.Sequential(known.Shape(), dlkit.Dense(16, dlkit.ReLU), dlkit.Dropout(0.5), dlkit.Dense(1, dlkit.Sigmoid))
	if err := m.Compile(dlkit.CompileConfig{Seed: seed}); err != nil {
		return 0, 0, err
	}
	report := dlkit.EpochFunc(func(epoch int, logs map[string]float64) error {
		fmt.Printf("epoch %d: loss %.4f, accuracy %.4f\n", epoch+1, logs["loss"], logs["accuracy"])
		return nil
	})
	config := dlkit.FitConfig{Epochs: epochs, Schedule: dlkit.CosineDecay{}, Callbacks: []dlkit.Callback{report}}
	if _, err := m.Fit(ctx, known, config); err != nil {
		return 0, 0, err
	}
	scores, err := m.Evaluate(ctx, unseen)
	return guess, scores.Get("accuracy"), err
}
