package onnx

import "github.com/gofromzero/fromzero/dlkit"

// causal is the padding of dlkit.Causal.
const causal = dlkit.Padding("causal")

// window is the way of a window along one axis.
type window struct {
	kernel, stride, dilation int
	before, after            int // the margin
	out                      int // how often it fits
}

// windowAlong places a window along an axis of an example.
func windowAlong(x *value, axis, kernel, stride, dilation int, padding dlkit.Padding) window {
	in := x.shape[axis]
	w := window{kernel: kernel, stride: stride, dilation: dilation}
	reach := (kernel-1)*dilation + 1
	switch padding {
	case dlkit.Same:
		w.out = (in + stride - 1) / stride
		margin := max(0, (w.out-1)*stride+reach-in)
		w.before = margin / 2
		w.after = margin - w.before
	case causal:
		w.out = (in + stride - 1) / stride
		w.before = reach - 1
	default:
		w.out = (in-reach)/stride + 1
	}
	return w
}

// windowsOver places a window over a picture.
func windowsOver(x *value, kernel, strides, dilation dlkit.HW, padding dlkit.Padding) []window {
	return []window{
		windowAlong(x, 0, kernel[0], strides[0], dilation[0], padding),
		windowAlong(x, 1, kernel[1], strides[1], dilation[1], padding),
	}
}

// windowAttributes are those of a node with a window.
func windowAttributes(ws []window, dilated bool) attributes {
	var kernel, strides, dilations, before, after []int
	for _, w := range ws {
		kernel, strides, dilations = append(kernel, w.kernel), append(strides, w.stride), append(dilations, w.dilation)
		before, after = append(before, w.before), append(after, w.after)
	}
	a := attributes{"kernel_shape": kernel, "strides": strides, "pads": append(before, after...)}
	if dilated {
		a["dilations"] = dilations
	}
	return a
}

// convolve adds a convolution with kernel, already stored in ONNX's order, and
// the bias of the layer being exported.
func (e *exporter) convolve(x *value, kernel string, filters, groups int, withBias bool, ws ...window) *value {
	attrs := windowAttributes(ws, true)
	attrs["group"] = groups
	inputs := []string{e.inner(x), kernel}
	if withBias && e.has("bias") {
		inputs = append(inputs, e.storeWeight("bias", filters))
	}
	out := &value{inner: e.op("Conv", attrs, inputs...)}
	for _, w := range ws {
		out.shape = append(out.shape, w.out)
	}
	out.shape = append(out.shape, filters)
	return out
}

// filterKernel stores a kernel (…, in, filters) as (filters, in, …).
func (e *exporter) filterKernel(name string) string {
	values, shape := e.weight(name)
	r := len(shape)
	perm, turned := []int{r - 1, r - 2}, []int{shape[r-1], shape[r-2]}
	for i := range r - 2 {
		perm, turned = append(perm, i), append(turned, shape[i])
	}
	return e.store(name, turned, func() []float32 { return transposed(values, shape, perm...) })
}

// channelKernel stores a kernel (h, w, channels, multiplier), which has filters
// for every channel, as (channels·multiplier, 1, h, w).
func (e *exporter) channelKernel(name string) string {
	values, s := e.weight(name)
	return e.store(name, []int{s[2] * s[3], 1, s[0], s[1]}, func() []float32 { return transposed(values, s, 2, 3, 0, 1) })
}

func (e *exporter) conv1D(l *dlkit.Conv1DLayer, x *value) *value {
	w := windowAlong(x, 0, l.Kernel, l.Strides, l.Dilation, l.Padding)
	return e.activate(l.Activation, e.convolve(x, e.filterKernel("kernel"), l.Filters, l.Groups, true, w))
}

func (e *exporter) conv2D(l *dlkit.Conv2DLayer, x *value) *value {
	ws := windowsOver(x, l.Kernel, l.Strides, l.Dilation, l.Padding)
	return e.activate(l.Activation, e.convolve(x, e.filterKernel("kernel"), l.Filters, l.Groups, true, ws...))
}

func (e *exporter) depthwise(l *dlkit.DepthwiseConv2DLayer, x *value) *value {
	ws := windowsOver(x, l.Kernel, l.Strides, l.Dilation, l.Padding)
	channels := x.shape[2]
	return e.activate(l.Activation, e.convolve(x, e.channelKernel("kernel"), channels*l.Multiplier, channels, true, ws...))
}

func (e *exporter) separable(l *dlkit.SeparableConv2DLayer, x *value) *value {
	ws := windowsOver(x, l.Kernel, l.Strides, l.Dilation, l.Padding)
	channels := x.shape[2]
	y := e.convolve(x, e.channelKernel("depthwise_kernel"), channels*l.Multiplier, channels, false, ws...)
	one := dlkit.HW{1, 1}
	y = e.convolve(y, e.filterKernel("pointwise_kernel"), l.Filters, 1, true, windowsOver(y, one, one, one, dlkit.Valid)...)
	return e.activate(l.Activation, y)
}

// convTranspose takes the margin from dlkit's output shape: what is cut off at
// the start follows Keras, the rest is cut or added at the end.
func (e *exporter) convTranspose(l *dlkit.Conv2DTransposeLayer, x *value) *value {
	out, _ := l.OutShape(x.shape)
	var before, after, more []int
	for i := range 2 {
		stride, reach := l.Strides[i], (l.Kernel[i]-1)*l.Dilation[i]+1
		whole := (x.shape[i]-1)*stride + reach
		start := 0
		if l.Padding == dlkit.Same && stride < reach {
			margin := whole - out[i]
			start = reach - 1 - (2*(reach-1)-margin+1)/2
		}
		end := whole - out[i] - start
		before, after, more = append(before, start), append(after, max(end, 0)), append(more, max(-end, 0))
	}
	values, s := e.weight("kernel")
	kernel := e.store("kernel", []int{s[3], s[2], s[0], s[1]}, func() []float32 { return transposed(values, s, 3, 2, 0, 1) })
	inputs := []string{e.inner(x), kernel}
	if e.has("bias") {
		inputs = append(inputs, e.storeWeight("bias", l.Filters))
	}
	y := e.op("ConvTranspose", attributes{
		"kernel_shape": l.Kernel[:], "strides": l.Strides[:], "dilations": l.Dilation[:],
		"pads": append(before, after...), "output_padding": more,
	}, inputs...)
	return e.activate(l.Activation, &value{inner: y, shape: out})
}
