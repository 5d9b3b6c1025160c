package dlkit

import (
	"math/rand/v2"

	"github.com/gofromzero/fromzero/dlkit/internal/sequence"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// LSTMLayer is made by LSTM.
type LSTMLayer struct {
	RecurrentSettings
	// RecurrentActivation is that of the gates; Sigmoid unless another was
	// given.
	RecurrentActivation Activation
	// NoForgetBias starts the bias of the forget gate at 0 instead of 1.
	NoForgetBias bool
}

// LSTM is the recurrent layer with a long memory: beside its output h it
// carries a cell c from step to step, and gates between 0 and 1 decide what is
// forgotten, let in and shown.
//
//	i, f, o = σ(x·kernel + h·recurrent_kernel + bias)   in, forget and output gate
//	g       = tanh(the same with weights of its own)    what could be let in
//	c       = f·c + i·g
//	h       = o·tanh(c)
//
// Input (steps, features), output (units,), or (steps, units) with
// ReturnSequences. Weights kernel (features, 4·units), recurrent_kernel (units,
// 4·units) and bias (4·units,), in order i, f, g, o; the forget gate's bias
// starts at 1. Hochreiter & Schmidhuber, 1997.
func LSTM(units int, options ...LSTMOption) *LSTMLayer {
	l := &LSTMLayer{RecurrentSettings: RecurrentSettings{Units: units, Activation: Tanh}, RecurrentActivation: Sigmoid}
	for _, o := range options {
		o.applyLSTM(l)
	}
	return l
}

// LSTMOption is an option of LSTM: an Activation, RecurrentActivation,
// ReturnSequences, GoBackwards, InputDropout, RecurrentDropout, RecurrentInit,
// NoForgetBias, Name, NoBias, KernelInit, BiasInit, L1, L2, BiasL2, MaxNorm.
type LSTMOption interface{ applyLSTM(*LSTMLayer) }

// NoForgetBiasOption is the type of NoForgetBias.
type NoForgetBiasOption struct{}

// NoForgetBias starts the bias of LSTM's forget gate like the others. It is 1
// otherwise, so that an untrained layer remembers. Jozefowicz et al., 2015.
var NoForgetBias NoForgetBiasOption

func (a Activation) applyLSTM(l *LSTMLayer)                { l.Activation = a }
func (o NameOption) applyLSTM(l *LSTMLayer)                { l.Name = o.name }
func (o KernelOption) applyLSTM(l *LSTMLayer)              { o(&l.kernelOptions) }
func (o RecurrentOption) applyLSTM(l *LSTMLayer)           { o(&l.RecurrentSettings) }
func (o RecurrentActivationOption) applyLSTM(l *LSTMLayer) { l.RecurrentActivation = o.act }
func (NoForgetBiasOption) applyLSTM(l *LSTMLayer)          { l.NoForgetBias = true }

// String describes the layer: "LSTM 64, sequences".
func (l *LSTMLayer) String() string { return l.describe("LSTM") }

// OutShape implements Layer.
func (l *LSTMLayer) OutShape(in tensor.Shape) (tensor.Shape, error) { return l.outShape("LSTM", in) }

// Apply implements Layer.
func (l *LSTMLayer) Apply(b *Builder, x *graph.Node) *graph.Node { return applyRecurrent(l, b, x) }

func (l *LSTMLayer) clone() Recurrent { c := *l; return &c }

// forgetBias is another initializer, but for ones in the second of four
// blocks.
type forgetBias struct{ rest Initializer }

// Init implements Initializer.
func (f forgetBias) Init(values []float64, shape tensor.Shape, rng *rand.Rand) {
	f.rest.Init(values, shape, rng)
	for i := len(values) / 4; i < len(values)/2; i++ {
		values[i] = 1
	}
}

// flops implements flopsCounter.
func (l *LSTMLayer) flops(in []tensor.Shape, _ tensor.Shape) int64 { return l.stepFlops(in[0], 4) }

// prefersSequential implements sequential.
func (l *LSTMLayer) prefersSequential() bool { return !l.runsOnHost() }

func (l *LSTMLayer) runsOnHost() bool { return l.hasUsualSettings(l.RecurrentActivation) }

func (l *LSTMLayer) sequence(b *Builder, in int) (sequence.Cell, []*graph.Node, bool) {
	if !l.runsOnHost() {
		return 0, nil, false
	}
	kernel, recurrent, bias := l.askForWeights(b, in)
	return sequence.LSTM, append([]*graph.Node{kernel, recurrent}, present(bias)...), true
}

func (l *LSTMLayer) askForWeights(b *Builder, in int) (kernel, recurrent, bias *graph.Node) {
	init := l.biasInit()
	if !l.NoForgetBias {
		init = forgetBias{init}
	}
	return l.weights(b, in, 4*l.Units, tensor.Shape{4 * l.Units}, init)
}

func (l *LSTMLayer) cell(b *Builder, x *graph.Node) recurrentCell {
	n, in := dims(x)[1], dims(x)[2]
	c := &lstmCell{units: l.Units, act: l.Activation}
	c.kernel, c.recurrent, c.bias = l.askForWeights(b, in)
	joined := graph.Concatenate([]*graph.Node{c.kernel, c.recurrent}, 0)
	for k := range c.gates {
		c.gates[k] = lstmGate{columnsOf(joined, k, l.Units), columnsOf(c.bias, k, l.Units), l.RecurrentActivation}
	}
	c.gates[2].act = l.Activation
	c.drop = l.dropped(b, n)
	return c
}

// lstmCell is a step of LSTM. Four matrix products of [x, h], each with its
// activation fused in, are faster than one whose result must be taken apart.
type lstmCell struct {
	units                   int
	act                     Activation
	kernel, recurrent, bias *graph.Node
	gates                   [4]lstmGate
	drop                    *graph.Node // nil, or what the state is multiplied with
}

// lstmGate is one block of the kernels, the kernel above the recurrent kernel.
type lstmGate struct {
	w, bias *graph.Node
	act     Activation
}

func (c *lstmCell) states() int { return 2 }

func (c *lstmCell) weights() []*graph.Node {
	return append([]*graph.Node{c.kernel, c.recurrent}, present(c.bias)...)
}

func (c *lstmCell) step(_ int, x *graph.Node, before []*graph.Node) ([]*graph.Node, stepGradient) {
	xh := withState(x, before, c.units, c.drop)
	var y [4]*graph.Node
	var back [4]bendGradient
	for k, g := range c.gates {
		y[k], back[k] = gate(xh, g.w, g.bias, g.act)
	}
	in, forget, fresh, out := y[0], y[1], y[2], y[3]
	cell := graph.Mul(in, fresh)
	if before != nil {
		cell = graph.Add(graph.Mul(forget, before[1]), cell)
	}
	shown, shownBack := bend(cell, c.act)
	h := graph.Mul(out, shown)
	return []*graph.Node{h, cell}, func(d []*graph.Node) (dbefore, parts []*graph.Node) {
		dcell := sumOf(shownBack(graph.Mul(d[0], out)), d[1])
		dforget := zerosOf(x, batchOf(x), c.units)
		if before != nil {
			dforget = back[1](graph.Mul(dcell, before[1]))
		}
		dz := graph.Concatenate([]*graph.Node{
			back[0](graph.Mul(dcell, fresh)), dforget,
			back[2](graph.Mul(dcell, in)), back[3](graph.Mul(d[0], shown))}, 1)
		dh := productOf(timesTransposed(dz, c.recurrent), c.drop)
		return []*graph.Node{dh, graph.Mul(dcell, forget)}, []*graph.Node{dz, xh}
	}
}

func (c *lstmCell) gradients(_ *graph.Node, parts []*graph.Node) (*graph.Node, []*graph.Node) {
	return joinedGradients(parts[0], parts[1], c.kernel, c.bias)
}

// zerosOf is zeros (n, units) of x's type.
func zerosOf(x *graph.Node, n, units int) *graph.Node {
	return graph.BroadcastToDims(graph.ScalarZero(x.Graph(), x.DType()), n, units)
}
