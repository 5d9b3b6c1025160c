package dlkit

import (
	"context"
	"fmt"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

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

// BenchmarkTrainCNN is one training step of a small network for digits.
func BenchmarkTrainCNN(b *testing.B) {
	for _, batch := range []int{32, 128} {
		b.Run(fmt.Sprintf("batch%d", batch), func(b *testing.B) {
			m := Sequential(tensor.Shape{28, 28, 1},
				Conv2D(32, 3, ReLU), MaxPool2D(2),
				Conv2D(64, 3, ReLU), MaxPool2D(2),
				Flatten(), Dense(64, ReLU), Dense(10, Softmax))
			benchmarkTraining(b, m, randomData(20*batch, 10, 28, 28, 1), batch)
		})
	}
}

// BenchmarkTrainBlocks is one step of a network for small colour pictures.
func BenchmarkTrainBlocks(b *testing.B) {
	m := Sequential(tensor.Shape{32, 32, 3},
		Conv2D(32, 3, ReLU, Same), Conv2D(32, 3, ReLU, Same), MaxPool2D(2),
		Conv2D(64, 3, ReLU, Same), Conv2D(64, 3, ReLU, Same), MaxPool2D(2),
		Flatten(), Dense(64, ReLU), Dense(10, Softmax))
	benchmarkTraining(b, m, randomData(20*32, 10, 32, 32, 3), 32)
}

// BenchmarkConvolutions are training steps of one layer and a mean.
func BenchmarkConvolutions(b *testing.B) {
	for name, layer := range map[string]func() Layer{
		"3x3":        func() Layer { return Conv2D(32, 3, Same) },
		"1x1":        func() Layer { return Conv2D(32, 1) },
		"strides2":   func() Layer { return Conv2D(32, 3, Same, Strides(2)) },
		"dilation2":  func() Layer { return Conv2D(32, 3, Same, Dilation(2)) },
		"groups4":    func() Layer { return Conv2D(32, 3, Same, Groups(4)) },
		"depthwise":  func() Layer { return DepthwiseConv2D(3, Same) },
		"separable":  func() Layer { return SeparableConv2D(32, 3, Same) },
		"transposed": func() Layer { return Conv2DTranspose(32, 3, Same, Strides(2)) },
		"max2":       func() Layer { return MaxPool2D(2) },
		"max3s2":     func() Layer { return MaxPool2D(3, Strides(2), Same) },
		"avg2":       func() Layer { return AvgPool2D(2) },
		"up2":        func() Layer { return UpSampling2D(2) },
		"bilinear2":  func() Layer { return UpSampling2D(2, Bilinear) },
		"none":       func() Layer { return SpatialDropout2D(0) },
	} {
		b.Run(name, func(b *testing.B) {
			m := Sequential(tensor.Shape{16, 16, 4}, Conv2D(32, 1), layer(), GlobalAvgPool2D(), Dense(10, Softmax))
			benchmarkTraining(b, m, randomData(20*32, 10, 16, 16, 4), 32)
		})
	}
}

// threeBlocks is the network of BENCHMARKS.md for small colour pictures.
func threeBlocks() *Model {
	var layers []Layer
	for _, filters := range []int{32, 64, 128} {
		for range 2 {
			layers = append(layers, Conv2D(filters, 3, Same), BatchNormalization(), ReLU)
		}
		layers = append(layers, MaxPool2D(2), Dropout(0.25))
	}
	layers = append(layers, Flatten(), Dense(128, ReLU), Dropout(0.5), Dense(10, Softmax))
	return Sequential(tensor.Shape{32, 32, 3}, layers...)
}

// BenchmarkTrainThreeBlocks is one step of it.
func BenchmarkTrainThreeBlocks(b *testing.B) {
	benchmarkTraining(b, threeBlocks(), randomData(5*32, 10, 32, 32, 3), 32)
}

// BenchmarkPredictThreeBlocks predicts pictures: one takes a way of its own,
// many go in several batches side by side.
func BenchmarkPredictThreeBlocks(b *testing.B) {
	for _, n := range []int{1, 32, 256} {
		b.Run(fmt.Sprintf("rows%d", n), func(b *testing.B) {
			m, x := threeBlocks(), randomData(n, 10, 32, 32, 3)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.PredictDataset(context.Background(), x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
