package dlkit

import (
	"errors"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// TimeDistributedLayer is made by TimeDistributed.
type TimeDistributedLayer struct {
	named
	// Layer is applied to every step.
	Layer Layer
}

// TimeDistributed applies a layer to every step of a sequence, with the same
// weights: a Conv2D to every picture of a film. Input (steps, …), output
// (steps, what the layer makes of …). Dense does so by itself.
func TimeDistributed(layer Layer, name ...NameOption) *TimeDistributedLayer {
	l := &TimeDistributedLayer{Layer: layer}
	l.rename(name)
	return l
}

// String describes the layer: "TimeDistributed Dense 64, relu".
func (l *TimeDistributedLayer) String() string {
	if isNil(l.Layer) {
		return "TimeDistributed"
	}
	return "TimeDistributed " + describe(l.Layer)
}

// OutShape implements Layer.
func (l *TimeDistributedLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if isNil(l.Layer) {
		return nil, errors.New("the layer inside is nil; give it one to apply to every step")
	}
	if len(in) < 1 {
		return nil, fmt.Errorf("input %v has no steps; TimeDistributed wants (steps, …)", in)
	}
	out, err := l.Layer.OutShape(in[1:].Clone())
	if err != nil {
		return nil, err
	}
	return append(tensor.Shape{in[0]}, out...), nil
}

// wantsInts implements intInput.
func (l *TimeDistributedLayer) wantsInts() bool {
	w, ok := l.Layer.(intInput)
	return ok && w.wantsInts()
}

// takesInts reports whether the layer inside says that whole numbers are fine.
func (l *TimeDistributedLayer) takesInts() bool {
	w, ok := l.Layer.(interface{ takesInts() bool })
	return ok && w.takesInts()
}

// checkValues implements valueChecker.
func (l *TimeDistributedLayer) checkValues(x *tensor.Tensor) error {
	if c, ok := l.Layer.(valueChecker); ok {
		return c.checkValues(x)
	}
	return nil
}

// Apply implements Layer.
func (l *TimeDistributedLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	d := dims(x)
	n, steps := d[0], d[1]
	flat := graph.Reshape(x, append([]int{n * steps}, d[2:]...)...)
	var y *graph.Node
	b.within(innerName(l.Layer), func() { y = l.Layer.Apply(b, flat) })
	shape := append([]int{n, steps}, dims(y)[1:]...)
	out := graph.Reshape(y, shape...)
	if p, ok := b.raw[y]; ok {
		if p.x != nil {
			p.x = graph.Reshape(p.x, shape...)
		}
		b.activated(out, p.x, p.act)
	}
	return out
}
