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
	}
}

// Training and predicting by chains must give what the graph alone gives, in
// full batches of 32 and others.
func TestPictureChainsAreThoseOfTheGraph(t *testing.T) {
	if !pictures.Fast() {
		t.Skip("without vectors there are no chains")
	}
	data := randomData(85, 3, 9, 7, 3) // batches of 40, 40 and 5
	for name := range chains() {
		t.Run(name, func(t *testing.T) {
			checkHostWork(t, data, FitConfig{BatchSize: 40, Epochs: 2}, CompileConfig{}, func() *Model { return chains()[name] })
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
