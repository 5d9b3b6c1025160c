package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
)

// needReviews skips a test where the reviews are missing, or fails it where
// FROMZERO_REQUIRE_DATA says that they must be there.
func needReviews(t *testing.T) {
	t.Helper()
	train, _ := datasets.IMDB(datasets.NoDownload, datasets.Log(nil))
	if err := train.Load(t.Context()); err != nil {
		if os.Getenv("FROMZERO_REQUIRE_DATA") != "" {
			t.Fatalf("the reviews are required here and cannot be had: %v", err)
		}
		t.Skip("needs the reviews in FROMZERO_DATA; `fromzero fetch imdb` brings them")
	}
}

func TestRealAccuracyOfBigrams(t *testing.T) {
	needReviews(t)
	accuracy, err := run(t.Context(), recipes["bigrams"], 1, filepath.Join(t.TempDir(), "reviews"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("test accuracy on 25,000 reviews %.4f", accuracy)
	if accuracy < 0.88 {
		t.Errorf("test accuracy %.4f, want at least 0.88", accuracy)
	}
}
