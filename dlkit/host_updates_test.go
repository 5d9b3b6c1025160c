package dlkit

import (
	"context"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// A step on the host must be that of the graph, for every optimizer that has
// one, for weights of many pieces and with clipping.
func TestHostUpdatesAreThoseOfTheGraph(t *testing.T) {
	for name, optimizer := range map[string]Optimizer{
		"Adam":         Adam{LearningRate: 0.01},
		"Adam settled": Adam{LearningRate: 0.01, Beta1: 0.5, Beta2: 0.9, Epsilon: 1e-3},
		"AdamW":        AdamW{Adam: Adam{LearningRate: 0.01}, WeightDecay: 0.1},
		"SGD":          SGD{LearningRate: 0.05},
		"SGD decayed":  SGD{LearningRate: 0.05, WeightDecay: 0.1},
		"momentum":     SGD{LearningRate: 0.05, Momentum: 0.9, WeightDecay: 0.01},
		"Nesterov":     SGD{LearningRate: 0.05, Momentum: 0.9, Nesterov: true},
	} {
		t.Run(name, func(t *testing.T) {
			var onHost, inGraph []*tensor.Tensor
			var hosted, planned bool
			withLowerings(func() { onHost, hosted = trainedWeights(t, optimizer) })
			withPlainOps(func() { inGraph, planned = trainedWeights(t, optimizer) })
			if !hosted || planned {
				t.Fatalf("steps on the host: %v, with plainOps %v; want true, false", hosted, planned)
			}
			for i, w := range onHost {
				if !w.AllClose(inGraph[i], 1e-4, 1e-5) {
					t.Errorf("weight %d differs: %v, in the graph %v", i, w, inGraph[i])
				}
			}
		})
	}
}

// trainedWeights are the weights after some steps, the first of which has
// several pieces; and whether the host did them.
func trainedWeights(t *testing.T, optimizer Optimizer) ([]*tensor.Tensor, bool) {
	t.Helper()
	data := randomData(24, 3, 300)
	m := Sequential(tensor.Shape{300}, Dense(250, Tanh), Dense(3, Softmax))
	if err := m.Compile(CompileConfig{Optimizer: optimizer, Clip: Clip{GlobalNorm: 1}, Backend: "go"}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(context.Background(), data, FitConfig{BatchSize: 8, Epochs: 3}); err != nil {
		t.Fatal(err)
	}
	var weights []*tensor.Tensor
	for _, v := range m.vars.list {
		weights = append(weights, tensor.Must(v.value()).Clone())
	}
	hosted := false
	for _, p := range m.programs.list {
		hosted = hosted || p.host != nil
	}
	return weights, hosted
}
