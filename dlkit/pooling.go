package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Pooling layers go by the shorter of Keras' two names; MaxPooling2D and the
// other long names make the same layers.

// poolOptions are what the options of a pooling layer set.
type poolOptions struct {
	name    string
	strides HW
	padding Padding
}

// PoolOption is an option of pooling layers: Valid or Same, Strides, Name.
type PoolOption interface{ applyPool(*poolOptions) }

func (o NameOption) applyPool(p *poolOptions)    { p.name = o.name }
func (o StridesOption) applyPool(p *poolOptions) { p.strides = o.strides }
func (p Padding) applyPool(o *poolOptions)       { o.padding = p }

// pool2D is what pooling layers over pictures have in common.
type pool2D struct {
	named
	// Pool is the window's height and width.
	Pool HW
	// Strides are the steps of the window; usually its size.
	Strides HW
	// Padding says what happens at the edges.
	Padding Padding
}

func newPool2D(pool HW, options []PoolOption) pool2D {
	o := collectPool(pool, options)
	return pool2D{named{o.name}, pool, o.strides, o.padding}
}

func collectPool(pool HW, options []PoolOption) poolOptions {
	o := poolOptions{strides: pool, padding: Valid}
	for _, option := range options {
		option.applyPool(&o)
	}
	return o
}

func (p *pool2D) describe(kind string) string {
	return kind + " " + describeWindow(p.Pool, p.Strides, HW{1, 1}, p.Pool, p.Padding)
}

func (p *pool2D) windows(in tensor.Shape) (h, w axisWindow) {
	return slide(in[0], p.Pool[0], p.Strides[0], 1, p.Padding), slide(in[1], p.Pool[1], p.Strides[1], 1, p.Padding)
}

// OutShape implements Layer.
func (p *pool2D) OutShape(in tensor.Shape) (tensor.Shape, error) {
	s := sliding{Kernel: p.Pool, Strides: p.Strides, Dilation: HW{1, 1}, Padding: p.Padding}
	h, w, err := s.place(in)
	if err != nil {
		return nil, err
	}
	return tensor.Shape{h.out, w.out, in[2]}, nil
}

// MaxPool2DLayer is made by MaxPool2D.
type MaxPool2DLayer struct{ pool2D }

// MaxPool2D keeps the largest value of every window, channel by channel, and so
// makes pictures smaller: by a half with MaxPool2D(2). Input (height, width,
// channels), output (height', width', channels), sizes as for Conv2D; the
// window's strides are its size unless said otherwise.
func MaxPool2D[S Size](pool S, options ...PoolOption) *MaxPool2DLayer {
	return &MaxPool2DLayer{newPool2D(sizeOf(pool), options)}
}

// String describes the layer: "MaxPool2D 2×2".
func (p *MaxPool2DLayer) String() string { return p.describe("MaxPool2D") }

// Apply implements Layer.
func (p *MaxPool2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	h, w := p.windows(dims(x)[1:])
	c, ok := b.convolvedInto(x)
	switch {
	case ok && c.pixels:
		return c.pooledPixels(h, w)
	case b.pixelwise(x):
		return maxPool(x, h, w)
	case ok && h.stride*w.stride > 1:
		return b.fromInner(c.pooled(h, w))
	}
	if p, ok := b.activatedInto(x); ok && h.stride*w.stride > 1 {
		return b.activateInner(maxPool(b.inner(p.x), h, w), p.act)
	}
	return b.fromInner(maxPool(b.inner(x), h, w))
}

// AvgPool2DLayer is made by AvgPool2D.
type AvgPool2DLayer struct{ pool2D }

// AvgPool2D takes the mean of every window, channel by channel. Shapes and
// strides as for MaxPool2D; with Same, the margin does not count.
func AvgPool2D[S Size](pool S, options ...PoolOption) *AvgPool2DLayer {
	return &AvgPool2DLayer{newPool2D(sizeOf(pool), options)}
}

