package dlkit

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func TestGradientByInputAndLayer(t *testing.T) {
	ctx := context.Background()
	m := Sequential(tensor.Shape{3}, Dense(4, Tanh), Dense(2, Softmax))
	x := randomData(5, 2, 3).All().X()
	got, err := m.Gradient(ctx, x, GradientConfig{Unit: 1, Probabilities: true})
	if err != nil {
		t.Fatal(err)
	}
	values := tensor.Values[float32](x)
	for i := range values {
		const h = 1e-2
		at := func(d float32) float64 {
			moved := append([]float32{}, values...)
			moved[i] += d
			p := tensor.Must(m.Predict(ctx, tensor.Must(tensor.New(moved, 5, 3))))
			return tensor.Values[float64](p)[i/3*2+1]
		}
		if want, g := (at(h)-at(-h))/(2*h), tensor.Values[float64](got.Gradient)[i]; math.Abs(want-g) > 1e-3 {
			t.Errorf("gradient at %d is %v, finite differences give %v", i, g, want)
		}
	}

	// The last layer is linear in what comes before it: the gradient of a
	// logit by that is the kernel's column.
	got, err = m.Gradient(ctx, x, GradientConfig{Unit: 0, Layer: "dense_1"})
	if err != nil {
		t.Fatal(err)
	}
	weights, err := m.Weights()
	if err != nil {
		t.Fatal(err)
	}
	kernel := tensor.Values[float64](weights[2].Value)
	for i, g := range tensor.Values[float64](got.Gradient) {
		if math.Abs(g-kernel[i%4*2]) > 1e-6 {
			t.Fatalf("gradient by dense_1 is %v at %d, the kernel has %v", g, i, kernel[i%4*2])
		}
	}
	hidden, err := m.LayerOutput(ctx, "dense_1", x)
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "LayerOutput", tensor.Values[float64](hidden), tensor.Values[float64](got.Value), 1e-6)
	if _, err := m.Gradient(ctx, x, GradientConfig{Layer: "conv2d_1"}); err == nil || !strings.Contains(err.Error(), "dense_1, dense_2") {
		t.Errorf("unknown layer: error %v", err)
	}
	if _, err := m.Gradient(ctx, x, GradientConfig{Unit: 2}); err == nil || !strings.Contains(err.Error(), "unit 2") {
		t.Errorf("unit out of range: error %v", err)
	}
}

// Convolutional layers hand on another layout than the one that is
// differentiated by; the gradient by a layer in the middle must still be right.
func TestGradientByAFeatureMap(t *testing.T) {
	ctx := context.Background()
	conv := func() []Layer { return []Layer{Conv2D(3, 2, Tanh)} }
	rest := func() []Layer { return []Layer{Conv2D(2, 2, ReLU), MaxPool2D(2), Flatten(), Dense(2, Softmax)} }
	m := Sequential(tensor.Shape{6, 6, 1}, append(conv(), rest()...)...)
	x := randomData(2, 2, 6, 6, 1).All().X()
	got, err := m.Gradient(ctx, x, GradientConfig{Layer: "conv2d_1", Unit: 1})
	if err != nil {
		t.Fatal(err)
	}
	// The rest of the model alone, by its input, with the same weights.
	tail := Sequential(got.Value.Shape()[1:], rest()...)
	ws, err := m.Weights()
	if err != nil {
		t.Fatal(err)
	}
	if err := tail.built(); err != nil {
		t.Fatal(err)
	}
	for i, v := range tail.vars.list {
		if err := v.set(ws[i+2].Value); err != nil {
			t.Fatal(err)
		}
	}
	want, err := tail.Gradient(ctx, got.Value, GradientConfig{Unit: 1})
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "gradient", tensor.Values[float64](got.Gradient), tensor.Values[float64](want.Gradient), 1e-5)
	wantClose(t, "output", tensor.Values[float64](got.Output), tensor.Values[float64](want.Output), 1e-5)
}

func TestFrozenLayersKeepTheirWeights(t *testing.T) {
	m := Sequential(tensor.Shape{2}, Dense(4, ReLU), Dense(3, Softmax))
	if err := m.Freeze("dense_1"); err != nil {
		t.Fatal(err)
	}
	before := weightsOf(t, m)
	mustFit(t, m, blobs(30), FitConfig{Epochs: 2})
	after := weightsOf(t, m)
	frozen := 2*4 + 4
	if !equal(before[:frozen], after[:frozen]) || equal(before[frozen:], after[frozen:]) {
		t.Error("the frozen layer changed, or the other did not")
	}
	layers, err := m.Layers()
	if err != nil {
		t.Fatal(err)
	}
	if layers[0].Trainable != 0 || layers[1].Trainable != 15 {
		t.Errorf("trainable parameters %d and %d, want 0 and 15", layers[0].Trainable, layers[1].Trainable)
	}
	if err := m.Unfreeze(); err != nil {
		t.Fatal(err)
	}
	mustFit(t, m, blobs(30), FitConfig{})
	if equal(weightsOf(t, m)[:frozen], after[:frozen]) {
		t.Error("the unfrozen layer does not train")
	}
	if err := m.Freeze("dense_9"); err == nil {
		t.Error("an unknown layer was frozen")
	}
}

func TestCloneIsApart(t *testing.T) {
	m := Sequential(tensor.Shape{2}, &scaleLayer{Start: 1}, Dense(3, Softmax))
	mustFit(t, m, blobs(30), FitConfig{})
	clone, err := m.Clone()
	if err != nil {
		t.Fatal(err)
	}
	before := weightsOf(t, m)
	if !equal(before, weightsOf(t, clone)) {
		t.Error("the clone has other weights")
	}
	mustFit(t, clone, blobs(30), FitConfig{})
	if !equal(before, weightsOf(t, m)) || equal(before, weightsOf(t, clone)) {
		t.Error("training the clone changed the model, or not the clone")
	}
}
