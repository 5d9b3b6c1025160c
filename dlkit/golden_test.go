package dlkit

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// Files that an earlier version of this package saved, each with what the model
// predicted then beside it. They must load for ever. DLKIT_WRITE_GOLDEN=NAME
// writes a new one, for a new version or kind of model; none is ever replaced.
const goldenFolder = "testdata/golden"

type golden struct {
	Input  []float32 `json:"input"` // a batch of two
	Output []float32 `json:"output"`
}

func TestGoldenFiles(t *testing.T) {
	ctx := context.Background()
	if name := os.Getenv("DLKIT_WRITE_GOLDEN"); name != "" {
		writeGolden(t, filepath.Join(goldenFolder, name))
	}
	files, err := filepath.Glob(filepath.Join(goldenFolder, "*.safetensors"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		var want golden
		text, err := os.ReadFile(strings.TrimSuffix(path, ".safetensors") + ".json")
		if err == nil {
			err = json.Unmarshal(text, &want)
		}
		if err != nil {
			t.Fatal(err)
		}
		m, err := LoadFile(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		x := tensor.Must(tensor.New(want.Input, append(tensor.Shape{2}, m.InputShape()...)...))
		y, err := m.Predict(ctx, x)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		for i, v := range tensor.Values[float32](y) {
			if math.Abs(float64(v-want.Output[i])) > 1e-5 {
				t.Errorf("%s: output %d is %v, was %v", path, i, v, want.Output[i])
			}
		}
		labels := tensor.Must(tensor.New([]int32{0, 1}))
		if _, err := m.Fit(ctx, tensor.Must(tensor.FromTensors(x, labels)), FitConfig{}); err != nil {
			t.Errorf("%s can't be trained further: %v", path, err)
		}
	}
}

// writeGolden saves a small model of several kinds of layers, trained a little.
func writeGolden(t *testing.T, path string) {
	t.Helper()
	ctx := context.Background()
	m := Sequential(tensor.Shape{6, 6, 1}, Conv2D(2, HW{3, 3}, ReLU), MaxPool2D(HW{2, 2}), Flatten(), Dense(3, Tanh), BatchNormalization(), Dense(2, Softmax))
	x := tensor.Must(tensor.NewRandom(1).Normal(0, 1, 2, 6, 6, 1)).Convert(tensor.Float32)
	data := tensor.Must(tensor.FromTensors(x, tensor.Must(tensor.New([]int32{1, 0}))))
	if _, err := m.Fit(ctx, data, FitConfig{Epochs: 3}); err != nil {
		t.Fatal(err)
	}
	y, err := m.Predict(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(golden{tensor.Values[float32](x), tensor.Values[float32](y)})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{path + ".safetensors": file.Bytes(), path + ".json": append(text, '\n')} {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
