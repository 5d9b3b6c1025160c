package dlkit

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
)

// randomCase is a reference case without reference values: a layer on random
// data and weights, for finite differences and for comparing lowerings.
func randomCase(t *testing.T, layer Layer, n, steps, in int, masked, training bool) refLayer {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	random := func(scale float64, shape ...int) refTensor {
		r := refTensor{Shape: shape, DType: "float32"}
		for range tensor.Shape(shape).Size() {
			r.Data = append(r.Data, refNumber(scale*rng.NormFloat64()))
		}
		return r
	}
	c := refLayer{Training: training, Inputs: []refTensor{random(1, n, steps, in)}}
	if masked {
		c.Mask = &refTensor{Shape: []int{n, steps}, DType: "bool"}
		for i := range n * steps {
			c.Mask.Data = append(c.Mask.Data, refNumber(min(1, i%3)))
		}
	}
	bare := layerRun{layer: layer, dtype: dtypes.Float64, inputs: []*tensor.Tensor{c.Inputs[0].tensor(tensor.Float64)}, training: training}
	res, err := bare.run(testDevices(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range res.after {
		weight := random(0.4, w.Shape()...)
		weight.Name = res.names[i]
		c.Weights = append(c.Weights, weight)
	}
	c.Upstream = []refTensor{random(1, res.output.Shape()...)}
	return c
}

// TestActivationsInCells holds every activation's hand-written gradient against
// finite differences.
func TestActivationsInCells(t *testing.T) {
	for kind, name := range activationNames {
		t.Run(name, func(t *testing.T) {
			act := Activation{kind: kind, param: 0.7}
			layer := func() Layer { return SimpleRNN(3, act, ReturnSequences) }
			c := randomCase(t, layer(), 4, 3, 2, false, false)
			c.checkFiniteDifferences(t, layer())
			withPlainOps(func() { c.checkFiniteDifferences(t, layer()) })
		})
	}
}

// recurrentVariants are settings that Keras' references leave out.
var recurrentVariants = map[string]func() Layer{
	"SimpleRNN relu": func() Layer { return SimpleRNN(3, ReLU, ReturnSequences) },
	"SimpleRNN dropouts": func() Layer {
		return SimpleRNN(3, InputDropout(0.4), RecurrentDropout(0.4), ReturnSequences)
	},
	"LSTM dropouts":     func() Layer { return LSTM(3, InputDropout(0.4), RecurrentDropout(0.4)) },
	"LSTM swish":        func() Layer { return LSTM(3, SiLU, RecurrentActivation(HardSigmoid), ReturnSequences, GoBackwards) },
	"LSTM softmax":      func() Layer { return LSTM(3, Softmax) },
	"LSTM relu, linear": func() Layer { return LSTM(3, ReLU, RecurrentActivation(Linear)) },
	"GRU dropouts":      func() Layer { return GRU(3, InputDropout(0.4), RecurrentDropout(0.4), GoBackwards) },
	"GRU elu":           func() Layer { return GRU(3, ELU(1), RecurrentActivation(Softsign)) },
	"GRU reset before": func() Layer {
		return GRU(3, ResetBefore, RecurrentDropout(0.4), ReturnSequences)
	},
	"Bidirectional backwards": func() Layer { return Bidirectional(GRU(3, GoBackwards, ReturnSequences), MergeSum) },
	"Bidirectional dropouts":  func() Layer { return Bidirectional(LSTM(3, RecurrentDropout(0.4)), MergeMul) },
}

func TestRecurrentVariantsHaveTrueGradients(t *testing.T) {
	for name, layer := range recurrentVariants {
		for _, masked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s masked=%v", name, masked), func(t *testing.T) {
				c := randomCase(t, layer(), 3, 4, 2, masked, true)
				c.checkFiniteDifferences(t, layer())
				withPlainOps(func() { c.checkFiniteDifferences(t, layer()) })
			})
		}
	}
}

// TestRecurrentLoweringsAgree compares the fused operations with plain ones at a size
// at which the backend uses its large kernels.
func TestRecurrentLoweringsAgree(t *testing.T) {
	for name, layer := range map[string]func() Layer{
		"SimpleRNN": func() Layer { return SimpleRNN(70, ReturnSequences) },
		"LSTM":      func() Layer { return LSTM(70, ReturnSequences) },
		"GRU":       func() Layer { return GRU(70, ReturnSequences) },
		"before":    func() Layer { return GRU(70, ResetBefore) },
	} {
		t.Run(name, func(t *testing.T) {
			c := randomCase(t, layer(), 33, 9, 21, true, false)
			for i := range c.Weights { // as large as a layer of this size has them
				for k := range c.Weights[i].Data {
					c.Weights[i].Data[k] *= 0.3
				}
			}
			run := func() *layerResult {
				res, err := c.layerRun(layer(), dtypes.Float32).run(goDevice(t))
				if err != nil {
					t.Fatal(err)
				}
				return res
			}
			fused := run()
			withPlainOps(func() {
				plain := run()
				wantClose(t, "output", tensor.Values[float64](fused.output), tensor.Values[float64](plain.output), tolerance)
				wantClose(t, "gradient by the input", tensor.Values[float64](fused.inputGrads[0]), tensor.Values[float64](plain.inputGrads[0]), tolerance)
				for i, w := range plain.weightGrads {
					wantClose(t, "gradient by "+plain.names[i], tensor.Values[float64](fused.weightGrads[i]), tensor.Values[float64](w), tolerance)
				}
			})
		})
	}
}

