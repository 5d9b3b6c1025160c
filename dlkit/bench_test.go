package dlkit

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
)

// randomData has n examples of a shape with labels 0 … classes−1.
func randomData(n, classes int, shape ...int) *tensor.Memory {
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, n*tensor.Shape(shape).Size())
	for i := range x {
		x[i] = rng.Float32()
	}
	y := make([]int32, n)
	for i := range y {
		y[i] = int32(rng.IntN(classes))
	}
	return tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(x, append([]int{n}, shape...)...)), tensor.Must(tensor.New(y))))
}

// benchmarkTraining measures steps of training, data included.
func benchmarkTraining(b *testing.B, m *Model, data *tensor.Memory, batch int) {
	b.Helper()
	fit := func() {
		if _, err := m.Fit(context.Background(), data, FitConfig{BatchSize: batch}); err != nil {
			b.Fatal(err)
		}
	}
	fit()
	each := (data.Len() + batch - 1) / batch
	b.ReportAllocs()
	steps := 0
	b.ResetTimer()
	for steps < b.N {
		fit()
		steps += each
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(steps), "ms/step")
}

// benchmarkPrediction measures predictions of all of the data.
func benchmarkPrediction(b *testing.B, m *Model, data *tensor.Memory) {
	b.Helper()
	predict := func() {
		if _, err := m.PredictDataset(context.Background(), data); err != nil {
			b.Fatal(err)
		}
	}
	predict() // compiles
	b.ReportAllocs()
	for b.Loop() {
		predict()
	}
}

// benchmarkAlone measures a layer or merge in a graph of its own, on the Go
// backend: forwards, or with its gradient.
func benchmarkAlone(b *testing.B, layer any, training, gradient bool, inputs ...*tensor.Tensor) {
	b.Helper()
	d, err := deviceFor("go")
	if err != nil {
		b.Fatal(err)
	}
	r := layerRun{layer: layer, dtype: dtypes.Float32, training: training, inputs: inputs}
	if gradient {
		out, err := r.run(d)
		if err != nil {
			b.Fatal(err)
		}
		r.upstream = tensor.Must(tensor.New(make([]float32, out.output.Size()), out.output.Shape()...))
	}
	p, err := r.prepare(d)
	if err != nil {
		b.Fatal(err)
	}
	defer p.finalize()
	if _, err := p.run(); err != nil { // fills the inputs
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		out, err := p.program.runAll()
		if err != nil {
			b.Fatal(err)
		}
		for _, buf := range out {
			if err := buf.Finalize(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
