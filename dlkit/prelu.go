package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// PReLULayer is made by PReLU.
type PReLULayer struct {
	named
	// Shared are the axes, counted from 1, along which one slope goes for all.
	Shared []int
}

// PReLU is x for x > 0 and alpha·x below, alpha being learnt, 0 at first. Any
// shape; weight alpha of the input's shape, with 1 in place of the shared axes.
// He et al., 2015.
func PReLU(options ...PReLUOption) *PReLULayer {
	p := &PReLULayer{}
	for _, o := range options {
		o.applyPReLU(p)
	}
	return p
}

// PReLUOption is an option of PReLU: SharedAxes, Name.
type PReLUOption interface{ applyPReLU(*PReLULayer) }

// SharedAxesOption is made by SharedAxes.
type SharedAxesOption []int

// SharedAxes lets PReLU learn one slope for all positions along the axes,
// counted from 1: for pictures, SharedAxes(1, 2) gives one slope a channel.
func SharedAxes(axes ...int) SharedAxesOption { return axes }

func (o NameOption) applyPReLU(p *PReLULayer)       { p.Name = o.name }
func (o SharedAxesOption) applyPReLU(p *PReLULayer) { p.Shared = append([]int{}, o...) }

// OutShape implements Layer.
func (p *PReLULayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	for _, a := range p.Shared {
		if a < 1 || a > len(in) {
			return nil, fmt.Errorf("shared axis %d: the input %v has axes 1 to %d", a, in, len(in))
		}
	}
	return in, nil
}

// Apply implements Layer.
func (p *PReLULayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	shape := tensor.Shape(dims(x)[1:]).Clone()
	for _, a := range p.Shared {
		shape[a-1] = 1
	}
	slope := b.Weight("alpha", shape, Zeros)
	slope = graph.Reshape(slope, append([]int{1}, shape...)...)
	if b.isInner(x) {
		slope = channelsFirst(slope)
	}
	return b.elementwise(x, func(x *graph.Node) *graph.Node {
		return graph.Sub(reluOf(x), graph.Mul(slope, reluOf(graph.Neg(x))))
	})
}
