package dlkit

import "testing"

// benchLayers are layers on batches of 32, by shape of one example.
var benchLayers = []struct {
	name  string
	make  func() Layer
	shape []int
}{
	{"Conv2D 3x3 28x28x1 to 32", func() Layer { return Conv2D(32, 3) }, []int{28, 28, 1}},
	{"Conv2D 3x3 13x13x32 to 64", func() Layer { return Conv2D(64, 3) }, []int{13, 13, 32}},
	{"Conv2D 3x3 same 32x32x32 to 32", func() Layer { return Conv2D(32, 3, Same) }, []int{32, 32, 32}},
	{"Conv2D 3x3 same 8x8x128 to 128", func() Layer { return Conv2D(128, 3, Same) }, []int{8, 8, 128}},
	{"Conv2D 1x1 14x14x32 to 64", func() Layer { return Conv2D(64, 1) }, []int{14, 14, 32}},
	{"Conv2D 5x5 strides 2 28x28x16 to 32", func() Layer { return Conv2D(32, 5, Strides(2)) }, []int{28, 28, 16}},
	{"DepthwiseConv2D 3x3 28x28x32", func() Layer { return DepthwiseConv2D(3, Same) }, []int{28, 28, 32}},
	{"MaxPool2D 2 26x26x32", func() Layer { return MaxPool2D(2) }, []int{26, 26, 32}},
	{"MaxPool2D 3 strides 2 28x28x32", func() Layer { return MaxPool2D(3, Strides(2)) }, []int{28, 28, 32}},
	{"AvgPool2D 2 26x26x32", func() Layer { return AvgPool2D(2) }, []int{26, 26, 32}},
	{"GlobalAvgPool2D 7x7x64", func() Layer { return GlobalAvgPool2D() }, []int{7, 7, 64}},
	{"BatchNormalization 32x32x32", func() Layer { return BatchNormalization() }, []int{32, 32, 32}},
	{"BatchNormalization 256", func() Layer { return BatchNormalization() }, []int{256}},
	{"LayerNormalization 200x64", func() Layer { return LayerNormalization() }, []int{200, 64}},
	{"Dense 784 to 64", func() Layer { return Dense(64, ReLU) }, []int{784}},
	{"LSTM 200x32 to 64", func() Layer { return LSTM(64) }, []int{200, 32}},
}

// BenchmarkForward is each layer alone, in training mode.
func BenchmarkForward(b *testing.B) {
	for _, l := range benchLayers {
		b.Run(l.name, func(b *testing.B) {
			benchmarkAlone(b, l.make(), true, false, randomData(32, 2, l.shape...).All().X())
		})
	}
}

// BenchmarkGradient is each layer alone, forwards and backwards, with the
// gradients by its input and weights.
func BenchmarkGradient(b *testing.B) {
	for _, l := range benchLayers {
		b.Run(l.name, func(b *testing.B) {
			benchmarkAlone(b, l.make(), true, true, randomData(32, 2, l.shape...).All().X())
		})
	}
}

// BenchmarkCrossEntropy is softmax and its cross-entropy, with the gradient, for
// 128 rows of so many classes.
func BenchmarkCrossEntropy(b *testing.B) {
	for name, classes := range map[string]int{"10 classes": 10, "1000 classes": 1000} {
		b.Run(name, func(b *testing.B) {
			data := randomData(128, classes, classes).All()
			benchmarkAlone(b, lossLayer{SparseCategoricalCrossEntropy{FromLogits: true}}, true, true, data.Inputs[0], data.Targets[0])
		})
	}
}
