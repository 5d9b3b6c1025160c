package dlkit

import "github.com/gomlx/gomlx/core/graph"

// A convolution, an activation and max pooling in a row go faster the other
// way round: pooling before bias and activation, which leaves them a quarter of
// the work, and no convolution where pooling does not look. As long as the
// activation never falls where its input rises, the largest value stays the
// largest, and the result is the same to the bit.

// convolved is what a convolution's output was made of.
type convolved struct {
	conv         convolution
	x            *graph.Node // in the inner layout, but of pixels in the outer one
	kernel, bias *graph.Node // bias nil if none
	activation   Activation
	line         bool // the output is the one row of a picture
	pixels       bool // computed by convolution.byPixels
}

// rises reports whether the activation never falls where its input rises.
func (a Activation) rises() bool {
	switch a.kind {
	case linear, relu, selu, sigmoid, hardSigmoid, tanh, softplus, softsign:
		return true
	case leakyReLU, elu:
		return a.param >= 0
	}
	return false
}

// rememberConvolved notes what y, the output of a convolution, was made of.
func (b *Builder) rememberConvolved(y *graph.Node, c convolved) {
	if !c.activation.rises() {
		return
	}
	if b.convolved == nil {
		b.convolved = map[*graph.Node]convolved{}
	}
	b.convolved[y] = c
}

// convolvedInto tells what x was made of, if it is the output of a convolution
// and nobody but the layer being applied uses it.
func (b *Builder) convolvedInto(x *graph.Node) (convolved, bool) {
	c, ok := b.convolved[x]
	return c, ok && b.sole == x
}

// activatedInto tells what x was activated from, if that keeps the order of
// values, lies in the inner layout, and nobody but the layer being applied uses
// x. Max pooling then goes first: of the same values, it leaves the activation
// a quarter.
func (b *Builder) activatedInto(x *graph.Node) (preactivation, bool) {
	p, ok := b.raw[x]
	return p, ok && p.x != nil && b.sole == x && p.act.rises() && b.isInner(p.x)
}

// activateConvolved notes that y is an activation of x, where x is the output
// of a convolution without one.
func (b *Builder) activateConvolved(x, y *graph.Node, act Activation) *graph.Node {
	if c, ok := b.convolvedInto(x); ok && c.activation == Linear {
		c.activation = act
		b.rememberConvolved(y, c)
	}
	return y
}

// convolveScaled is scale·y + offset, vectors with a number for every filter,
// where y is the convolution's output, by scaling the kernel instead of all the
// outputs.
func (b *Builder) convolveScaled(c convolved, scale, offset *graph.Node) *graph.Node {
	filters := scale.Shape().Size()
	kernel := graph.Mul(graph.Reshape(c.kernel, -1, filters), across(scale, 0))
	if c.bias != nil {
		offset = graph.Add(offset, graph.Mul(c.bias, scale))
	}
	c.kernel, c.bias = graph.Reshape(kernel, dims(c.kernel)...), offset
	return b.convolve(c)
}

// pooledPixels is pooled for a single picture in the outer layout.
func (c convolved) pooledPixels(h, w axisWindow) *graph.Node {
	conv := c.conv
	h, w = conv.h.shorten(h), conv.w.shorten(w)
	y := maxPool(conv.byPixels(c.x, c.kernel, nil, false), h, w)
	if c.bias != nil {
		y = graph.Add(y, graph.Reshape(c.bias, 1, 1, 1, -1))
	}
	return c.activation.apply(y)
}

// pooled is the largest of every window over the convolution's output, in the
// inner layout.
func (c convolved) pooled(h, w axisWindow) *graph.Node {
	conv := c.conv
	h, w = conv.h.shorten(h), conv.w.shorten(w)
	y := addBias(maxPool(conv.apply(c.x, c.kernel, nil, false), h, w), c.bias, c.activation == ReLU)
	if c.activation != ReLU {
		y = c.activation.apply(y)
	}
	return y
}

// shorten leaves out the last outputs of c, which a window over them does not
// touch, and returns the window over those that are left.
func (c *axisWindow) shorten(over axisWindow) axisWindow {
	c.out = min(c.out, over.end())
	over.in = c.out
	return over
}

// addBias is biased for x (c, h, w, n), with a gradient of our own.
func addBias(x, bias *graph.Node, withReLU bool) *graph.Node {
	d := dims(x)
	inputs := append([]*graph.Node{x}, present(bias)...)
	y := graph.Reshape(biased(graph.Reshape(x, d[0], -1), bias, withReLU), d...)
	return customVJP(y, func(y, dy *graph.Node) []*graph.Node {
		if withReLU {
			dy = gatedByPositive(y, dy)
		}
		if bias == nil {
			return []*graph.Node{dy}
		}
		return []*graph.Node{dy, graph.ReduceSum(dy, 1, 2, 3)}
	}, inputs...)
}
