package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// network is a model to measure and the data it eats. The peers have the same:
// see peers/torch_models.py and peers/keras_models.py.
type network struct {
	model   *dlkit.Model
	input   tensor.Shape // of one example
	words   int          // inputs are whole numbers 0 … words−1; 0 means numbers in [0, 1)
	classes int
}

// networks make the models by name.
var networks = map[string]func() network{
	"dense":     denseNetwork,
	"cnn":       digitNetwork,
	"cifar":     pictureNetwork,
	"residual":  residualNetwork,
	"separable": separableNetwork,
	"embedding": func() network { return textNetwork(10000, 16, dlkit.GlobalAvgPool1D(), dlkit.Dense(16, dlkit.ReLU)) },
	"lstm":      func() network { return textNetwork(10000, 32, dlkit.LSTM(64)) },
	"gru":       func() network { return textNetwork(10000, 32, dlkit.GRU(64)) },
	"textcnn": func() network {
		return textNetwork(10000, 32, dlkit.Conv1D(64, 5, dlkit.ReLU), dlkit.GlobalMaxPool1D(), dlkit.Dense(64, dlkit.ReLU))
	},
	"transformer": transformerNetwork,
}

func denseNetwork() network {
	in := tensor.Shape{784}
	return network{input: in, classes: 10, model: dlkit.Sequential(in,
		dlkit.Dense(64, dlkit.ReLU),
		dlkit.Dense(10, dlkit.Softmax))}
}

func digitNetwork() network {
	in := tensor.Shape{28, 28, 1}
	return network{input: in, classes: 10, model: dlkit.Sequential(in,
		dlkit.Conv2D(32, 3, dlkit.ReLU), dlkit.MaxPool2D(2),
		dlkit.Conv2D(64, 3, dlkit.ReLU), dlkit.MaxPool2D(2),
		dlkit.Flatten(),
		dlkit.Dense(64, dlkit.ReLU),
		dlkit.Dense(10, dlkit.Softmax))}
}

func pictureNetwork() network {
	in := tensor.Shape{32, 32, 3}
	var layers []dlkit.Layer
	for _, filters := range []int{32, 64, 128} {
		for range 2 {
			layers = append(layers, dlkit.Conv2D(filters, 3, dlkit.Same), dlkit.BatchNormalization(), dlkit.ReLU)
		}
		layers = append(layers, dlkit.MaxPool2D(2), dlkit.Dropout(0.25))
	}
	layers = append(layers, dlkit.Flatten(), dlkit.Dense(128, dlkit.ReLU), dlkit.Dropout(0.5), dlkit.Dense(10, dlkit.Softmax))
	return network{input: in, classes: 10, model: dlkit.Sequential(in, layers...)}
}

// residualNetwork has three residual blocks, of which two halve the picture.
func residualNetwork() network {
	in := dlkit.Input(tensor.Shape{32, 32, 3})
	x := in.Then(dlkit.Conv2D(16, 3, dlkit.Same), dlkit.BatchNormalization(), dlkit.ReLU)
	for i, filters := range []int{16, 32, 64} {
		step, short := dlkit.Strides(1), x
		if i > 0 {
			step = dlkit.Strides(2)
			short = x.Then(dlkit.Conv2D(filters, 1, dlkit.Same, step), dlkit.BatchNormalization())
		}
		long := x.Then(dlkit.Conv2D(filters, 3, dlkit.Same, step), dlkit.BatchNormalization(), dlkit.ReLU,
			dlkit.Conv2D(filters, 3, dlkit.Same), dlkit.BatchNormalization())
		x = dlkit.Add(long, short).Then(dlkit.ReLU)
	}
	out := x.Then(dlkit.GlobalAvgPool2D(), dlkit.Dense(10, dlkit.Softmax))
	return network{input: tensor.Shape{32, 32, 3}, classes: 10, model: dlkit.Functional([]*dlkit.Value{in}, out)}
}

func separableNetwork() network {
	in := tensor.Shape{32, 32, 3}
	return network{input: in, classes: 10, model: dlkit.Sequential(in,
		dlkit.Conv2D(32, 3, dlkit.Same, dlkit.ReLU),
		dlkit.SeparableConv2D(64, 3, dlkit.Same, dlkit.ReLU), dlkit.MaxPool2D(2),
		dlkit.SeparableConv2D(128, 3, dlkit.Same, dlkit.ReLU), dlkit.MaxPool2D(2),
		dlkit.GlobalAvgPool2D(),
		dlkit.Dense(10, dlkit.Softmax))}
}

// textSteps is the length of every text.
const textSteps = 200

func textNetwork(words, size int, middle ...dlkit.Layer) network {
	in := tensor.Shape{textSteps}
	layers := append([]dlkit.Layer{dlkit.Embedding(words, size)}, middle...)
	layers = append(layers, dlkit.Dense(2, dlkit.Softmax))
	return network{input: in, words: words, classes: 2, model: dlkit.Sequential(in, layers...)}
}

func transformerNetwork() network {
	in := tensor.Shape{textSteps}
	return network{input: in, words: 20000, classes: 2, model: dlkit.Sequential(in,
		dlkit.TokenAndPositionEmbedding(textSteps, 20000, 32),
		dlkit.TransformerEncoder(2, 32, 32, dlkit.DropoutRate(0.1)),
		dlkit.GlobalAvgPool1D(), dlkit.Dropout(0.1),
		dlkit.Dense(20, dlkit.ReLU), dlkit.Dropout(0.1),
		dlkit.Dense(2, dlkit.Softmax))}
}

// inputs draws n examples.
func (n network) inputs(count int) (*tensor.Tensor, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	shape := append(tensor.Shape{count}, n.input...)
	if n.words > 0 {
		x := make([]int32, shape.Size())
		for i := range x {
			x[i] = int32(rng.IntN(n.words))
		}
		return tensor.New(x, shape...)
	}
	x := make([]float32, shape.Size())
	for i := range x {
		x[i] = rng.Float32()
	}
	return tensor.New(x, shape...)
}

// examples draws count examples with labels.
func (n network) examples(count int) (*tensor.Memory, error) {
	x, err := n.inputs(count)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(3, 4))
	labels := make([]int32, count)
	for i := range labels {
		labels[i] = int32(rng.IntN(n.classes))
	}
	y, err := tensor.New(labels)
	if err != nil {
		return nil, fmt.Errorf("worker: labels: %w", err)
	}
	return tensor.FromTensors(x, y)
}
