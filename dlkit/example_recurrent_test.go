package dlkit_test

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// withWeights gives a model weights by name and returns what it makes of x.
func withWeights(m *dlkit.Model, weights map[string]*tensor.Tensor, x *tensor.Tensor) []float32 {
	for name, value := range weights {
		if err := m.SetWeight(name, value); err != nil {
			fmt.Println(err)
		}
	}
	y, err := m.Predict(context.Background(), x)
	if err != nil {
		fmt.Println(err)
		return nil
	}
	return tensor.Values[float32](y)
}

func array(values []float32, dims ...int) *tensor.Tensor {
	return tensor.Must(tensor.New(values, dims...))
}

func ExampleEmbedding() {
	m := dlkit.Sequential(tensor.Shape{3}, dlkit.Embedding(4, 2))
	table := array([]float32{0, 0, 1, 10, 2, 20, 3, 30}, 4, 2)
	sentence := tensor.Must(tensor.New([]int32{2, 1, 2}, 1, 3))
	fmt.Println(withWeights(m, map[string]*tensor.Tensor{"embedding_1/embeddings": table}, sentence))
	// Output: [2 20 1 10 2 20]
}

func ExampleMaskZero() {
	// Word 0 fills up short sentences; the mean leaves it out.
	m := dlkit.Sequential(tensor.Shape{4}, dlkit.Embedding(4, 1, dlkit.MaskZero), dlkit.GlobalAvgPool1D())
	table := array([]float32{100, 1, 2, 3}, 4, 1)
	sentence := tensor.Must(tensor.New([]int32{3, 1, 0, 0}, 1, 4))
	fmt.Println(withWeights(m, map[string]*tensor.Tensor{"embedding_1/embeddings": table}, sentence))
	// Output: [2]
}

func ExampleMasking() {
	m := dlkit.Sequential(tensor.Shape{3, 1}, dlkit.Masking(-1), dlkit.GlobalAvgPool1D())
	fmt.Println(withWeights(m, nil, array([]float32{4, 8, -1}, 1, 3, 1)))
	// Output: [6]
}

func ExampleSimpleRNN() {
	// h = x + 10·h of the step before: it writes down the digits that it sees.
	m := dlkit.Sequential(tensor.Shape{3, 1}, dlkit.SimpleRNN(1, dlkit.Linear))
	fmt.Println(withWeights(m, map[string]*tensor.Tensor{
		"simple_rnn_1/kernel":           array([]float32{1}, 1, 1),
		"simple_rnn_1/recurrent_kernel": array([]float32{10}, 1, 1),
	}, array([]float32{1, 2, 3}, 1, 3, 1)))
	// Output: [123]
}

func ExampleLSTM() {
	// All gates are held open by a large bias, and what is let in is x: the
	// cell then adds up what it sees.
	m := dlkit.Sequential(tensor.Shape{3, 1}, dlkit.LSTM(1, dlkit.Linear, dlkit.ReturnSequences))
	fmt.Println(withWeights(m, map[string]*tensor.Tensor{
		"lstm_1/kernel":           array([]float32{0, 0, 1, 0}, 1, 4), // in, forget, fresh, out
		"lstm_1/recurrent_kernel": array([]float32{0, 0, 0, 0}, 1, 4),
		"lstm_1/bias":             array([]float32{100, 100, 0, 100}, 4),
	}, array([]float32{1, 2, 3}, 1, 3, 1)))
	// Output: [1 3 6]
}

func ExampleGRU() {
	// The update gate opens where x is above 5: then the old value is kept.
	m := dlkit.Sequential(tensor.Shape{3, 1}, dlkit.GRU(1, dlkit.Linear, dlkit.ReturnSequences))
	fmt.Println(withWeights(m, map[string]*tensor.Tensor{
		"gru_1/kernel":           array([]float32{100, 0, 1}, 1, 3), // update, reset, fresh
		"gru_1/recurrent_kernel": array([]float32{0, 0, 0}, 1, 3),
		"gru_1/bias":             array([]float32{-500, 0, 0, 0, 0, 0}, 2, 3),
	}, array([]float32{1, 9, 3}, 1, 3, 1)))
	// Output: [1 1 3]
}

func ExampleBidirectional() {
	m := dlkit.Sequential(tensor.Shape{3, 1}, dlkit.Bidirectional(dlkit.SimpleRNN(1, dlkit.Linear)))
	one, ten := array([]float32{1}, 1, 1), array([]float32{10}, 1, 1)
	fmt.Println(withWeights(m, map[string]*tensor.Tensor{
		"bidirectional_1/forward_simple_rnn/kernel":            one,
		"bidirectional_1/forward_simple_rnn/recurrent_kernel":  ten,
		"bidirectional_1/backward_simple_rnn/kernel":           one,
		"bidirectional_1/backward_simple_rnn/recurrent_kernel": ten,
	}, array([]float32{1, 2, 3}, 1, 3, 1)))
	// Output: [123 321]
}

func ExampleTimeDistributed() {
	// A film of 10 pictures: the same convolution for each.
	m := dlkit.Sequential(tensor.Shape{10, 28, 28, 1},
		dlkit.TimeDistributed(dlkit.Conv2D(8, 3, dlkit.ReLU)),
		dlkit.TimeDistributed(dlkit.GlobalAvgPool2D()),
		dlkit.LSTM(16))
	layers, err := m.Layers()
	if err != nil {
		fmt.Println(err)
	}
	for _, l := range layers {
		fmt.Println(l.Name, l.Out, l.Params)
	}
	// Output:
	// time_distributed_1 (10, 26, 26, 8) 80
	// time_distributed_2 (10, 8) 0
	// lstm_1 (16,) 1600
}

func ExampleReturnSequences() {
	// A recurrent layer on top of another needs all its outputs.
	m := dlkit.Sequential(tensor.Shape{100}, dlkit.Embedding(10000, 32, dlkit.MaskZero),
		dlkit.LSTM(64, dlkit.ReturnSequences), dlkit.LSTM(32), dlkit.Dense(1, dlkit.Sigmoid))
	layers, err := m.Layers()
	if err != nil {
		fmt.Println(err)
	}
	for _, l := range layers {
		fmt.Println(l.Name, l.Out)
	}
	// Output:
	// embedding_1 (100, 32)
	// lstm_1 (100, 64)
	// lstm_2 (32,)
	// dense_1 (1,)
}

func ExampleOrthogonal() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.Dense(2, dlkit.KernelInit(dlkit.Orthogonal{}), dlkit.Name("turn")))
	weights, err := m.Weights()
	if err != nil {
		fmt.Println(err)
	}
	w := tensor.Values[float32](weights[0].Value) // columns (w0, w2) and (w1, w3)
	fmt.Printf("length² %.3f, product of the columns %.3f\n", w[0]*w[0]+w[2]*w[2], abs(w[0]*w[1]+w[2]*w[3]))
	// Output: length² 1.000, product of the columns 0.000
}

func abs(v float32) float32 { return max(v, -v) }
