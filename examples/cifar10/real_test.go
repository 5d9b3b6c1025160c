package main

import (
	"os"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/pipe"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// The first hundred steps: the full run is in RESULTS.md.
func TestRealNetworkBeginsToLearn(t *testing.T) {
	train, test := datasets.CIFAR10(datasets.NoDownload, datasets.Log(nil))
	if err := train.Load(t.Context()); err != nil {
		if os.Getenv("FROMZERO_REQUIRE_DATA") != "" {
			t.Fatalf("CIFAR-10 is required here and cannot be had: %v", err)
		}
		t.Skip("needs CIFAR-10 in FROMZERO_DATA; `fromzero fetch cifar-10` brings it")
	}
	m, parameters := network(), 0
	for _, l := range tensor.Must(m.Layers()) {
		parameters += l.Params
	}
	if parameters > 1_500_000 {
		t.Errorf("the network has %d parameters, want at most 1,500,000", parameters)
	}
	if _, err := m.Fit(t.Context(), pipe.Take(train, 6400), dlkit.FitConfig{BatchSize: 64}); err != nil {
		t.Fatal(err)
	}
	scores, err := m.Evaluate(t.Context(), pipe.Take(test, 2000))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("test accuracy %.4f", scores.Get("accuracy"))
	if scores.Get("accuracy") < 0.3 {
		t.Errorf("test accuracy %.4f after 100 steps, want 0.3: guessing has 0.1", scores.Get("accuracy"))
	}
}
