package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Conv2DLayer is made by Conv2D.
type Conv2DLayer struct {
	named
	kernelOptions
	sliding
	// Filters is the number of output channels.
	Filters int
	// Groups is the number of groups that channels and filters are split into.
	Groups int
	// Activation is applied to the result.
	Activation Activation
}

// Conv2D is a convolution over pictures: a window moves over the picture, and
// every filter takes at every place the weighted sum of what is in the window.
// Input (height, width, channels), output (height', width', filters), where
// height' is height − kernel + 1 with Valid and height with Same, divided by
// the strides and rounded up. Weights kernel (kh, kw, channels/groups, filters)
// and bias (filters,).
//
//	Conv2D(64, 3, ReLU, Same, Strides(2), Groups(4))
//	Conv2D(8, HW{3, 5}) // a kernel 3 high and 5 wide
func Conv2D[S Size](filters int, kernel S, options ...Conv2DOption) *Conv2DLayer {
	c := &Conv2DLayer{Filters: filters, Groups: 1, sliding: slidingBy(sizeOf(kernel))}
	for _, o := range options {
		o.applyConv2D(c)
	}
	return c
}

// slidingBy is a window that moves by one pixel.
func slidingBy(kernel HW) sliding {
	return sliding{Kernel: kernel, Strides: HW{1, 1}, Dilation: HW{1, 1}, Padding: Valid}
}

// Conv2DOption is an option of Conv2D: an Activation, Valid or Same, Strides,
// Dilation, Groups, Name, NoBias, KernelInit, BiasInit, L1, L2, MaxNorm.
type Conv2DOption interface{ applyConv2D(*Conv2DLayer) }

func (a Activation) applyConv2D(c *Conv2DLayer)     { c.Activation = a }
func (o NameOption) applyConv2D(c *Conv2DLayer)     { c.Name = o.name }
func (o KernelOption) applyConv2D(c *Conv2DLayer)   { o(&c.kernelOptions) }
func (p Padding) applyConv2D(c *Conv2DLayer)        { c.Padding = p }
func (o StridesOption) applyConv2D(c *Conv2DLayer)  { c.Strides = o.strides }
func (o DilationOption) applyConv2D(c *Conv2DLayer) { c.Dilation = o.rate }
func (o GroupsOption) applyConv2D(c *Conv2DLayer)   { c.Groups = int(o) }

// String describes the layer: "Conv2D 64, 3×3, same, relu".
func (c *Conv2DLayer) String() string {
	s := fmt.Sprintf("Conv2D %d, %s", c.Filters, describeWindow(c.Kernel, c.Strides, c.Dilation, HW{1, 1}, c.Padding))
	if c.Groups != 1 {
		s += fmt.Sprintf(", groups %d", c.Groups)
	}
	return s + withActivation(c.Activation)
}

// OutShape implements Layer.
func (c *Conv2DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := wantFilters(c.Filters); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	h, w, err := c.place(in)
	if err != nil {
		return nil, err
	}
	if err := wantGroups(c.Groups, in[2], c.Filters); err != nil {
		return nil, err
	}
	return tensor.Shape{h.out, w.out, c.Filters}, nil
}

// Apply implements Layer.
func (c *Conv2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	in := tensor.Shape(dims(x)[1:])
	kernel := c.kernel(b, "kernel", kernelShape(c.Kernel, in[2]/c.Groups, c.Filters))
	bias := c.bias(b, c.Filters)
	h, w := c.windows(in)
	y := convolved{conv: convolution{h, w, c.Groups}, kernel: kernel, bias: bias, activation: c.Activation}
	if b.pixelwise(x) && y.conv.pixels() {
		y.x, y.pixels = x, true
	} else {
		y.x = b.inner(x)
	}
	return b.convolve(y)
}

// convolve adds a convolution and its activation, and gives the outer layout.
func (b *Builder) convolve(c convolved) *graph.Node {
	withReLU := c.activation == ReLU
	var y *graph.Node
	switch {
	case c.pixels && withReLU:
		y = b.activated(c.conv.byPixels(c.x, c.kernel, c.bias, true), nil, ReLU)
	case c.pixels:
		y = b.activate(c.conv.byPixels(c.x, c.kernel, c.bias, false), c.activation)
	case withReLU:
		y = b.activated(b.fromInner(c.inner(true)), nil, ReLU)
	default:
		y = b.activateInner(c.inner(false), c.activation)
	}
	b.rememberConvolved(y, c)
	return y
}

// inner is the convolution in the inner layout.
func (c convolved) inner(withReLU bool) *graph.Node {
	y := c.conv.apply(c.x, c.kernel, c.bias, withReLU)
	if c.line {
		y = asLine(y)
	}
	return y
}

// wideInside implements the interface of that name.
func (*Conv2DLayer) wideInside() {}