// TestRecurrentDropoutIsForTraining looks at the numbers: the same without
// training, others with it.
func TestRecurrentDropoutIsForTraining(t *testing.T) {
	output := func(layer Layer, training bool) []float64 {
		c := randomCase(t, layer, 3, 4, 2, false, training)
		res, err := c.layerRun(layer, dtypes.Float64).run(testDevices(t)[0])
		if err != nil {
			t.Fatal(err)
		}
		return tensor.Values[float64](res.output)
	}
	for _, option := range []RecurrentOption{InputDropout(0.5), RecurrentDropout(0.5)} {
		wantClose(t, "output without training", output(GRU(3, option), false), output(GRU(3), false), 1e-12)
		plain, dropped := output(GRU(3), true), output(GRU(3, option), true)
		if fmt.Sprint(plain) == fmt.Sprint(dropped) {
			t.Error("training with dropout gives the same output as without")
		}
	}
}

// sentences are rows of words, padded with zeros to the same length.
func sentences(rows ...[]int32) *tensor.Tensor {
	return tensor.Must(tensor.FromRows(rows))
}

func predicted(t *testing.T, m *Model, x *tensor.Tensor) []float64 {
	t.Helper()
	y, err := m.Predict(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	return tensor.Values[float64](y)
}

// TestPaddingChangesNothing feeds sentences with and without padding, in front
// and behind, to the same weights.
func TestPaddingChangesNothing(t *testing.T) {
	for name, layers := range map[string]func() []Layer{
		"SimpleRNN":     func() []Layer { return []Layer{SimpleRNN(4)} },
		"LSTM":          func() []Layer { return []Layer{LSTM(4)} },
		"GRU":           func() []Layer { return []Layer{GRU(4)} },
		"Bidirectional": func() []Layer { return []Layer{Bidirectional(LSTM(4))} },
		"stacked":       func() []Layer { return []Layer{Dropout(0.5), LSTM(4, ReturnSequences), Dense(3, Tanh), GRU(4)} },
		"backwards":     func() []Layer { return []Layer{LSTM(4, ReturnSequences, GoBackwards), GRU(4)} },
		"mean": func() []Layer {
			return []Layer{Bidirectional(GRU(4, ReturnSequences)), GlobalAvgPool1D()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			model := func(steps int) *Model {
				return Sequential(tensor.Shape{steps}, append([]Layer{Embedding(9, 3, MaskZero)}, layers()...)...)
			}
			want := predicted(t, model(3), sentences([]int32{5, 7, 2}, []int32{8, 1, 1}))
			got := predicted(t, model(6), sentences([]int32{5, 7, 2, 0, 0, 0}, []int32{0, 8, 0, 1, 1, 0}))
			wantClose(t, "prediction with padding", got, want, 1e-5)
			if t.Failed() {
				return
			}
			for _, v := range want {
				if v == 0 {
					t.Error("a prediction is 0, which proves nothing")
				}
			}
		})
	}
}

// TestRecurrentModelsAreSavedWhole saves and loads models with every setting.
func TestRecurrentModelsAreSavedWhole(t *testing.T) {
	m := Sequential(tensor.Shape{5},
		Embedding(9, 3, MaskZero, EmbeddingInit(RandomNormal{StdDev: 1})),
		Bidirectional(GRU(3, ReturnSequences, ResetBefore, RecurrentActivation(HardSigmoid), L2(0.1)), MergeAve, Name("both")),
		TimeDistributed(Dense(4, ReLU, Name("inner"))),
		LSTM(3, Linear, NoForgetBias, ReturnSequences, InputDropout(0.1), RecurrentInit(Identity{Gain: 0.5})),
		SimpleRNN(2, NoBias, RecurrentDropout(0.1)), Dense(2, Softmax))
	data := tensor.Must(tensor.FromTensors(sentences([]int32{1, 2, 3, 0, 0}, []int32{8, 7, 6, 5, 4}), tensor.Must(tensor.New([]int32{0, 1}))))
	if _, err := m.Fit(context.Background(), data, FitConfig{Epochs: 2}); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(&file)
	if err != nil {
		t.Fatal(err)
	}
	x := sentences([]int32{4, 3, 2, 1, 0})
	wantClose(t, "prediction of the loaded model", predicted(t, loaded, x), predicted(t, m, x), 1e-7)
	for i := range m.steps {
		if got, want := describe(loaded.steps[i].layer), describe(m.steps[i].layer); got != want {
			t.Errorf("layer %d is %q, was %q", i+1, got, want)
		}
	}
	weights, err := m.Weights()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range weights {
		names = append(names, w.Name)
	}
	for _, want := range []string{"embedding_1/embeddings", "both/forward_gru/kernel", "both/backward_gru/recurrent_kernel", "time_distributed_1/inner/bias", "lstm_1/bias"} {
		if !strings.Contains(strings.Join(names, " "), want) {
			t.Errorf("no weight %s among %v", want, names)
		}
	}
}

func TestRecurrentPenaltiesCount(t *testing.T) {
	loss := func(options ...LSTMOption) float64 {
		m := Sequential(tensor.Shape{3, 1}, LSTM(2, append(options, KernelInit(Ones))...))
		if err := m.Compile(CompileConfig{}); err != nil {
			t.Fatal(err)
		}
		scores, err := m.Evaluate(context.Background(), tensor.Must(tensor.FromTensors(floats(4, 3, 1), floats(4, 2))))
		if err != nil {
			t.Fatal(err)
		}
		return scores.Loss
	}
	got := []float64{loss(BiasL2(3)) - loss(), loss(L2(0.5)) - loss(), loss(L1(1), NoBias) - loss(NoBias)}
	// Two of eight biases are 1, and all eight numbers of the kernel.
	wantClose(t, "penalties", got, []float64{6, 4, 8}, 1e-5)
}

func TestForgetBiasStartsAtOne(t *testing.T) {
	for _, c := range []struct {
		layer Layer
		want  []float64
	}{
		{LSTM(2), []float64{0, 0, 1, 1, 0, 0, 0, 0}},
		{LSTM(2, NoForgetBias), []float64{0, 0, 0, 0, 0, 0, 0, 0}},
		{LSTM(1, BiasInit(Constant{3})), []float64{3, 1, 3, 3}},
	} {
		weights, err := Sequential(tensor.Shape{3, 1}, c.layer).Weights()
		if err != nil {
			t.Fatal(err)
		}
		wantClose(t, describe(c.layer), tensor.Values[float64](weights[2].Value), c.want, 0)
	}
}

// TestRecurrentModelsLearnOrder needs the order of words: which of two comes
// first, at any distance and with padding behind.
func TestRecurrentModelsLearnOrder(t *testing.T) {
	const steps = 8
	rng := rand.New(rand.NewPCG(5, 6))
	var rows [][]int32
	var labels []int32
	for i := range 96 {
		row := make([]int32, steps)
		length := 4 + i%5
		for k := range length {
			row[k] = 3
		}
		a, b := rng.IntN(length/2), length/2+rng.IntN(length-length/2)
		first := int32(i % 2)
		row[a], row[b] = 1+first, 2-first
		rows, labels = append(rows, row), append(labels, first)
	}
	data := tensor.Must(tensor.FromTensors(sentences(rows...), tensor.Must(tensor.New(labels))))
	for name, layer := range map[string]Layer{"SimpleRNN": SimpleRNN(8), "LSTM": LSTM(8), "GRU": GRU(8), "Bidirectional": Bidirectional(GRU(4))} {
		t.Run(name, func(t *testing.T) {
			m := Sequential(tensor.Shape{steps}, Embedding(4, 4, MaskZero), layer, Dense(1, Sigmoid))
			if err := m.Compile(CompileConfig{Optimizer: Adam{LearningRate: 0.02}}); err != nil {
				t.Fatal(err)
			}
			hist, err := m.Fit(context.Background(), data, FitConfig{Epochs: 40, BatchSize: 16})
			if err != nil {
				t.Fatal(err)
			}
			if acc := hist.Values("accuracy"); acc[len(acc)-1] < 0.95 {
				t.Errorf("accuracy is %v after %d epochs", acc[len(acc)-1], len(acc))
			}
		})
	}
}

func TestRecurrentModelsRunInOrder(t *testing.T) {
	config := func(layers ...Layer) *device {
		m := Sequential(tensor.Shape{3, 2}, layers...)
		if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
			t.Fatal(err)
		}
		return m.device
	}
	plain, recurrent := config(Flatten(), Dense(1)), config(SimpleRNN(2), Dense(1))
	if plain == recurrent || recurrent != config(Bidirectional(GRU(1, ResetBefore))) {
		t.Error("models of many small operations must share a device that runs operations in order, and no other model")
	}
}
