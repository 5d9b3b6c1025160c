package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// DepthwiseConv2DLayer is made by DepthwiseConv2D.
type DepthwiseConv2DLayer struct {
	named
	kernelOptions
	sliding
	// Multiplier is the number of filters of every channel.
	Multiplier int
	// Activation is applied to the result.
	Activation Activation
}

// DepthwiseConv2D is a convolution in which every channel has filters of its
// own and sees no other channel. Input (height, width, channels), output
// (height', width', channels·multiplier), sizes as for Conv2D. Weights kernel
// (kh, kw, channels, multiplier) and bias (channels·multiplier,).
func DepthwiseConv2D[S Size](kernel S, options ...DepthwiseConv2DOption) *DepthwiseConv2DLayer {
	c := &DepthwiseConv2DLayer{Multiplier: 1, sliding: slidingBy(sizeOf(kernel))}
	for _, o := range options {
		o.applyDepthwise(c)
	}
	return c
}

// DepthwiseConv2DOption is an option of DepthwiseConv2D: an Activation, Valid
// or Same, Strides, Dilation, DepthMultiplier, Name, NoBias, KernelInit,
// BiasInit, L1, L2, MaxNorm.
type DepthwiseConv2DOption interface {
	applyDepthwise(*DepthwiseConv2DLayer)
}

func (a Activation) applyDepthwise(c *DepthwiseConv2DLayer)     { c.Activation = a }
func (o NameOption) applyDepthwise(c *DepthwiseConv2DLayer)     { c.Name = o.name }
func (o KernelOption) applyDepthwise(c *DepthwiseConv2DLayer)   { o(&c.kernelOptions) }
func (p Padding) applyDepthwise(c *DepthwiseConv2DLayer)        { c.Padding = p }
func (o StridesOption) applyDepthwise(c *DepthwiseConv2DLayer)  { c.Strides = o.strides }
func (o DilationOption) applyDepthwise(c *DepthwiseConv2DLayer) { c.Dilation = o.rate }
func (o DepthMultiplierOption) applyDepthwise(c *DepthwiseConv2DLayer) {
	c.Multiplier = int(o)
}

// String describes the layer: "DepthwiseConv2D 3×3, same, relu".
func (c *DepthwiseConv2DLayer) String() string {
	s := "DepthwiseConv2D " + describeWindow(c.Kernel, c.Strides, c.Dilation, HW{1, 1}, c.Padding)
	return s + withMultiplier(c.Multiplier) + withActivation(c.Activation)
}

func withMultiplier(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(", multiplier %d", n)
}

// OutShape implements Layer.
func (c *DepthwiseConv2DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := firstError(wantMultiplier(c.Multiplier), c.check()); err != nil {
		return nil, err
	}
	h, w, err := c.place(in)
	if err != nil {
		return nil, err
	}
	return tensor.Shape{h.out, w.out, in[2] * c.Multiplier}, nil
}

func wantMultiplier(n int) error {
	if n < 1 {
		return fmt.Errorf("depth multiplier is %d; every channel needs at least 1 filter", n)
	}
	return nil
}

// Apply implements Layer: as many groups as channels.
func (c *DepthwiseConv2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	in := tensor.Shape(dims(x)[1:])
	kernel := c.kernel(b, "kernel", kernelShape(c.Kernel, in[2], c.Multiplier))
	bias := c.bias(b, in[2]*c.Multiplier)
	h, w := c.windows(in)
	return b.convolve(convolved{conv: convolution{h, w, in[2]}, x: b.inner(x), kernel: kernel, bias: bias, activation: c.Activation})
}

// wideInside implements the interface of that name.
func (*DepthwiseConv2DLayer) wideInside() {}
