package main

import (
	"os"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
)

// needReviews skips a test where the reviews are missing, or fails it where
// FROMZERO_REQUIRE_DATA says that they must be there.
func needReviews(t *testing.T) {
	t.Helper()
	train, _ := datasets.Waimai(datasets.NoDownload, datasets.Log(nil))
	if err := train.Load(t.Context()); err != nil {
		if os.Getenv("FROMZERO_REQUIRE_DATA") != "" {
			t.Fatalf("the reviews are required here and cannot be had: %v", err)
		}
		t.Skip("needs the reviews in FROMZERO_DATA; `fromzero fetch waimai` brings them")
	}
}

func TestRealAccuracy(t *testing.T) {
	needReviews(t)
	for seed := uint64(1); seed <= 2; seed++ {
		guess, accuracy, err := run(t.Context(), seed, 5)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("seed %d: test accuracy of always saying no %.4f, of the network %.4f", seed, guess, accuracy)
		if guess < 0.6 || guess > 0.7 {
			t.Errorf("%.4f of the test reviews are unhappy, want two thirds: this is another split", guess)
		}
		if accuracy < 0.86 {
			t.Errorf("seed %d: test accuracy %.4f, want at least 0.86", seed, accuracy)
		}
	}
}
