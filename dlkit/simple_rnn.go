package dlkit

import (
	"github.com/gofromzero/fromzero/dlkit/internal/sequence"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// SimpleRNNLayer is made by SimpleRNN.
type SimpleRNNLayer struct{ RecurrentSettings }

// SimpleRNN is the plainest recurrent layer: the output of a step is
// activation(x·kernel + h·recurrent_kernel + bias), h being the output of the
// step before. Input (steps, features), output (units,), or (steps, units)
// with ReturnSequences. Weights kernel (features, units), recurrent_kernel
// (units, units) and bias (units,). Over many steps its gradients fade; LSTM
// and GRU were made against that.
func SimpleRNN(units int, options ...SimpleRNNOption) *SimpleRNNLayer {
	l := &SimpleRNNLayer{RecurrentSettings{Units: units, Activation: Tanh}}
	for _, o := range options {
		o.applySimpleRNN(l)
	}
	return l
}

// SimpleRNNOption is an option of SimpleRNN: an Activation, ReturnSequences,
// GoBackwards, InputDropout, RecurrentDropout, RecurrentInit, Name, NoBias,
// KernelInit, BiasInit, L1, L2, BiasL2, MaxNorm.
type SimpleRNNOption interface{ applySimpleRNN(*SimpleRNNLayer) }

func (a Activation) applySimpleRNN(l *SimpleRNNLayer)      { l.Activation = a }
func (o NameOption) applySimpleRNN(l *SimpleRNNLayer)      { l.Name = o.name }
func (o KernelOption) applySimpleRNN(l *SimpleRNNLayer)    { o(&l.kernelOptions) }
func (o RecurrentOption) applySimpleRNN(l *SimpleRNNLayer) { o(&l.RecurrentSettings) }

// String describes the layer: "SimpleRNN 64, sequences".
func (l *SimpleRNNLayer) String() string { return l.describe("SimpleRNN") }

// OutShape implements Layer.
func (l *SimpleRNNLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return l.outShape("SimpleRNN", in)
}

// Apply implements Layer.
func (l *SimpleRNNLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return applyRecurrent(l, b, x)
}

func (l *SimpleRNNLayer) clone() Recurrent { c := *l; return &c }

// flops implements flopsCounter.
func (l *SimpleRNNLayer) flops(in []tensor.Shape, _ tensor.Shape) int64 { return l.stepFlops(in[0], 1) }

// prefersSequential implements sequential.
func (l *SimpleRNNLayer) prefersSequential() bool { return true }

func (l *SimpleRNNLayer) sequence(*Builder, int) (sequence.Cell, []*graph.Node, bool) {
	return 0, nil, false
}

func (l *SimpleRNNLayer) cell(b *Builder, x *graph.Node) recurrentCell {
	n, in := dims(x)[1], dims(x)[2]
	c := &simpleCell{units: l.Units, act: l.Activation}
	c.kernel, c.recurrent, c.bias = l.weights(b, in, l.Units, tensor.Shape{l.Units}, l.biasInit())
	c.joined = graph.Concatenate([]*graph.Node{c.kernel, c.recurrent}, 0)
	c.drop = l.dropped(b, n)
	return c
}

// simpleCell is a step of SimpleRNN: one matrix product of [x, h].
type simpleCell struct {
	units                   int
	act                     Activation
	kernel, recurrent, bias *graph.Node
	joined                  *graph.Node // kernel above recurrent
	drop                    *graph.Node // nil, or what the state is multiplied with
}

func (c *simpleCell) states() int { return 1 }

func (c *simpleCell) weights() []*graph.Node {
	return append([]*graph.Node{c.kernel, c.recurrent}, present(c.bias)...)
}

func (c *simpleCell) step(_ int, x *graph.Node, before []*graph.Node) ([]*graph.Node, stepGradient) {
	xh := withState(x, before, c.units, c.drop)
	h, back := gate(xh, c.joined, c.bias, c.act)
	return []*graph.Node{h}, func(d []*graph.Node) (dbefore, parts []*graph.Node) {
		dz := back(d[0])
		dh := productOf(timesTransposed(dz, c.recurrent), c.drop)
		return []*graph.Node{dh}, []*graph.Node{dz, xh}
	}
}

func (c *simpleCell) gradients(_ *graph.Node, parts []*graph.Node) (*graph.Node, []*graph.Node) {
	return joinedGradients(parts[0], parts[1], c.kernel, c.bias)
}

func (l *SimpleRNNLayer) loopCell(b *Builder, x *graph.Node) loopCell {
	if !l.Activation.loops() {
		return nil
	}
	c := &simpleLoop{act: l.Activation}
	c.kernel, c.recurrent, c.bias = l.weights(b, dims(x)[2], l.Units, tensor.Shape{l.Units}, l.biasInit())
	c.drop = l.dropped(b, dims(x)[1])
	return c
}

// simpleLoop is SimpleRNN's loopCell. It keeps the argument of the activation.
type simpleLoop struct {
	act                     Activation
	kernel, recurrent, bias *graph.Node
	drop                    *graph.Node // nil, or what the state is multiplied with
}

func (c *simpleLoop) states() int { return 1 }
func (c *simpleLoop) width() int  { return dims(c.recurrent)[0] }

func (c *simpleLoop) weights() []*graph.Node {
	return append([]*graph.Node{c.kernel, c.recurrent}, present(c.bias)...)
}

func (c *simpleLoop) project(x *graph.Node) *graph.Node { return projected(x, c.kernel, c.bias) }

func (c *simpleLoop) step(z *graph.Node, before []*graph.Node) (after []*graph.Node, kept *graph.Node) {
	z = graph.Add(z, graph.Dot(productOf(before[0], inside(c.drop)), c.recurrent).Product())
	return []*graph.Node{c.act.inLoop(z)}, z
}

func (c *simpleLoop) slopes(kept *graph.Node, _, _ []*graph.Node) []*graph.Node {
	return []*graph.Node{c.act.slopeOf(kept, c.act.inLoop(kept))}
}

func (c *simpleLoop) back(slopes, d []*graph.Node) (dbefore []*graph.Node, part *graph.Node) {
	part = graph.Mul(d[0], slopes[0])
	return []*graph.Node{productOf(timesTurned(part, c.recurrent), inside(c.drop))}, part
}

func (c *simpleLoop) gradients(x, _, parts *graph.Node, before []*graph.Node) (dx *graph.Node, dweights []*graph.Node) {
	return loopGradients(x, parts, droppedSteps(before[0], c.drop), c.kernel, c.bias)
}

// withState is [x, h], h being the output of the step before, dropped in part.
func withState(x *graph.Node, before []*graph.Node, units int, drop *graph.Node) *graph.Node {
	return graph.Concatenate([]*graph.Node{x, stateBefore(x, before, units, drop)}, 1)
}

// stateBefore is the output of the step before, zeros for the first step.
func stateBefore(x *graph.Node, before []*graph.Node, units int, drop *graph.Node) *graph.Node {
	if before == nil {
		return zerosOf(x, batchOf(x), units)
	}
	return productOf(before[0], drop)
}

// joinedGradients are the gradients by x and by kernel, recurrent kernel and
// bias, where steps computed z = [x, h]·[kernel; recurrent] + bias. dz and xh
// hold the steps one below the other.
func joinedGradients(dz, xh, kernel, bias *graph.Node) (dx *graph.Node, dweights []*graph.Node) {
	in, units := dims(kernel)[0], dims(xh)[1]-dims(kernel)[0]
	dw := transposedTimes(xh, dz)
	dweights = []*graph.Node{cropped(dw, 0, 0, in), cropped(dw, 0, in, units)}
	if bias != nil {
		dweights = append(dweights, graph.ReduceSum(dz, 0))
	}
	return timesTransposed(dz, kernel), dweights
}
