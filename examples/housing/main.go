// Command housing learns what houses cost in the districts of California, and
// prints how much of the differences between prices it explains (R², 1 is all)
// beside a linear model of the same columns, on districts that neither has
// seen.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"

	_ "github.com/gofromzero/fromzero/datasets/fetch" // downloads the table if it is not there
	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of the split, the first weights and the shuffling")
	epochs := flag.Int("epochs", 30, "passes over the training districts")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	linear, network, err := run(ctx, *seed, *epochs)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("test R² of a linear model %.4f, of the network %.4f\n", linear, network)
}

// run trains both models on the same four fifths of the districts, and returns
// their R² on the others.
func run(ctx context.Context, seed uint64, epochs int) (linear, network float64, err error) {
	f, err := table.CaliforniaHousing(ctx)
	if err != nil {
		return 0, 0, err
	}
	train, test, err := inUnits(f).Split(table.SplitConfig{Seed: seed})
	if err != nil {
		return 0, 0, err
	}
	p, err := table.Pipeline{Target: "price"}.Fit(train) // medians, means and deviations of the training rows only
	if err != nil {
		return 0, 0, err
	}
	known, unseen := tensor.Must(p.Dataset(train)), tensor.Must(p.Dataset(test))
	score := func(layers ...dlkit.Layer) (float64, error) {
		m := dlkit.Sequential(tensor.Shape{len(p.InputNames())}, layers...)
		err := m.Compile(dlkit.CompileConfig{Seed: seed, Optimizer: dlkit.Adam{LearningRate: 0.01}, Metrics: []dlkit.Metric{dlkit.R2Score{}}})
		if err != nil {
			return 0, err
		}
		if _, err = m.Fit(ctx, known, dlkit.FitConfig{Epochs: epochs, BatchSize: 128, Schedule: dlkit.CosineDecay{}}); err != nil {
			return 0, err
		}
		scores, err := m.Evaluate(ctx, unseen)
		return scores.Get("r2_score"), err
	}
	if linear, err = score(dlkit.Dense(1)); err != nil {
		return 0, 0, err
	}
	network, err = score(dlkit.Dense(64, dlkit.ReLU), dlkit.Dense(64, dlkit.ReLU), dlkit.Dense(1))
	return linear, network, err
}

// inUnits gives prices in units of 100,000 dollars, so that the network need
// not learn to say such large numbers, and adds what a household has: totals of
// a district tell its size more than its houses.
func inUnits(f *table.Frame) *table.Frame {
	column := func(name string) []float64 { return tensor.Must(f.Column(name)).Float64s() }
	price, households := column("median_house_value"), column("households")
	rooms, people := column("total_rooms"), column("population")
	for i := range price {
		price[i] /= 100_000
		rooms[i] /= households[i]
		people[i] = min(people[i]/households[i], 10) // a few are prisons and colleges
	}
	f = tensor.Must(f.With(table.Numbers("price", price...), table.Numbers("rooms", rooms...), table.Numbers("people", people...)))
	return tensor.Must(f.Drop("median_house_value"))
}
