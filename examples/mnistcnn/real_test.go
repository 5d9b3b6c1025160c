package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/dlkit"
)

// One epoch of the six: the full run is in RESULTS.md.
func TestRealAccuracyOfOneEpoch(t *testing.T) {
	train, _ := datasets.MNIST(datasets.NoDownload, datasets.Log(nil))
	if err := train.Load(t.Context()); err != nil || train.Mini() {
		if os.Getenv("FROMZERO_REQUIRE_DATA") != "" {
			t.Fatalf("the full MNIST is required here and cannot be had: %v", err)
		}
		t.Skip("needs the full MNIST in FROMZERO_DATA; `fromzero fetch mnist` brings it")
	}
	dir := t.TempDir()
	scores, err := run(t.Context(), 1, 1, 64, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("test accuracy %.4f", scores.Get("accuracy"))
	if scores.Get("accuracy") < 0.98 {
		t.Errorf("test accuracy %.4f after one epoch, want at least 0.98", scores.Get("accuracy"))
	}
	if _, err := dlkit.LoadFile(filepath.Join(dir, "mnistcnn.safetensors")); err != nil {
		t.Errorf("the network that was kept: %v", err)
	}
}
