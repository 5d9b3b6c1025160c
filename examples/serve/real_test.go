package main

import (
	"os"
	"slices"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/dlkit"
)

// TestRealAccuracy reads MNIST's test pictures with the network inside the
// program.
func TestRealAccuracy(t *testing.T) {
	_, test := datasets.MNIST(datasets.NoDownload, datasets.Log(nil))
	if err := test.Load(t.Context()); err != nil || test.Mini() {
		if os.Getenv("FROMZERO_REQUIRE_DATA") != "" {
			t.Fatalf("the full MNIST is required here and cannot be had: %v", err)
		}
		t.Skip("needs the full MNIST in FROMZERO_DATA; `fromzero fetch mnist` brings it")
	}
	m, err := dlkit.LoadFS(files, "mnist.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.Classes(), test.ClassNames()) {
		t.Errorf("the network's classes are %v, the data set's %v", m.Classes(), test.ClassNames())
	}
	if err := m.Compile(dlkit.CompileConfig{}); err != nil {
		t.Fatal(err)
	}
	scores, err := m.Evaluate(t.Context(), test)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("test accuracy %.4f", scores.Get("accuracy"))
	if scores.Get("accuracy") < 0.985 {
		t.Errorf("test accuracy %.4f, want at least 0.985", scores.Get("accuracy"))
	}
}
