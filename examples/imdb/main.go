// Command imdb tells friendly film reviews from unfriendly ones. It learns from
// 25,000 reviews and prints how many of 25,000 others it understands rightly.
// The lesson 16-imdb builds models of the same four kinds, step by step. With
// -save it leaves the network and its vocabulary in a file, which answers over
// HTTP:
//
//	go run ./examples/imdb -save reviews.dlkit
//	fromzero serve reviews.dlkit
//	curl localhost:8080/predict -d '{"instance": "A film to forget."}'
package main

import (
	"context"
	"errors"
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

// A recipe is what a review becomes, and the layers that read it.
type recipe struct {
	text   text.Config
	layers func(words int) []dlkit.Layer
	rate   float64
	epochs int
}

// lastWords is the last 200 words of a review, by their numbers: most people
// come to their verdict there.
var lastWords = text.Config{MaxTokens: 10_000, Length: 200, CutLeft: true}

var recipes = map[string]recipe{
	"bag":     {text.Config{Mode: text.MultiHot, MaxTokens: 10_000}, weigh, 0.002, 5},
	"bigrams": {text.Config{Mode: text.MultiHot, MaxTokens: 30_000, NGrams: 2}, weigh, 0.002, 5}, // "not good" is one
	"embedding": {lastWords, func(words int) []dlkit.Layer {
		return []dlkit.Layer{dlkit.Embedding(words, 32, dlkit.MaskZero), dlkit.GlobalAvgPool1D(),
			dlkit.Dropout(0.5), dlkit.Dense(1, dlkit.Sigmoid)}
	}, 0.005, 6},
	"lstm": {lastWords, func(words int) []dlkit.Layer {
		return []dlkit.Layer{dlkit.Embedding(words, 32, dlkit.MaskZero), dlkit.Dropout(0.3), dlkit.LSTM(32),
			dlkit.Dropout(0.5), dlkit.Dense(1, dlkit.Sigmoid)}
	}, 0.002, 3},
}

// weigh gives every word, or pair of words, a weight, and adds those that
// occur: it does not see in which order they do.
func weigh(int) []dlkit.Layer { return []dlkit.Layer{dlkit.Dense(1, dlkit.Sigmoid)} }

func main() {
	name := flag.String("model", "bigrams", "bag (of words), bigrams, embedding or lstm")
	seed := flag.Uint64("seed", 1, "seed of the first weights, the shuffling and dropout")
	epochs := flag.Int("epochs", 0, "passes over the training reviews; 0 is what suits the model")
	save := flag.String("save", "", "file for the network and its vocabulary")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r, ok := recipes[*name]
	if !ok {
		log.Fatalf("there is no model %q; take bag, bigrams, embedding or lstm", *name)
	}
	if *epochs > 0 {
		r.epochs = *epochs
	}
	accuracy, err := run(ctx, r, *seed, *save)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: test accuracy %.4f\n", *name, accuracy)
}

func run(ctx context.Context, r recipe, seed uint64, save string) (accuracy float64, err error) {
	train, test := datasets.IMDB()
	v, err := text.Fit(ctx, train, r.text) // the vocabulary of the training reviews only
	if err != nil {
		return 0, err
	}
	known, err := v.Dataset(ctx, train)
	if err != nil {
		return 0, err
	}
	unseen, err := v.Dataset(ctx, test)
	if err != nil {
		return 0, err
	}
	m := dlkit.Sequential(known.Shape(), r.layers(v.Len())...)
	if err := m.Compile(dlkit.CompileConfig{Seed: seed, Optimizer: dlkit.Adam{LearningRate: r.rate}}); err != nil {
		return 0, err
	}
	report := dlkit.EpochFunc(func(epoch int, logs map[string]float64) error {
		fmt.Printf("epoch %d: loss %.4f, accuracy %.4f\n", epoch+1, logs["loss"], logs["accuracy"])
		return nil
	})
	config := dlkit.FitConfig{Epochs: r.epochs, BatchSize: 64, Schedule: dlkit.CosineDecay{}, Callbacks: []dlkit.Callback{report}}
	if _, err := m.Fit(ctx, known, config); err != nil {
		return 0, err
	}
	if save != "" {
		if err := errors.Join(m.Attach("words", v), m.SetClasses(train.ClassNames()...), m.SaveFile(save)); err != nil {
			return 0, err
		}
	}
	scores, err := m.Evaluate(ctx, unseen)
	return scores.Get("accuracy"), err
}
