package main

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/table"
)

func TestRealAccuracy(t *testing.T) {
	f, err := table.Titanic(t.Context(), datasets.NoDownload)
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("FROMZERO_REQUIRE_DATA") == "" {
		t.Skipf("needs the real table: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	dead, bySex := guesses(f)
	t.Logf("nobody survives: %.4f; the women survive: %.4f", dead, bySex)
	sum := 0.0
	for seed := uint64(1); seed <= 3; seed++ {
		mean, err := crossValidate(t.Context(), withFamilies(f), seed, 60)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("seed %d: mean accuracy of 5 folds %.4f", seed, mean)
		sum += mean
	}
	if sum/3 < 0.79 || sum/3 < bySex || sum/3 < dead {
		t.Errorf("mean accuracy %.4f, want at least 0.79, and more than the guesses' %.4f and %.4f", sum/3, dead, bySex)
	}
}
