package dlkit

import (
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/product"
	"github.com/gofromzero/fromzero/tensor"
)

// Rows that the first layers fetch must be those that the data would have given,
// and a batch that was refused must leave nothing to be fetched.
func TestFetchedRowsAreThoseOfTheData(t *testing.T) {
	data := randomData(700, 3, 20, 20) // more numbers than fit the second cache
	bad := badClass(128)
	train := func(data, refused tensor.Dataset) []float32 {
		m := Sequential(tensor.Shape{20, 20}, Flatten(), Dense(65, ReLU), Dense(3, Softmax))
		if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
			t.Fatal(err)
		}
		fit := func(data tensor.Dataset) error {
			_, err := m.Fit(t.Context(), data, FitConfig{BatchSize: 64, Epochs: 2, NoShuffle: true})
			return err
		}
		if refused != nil {
			if err := fit(refused); err == nil {
				t.Fatal("class 3 of 3 was not refused")
			}
		}
		if err := fit(data); err != nil {
			t.Fatal(err)
		}
		if p := m.programs.list[0]; product.Fast() && !plainOps && !p.fetches() {
			t.Error("the work could fetch rows, and does not")
		}
		return tensor.Values[float32](tensor.Must(m.Weights())[0].Value)
	}
	want, after := train(&stream{Dataset: data}, nil), train(&stream{Dataset: data}, &stream{Dataset: bad})
	for name, c := range map[string]struct{ got, want []float32 }{
		"in memory": {train(data, nil), want},
		"a view":    {train(tensor.Take(data, 700), nil), want},
		"refused":   {train(tensor.Take(data, 700), bad), after},
	} {
		for i, v := range c.got {
			if v != c.want[i] {
				t.Fatalf("%s: weight %d is %v, want %v", name, i, v, c.want[i])
			}
		}
	}
}

// badClass is data whose last example has a class that the model does not.
func badClass(n int) *tensor.Memory {
	all := randomData(n, 3, 20, 20).All()
	labels, _ := tensor.Flat[int32](all.Targets[0])
	labels[n-1] = 3
	return tensor.Must(tensor.FromBatch(all))
}
