package main

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
)

func TestRealAccuracy(t *testing.T) {
	f, err := table.Titanic(t.Context())
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("FROMZERO_REQUIRE_DATA") == "" {
		t.Skipf("needs the real table: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for seed := uint64(1); seed <= 3; seed++ {
		mean, err := crossValidate(t.Context(), withFamilies(f), seed)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("seed %d: mean accuracy of 5 folds %.4f", seed, mean)
		sum += mean
	}
	// Majority 0.6162, by sex 0.7868.
	if sum/3 < 0.79 {
		t.Errorf("mean accuracy %.4f, want at least 0.79", sum/3)
	}
}
