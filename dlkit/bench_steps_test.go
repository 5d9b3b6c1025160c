package dlkit

import (
	"context"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// BenchmarkOptimizer is a training step of one row, in a model of a million
// weights: little else than the optimizer's update of all of them.
func BenchmarkOptimizer(b *testing.B) {
	for _, o := range []struct {
		name      string
		optimizer Optimizer
	}{
		{"SGD", SGD{}}, {"SGD momentum", SGD{Momentum: 0.9}}, {"Adam", Adam{}}, {"AdamW", AdamW{}}, {"RMSprop", RMSprop{}},
	} {
		b.Run(o.name, func(b *testing.B) {
			m := Sequential(tensor.Shape{1000}, Dense(1000, ReLU), Dense(10, Softmax))
			if err := m.Compile(CompileConfig{Optimizer: o.optimizer}); err != nil {
				b.Fatal(err)
			}
			benchmarkTraining(b, m, randomData(10, 10, 1000), 1)
		})
	}
}

// BenchmarkFeeding is the way of a batch of 128 rows, in random order, from a
// data set to the memory that a training step reads.
func BenchmarkFeeding(b *testing.B) {
	for _, c := range []struct {
		name string
		make func() *Model
		data *tensor.Memory
	}{
		{"digits", digitsModel, digits(2048)},
		{"colour pictures", threeBlocks, randomData(1024, 10, 32, 32, 3)},
		{"texts", func() *Model { return wordsModel(16, GlobalAvgPool1D()) }, words(2048)},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := c.make()
			if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
				b.Fatal(err)
			}
			if err := m.ready(); err != nil {
				b.Fatal(err)
			}
			r, at := &rowBatches{m: m, data: c.data, size: 128}, make([]int, 128)
			for i := range at {
				at[i] = i * 7919 % c.data.Len()
			}
			read := func() {
				r.order = at
				if _, err := r.take(context.Background(), trainProgram); err != nil {
					b.Fatal(err)
				}
			}
			read()
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
		})
	}
}
