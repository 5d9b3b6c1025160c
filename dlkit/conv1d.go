package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Conv1DLayer is made by Conv1D.
type Conv1DLayer struct {
	named
	kernelOptions
	// Filters is the number of output channels.
	Filters int
	// Kernel is the number of steps that a window covers.
	Kernel int
	// Strides is how many steps the window moves at a time.
	Strides int
	// Dilation is the distance between the steps of a window.
	Dilation int
	// Padding says what happens at the ends: Valid, Same or "causal".
	Padding Padding
	// Groups is the number of groups that channels and filters are split into.
	Groups int
	// Activation is applied to the result.
	Activation Activation

	err error // of an option
}

// Conv1D is a convolution over sequences: input (steps, channels), output
// (steps', filters), where steps' is steps − kernel + 1 with Valid and steps
// with Same and Causal, divided by the strides and rounded up. Weights kernel
// (kernel, channels/groups, filters) and bias (filters,).
func Conv1D(filters, kernel int, options ...Conv1DOption) *Conv1DLayer {
	c := &Conv1DLayer{Filters: filters, Kernel: kernel, Strides: 1, Dilation: 1, Padding: Valid, Groups: 1}
	for _, o := range options {
		o.applyConv1D(c)
	}
	return c
}

// Conv1DOption is an option of Conv1D: an Activation, Valid, Same or Causal,
// Strides, Dilation, Groups, Name, NoBias, KernelInit, BiasInit, L1, L2,
// MaxNorm.
type Conv1DOption interface{ applyConv1D(*Conv1DLayer) }

func (a Activation) applyConv1D(c *Conv1DLayer)   { c.Activation = a }
func (o NameOption) applyConv1D(c *Conv1DLayer)   { c.Name = o.name }
func (o KernelOption) applyConv1D(c *Conv1DLayer) { o(&c.kernelOptions) }
func (p Padding) applyConv1D(c *Conv1DLayer)      { c.Padding = p }
func (CausalOption) applyConv1D(c *Conv1DLayer)   { c.Padding = causal }
func (o GroupsOption) applyConv1D(c *Conv1DLayer) { c.Groups = int(o) }
func (o StridesOption) applyConv1D(c *Conv1DLayer) {
	n, err := lineOf("Strides", o.strides)
	c.Strides, c.err = n, firstError(c.err, err)
}
func (o DilationOption) applyConv1D(c *Conv1DLayer) {
	n, err := lineOf("Dilation", o.rate)
	c.Dilation, c.err = n, firstError(c.err, err)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// String describes the layer: "Conv1D 64, 3, causal, relu".
func (c *Conv1DLayer) String() string {
	s := fmt.Sprintf("Conv1D %d, %d", c.Filters, c.Kernel)
	for _, v := range []struct {
		name  string
		value int
	}{{"strides", c.Strides}, {"dilation", c.Dilation}, {"groups", c.Groups}} {
		if v.value != 1 {
			s += fmt.Sprintf(", %s %d", v.name, v.value)
		}
	}
	if c.Padding != Valid && c.Padding != "" {
		s += ", " + string(c.Padding)
	}
	return s + withActivation(c.Activation)
}

// OutShape implements Layer.
func (c *Conv1DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if c.err != nil {
		return nil, c.err
	}
	if err := firstError(wantFilters(c.Filters), c.check()); err != nil {
		return nil, err
	}
	if c.Padding != causal {
		if err := c.Padding.check(); err != nil {
			return nil, err
		}
	}
	w, err := placeLine(in, c.Kernel, c.Strides, c.Dilation, c.Padding)
	if err != nil {
		return nil, err
	}
	if err := wantGroups(c.Groups, in[1], c.Filters); err != nil {
		return nil, err
	}
	return tensor.Shape{w.out, c.Filters}, nil
}

// placeLine checks a window over a sequence and places it.
func placeLine(in tensor.Shape, kernel, strides, dilation int, padding Padding) (axisWindow, error) {
	if err := wantSequence(in); err != nil {
		return axisWindow{}, err
	}
	for _, v := range []struct {
		name  string
		value int
	}{{"kernel", kernel}, {"strides", strides}, {"dilation", dilation}} {
		if v.value < 1 {
			return axisWindow{}, fmt.Errorf("%s is %d; it must be at least 1", v.name, v.value)
		}
	}
	w := slide(in[0], kernel, strides, dilation, padding)
	if w.out < 1 {
		return w, fmt.Errorf("input %v is shorter than the window of %d steps; drop one MaxPool1D before it, use a smaller window, or dlkit.Same", in, w.reach())
	}
	return w, nil
}

// Apply implements Layer: a sequence is a picture of one row.
func (c *Conv1DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	steps, channels := dims(x)[1], dims(x)[2]
	kernel := c.kernel(b, "kernel", tensor.Shape{c.Kernel, channels / c.Groups, c.Filters})
	bias := c.bias(b, c.Filters)
	conv := convolution{still, slide(steps, c.Kernel, c.Strides, c.Dilation, c.Padding), c.Groups}
	row, window := asRow(b.inner(x)), graph.Reshape(kernel, 1, c.Kernel, channels/c.Groups, c.Filters)
	return b.convolve(convolved{conv: conv, x: row, kernel: window, bias: bias, activation: c.Activation, line: true})
}

// asRow makes (c, steps, n) a picture of one row.
func asRow(x *graph.Node) *graph.Node {
	d := dims(x)
	return graph.Reshape(x, d[0], 1, d[1], d[2])
}

// asLine undoes asRow.
func asLine(x *graph.Node) *graph.Node {
	d := dims(x)
	return graph.Reshape(x, d[0], d[2], d[3])
}

// wideInside implements the interface of that name.
func (*Conv1DLayer) wideInside() {}
