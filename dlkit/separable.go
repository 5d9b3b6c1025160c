package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// SeparableConv2DLayer is made by SeparableConv2D.
type SeparableConv2DLayer struct {
	named
	kernelOptions
	sliding
	// Filters is the number of output channels.
	Filters int
	// Multiplier is the number of values that the first step makes of every
	// channel.
	Multiplier int
	// Activation is applied to the result.
	Activation Activation
}

// SeparableConv2D is a convolution in two steps, with far fewer weights than
// Conv2D: a DepthwiseConv2D, then a mixing of the channels pixel by pixel.
// Input (height, width, channels), output (height', width', filters), sizes as
// for Conv2D. Weights depthwise_kernel (kh, kw, channels, multiplier),
// pointwise_kernel (1, 1, channels·multiplier, filters) and bias (filters,).
// KernelInit, L1, L2 and MaxNorm go for both kernels. Chollet, 2017.
func SeparableConv2D[S Size](filters int, kernel S, options ...SeparableConv2DOption) *SeparableConv2DLayer {
	c := &SeparableConv2DLayer{Filters: filters, Multiplier: 1, sliding: slidingBy(sizeOf(kernel))}
	for _, o := range options {
		o.applySeparable(c)
	}
	return c
}

// SeparableConv2DOption is an option of SeparableConv2D: an Activation, Valid
// or Same, Strides, Dilation, DepthMultiplier, Name, NoBias, KernelInit,
// BiasInit, L1, L2, MaxNorm.
type SeparableConv2DOption interface {
	applySeparable(*SeparableConv2DLayer)
}

func (a Activation) applySeparable(c *SeparableConv2DLayer)     { c.Activation = a }
func (o NameOption) applySeparable(c *SeparableConv2DLayer)     { c.Name = o.name }
func (o KernelOption) applySeparable(c *SeparableConv2DLayer)   { o(&c.kernelOptions) }
func (p Padding) applySeparable(c *SeparableConv2DLayer)        { c.Padding = p }
func (o StridesOption) applySeparable(c *SeparableConv2DLayer)  { c.Strides = o.strides }
func (o DilationOption) applySeparable(c *SeparableConv2DLayer) { c.Dilation = o.rate }
func (o DepthMultiplierOption) applySeparable(c *SeparableConv2DLayer) {
	c.Multiplier = int(o)
}

// String describes the layer: "SeparableConv2D 64, 3×3, same, relu".
func (c *SeparableConv2DLayer) String() string {
	s := fmt.Sprintf("SeparableConv2D %d, %s", c.Filters, describeWindow(c.Kernel, c.Strides, c.Dilation, HW{1, 1}, c.Padding))
	return s + withMultiplier(c.Multiplier) + withActivation(c.Activation)
}

// OutShape implements Layer.
func (c *SeparableConv2DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := firstError(wantFilters(c.Filters), wantMultiplier(c.Multiplier)); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	h, w, err := c.place(in)
	if err != nil {
		return nil, err
	}
	return tensor.Shape{h.out, w.out, c.Filters}, nil
}

// Apply implements Layer.
func (c *SeparableConv2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	in := tensor.Shape(dims(x)[1:])
	between := in[2] * c.Multiplier
	each := c.kernel(b, "depthwise_kernel", kernelShape(c.Kernel, in[2], c.Multiplier))
	mix := c.kernel(b, "pointwise_kernel", kernelShape(HW{1, 1}, between, c.Filters))
	bias := c.bias(b, c.Filters)
	h, w := c.windows(in)
	y := convolution{h, w, in[2]}.apply(b.inner(x), each, nil, false)
	point := convolution{slide(h.out, 1, 1, 1, Valid), slide(w.out, 1, 1, 1, Valid), 1}
	return b.convolve(convolved{conv: point, x: y, kernel: mix, bias: bias, activation: c.Activation})
}

// wideInside implements the interface of that name.
func (*SeparableConv2DLayer) wideInside() {}
