package dlkit

import (
	"context"
	"slices"
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/product"
	"github.com/gofromzero/fromzero/tensor"
)

// denseModels have chains of fully connected layers, with others before, between
// and behind.
func denseModels() map[string]*Model {
	in := tensor.Shape{60, 5}
	skip := func() *Model {
		x := Input(in)
		y := x.Then(Flatten()).Then(Dense(48, ReLU))
		sum := Add(y, y.Then(Dense(100, ReLU)).Then(Dense(48)))
		return Functional([]*Value{x}, sum.Then(Dense(3, Softmax)))
	}
	return map[string]*Model{
		"plain":    Sequential(in, Flatten(), Dense(64, ReLU), Dense(3, Softmax)),
		"odd":      Sequential(in, Flatten(), Dense(65, ReLU, NoBias), Dense(7), Dense(33, Tanh, L2(0.01)), Dense(3, Softmax)),
		"behind":   Sequential(in, Dense(7, ReLU), BatchNormalization(), Flatten(), Dense(50, ReLU), LayerNormalization(), Dense(90, ReLU), Dense(3, Softmax)),
		"norms":    Sequential(in, Rescaling(2), Flatten(), Dense(70, ReLU, MaxNorm(1)), Dense(3)),
		"residual": skip(),
	}
}

func TestDenseChainsAreThoseOfTheGraph(t *testing.T) {
	if !product.Fast() {
		t.Skip("without vectors there are no chains")
	}
	data := randomData(85, 3, 60, 5) // batches of 37, 37 and 11
	for name := range denseModels() {
		config := CompileConfig{}
		if name == "norms" {
			config.Loss = SparseCategoricalCrossEntropy{FromLogits: true}
		}
		t.Run(name, func(t *testing.T) {
			checkHostWork(t, data, FitConfig{BatchSize: 37, Epochs: 2}, config, func() *Model { return denseModels()[name] })
		})
	}
}

// Dropout in a chain must be on while training alone, and the same for the same
// seed.
func TestDenseChainDropsOut(t *testing.T) {
	ctx := context.Background()
	data := randomData(128, 3, 64)
	train := func(rate float64, seed uint64) *tensor.Tensor {
		m := Sequential(tensor.Shape{64}, Dense(64, ReLU), Dropout(rate), Dense(64, ReLU), Dense(3, Softmax))
		if err := m.Compile(CompileConfig{Seed: seed}); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fit(ctx, data, FitConfig{BatchSize: 64, Epochs: 2}); err != nil {
			t.Fatal(err)
		}
		first := tensor.Must(m.PredictDataset(ctx, data))
		if again := tensor.Must(m.PredictDataset(ctx, data)); !slices.Equal(tensor.Values[float32](first), tensor.Values[float32](again)) {
			t.Error("two predictions differ")
		}
		return first
	}
	equal := func(a, b *tensor.Tensor) bool {
		return slices.Equal(tensor.Values[float32](a), tensor.Values[float32](b))
	}
	with := train(0.5, 1)
	if !equal(with, train(0.5, 1)) {
		t.Error("two trainings with the same seed differ")
	}
	if equal(with, train(0, 1)) {
		t.Error("dropout changes nothing")
	}
}
