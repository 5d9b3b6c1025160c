package dlkit

import (
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/pictures"
	"github.com/gofromzero/fromzero/tensor"
)

// chains are models with chains of every kind of layer, in odd sizes, with other
// layers before, between and behind.
func chains() map[string]*Model {
	in := tensor.Shape{9, 7, 3}
	branch := func() *Model {
		x := Input(in)
		y := x.Then(Conv2D(6, 3, Same, ReLU)).Then(BatchNormalization())
		sum := Add(y, y.Then(Conv2D(6, 3, Same)).Then(BatchNormalization())).Then(ReLU)
		return Functional([]*Value{x}, sum.Then(Conv2D(17, HW{2, 3}, NoBias)).Then(GlobalAvgPool2D()).Then(Dense(3, Softmax)))
	}
	return map[string]*Model{
		"digits": Sequential(in, Conv2D(8, 3, ReLU), MaxPool2D(2), Conv2D(16, 3, Same, ReLU), Flatten(), Dense(3, Softmax)),
		"blocks": Sequential(in, Rescaling(2),
			Conv2D(10, 3, Same), BatchNormalization(), ReLU, Conv2D(9, HW{1, 3}, Same, NoBias), BatchNormalization(NoScale), ReLU,
			AvgPool2D(2), Conv2D(5, 1, ReLU, L2(0.01)), BatchNormalization(NoCenter, Momentum(0.8)), MaxPool2D(HW{2, 1}), Flatten(), Dense(3, Softmax)),
		"windows":    Sequential(in, Conv2D(4, 4, Same), Conv2D(4, HW{5, 2}, Same, ReLU), ReLU, MaxPool2D(2), GlobalMaxPool2D(), Dense(3, Softmax)),
		"two":        Sequential(in, Conv2D(4, 3, ReLU), Conv2D(8, 3, Strides(2), Tanh), Conv2D(8, 2, MaxNorm(1)), BatchNormalization(), Flatten(), Dense(3, Softmax)),
		"strides":    Sequential(in, Conv2D(6, 3, Strides(2), Same, ReLU), Conv2D(8, HW{3, 2}, Strides(HW{2, 1})), BatchNormalization(), ReLU, Conv2D(5, 1, Strides(2), Same), Flatten(), Dense(3, Softmax)),
		"depthwise":  Sequential(in, DepthwiseConv2D(3, Same, ReLU), SeparableConv2D(17, HW{3, 2}, ReLU), BatchNormalization(), SeparableConv2D(4, 3, Same, NoBias), Flatten(), Dense(3, Softmax)),
		"multiplied": Sequential(in, Conv2D(4, 3, ReLU), SeparableConv2D(5, 3, DepthMultiplier(2)), DepthwiseConv2D(2, Strides(2)), Flatten(), Dense(3, Softmax)),
		"residual":   branch(),
		"no margin":  Sequential(in, BatchNormalization(), Conv2D(33, 3, ReLU), Flatten(), Dense(3, Softmax)),
		"bent":       Sequential(in, Conv2D(6, 3, Same, Tanh), AvgPool2D(2), Sigmoid, Conv2D(5, 2, SiLU), BatchNormalization(), ELU(0.7), Conv2D(4, 1, Softmax), Conv2D(4, 1, GELU), GlobalAvgPool2D(), Dense(3, Softmax)),
	}
}

// lineChains are the same over sequences.
func lineChains() map[string]*Model {
	in := tensor.Shape{19, 5}
	return map[string]*Model{
		"words":   Sequential(in, Conv1D(12, 5, ReLU), GlobalMaxPool1D(), Dense(3, Softmax)),
		"blocks":  Sequential(in, Conv1D(8, 3, Same, NoBias), BatchNormalization(), LeakyReLU(0.1), MaxPool1D(2), Dropout(0), Conv1D(17, 4, Causal, Tanh), AvgPool1D(3), GlobalAvgPool1D(KeepDims), Conv1D(4, 1), Flatten(), Dense(3, Softmax)),
		"between": Sequential(in, Conv1D(8, 3, Strides(2)), Conv1D(6, 2, GELUApproximate), BatchNormalization(Momentum(0.5)), LSTM(4), Dense(3, Softmax)),
		"at once": Sequential(in, BatchNormalization(), Softplus, Conv1D(3, 19, L2(0.1)), Flatten(), Dense(3, Softmax)),
	}
}

// Training and predicting by chains must give what the graph alone gives, in
// full batches of 32 and others.
func TestPictureChainsAreThoseOfTheGraph(t *testing.T) {
	if !pictures.Fast() {
		t.Skip("without vectors there are no chains")
	}
	fit := FitConfig{BatchSize: 40, Epochs: 2}
	for name := range chains() {
		t.Run(name, func(t *testing.T) { // batches of 40, 40 and 5
			checkHostWork(t, randomData(85, 3, 9, 7, 3), fit, CompileConfig{}, func() *Model { return chains()[name] })
		})
	}
	for name := range lineChains() {
		t.Run("sequence "+name, func(t *testing.T) {
			checkHostWork(t, randomData(85, 3, 19, 5), fit, CompileConfig{}, func() *Model { return lineChains()[name] })
		})
	}
	t.Run("words of a table", func(t *testing.T) {
		checkHostWork(t, randomTexts(85, 12, 30), fit, CompileConfig{}, func() *Model {
			return Sequential(tensor.Shape{12}, Embedding(30, 8), Conv1D(9, 3, ReLU), Dropout(0), GlobalMaxPool1D(), Dense(40, ReLU), Dense(3, Softmax))
		})
	})
}

