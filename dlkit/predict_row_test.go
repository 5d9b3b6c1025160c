package dlkit

import (
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/product"
	"github.com/gofromzero/fromzero/tensor"
)

// A row alone is predicted by a chain too, which keeps its packed weights as long
// as they do not change, and no longer.
func TestPredictionSeesNewWeights(t *testing.T) {
	m := Sequential(tensor.Shape{400}, Dense(65, ReLU), Dense(3, Softmax))
	if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
		t.Fatal(err)
	}
	data := randomData(64, 3, 400)
	row, all := tensor.Must(data.All().Inputs[0].Take(0)), data.All().Inputs[0]
	check := func(when string) {
		t.Helper()
		got := tensor.Must(m.Predict(t.Context(), row))
		again := tensor.Must(m.Predict(t.Context(), row))
		var want *tensor.Tensor
		withPlainOps(func() {
			m.programs.clear()
			want = tensor.Must(tensor.Must(m.Predict(t.Context(), all)).Take(0))
		})
		m.programs.clear()
		if !got.AllClose(want, 1e-4, 1e-5) || !again.AllClose(want, 1e-4, 1e-5) {
			t.Errorf("%s: predicted %v and %v, want %v", when, got, again, want)
		}
		tensor.Must(m.Predict(t.Context(), row)) // for the next check's program to have old weights
	}
	withLowerings(func() {
		check("at first")
		if chained := m.programs.list[0].calls != nil; chained != product.Fast() {
			t.Errorf("a row is predicted by a chain: %v", chained)
		}
		if _, err := m.Fit(t.Context(), data, FitConfig{BatchSize: 16}); err != nil {
			t.Fatal(err)
		}
		check("after training")
		last := tensor.Must(m.Weights())[2]
		if err := m.SetWeight(last.Name, tensor.Must(tensor.Full[float32](0.25, last.Value.Shape()...))); err != nil {
			t.Fatal(err)
		}
		check("after a new kernel")
	})
}

// Rows that are read where the data has them must be the right ones, for any number
// of them.
func TestPredictionInPlace(t *testing.T) {
	m := Sequential(tensor.Shape{20, 20}, Flatten(), Dense(65, ReLU), Dense(3, Softmax))
	if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
		t.Fatal(err)
	}
	data := randomData(700, 3, 20, 20)
	var whole *tensor.Tensor
	withPlainOps(func() { whole = tensor.Must(m.Predict(t.Context(), data.All().Inputs[0])) })
	m.programs.clear()
	withLowerings(func() {
		for _, n := range []int{1, 2, 8, 31, 256, 257, 513, 700} {
			want := tensor.Must(whole.Take(identity(n)...))
			for name, got := range map[string]*tensor.Tensor{
				"rows":    tensor.Must(m.Predict(t.Context(), tensor.Must(data.All().Inputs[0].Take(identity(n)...)))),
				"dataset": tensor.Must(m.PredictDataset(t.Context(), tensor.Take(data, n))),
			} {
				if !got.AllClose(want, 1e-4, 1e-5) {
					t.Errorf("%d %s: predicted %v, want %v", n, name, got, want)
				}
			}
		}
		if inPlace := m.programs.list[0].readsInPlace(); inPlace != product.Fast() {
			t.Errorf("rows are read in place: %v", inPlace)
		}
	})
}

func BenchmarkPredictRow(b *testing.B) {
	m := Sequential(tensor.Shape{784}, Dense(64, ReLU), Dense(10, Softmax))
	if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
		b.Fatal(err)
	}
	benchmarkPrediction(b, m, randomData(1, 10, 784))
}
