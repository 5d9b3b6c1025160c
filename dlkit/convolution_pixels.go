package dlkit

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// A single picture is convolved in the layout in which it comes: with
// (channels, height, width, n) and n = 1 there would be nothing to copy in long
// runs, and the kernel would have to be turned for one picture's sake. Every
// window is a row of the matrix here, made of a run of memory for each row of
// the kernel, and the kernel is a matrix as it is.

// pixelwise reports whether x, (1, height, width, channels), is a single
// picture to predict, kept in the outer layout, on the Go backend.
func (b *Builder) pixelwise(x *graph.Node) bool {
	return b.predicting && x.Rank() == 4 && batchOf(x) == 1 && !b.isInner(x) && onGo(x)
}

// pixels reports whether byPixels can compute the convolution.
func (c convolution) pixels() bool {
	return c.groups == 1 && c.h.dilation == 1 && c.w.dilation == 1 && c.h.inMargin() && c.w.inMargin()
}

// inMargin reports whether no window is cut at its start.
func (w axisWindow) inMargin() bool { return w.pad >= 0 }

// byPixels convolves x (1, h, w, c) and gives (1, h', w', filters). Gradients
// are left to automatic differentiation.
func (c convolution) byPixels(x, kernel, bias *graph.Node, withReLU bool) *graph.Node {
	filters := dims(kernel)[3]
	k := kernel.Shape().Size() / filters
	rows, w := c.windowRows(x, k), graph.Reshape(kernel, k, filters)
	var y *graph.Node
	if withReLU && bias != nil {
		y = graph.BackendFusedDense(rows, w, bias, compute.DenseConfig{Activation: compute.ActivationConfig{Type: compute.ActivationRelu}})
	} else {
		y = graph.Dot(rows, w).Product()
		if bias != nil {
			y = graph.Add(y, across(bias, 0))
		}
		if withReLU {
			y = graph.MaxScalar(y, 0.0)
		}
	}
	return graph.Reshape(y, 1, c.h.out, c.w.out, filters)
}

// windowRows lays out the windows over x as rows: (h'·w', kh·kw·c).
func (c convolution) windowRows(x *graph.Node, k int) *graph.Node {
	d := dims(x)
	x = graph.Reshape(x, d[1:]...)
	if c.trivial() {
		return graph.Reshape(x, -1, k)
	}
	x = padded(x, negZero(x), c.h.zeros(), c.w.zeros(), graph.PadAxis{})
	starts := make([][]int32, 0, c.h.out*c.w.out)
	for i := range c.h.out {
		for j := range c.w.out {
			starts = append(starts, []int32{int32(i * c.h.stride), int32(j * c.w.stride)})
		}
	}
	rows := graph.GatherSlices(x, []int{0, 1}, graph.Const(x.Graph(), starts), []int{c.h.kernel, c.w.kernel}, true)
	return graph.Reshape(rows, -1, k)
}

// zeros is the margin that windows reach into.
func (w axisWindow) zeros() graph.PadAxis {
	return graph.PadAxis{Start: w.pad, End: max(0, w.end()-w.in)}
}
