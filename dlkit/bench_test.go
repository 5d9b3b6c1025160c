package dlkit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
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

// BenchmarkTrainMLP is one training step of 784-64-10 with Adam, data included.
func BenchmarkTrainMLP(b *testing.B) {
	for _, batch := range []int{32, 128} {
		b.Run(fmt.Sprintf("batch%d", batch), func(b *testing.B) {
			data := randomData(64*batch, 10, 784)
			m := Sequential(tensor.Shape{784}, Dense(64, ReLU), Dense(10, Softmax))
			if _, err := m.Fit(context.Background(), data, FitConfig{BatchSize: batch}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			steps := 0
			b.ResetTimer()
			for steps < b.N {
				if _, err := m.Fit(context.Background(), data, FitConfig{BatchSize: batch}); err != nil {
					b.Fatal(err)
				}
				steps += 64
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps), "ns/step")
		})
	}
}
