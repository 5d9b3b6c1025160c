package onnx_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/dlkit/onnx"
	"github.com/gofromzero/fromzero/tensor"
)

// TestRealRuntime hands every model, with inputs and dlkit's outputs for batches
// of 1 and 7, to testdata/check.py, which checks the file and compares with ONNX
// Runtime. FROMZERO_ONNX_PYTHON names a Python that has the packages onnx and
// onnxruntime; `make verify-onnx` makes one.
func TestRealRuntime(t *testing.T) {
	python := os.Getenv("FROMZERO_ONNX_PYTHON")
	if python == "" {
		t.Skip("needs ONNX Runtime; `make verify-onnx` runs this test with it")
	}
	dir := t.TempDir()
	var manifest []runtimeCase
	for i, c := range cases() {
		done, err := writeCase(t, dir, fmt.Sprintf("%03d", i), c)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		manifest = append(manifest, done)
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python, "testdata/check.py", dir).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("ONNX Runtime does not agree: %v", err)
	}
	if want := fmt.Sprintf("%d models", len(cases())); !strings.Contains(string(out), want) {
		t.Errorf("the check does not end with %q", want)
	}
}

// runtimeCase is a model in the manifest. Arrays lie in files of raw
// little-endian numbers.
type runtimeCase struct {
	Name    string         `json:"name"`
	File    string         `json:"file"`
	Classes []string       `json:"classes"`
	Batches []runtimeBatch `json:"batches"`
}

type runtimeBatch struct {
	Inputs  []array `json:"inputs"`
	Outputs []array `json:"outputs"`
}

type array struct {
	File  string `json:"file"`
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
}

func writeCase(t *testing.T, dir, id string, c exported) (runtimeCase, error) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	if err := scatter(c.model, rng); err != nil {
		return runtimeCase{}, err
	}
	done := runtimeCase{Name: c.name, File: id + ".onnx", Classes: c.model.Classes()}
	if err := onnx.ExportFile(filepath.Join(dir, done.File), c.model, onnx.Name(c.name)); err != nil {
		return done, err
	}
	for _, n := range []int{1, 7} {
		inputs, err := inputsFor(c.model, n, rng)
		if err != nil {
			return done, err
		}
		outputs, err := c.model.PredictAll(t.Context(), inputs...)
		if err != nil {
			return done, err
		}
		var b runtimeBatch
		for k, x := range inputs {
			b.Inputs = append(b.Inputs, writeArray(t, dir, fmt.Sprintf("%s-%d-in%d", id, n, k), x))
		}
		for k, y := range outputs {
			b.Outputs = append(b.Outputs, writeArray(t, dir, fmt.Sprintf("%s-%d-out%d", id, n, k), y))
		}
		done.Batches = append(done.Batches, b)
	}
	return done, nil
}

// scatter gives all weights values that tell them apart; variances are above 0.
func scatter(m *dlkit.Model, rng *rand.Rand) error {
	weights, err := m.Weights()
	if err != nil {
		return err
	}
	for _, w := range weights {
		values := make([]float32, w.Value.Size())
		for i := range values {
			values[i] = float32(rng.Float64() - 0.5)
			if strings.HasSuffix(w.Name, "variance") {
				values[i] += 1
			}
		}
		if err := m.SetWeight(w.Name, tensor.Must(tensor.New(values, w.Value.Shape()...))); err != nil {
			return err
		}
	}
	return nil
}

// inputsFor makes a batch of n examples. Words, of 10, begin with padding at some
// places, as padded texts do, and one example is padding throughout; of other
// sequences some steps hold 0.5 only.
func inputsFor(m *dlkit.Model, n int, rng *rand.Rand) ([]*tensor.Tensor, error) {
	w, err := m.Wiring()
	if err != nil {
		return nil, err
	}
	var out []*tensor.Tensor
	for i, shape := range w.Inputs {
		full := append([]int{n}, shape...)
		size := tensor.Shape(full).Size()
		if w.InputDTypes[i].IsInt() {
			ids := make([]int32, size)
			each := shape.Size()
			for k := range ids {
				if row := k / each; k%each >= row%4 && row != 6 {
					ids[k] = rng.Int32N(10)
				}
			}
			out = append(out, tensor.Must(tensor.New(ids, full...)))
			continue
		}
		values := make([]float32, size)
		for k := range values {
			values[k] = float32(rng.NormFloat64())
		}
		if len(shape) == 2 {
			for k := range shape[1] {
				values[shape[1]+k] = 0.5
			}
		}
		out = append(out, tensor.Must(tensor.New(values, full...)))
	}
	return out, nil
}

func writeArray(t *testing.T, dir, name string, x *tensor.Tensor) array {
	t.Helper()
	a := array{File: name + ".raw", DType: "float32", Shape: x.Shape()}
	var raw []byte
	if x.DType().IsInt() {
		a.DType = "int64"
		for _, v := range tensor.Values[int64](x) {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
	} else {
		for _, v := range tensor.Values[float32](x) {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
	}
	if err := os.WriteFile(filepath.Join(dir, a.File), raw, 0o644); err != nil {
		t.Fatal(err)
	}
	return a
}
