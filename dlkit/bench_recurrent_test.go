package dlkit

import (
	"math/rand/v2"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// randomWords has n sentences of words 0 … words−1, with labels 0 … 9. Padded
// ones end in zeros, after any number of words.
func randomWords(n, words, steps int, padded bool) *tensor.Memory {
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := make([]int32, n*steps), make([]int32, n)
	for i := range n {
		y[i] = int32(rng.IntN(10))
		length := steps
		if padded {
			length = 1 + rng.IntN(steps)
		}
		for t := range length {
			x[i*steps+t] = int32(rng.IntN(words))
		}
	}
	return tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(x, n, steps)), tensor.Must(tensor.New(y))))
}

// BenchmarkMasked is one step of models of texts of any length, whose padding
// does not count.
func BenchmarkMasked(b *testing.B) {
	for name, layers := range map[string]func() []Layer{
		"Embedding": func() []Layer { return []Layer{Embedding(10000, 16, MaskZero), GlobalAvgPool1D(), Dense(16, ReLU)} },
		"LSTM":      func() []Layer { return []Layer{Embedding(10000, 32, MaskZero), LSTM(64)} },
	} {
		b.Run(name, func(b *testing.B) { benchmarkWords(b, 200, 32, true, layers()...) })
	}
}

// BenchmarkRecurrent is one step of other layers in the same place, and other
// sizes.
func BenchmarkRecurrent(b *testing.B) {
	for _, c := range []struct {
		name         string
		steps, batch int
		layers       func() []Layer
	}{
		{"SimpleRNN", 100, 32, func() []Layer { return []Layer{SimpleRNN(64)} }},
		{"GRU", 100, 32, func() []Layer { return []Layer{GRU(64)} }},
		{"GRU reset before", 100, 32, func() []Layer { return []Layer{GRU(64, ResetBefore)} }},
		{"LSTM sequences", 100, 32, func() []Layer { return []Layer{LSTM(64, ReturnSequences), GlobalAvgPool1D()} }},
		{"two LSTMs", 100, 32, func() []Layer { return []Layer{LSTM(64, ReturnSequences), LSTM(64)} }},
		{"Bidirectional LSTM", 100, 32, func() []Layer { return []Layer{Bidirectional(LSTM(64))} }},
		{"LSTM 500 steps", 500, 32, func() []Layer { return []Layer{LSTM(64)} }},
		{"LSTM batch 128", 100, 128, func() []Layer { return []Layer{LSTM(64)} }},
		{"LSTM 256 units", 100, 32, func() []Layer { return []Layer{LSTM(256)} }},
		{"LSTM dropouts", 100, 32, func() []Layer { return []Layer{LSTM(64, InputDropout(0.2), RecurrentDropout(0.2))} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			benchmarkWords(b, c.steps, c.batch, false, append([]Layer{Embedding(10000, 32)}, c.layers()...)...)
		})
	}
}

func benchmarkWords(b *testing.B, steps, batch int, padded bool, layers ...Layer) {
	b.Helper()
	m := Sequential(tensor.Shape{steps}, append(layers, Dense(10, Softmax))...)
	benchmarkTraining(b, m, randomWords(10*batch, 10000, steps, padded), batch)
}
