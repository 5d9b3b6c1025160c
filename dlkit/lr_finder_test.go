package dlkit

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
)

func TestFindLearningRate(t *testing.T) {
	ctx := context.Background()
	m := classifier()
	if err := m.Compile(CompileConfig{Optimizer: SGD{}}); err != nil {
		t.Fatal(err)
	}
	before := weightsOf(t, m)
	curve, err := m.FindLearningRate(ctx, blobs(200), LRFinderConfig{Max: 1e4})
	if err != nil {
		t.Fatal(err)
	}
	if !equal(before, weightsOf(t, m)) || m.LearningRate() != 0.01 {
		t.Error("the model was changed")
	}
	if curve.Suggestion < 1e-3 || curve.Suggestion > 10 {
		t.Errorf("suggested rate %v for SGD, want about 0.1", curve.Suggestion)
	}
	for i := 1; i < len(curve.Rates); i++ {
		if curve.Rates[i] <= curve.Rates[i-1] {
			t.Fatalf("rates do not rise at %d", i)
		}
	}
	// The suggestion trains; a rate a thousand times larger does not.
	train := func(rate float64) float64 {
		m := classifier()
		if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: rate}}); err != nil {
			t.Fatal(err)
		}
		hist, _ := m.Fit(ctx, blobs(200), FitConfig{Epochs: 5})
		return hist.Last("loss")
	}
	if good, wild := train(curve.Suggestion), train(1000*curve.Suggestion); !(good < 1) || wild < good {
		t.Errorf("loss %v with the suggestion, %v with a thousand times that", good, wild)
	}
	_, err = m.FindLearningRate(ctx, blobs(20), LRFinderConfig{Min: 1, Max: 0.1})
	if err == nil || !strings.Contains(err.Error(), "Min < Max") {
		t.Errorf("error %v", err)
	}
}

// The curve is that of training by rising rates: the rates are evenly spaced in
// their logarithm, the losses the smoothed ones of the batches, and where the
// loss shoots up the search ends.
func TestFindLearningRateTriesTheRates(t *testing.T) {
	ctx := context.Background()
	m, data := falling(t)
	config := LRFinderConfig{Min: 1e-3, Max: 1, Steps: 13, BatchSize: 2}
	curve, err := m.FindLearningRate(ctx, data, config)
	if err != nil {
		t.Fatal(err)
	}
	weight, average := 0.0, 0.0
	for i, rate := range curve.Rates {
		want := 1e-3 * math.Pow(1000, float64(i)/12)
		if math.Abs(rate-want) > 1e-9 {
			t.Errorf("rate %d is %v, want %v", i, rate, want)
		}
		average = 0.98*average + 0.02*weight // the loss is the weight
		smooth := average / (1 - math.Pow(0.98, float64(i+1)))
		if math.Abs(curve.Losses[i]-smooth) > 1e-5 {
			t.Errorf("loss %d is %v, want %v", i, curve.Losses[i], smooth)
		}
		weight -= rate
	}
	if len(curve.Rates) != 13 || len(curve.Losses) != 13 {
		t.Errorf("%d rates and %d losses, want 13", len(curve.Rates), len(curve.Losses))
	}
	if curve.Suggestion != curve.Rates[9] { // it falls all the time, ever faster: a twentieth by rate 6
		t.Errorf("suggestion %v, want %v", curve.Suggestion, curve.Rates[9])
	}
	wild := classifier()
	if err := wild.Compile(CompileConfig{Optimizer: SGD{}}); err != nil {
		t.Fatal(err)
	}
	curve, err = wild.FindLearningRate(ctx, blobs(200), LRFinderConfig{Max: 1e4})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(curve.Rates); n >= 100 || n < 20 {
		t.Errorf("the search ended after %d of 100 steps, want an end when the loss shoots up", n)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := m.FindLearningRate(stopped, data, config); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

func TestFall(t *testing.T) {
	for _, c := range []struct {
		values     []float64
		begin, end int
	}{
		{[]float64{3, 2, 1}, 0, 2},
		{[]float64{1, 2, 3}, 0, 0},
		{[]float64{12, 10, 9.99, 9.98, 9, 5, 1.1, 1, 4, 20}, 3, 6}, // hardly anything at first and at the end
		{[]float64{2, 2, 2}, 0, 0},
		{[]float64{5}, 0, 0},
	} {
		if begin, end := fall(c.values); begin != c.begin || end != c.end {
			t.Errorf("%v: from %d to %d, want %d to %d", c.values, begin, end, c.begin, c.end)
		}
	}
}
