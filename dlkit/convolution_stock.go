package dlkit

import "github.com/gomlx/gomlx/core/graph"

// XLA has a convolution of its own, which is quicker there than windows laid
// out as columns. Its gradients are convolutions too: that by the input moves
// the turned kernel over dy, and that by the kernel moves dy over the input.
// They are written here because GoMLX's have been wrong for kernels of even
// size.

// stock reports whether a backend's own convolution can be used.
func (c convolution) stock() bool {
	return c.groups == 1 && !c.trivial() && c.h.margins()[1] >= 0 && c.w.margins()[1] >= 0
}

// margins are the zeros before and behind the inputs that windows touch.
func (w axisWindow) margins() [2]int { return [2]int{w.pad, w.end() - w.in} }

// backMargins are those of the turned kernel's way over dy, where stride−1
// zeros lie between its values.
func (w axisWindow) backMargins() [2]int {
	before := w.reach() - 1 - w.pad
	return [2]int{before, w.in + w.reach() - 2 - (w.out-1)*w.stride - before}
}

// kernelMargins are those of dy's way over the inputs.
func (w axisWindow) kernelMargins() [2]int {
	return [2]int{w.pad, w.reach() + (w.out-1)*w.stride - w.in - w.pad}
}

// pictureAxes are those of (channels, height, width, n), and of kernels in
// Keras' order.
var pictureAxes = graph.ConvolveAxesConfig{
	InputChannels: 0, InputSpatial: []int{1, 2}, InputBatch: 3,
	KernelSpatial: []int{0, 1}, KernelInputChannels: 2, KernelOutputChannels: 3,
	OutputChannels: 0, OutputSpatial: []int{1, 2}, OutputBatch: 3,
}

// byStock is apply with the backend's convolution.
func (c convolution) byStock(x, kernel, bias *graph.Node, withReLU bool) *graph.Node {
	once, strides, dilations := []int{1, 1}, []int{c.h.stride, c.w.stride}, []int{c.h.dilation, c.w.dilation}
	y := graph.ConvGeneral(x, kernel, pictureAxes, strides, [][2]int{c.h.margins(), c.w.margins()}, once, dilations, 1, 1)
	d := dims(y)
	y = graph.Reshape(biased(graph.Reshape(y, d[0], -1), bias, withReLU), d...)
	inputs := append([]*graph.Node{x, kernel}, present(bias)...)
	return customVJP(y, func(y, dy *graph.Node) []*graph.Node {
		if withReLU {
			dy = gatedByPositive(y, dy)
		}
		back := pictureAxes
		back.KernelInputChannels, back.KernelOutputChannels = 3, 2
		dx := graph.ConvGeneral(dy, graph.Reverse(kernel, 0, 1), back, once,
			[][2]int{c.h.backMargins(), c.w.backMargins()}, strides, dilations, 1, 1)
		// Channels are the pictures here, and pictures the channels.
		over := graph.ConvolveAxesConfig{
			InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
			KernelOutputChannels: 0, KernelSpatial: []int{1, 2}, KernelInputChannels: 3,
			OutputSpatial: []int{0, 1}, OutputBatch: 2, OutputChannels: 3,
		}
		dw := graph.ConvGeneral(x, dy, over, dilations, [][2]int{c.h.kernelMargins(), c.w.kernelMargins()}, once, strides, 1, 1)
		grads := []*graph.Node{dx, dw}
		if bias != nil {
			grads = append(grads, graph.ReduceSum(dy, 1, 2, 3))
		}
		return grads
	}, inputs...)
}
