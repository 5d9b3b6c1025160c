package dlkit

import (
	"math/rand/v2"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// randomTexts are n texts of words 0 … words−1 with labels 0 and 1.
func randomTexts(n, steps, words int) *tensor.Memory {
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := make([]int32, n*steps), make([]int32, n)
	for i := range x {
		x[i] = int32(rng.IntN(words))
	}
	for i := range y {
		y[i] = int32(rng.IntN(2))
	}
	return tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(x, n, steps)), tensor.Must(tensor.New(y))))
}

// textTransformer is a classifier of texts of 200 words with one block of
// attention, and dropout wherever the Keras example has it.
func textTransformer(options ...TokenAndPositionEmbeddingOption) *Model {
	return Sequential(tensor.Shape{200}, TokenAndPositionEmbedding(200, 20000, 32, options...),
		TransformerEncoder(2, 32, 32, DropoutRate(0.1)), GlobalAvgPool1D(), Dropout(0.1),
		Dense(20, ReLU), Dropout(0.1), Dense(2, Softmax))
}

// BenchmarkTrainMaskedTransformer is one training step of a classifier of texts
// whose padding does not count. That without is BenchmarkTrain's.
func BenchmarkTrainMaskedTransformer(b *testing.B) {
	benchmarkTraining(b, textTransformer(MaskZero), randomTexts(10*32, 200, 20000), 32)
}

// BenchmarkTrainBatchNorm is one training step of convolutions of 32 channels
// on 32×32 pictures, with a normalisation behind each and without.
func BenchmarkTrainBatchNorm(b *testing.B) {
	for name, norm := range map[string]func() Layer{
		"none": func() Layer { return ReLU }, "batch": func() Layer { return BatchNormalization() },
		"group": func() Layer { return GroupNormalization(8) }, "layer": func() Layer { return LayerNormalization() },
	} {
		b.Run(name, func(b *testing.B) {
			m := Sequential(tensor.Shape{32, 32, 3},
				Conv2D(32, 3, Same), norm(), ReLU, Conv2D(32, 3, Same), norm(), ReLU, MaxPool2D(4),
				Flatten(), Dense(10, Softmax))
			benchmarkTraining(b, m, randomData(10*32, 10, 32, 32, 3), 32)
		})
	}
}
