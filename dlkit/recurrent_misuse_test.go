package dlkit

import (
	"math"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// TestRecurrentMisuse lists wrong calls with the words that their errors must
// hold.
func TestRecurrentMisuse(t *testing.T) {
	words := func(values ...int32) *Model {
		return Sequential(tensor.Shape{len(values)}, Embedding(5, 2), GlobalAvgPool1D(), Dense(2, Softmax))
	}
	trained := func(x *tensor.Tensor) error { return fitError(words(0, 0), x, ints([]int32{0, 1}, 2)) }
	var nothing *LSTMLayer
	for _, c := range []struct {
		name string
		err  error
		want []string
	}{
		{"no words", Sequential(tensor.Shape{4}, Embedding(0, 8)).Err(), []string{"embedding_1", "words is 0"}},
		{"no size", Sequential(tensor.Shape{4}, Embedding(8, 0)).Err(), []string{"embedding_1", "size is 0"}},
		{"word too large", trained(ints([]int32{0, 1, 2, 5}, 2, 2)), []string{"embedding_1", "word 5", "0 to 4", "Embedding(6, 2)"}},
		{"word below zero", trained(ints([]int32{0, 1, 2, -1}, 2, 2)), []string{"embedding_1", "word -1"}},
		{"word too large in prediction", predictError(words(0, 0), ints([]int32{0, 9}, 1, 2)), []string{"word 9"}},
		{"word not whole", trained(tensor.Must(tensor.New([]float32{0, 1, 2, 0.5}, 2, 2))), []string{"0.5", "whole"}},
		{"pictures into Embedding", trained(tensor.Must(tensor.New([]float32{0, 1, 2, 255}, 2, 2))), []string{"word 255"}},
		{"no units", Sequential(tensor.Shape{4, 2}, LSTM(0)).Err(), []string{"lstm_1", "units is 0"}},
		{"words without Embedding", Sequential(tensor.Shape{4}, GRU(2)).Err(), []string{"gru_1", "(4,)", "Embedding", "Reshape(4, 1)"}},
		{"stacked without sequences", Sequential(tensor.Shape{4, 2}, LSTM(3), LSTM(3)).Err(), []string{"lstm_2", "(3,)", "ReturnSequences"}},
		{"pictures into LSTM", Sequential(tensor.Shape{28, 28, 1}, LSTM(3)).Err(), []string{"lstm_1", "(28, 28, 1)", "Reshape(28, -1)"}},
		{"dropping all", Sequential(tensor.Shape{4, 2}, SimpleRNN(3, InputDropout(1))).Err(), []string{"simple_rnn_1", "InputDropout is 1"}},
		{"dropping NaN", Sequential(tensor.Shape{4, 2}, GRU(3, RecurrentDropout(math.NaN()))).Err(), []string{"gru_1", "RecurrentDropout is NaN"}},
		{"negative L1", Sequential(tensor.Shape{4, 2}, GRU(3, L1(-1))).Err(), []string{"gru_1", "L1 is -1"}},
		{"both ways of nothing", Sequential(tensor.Shape{4, 2}, Bidirectional(nothing)).Err(), []string{"bidirectional_1", "nil"}},
		{"unknown merge", Sequential(tensor.Shape{4, 2}, Bidirectional(LSTM(1), MergeMode("max"))).Err(), []string{`"max"`, "MergeConcat"}},
		{"every step of nothing", Sequential(tensor.Shape{4, 2}, TimeDistributed(nil)).Err(), []string{"time_distributed_1", "nil"}},
		{"no steps", Sequential(tensor.Shape{}, TimeDistributed(Dense(1))).Err(), []string{"time_distributed_1", "no steps"}},
		{"inner layer wrong", Sequential(tensor.Shape{4, 2}, TimeDistributed(Dense(0))).Err(), []string{"time_distributed_1", "units is 0"}},
		{"masking features", Sequential(tensor.Shape{4}, Masking(0)).Err(), []string{"masking_1", "(4,)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.err == nil {
				t.Fatal("no error")
			}
			for _, w := range c.want {
				if !strings.Contains(c.err.Error(), w) {
					t.Errorf("error %q does not say %q", c.err, w)
				}
			}
		})
	}
}
