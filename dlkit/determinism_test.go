package dlkit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// The same seed gives the same weights, bit for bit, in two runs of a program on
// the same machine: in one process and in another, on every backend.

// seededTrainings are networks of every kind, with all that draws numbers or
// adds them up on several processors.
var seededTrainings = map[string]func() (*Model, *tensor.Memory){
	"dense": func() (*Model, *tensor.Memory) {
		return Sequential(tensor.Shape{300}, Dense(200, ReLU), Dropout(0.3), Dense(3, Softmax)), randomData(70, 3, 300)
	},
	"convolution": func() (*Model, *tensor.Memory) {
		return Sequential(tensor.Shape{12, 12, 2}, RandomFlip(Horizontal), Conv2D(32, 3, Same), BatchNormalization(), ReLU,
			Conv2D(32, 3, Same, ReLU), MaxPool2D(2), Dropout(0.3), Flatten(), Dense(3, Softmax)), randomData(70, 3, 12, 12, 2)
	},
	"LSTM": func() (*Model, *tensor.Memory) {
		return Sequential(tensor.Shape{7}, Embedding(40, 9), LSTM(24, InputDropout(0.2)), Dropout(0.3), Dense(10, Softmax)),
			randomWords(70, 40, 7, true)
	},
	"GRU": func() (*Model, *tensor.Memory) {
		return Sequential(tensor.Shape{7}, Embedding(40, 9, MaskZero), Bidirectional(GRU(11, RecurrentDropout(0.2))), Dense(10, Softmax)),
			randomWords(70, 40, 7, true)
	},
	"transformer": func() (*Model, *tensor.Memory) {
		return Sequential(tensor.Shape{9}, TokenAndPositionEmbedding(9, 40, 16), TransformerEncoder(2, 8, 32, DropoutRate(0.2)),
			GlobalAvgPool1D(), Dropout(0.3), Dense(10, Softmax)), randomWords(70, 40, 9, true)
	},
	"embedding": func() (*Model, *tensor.Memory) {
		return Sequential(tensor.Shape{30}, Embedding(40, 16, MaskZero), GlobalAvgPool1D(), Dropout(0.3), Dense(10, Softmax)),
			randomWords(70, 40, 30, true)
	},
}

// seededDigest trains one of them over some shuffled epochs, and sums up its
// weights, history and predictions.
func seededDigest(t *testing.T, training, backend string) string {
	t.Helper()
	m, data := seededTrainings[training]()
	if err := m.Compile(CompileConfig{Seed: 11, Backend: backend}); err != nil {
		t.Fatal(err)
	}
	hist := mustFit(t, m, data, FitConfig{Epochs: 4, BatchSize: 16, ValidationSplit: 0.2})
	sum := sha256.New()
	for _, w := range tensor.Must(m.Weights()) {
		fmt.Fprintf(sum, "%s %x\n", w.Name, tensor.Values[float64](w.Value))
	}
	for _, n := range hist.Names() {
		fmt.Fprintf(sum, "%s %x\n", n, hist.Values(n))
	}
	fmt.Fprintf(sum, "%x", tensor.Values[float64](tensor.Must(m.PredictDataset(context.Background(), data))))
	return fmt.Sprintf("%x", sum.Sum(nil)[:8])
}

const seededEnv = "DLKIT_SEEDED" // the backend that TestSeededTraining is to use

// TestSeededTraining is the other process.
func TestSeededTraining(t *testing.T) {
	backend := os.Getenv(seededEnv)
	if backend == "" {
		return // not started by TestSeedDecidesAll
	}
	for _, name := range slices.Sorted(maps.Keys(seededTrainings)) {
		fmt.Printf("digest %s %s\n", name, seededDigest(t, name, backend))
	}
}

func TestSeedDecidesAll(t *testing.T) {
	for _, backend := range testBackends() {
		t.Run(kindOf(backend), func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestSeededTraining$")
			cmd.Env = append(os.Environ(), seededEnv+"="+backend)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for name := range seededTrainings {
				here := seededDigest(t, name, backend)
				if !strings.Contains(string(out), fmt.Sprintf("digest %s %s\n", name, here)) {
					t.Errorf("%s: %s here; the other process had\n%s", name, here, out)
				}
			}
		})
	}
}
