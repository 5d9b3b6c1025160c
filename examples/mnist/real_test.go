package main

import (
	"context"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// needMNIST skips a test where the real data is missing, or fails it where
// FROMZERO_REQUIRE_DATA says that it must be there.
func needMNIST(t *testing.T) (train, test *datasets.Images) {
	t.Helper()
	train, test = datasets.MNIST(datasets.Flatten, datasets.NoDownload, datasets.Log(nil))
	if err := train.Load(t.Context()); err != nil || train.Mini() {
		if os.Getenv("FROMZERO_REQUIRE_DATA") != "" {
			t.Fatalf("the full MNIST is required here and cannot be had: %v", err)
		}
		t.Skip("needs the full MNIST in FROMZERO_DATA; `fromzero fetch mnist` brings it")
	}
	return train, test
}

func TestRealAccuracyOfFiveSeeds(t *testing.T) {
	needMNIST(t)
	sum := 0.0
	for seed := uint64(1); seed <= 5; seed++ {
		scores, err := run(t.Context(), seed, 5, 32)
		if err != nil {
			t.Fatal(err)
		}
		accuracy := scores.Get("accuracy")
		if accuracy < 0.97 {
			t.Errorf("seed %d: test accuracy %.4f, want at least 0.97", seed, accuracy)
		}
		sum += accuracy
	}
	t.Logf("mean test accuracy of 5 seeds: %.4f", sum/5)
	if sum/5 < 0.973 {
		t.Errorf("mean test accuracy of 5 seeds is %.4f, want at least 0.973", sum/5)
	}
}

// residentKB is the program's resident memory once garbage is given back.
func residentKB(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("this system does not tell the resident memory (/proc/self/status)")
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kb
		}
	}
	t.Skip("this system does not tell the resident memory")
	return 0
}

func TestRealTrainingKeepsItsMemory(t *testing.T) {
	train, _ := needMNIST(t)
	m := dlkit.Sequential(tensor.Shape{784}, dlkit.Dense(64, dlkit.ReLU), dlkit.Dense(10, dlkit.Softmax))
	steps, at := 0, map[int]int{}
	watch := dlkit.CallbackFunc(func(e *dlkit.Event) error {
		if e.Kind != dlkit.StepEnd {
			return nil
		}
		steps++
		switch steps {
		case 1000:
			at[steps] = residentKB(t)
		case 10000:
			at[steps] = residentKB(t)
			return dlkit.ErrStop
		}
		return nil
	})
	if _, err := m.Fit(context.Background(), train, dlkit.FitConfig{Epochs: 6, Callbacks: []dlkit.Callback{watch}}); err != nil {
		t.Fatal(err)
	}
	t.Logf("resident memory %d KB after step 1000, %d KB after step 10000", at[1000], at[10000])
	if float64(at[10000]) > 1.02*float64(at[1000]) {
		t.Errorf("resident memory grows from %d KB after step 1000 to %d KB after step 10000, want at most 2 %%", at[1000], at[10000])
	}
}
