package dlkit

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// twoTexts has one table for both of its inputs, one of which goes to two layers,
// one with positions for the first alone, and one without a mask for the second.
func twoTexts() *Model {
	a, b := Input(tensor.Shape{6}), Input(tensor.Shape{6})
	shared := Embedding(50, 5, Name("shared"), MaskZero)
	mean := func(v *Value) *Value { return v.Then(GlobalAvgPool1D()) }
	joined := Concatenate(mean(Apply(shared, a)), mean(Apply(shared, b)), mean(Apply(TokenAndPositionEmbedding(6, 50, 3, Name("own")), a)),
		mean(Apply(Embedding(50, 17, Name("bare")), b)), Apply(shared, a).Then(GlobalMaxPool1D()))
	return Functional([]*Value{a, b}, joined.Then(Dense(2, Softmax)))
}

// twoTextsData are words of two inputs, many of them several times in a batch.
func twoTextsData(n int) *tensor.Memory {
	rng := rand.New(rand.NewPCG(3, 4))
	words := func() *tensor.Tensor {
		w := make([]int32, 6*n)
		for i := range w {
			w[i] = int32(rng.IntN(50) * rng.IntN(2))
		}
		return tensor.Must(tensor.New(w, n, 6))
	}
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(rng.IntN(2))
	}
	return tensor.Must(tensor.FromBatch(tensor.Batch{
		Inputs: []*tensor.Tensor{words(), words()}, Targets: []*tensor.Tensor{tensor.Must(tensor.New(labels))}}))
}

// Rows that the host fetches, and their gradients, must be those of the graph.
func TestHostLookupsAreThoseOfTheGraph(t *testing.T) {
	data := twoTextsData(40)
	for name, c := range map[string]struct {
		config CompileConfig
		freeze string
	}{
		"Adam":          {config: CompileConfig{Optimizer: Adam{LearningRate: 0.02}}},
		"clipped":       {config: CompileConfig{Optimizer: SGD{LearningRate: 0.5}, Clip: Clip{GlobalNorm: 0.1}}},
		"graph updates": {config: CompileConfig{Optimizer: RMSprop{LearningRate: 0.02}}},
		"accumulated":   {config: CompileConfig{Optimizer: Adam{LearningRate: 0.02}, Accumulate: 2}},
		"frozen":        {config: CompileConfig{Optimizer: Adam{LearningRate: 0.02}}, freeze: "shared"},
	} {
		t.Run(name, func(t *testing.T) {
			run := func() (out []*tensor.Tensor, lookups, means int) {
				m := twoTexts()
				c.config.Backend = "go"
				if err := m.Compile(c.config); err != nil {
					t.Fatal(err)
				}
				if c.freeze != "" {
					if err := m.Freeze(c.freeze); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := m.Fit(context.Background(), data, FitConfig{BatchSize: 8, Epochs: 3}); err != nil {
					t.Fatal(err)
				}
				out = []*tensor.Tensor{tensor.Must(m.PredictDataset(context.Background(), data))}
				for _, w := range tensor.Must(m.Weights()) {
					out = append(out, w.Value.Clone())
				}
				for _, p := range m.programs.list {
					for _, l := range p.lookups {
						lookups++
						if l.mean != nil {
							means++
						}
					}
				}
				return out, lookups, means
			}
			var fetched, plain []*tensor.Tensor
			var n, means, none int
			withLowerings(func() { fetched, n, means = run() })
			withPlainOps(func() { plain, none, _ = run() })
			if means == 0 || means == n || none != 0 {
				t.Fatalf("%d lookups on the host, %d of means, with plainOps %d; want some of both, and none", n, means, none)
			}
			for i := range fetched {
				if !fetched[i].AllClose(plain[i], 1e-4, 1e-5) {
					t.Errorf("result %d: %v, in the graph %v", i, fetched[i], plain[i])
				}
			}
		})
	}
}
