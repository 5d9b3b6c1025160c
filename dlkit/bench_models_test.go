package dlkit

import (
	"context"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// benchModels are the models of BENCHMARKS.md, and two that are not there: a
// network with tanh, and one with convolution over words.
var benchModels = []struct {
	name        string
	batch, many int // rows of a training step, and of a large prediction
	make        func() *Model
	data        func(n int) *tensor.Memory
}{
	{"Dense32", 32, 10000, digitsModel, digits},
	{"Dense128", 128, 0, digitsModel, digits},
	{"CNN", 32, 1024, digitPicturesModel, digitPictures},
	{"CNN128", 128, 0, digitPicturesModel, digitPictures},
	{"Blocks", 32, 256, threeBlocks, func(n int) *tensor.Memory { return randomData(n, 10, 32, 32, 3) }},
	{"LeNet", 32, 1024, leNet, digitPictures},
	{"TextCNN", 32, 1024, func() *Model {
		return wordsModel(32, Conv1D(64, 5, ReLU), GlobalMaxPool1D(), Dense(64, ReLU))
	}, words},
	{"Embedding", 32, 10000, func() *Model { return wordsModel(16, GlobalAvgPool1D(), Dense(16, ReLU)) }, words},
	{"LSTM", 32, 1024, func() *Model { return wordsModel(32, LSTM(64)) }, words},
	{"GRU", 32, 1024, func() *Model { return wordsModel(32, GRU(64)) }, words},
	{"Transformer", 32, 1024, func() *Model { return textTransformer() }, func(n int) *tensor.Memory { return randomTexts(n, 200, 20000) }},
}

func digitsModel() *Model {
	return Sequential(tensor.Shape{784}, Dense(64, ReLU), Dense(10, Softmax))
}

func digits(n int) *tensor.Memory { return randomData(n, 10, 784) }

func digitPicturesModel() *Model {
	return Sequential(tensor.Shape{28, 28, 1},
		Conv2D(32, 3, ReLU), MaxPool2D(2),
		Conv2D(64, 3, ReLU), MaxPool2D(2),
		Flatten(), Dense(64, ReLU), Dense(10, Softmax))
}

func digitPictures(n int) *tensor.Memory { return randomData(n, 10, 28, 28, 1) }

// leNet is LeNet-5 of 1998, with a softmax at its end.
func leNet() *Model {
	return Sequential(tensor.Shape{28, 28, 1},
		Conv2D(6, 5, Same, Tanh), AvgPool2D(2),
		Conv2D(16, 5, Tanh), AvgPool2D(2),
		Flatten(), Dense(120, Tanh), Dense(84, Tanh), Dense(10, Softmax))
}

// threeBlocks is the network for small colour pictures.
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

// wordsModel is a classifier of texts of 200 words out of 10,000.
func wordsModel(size int, middle ...Layer) *Model {
	layers := append([]Layer{Embedding(10000, size)}, middle...)
	return Sequential(tensor.Shape{200}, append(layers, Dense(2, Softmax))...)
}

func words(n int) *tensor.Memory { return randomTexts(n, 200, 10000) }

// BenchmarkTrain is one training step of each model, data included.
func BenchmarkTrain(b *testing.B) {
	for _, m := range benchModels {
		b.Run(m.name, func(b *testing.B) { benchmarkTraining(b, m.make(), m.data(10*m.batch), m.batch) })
	}
}

// BenchmarkPredictOne is the prediction of one row by each model.
func BenchmarkPredictOne(b *testing.B) {
	for _, m := range benchModels {
		if m.many > 0 {
			b.Run(m.name, func(b *testing.B) { benchmarkPrediction(b, m.make(), m.data(1)) })
		}
	}
}

// BenchmarkPredictMany is the prediction of hundreds or thousands of rows.
func BenchmarkPredictMany(b *testing.B) {
	for _, m := range benchModels {
		if m.many > 0 {
			b.Run(m.name, func(b *testing.B) {
				benchmarkPrediction(b, m.make(), m.data(m.many))
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(m.many), "µs/row")
			})
		}
	}
}

// BenchmarkEvaluate measures loss and accuracy of as many rows.
func BenchmarkEvaluate(b *testing.B) {
	for _, m := range benchModels {
		if m.many == 0 {
			continue
		}
		b.Run(m.name, func(b *testing.B) {
			model, data := m.make(), m.data(m.many)
			if err := model.Compile(CompileConfig{}); err != nil {
				b.Fatal(err)
			}
			evaluate := func() {
				if _, err := model.Evaluate(context.Background(), data); err != nil {
					b.Fatal(err)
				}
			}
			evaluate() // compiles
			b.ReportAllocs()
			for b.Loop() {
				evaluate()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(m.many), "µs/row")
		})
	}
}
