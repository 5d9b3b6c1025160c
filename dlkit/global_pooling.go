package dlkit

import (
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// globalPool is what layers that pool everything have in common.
type globalPool struct {
	named
	// KeepDims keeps the axes that are pooled, with a length of 1.
	KeepDims bool
}

// GlobalPoolOption is an option of global pooling layers: KeepDims, Name.
type GlobalPoolOption interface{ applyGlobalPool(*globalPool) }

// KeepDimsOption is the type of KeepDims.
type KeepDimsOption struct{}

// KeepDims keeps the axes that a global pooling layer pools, with a length of
// 1: (1, 1, channels) instead of (channels,).
var KeepDims KeepDimsOption

func (o NameOption) applyGlobalPool(p *globalPool)   { p.Name = o.name }
func (KeepDimsOption) applyGlobalPool(p *globalPool) { p.KeepDims = true }

func newGlobalPool(options []GlobalPoolOption) (p globalPool) {
	for _, o := range options {
		o.applyGlobalPool(&p)
	}
	return p
}

func (p *globalPool) outShape(in tensor.Shape) tensor.Shape {
	channels := in[len(in)-1]
	if !p.KeepDims {
		return tensor.Shape{channels}
	}
	out := in.Clone()
	for i := range out {
		out[i] = 1
	}
	out[len(out)-1] = channels
	return out
}

// global2D and global1D check the input.
type global2D struct{ globalPool }

// OutShape implements Layer.
func (p *global2D) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := wantPicture(in); err != nil {
		return nil, err
	}
	return p.outShape(in), nil
}

type global1D struct{ globalPool }

// OutShape implements Layer.
func (p *global1D) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := wantSequence(in); err != nil {
		return nil, err
	}
	return p.outShape(in), nil
}

// stopsMask implements maskStopper: there are no steps any more.
func (p *global1D) stopsMask() {}

// apply reduces all axes of x but the first and the last by reduce, which is
// given (outer, values, inner) and takes away the middle, in the layout that x
// is kept in.
func (p *globalPool) apply(b *Builder, x *graph.Node, reduce func(x *graph.Node) *graph.Node) *graph.Node {
	d := dims(x)
	n, channels := d[0], d[len(d)-1]
	var y *graph.Node
	if b.isInner(x) {
		y = graph.Transpose(reduce(graph.Reshape(b.inner(x), channels, -1, n)), 0, 1)
	} else {
		y = reduce(graph.Reshape(x, n, -1, channels))
	}
	return graph.Reshape(y, append([]int{n}, p.outShape(d[1:])...)...)
}

// GlobalMaxPool2DLayer is made by GlobalMaxPool2D.
type GlobalMaxPool2DLayer struct{ global2D }

// GlobalMaxPool2D keeps the largest value of every channel: input (height,
// width, channels), output (channels,), or (1, 1, channels) with KeepDims.
func GlobalMaxPool2D(options ...GlobalPoolOption) *GlobalMaxPool2DLayer {
	return &GlobalMaxPool2DLayer{global2D{newGlobalPool(options)}}
}

// Apply implements Layer.
func (p *GlobalMaxPool2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return p.apply(b, x, maxOfMiddle)
}

// GlobalAvgPool2DLayer is made by GlobalAvgPool2D.
type GlobalAvgPool2DLayer struct{ global2D }

// GlobalAvgPool2D takes the mean of every channel: input (height, width,
// channels), output (channels,), or (1, 1, channels) with KeepDims. Lin et al.,
// 2013.
func GlobalAvgPool2D(options ...GlobalPoolOption) *GlobalAvgPool2DLayer {
	return &GlobalAvgPool2DLayer{global2D{newGlobalPool(options)}}
}

// Apply implements Layer.
func (p *GlobalAvgPool2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return p.apply(b, x, meanOfMiddle)
}

// GlobalMaxPool1DLayer is made by GlobalMaxPool1D.
type GlobalMaxPool1DLayer struct{ global1D }

// GlobalMaxPool1D keeps the largest value of every channel over all steps:
// input (steps, channels), output (channels,), or (1, channels) with KeepDims.
func GlobalMaxPool1D(options ...GlobalPoolOption) *GlobalMaxPool1DLayer {
	return &GlobalMaxPool1DLayer{global1D{newGlobalPool(options)}}
}

// Apply implements Layer.
func (p *GlobalMaxPool1DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return p.apply(b, x, maxOfMiddle)
}

// GlobalAvgPool1DLayer is made by GlobalAvgPool1D.
type GlobalAvgPool1DLayer struct{ global1D }

// GlobalAvgPool1D takes the mean of every channel over all steps, or over
// those that count where the sequence has a mask. Input (steps, channels),
// output (channels,), or (1, channels) with KeepDims.
func GlobalAvgPool1D(options ...GlobalPoolOption) *GlobalAvgPool1DLayer {
	return &GlobalAvgPool1DLayer{global1D{newGlobalPool(options)}}
}

// Apply implements Layer.
func (p *GlobalAvgPool1DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	mask := b.Mask(x)
	if mask == nil {
		return p.apply(b, x, meanOfMiddle)
	}
	d := dims(x)
	counts := graph.ConvertDType(mask, x.DType())
	sum := sumOfMiddle(graph.Mul(x, graph.Reshape(counts, d[0], d[1], 1)))
	number := graph.MaxScalar(graph.ReduceAndKeep(counts, graph.ReduceSum, 1), 1.0)
	return graph.Reshape(graph.Div(sum, number), append([]int{d[0]}, p.outShape(d[1:])...)...)
}

// meanOfMiddle is the mean over the middle axis of (outer, values, inner).
func meanOfMiddle(x *graph.Node) *graph.Node {
	return graph.MulScalar(sumOfMiddle(x), 1/float64(dims(x)[1]))
}

// sumOfMiddle is the sum over the middle axis.
func sumOfMiddle(x *graph.Node) *graph.Node {
	d := dims(x)
	return customVJP(graph.ReduceSum(x, 1), func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{stretched(dy, d[1])}
	}, x)
}

// maxOfMiddle is the largest along the middle axis; equals share the gradient.
func maxOfMiddle(x *graph.Node) *graph.Node { return graph.ReduceMax(x, 1) }
