package dlkit

import (
	"context"
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