// String describes the layer: "AvgPool2D 2×2".
func (p *AvgPool2DLayer) String() string { return p.describe("AvgPool2D") }

// Apply implements Layer.
func (p *AvgPool2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	h, w := p.windows(dims(x)[1:])
	return b.fromInner(meanPool(b.inner(x), h, w))
}

// pool1D is what pooling layers over sequences have in common.
type pool1D struct {
	named
	// Pool is the number of steps that a window covers.
	Pool int
	// Strides is how many steps the window moves at a time; usually its size.
	Strides int
	// Padding says what happens at the ends.
	Padding Padding

	err error // of an option
}

func newPool1D(pool int, options []PoolOption) pool1D {
	o := collectPool(HW{pool, pool}, options)
	strides, err := lineOf("Strides", o.strides)
	return pool1D{named: named{o.name}, Pool: pool, Strides: strides, Padding: o.padding, err: err}
}

func (p *pool1D) describe(kind string) string {
	s := fmt.Sprintf("%s %d", kind, p.Pool)
	if p.Strides != p.Pool {
		s += fmt.Sprintf(", strides %d", p.Strides)
	}
	if p.Padding == Same {
		s += ", same"
	}
	return s
}

// OutShape implements Layer.
func (p *pool1D) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := firstError(p.err, p.Padding.check()); err != nil {
		return nil, err
	}
	w, err := placeLine(in, p.Pool, p.Strides, 1, p.Padding)
	if err != nil {
		return nil, err
	}
	return tensor.Shape{w.out, in[1]}, nil
}

// apply pools a sequence as a picture of one row.
func (p *pool1D) apply(b *Builder, x *graph.Node, pool func(x *graph.Node, h, w axisWindow) *graph.Node) *graph.Node {
	return b.fromInner(asLine(pool(asRow(b.inner(x)), still, p.window(x))))
}

// window places the window over x (n, steps, channels).
func (p *pool1D) window(x *graph.Node) axisWindow {
	return slide(dims(x)[1], p.Pool, p.Strides, 1, p.Padding)
}

// stopsMask implements maskStopper: steps are merged.
func (p *pool1D) stopsMask() {}

// MaxPool1DLayer is made by MaxPool1D.
type MaxPool1DLayer struct{ pool1D }

// MaxPool1D keeps the largest value of every window of steps, channel by
// channel. Input (steps, channels), output (steps', channels); the window's
// strides are its size unless said otherwise.
func MaxPool1D(pool int, options ...PoolOption) *MaxPool1DLayer {
	return &MaxPool1DLayer{newPool1D(pool, options)}
}

// String describes the layer: "MaxPool1D 2".
func (p *MaxPool1DLayer) String() string { return p.describe("MaxPool1D") }

// Apply implements Layer.
func (p *MaxPool1DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if c, ok := b.convolvedInto(x); ok && p.Strides > 1 {
		return b.fromInner(asLine(c.pooled(still, p.window(x))))
	}
	if a, ok := b.activatedInto(x); ok && p.Strides > 1 {
		y := asLine(maxPool(asRow(b.inner(a.x)), still, p.window(x)))
		return b.activateInner(y, a.act)
	}
	return p.apply(b, x, maxPool)
}

// AvgPool1DLayer is made by AvgPool1D.
type AvgPool1DLayer struct{ pool1D }

// AvgPool1D takes the mean of every window of steps, channel by channel. Shapes
// and strides as for MaxPool1D; with Same, the margin does not count.
func AvgPool1D(pool int, options ...PoolOption) *AvgPool1DLayer {
	return &AvgPool1DLayer{newPool1D(pool, options)}
}

// String describes the layer: "AvgPool1D 2".
func (p *AvgPool1DLayer) String() string { return p.describe("AvgPool1D") }

// Apply implements Layer.
func (p *AvgPool1DLayer) Apply(b *Builder, x *graph.Node) *graph.Node { return p.apply(b, x, meanPool) }
