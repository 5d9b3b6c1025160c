package dlkit

import (
	"errors"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// BidirectionalLayer is made by Bidirectional.
type BidirectionalLayer struct {
	named
	// Layer is the layer that reads forwards; a twin with weights of its own
	// reads backwards.
	Layer Recurrent
	// Merge says how the two outputs are joined.
	Merge MergeMode
}

// MergeMode says how Bidirectional joins its two outputs. It is an option of
// Bidirectional.
type MergeMode string

const (
	// MergeConcat puts the outputs side by side: 2·units of them. This is the
	// default.
	MergeConcat MergeMode = "concat"
	// MergeSum takes the sum of both directions.
	MergeSum MergeMode = "sum"
	// MergeMul takes their product.
	MergeMul MergeMode = "mul"
	// MergeAve takes their mean.
	MergeAve MergeMode = "ave"
)

// Bidirectional reads a sequence from both ends: with layer (SimpleRNN, LSTM or
// GRU) and with a twin of it that goes the other way and has weights of its
// own. Every output then knows what comes before and after it. Input (steps,
// features), output (2·units,), or (steps, 2·units) if the layer returns
// sequences; units instead of 2·units with MergeSum, MergeMul and MergeAve.
// As in Keras, steps that a mask leaves out come out as zeros, where the layer
// alone would repeat its last output.
//
// Weights are forward_lstm/kernel … and backward_lstm/kernel …, where lstm is
// the layer's kind or name. Schuster & Paliwal, 1997.
func Bidirectional(layer Recurrent, options ...BidirectionalOption) *BidirectionalLayer {
	l := &BidirectionalLayer{Layer: layer, Merge: MergeConcat}
	for _, o := range options {
		o.applyBidirectional(l)
	}
	return l
}

// BidirectionalOption is an option of Bidirectional: MergeConcat, MergeSum,
// MergeMul, MergeAve, Name.
type BidirectionalOption interface{ applyBidirectional(*BidirectionalLayer) }

func (m MergeMode) applyBidirectional(l *BidirectionalLayer)  { l.Merge = m }
func (o NameOption) applyBidirectional(l *BidirectionalLayer) { l.Name = o.name }

// String describes the layer: "Bidirectional LSTM 64, sum".
func (l *BidirectionalLayer) String() string {
	if isNil(l.Layer) {
		return "Bidirectional"
	}
	s := "Bidirectional " + describe(l.Layer)
	if l.Merge != MergeConcat {
		s += ", " + string(l.Merge)
	}
	return s
}

// OutShape implements Layer.
func (l *BidirectionalLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if isNil(l.Layer) {
		return nil, errors.New("the layer inside is nil; give it a SimpleRNN, LSTM or GRU")
	}
	out, err := l.Layer.OutShape(in)
	if err != nil {
		return nil, err
	}
	switch l.Merge {
	case MergeConcat, "":
		out[len(out)-1] *= 2
	case MergeSum, MergeMul, MergeAve:
	default:
		return nil, fmt.Errorf("merge mode is %q; it must be MergeConcat, MergeSum, MergeMul or MergeAve", string(l.Merge))
	}
	return out, nil
}

// Apply implements Layer.
func (l *BidirectionalLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	name := innerName(l.Layer)
	twin := l.Layer.clone()
	twin.settings().GoBackwards = !twin.settings().GoBackwards
	var forward, backward *graph.Node
	b.within("forward_"+name, func() { forward = overTime(l.Layer, b, x) })
	b.within("backward_"+name, func() { backward = overTime(twin, b, x) })
	y := l.merged(forward, backward)
	if !l.Layer.settings().ReturnSequences {
		return y
	}
	if keep := b.countedSteps(x); keep != nil {
		y = graph.Mul(y, keep)
	}
	if l.Layer.settings().GoBackwards { // the outputs are in the first layer's order
		y = graph.Reverse(y, 1)
	}
	return y
}

// merged joins two outputs in order of time.
func (l *BidirectionalLayer) merged(a, b *graph.Node) *graph.Node {
	switch l.Merge {
	case MergeSum:
		return graph.Add(a, b)
	case MergeMul:
		return graph.Mul(a, b)
	case MergeAve:
		return graph.MulScalar(graph.Add(a, b), 0.5)
	}
	return graph.Concatenate([]*graph.Node{a, b}, -1)
}

// flops implements flopsCounter.
func (l *BidirectionalLayer) flops(in []tensor.Shape, out tensor.Shape) int64 {
	inner, ok := l.Layer.(flopsCounter)
	if !ok {
		return int64(out.Size())
	}
	return 2 * inner.flops(in, out)
}

func (l *BidirectionalLayer) runsOnHost() bool {
	inner, ok := l.Layer.(hostLayer)
	return ok && inner.runsOnHost()
}

// prefersSequential implements sequential.
func (l *BidirectionalLayer) prefersSequential() bool {
	inner, ok := l.Layer.(sequential)
	return ok && inner.prefersSequential()
}
