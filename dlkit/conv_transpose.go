package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Conv2DTransposeLayer is made by Conv2DTranspose.
type Conv2DTransposeLayer struct {
	named
	kernelOptions
	sliding
	// Filters is the number of output channels.
	Filters int
	// OutputPadding, unless nil, chooses the output's size by how many pixels
	// are added at its end.
	OutputPadding *HW `json:",omitempty"`
	// Activation is applied to the result.
	Activation Activation
}

// Conv2DTranspose goes the way of Conv2D backwards: with strides it makes
// pictures larger, as decoders and generators need. Every input pixel stamps
// the kernel, times its value, onto the output. Input (height, width,
// channels), output (height', width', filters), where height' is height·stride
// with Same and (height − 1)·stride + max(kernel, stride) with Valid. Weights
// kernel (kh, kw, filters, channels) and bias (filters,).
func Conv2DTranspose[S Size](filters int, kernel S, options ...Conv2DTransposeOption) *Conv2DTransposeLayer {
	c := &Conv2DTransposeLayer{Filters: filters, sliding: slidingBy(sizeOf(kernel))}
	for _, o := range options {
		o.applyTranspose(c)
	}
	return c
}

// Conv2DTransposeOption is an option of Conv2DTranspose: an Activation, Valid
// or Same, Strides, Dilation, OutputPadding, Name, NoBias, KernelInit,
// BiasInit, L1, L2, MaxNorm.
type Conv2DTransposeOption interface {
	applyTranspose(*Conv2DTransposeLayer)
}

func (a Activation) applyTranspose(c *Conv2DTransposeLayer)     { c.Activation = a }
func (o NameOption) applyTranspose(c *Conv2DTransposeLayer)     { c.Name = o.name }
func (o KernelOption) applyTranspose(c *Conv2DTransposeLayer)   { o(&c.kernelOptions) }
func (p Padding) applyTranspose(c *Conv2DTransposeLayer)        { c.Padding = p }
func (o StridesOption) applyTranspose(c *Conv2DTransposeLayer)  { c.Strides = o.strides }
func (o DilationOption) applyTranspose(c *Conv2DTransposeLayer) { c.Dilation = o.rate }
func (o OutputPaddingOption) applyTranspose(c *Conv2DTransposeLayer) {
	c.OutputPadding = &o.size
}

// String describes the layer: "Conv2DTranspose 64, 3×3, strides 2×2, same".
func (c *Conv2DTransposeLayer) String() string {
	s := fmt.Sprintf("Conv2DTranspose %d, %s", c.Filters, describeWindow(c.Kernel, c.Strides, c.Dilation, HW{1, 1}, c.Padding))
	if c.OutputPadding != nil {
		s += ", output padding " + c.OutputPadding.String()
	}
	return s + withActivation(c.Activation)
}

// axis places the window of the convolution whose way back the layer is: in is
// the layer's output.
func (c *Conv2DTransposeLayer) axis(i, size int) axisWindow {
	w := axisWindow{out: size, kernel: c.Kernel[i], stride: c.Strides[i], dilation: c.Dilation[i]}
	reach := w.reach()
	var margin int // what is cut off both sides of the full result, less what is added
	switch {
	case c.Padding == Same && c.OutputPadding == nil:
		margin = reach - w.stride
	case c.Padding == Same:
		margin = reach - reach%2 - c.OutputPadding[i]
	case c.OutputPadding == nil:
		margin = min(0, reach-w.stride)
	default:
		margin = -c.OutputPadding[i]
	}
	w.in = (size-1)*w.stride + reach - margin
	if c.Padding == Same && w.stride < reach {
		w.pad = reach - 1 - ceilHalf(2*(reach-1)-margin)
	}
	return w
}

func ceilHalf(n int) int { return (n + 1) / 2 }

// OutShape implements Layer.
func (c *Conv2DTransposeLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := firstError(wantFilters(c.Filters), c.check()); err != nil {
		return nil, err
	}
	if err := c.Padding.check(); err != nil {
		return nil, err
	}
	stamp := c.sliding
	stamp.Padding = Same // any input will do
	if _, _, err := stamp.place(in); err != nil {
		return nil, err
	}
	if p := c.OutputPadding; p != nil && (p[0] < 0 || p[1] < 0 || p[0] >= c.Strides[0] || p[1] >= c.Strides[1]) {
		return nil, fmt.Errorf("output padding is %v; it must be at least 0 and below the strides %v", *p, c.Strides)
	}
	h, w := c.axis(0, in[0]), c.axis(1, in[1])
	if h.in < 1 || w.in < 1 {
		return nil, fmt.Errorf("input %v gives an output of %v; use a larger kernel, larger strides, or dlkit.Same", in, HW{h.in, w.in})
	}
	return tensor.Shape{h.in, w.in, c.Filters}, nil
}

// Apply implements Layer.
func (c *Conv2DTransposeLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	d := dims(x)
	kernel := c.kernel(b, "kernel", kernelShape(c.Kernel, c.Filters, d[3]))
	bias := c.bias(b, c.Filters)
	conv := convolution{c.axis(0, d[1]), c.axis(1, d[2]), 1}
	if c.Activation == ReLU {
		y := conv.applyTransposed(b.inner(x), kernel, bias, true)
		return b.activated(b.fromInner(y), nil, ReLU)
	}
	return b.activateInner(conv.applyTransposed(b.inner(x), kernel, bias, false), c.Activation)
}

// wideInside implements the interface of that name.
func (*Conv2DTransposeLayer) wideInside() {}