// chainOf is the number of layers that a model leaves to the host as a chain from
// its first on.
func chainOf(m *Model) int { return m.pictureChainAt(0, 32, true, nil) }

// Layers are in a chain as long as chains know them.
func TestPictureChainsHoldLayers(t *testing.T) {
	if !pictures.Fast() {
		t.Skip("without vectors there are no chains")
	}
	for name, c := range map[string]struct {
		m    *Model
		want int
	}{
		"all activations": {Sequential(tensor.Shape{4, 4, 3}, Conv2D(4, 2, Tanh), Sigmoid, HardSigmoid, LeakyReLU(0.2), ELU(1), SELU, GELU, GELUApproximate, Softplus, Softsign, SiLU, Mish, Flatten()), 12},
		"a softmax":       {Sequential(tensor.Shape{4, 4, 3}, Conv2D(4, 2, Tanh), Softmax), 1},
		"negative slopes": {Sequential(tensor.Shape{4, 4, 3}, Conv2D(4, 2), LeakyReLU(-1)), 1},
		"a sequence":      {Sequential(tensor.Shape{9, 3}, Conv1D(4, 2, Causal), MaxPool1D(2), BatchNormalization(), AvgPool1D(2), GlobalMaxPool1D(), Dense(2)), 5},
		"far steps":       {Sequential(tensor.Shape{9, 3}, Conv1D(4, 2, Dilation(2)), Conv1D(4, 2)), 0},
		"means kept":      {Sequential(tensor.Shape{4, 4, 3}, Conv2D(4, 2), GlobalAvgPool2D(KeepDims), Conv2D(4, 1), GlobalMaxPool2D()), 4},
		"a last sigmoid":  {Sequential(tensor.Shape{4, 4, 3}, Conv2D(4, 2, ReLU), Conv2D(1, 1, Sigmoid)), 2},
		"it alone":        {Sequential(tensor.Shape{4, 4, 3}, Conv2D(4, 2, ReLU), Sigmoid), 1},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.m.build(1); err != nil {
				t.Fatal(err)
			}
			if got := chainOf(c.m); got != c.want {
				t.Errorf("%d layers, want %d", got, c.want)
			}
		})
	}
}

// Ways that come together again belong to a chain, up to where others take what
// it makes.
func TestChainsOfSeveralWays(t *testing.T) {
	if !pictures.Fast() {
		t.Skip("without vectors there are no chains")
	}
	in := tensor.Shape{8, 8, 3}
	block := func(x *Value) *Value { return Add(x.Then(Conv2D(3, 3, Same)), x).Then(ReLU) } // 3 steps
	for name, c := range map[string]struct {
		model func(x *Value) *Value
		want  int
	}{
		"two blocks":       {func(x *Value) *Value { return block(block(x)) }, 6},
		"taken once more":  {func(x *Value) *Value { y := block(x); return Concatenate(y, y.Then(Conv2D(2, 1))) }, 3},
		"open to the end":  {func(x *Value) *Value { y := x.Then(Conv2D(3, 3, Same)); return Multiply(y.Then(ReLU), y) }, 1},
		"stretched sum":    {func(x *Value) *Value { return Add(x.Then(Conv2D(3, 1)), x.Then(Conv2D(1, 1))) }, 1},
		"nothing but sums": {func(x *Value) *Value { return Add(x.Then(ReLU), x) }, 0},
	} {
		x := Input(in)
		m := Functional([]*Value{x}, c.model(x))
		if err := m.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := m.pictureChainAt(0, 32, false, nil); got != c.want {
			t.Errorf("%s: a chain of %d steps, want %d", name, got, c.want)
		}
	}
}

// A loss gets what the last sigmoid is taken of, whoever computes that.
func TestChainLeavesLastSigmoidToTheLoss(t *testing.T) {
	if !pictures.Fast() {
		t.Skip("without vectors there are no chains")
	}
	x := randomData(40, 2, 6, 6, 3).All().X()
	y := tensor.Must(tensor.New(make([]float32, 40*5*5), 40, 5, 5, 1))
	data := tensor.Must(tensor.FromTensors(x, y))
	model := func() *Model {
		return Sequential(tensor.Shape{6, 6, 3}, Conv2D(4, 1, Softsign), Conv2D(1, 2, Sigmoid, BiasInit(Constant{200})))
	}
	checkHostWork(t, data, FitConfig{BatchSize: 40}, CompileConfig{Loss: BinaryCrossEntropy{}}, model)
}

// However many rows there are, a prediction is that of the graph.
func TestPicturesOfAnyNumber(t *testing.T) {
	all, _ := tensor.Flat[float32](randomData(65, 3, 9, 7, 3).All().Inputs[0])
	for name := range chains() {
		m, plain := chains()[name], chains()[name]
		for _, n := range []int{1, 15, 16, 31, 32, 33, 64, 65} {
			x := tensor.Must(tensor.New(all[:n*9*7*3], n, 9, 7, 3))
			var got, want *tensor.Tensor
			withLowerings(func() { got = tensor.Must(m.Predict(t.Context(), x)) })
			withPlainOps(func() { want = tensor.Must(plain.Predict(t.Context(), x)) })
			if !got.AllClose(want, 1e-3, 1e-5) {
				t.Errorf("%s, %d rows: differs from the graph", name, n)
			}
		}
	}
}
