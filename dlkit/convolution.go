package dlkit

import (
	"github.com/gomlx/gomlx/core/graph"
)

// convolution is a convolution over two axes of pictures in the inner layout
// (channels, height, width, n). It is one gather that lays out every window as
// a column ("im2col"), and one matrix product; its gradient by the input is
// another product and the adding up of the columns ("col2im"). Both go for any
// kernel, stride, dilation, margin and number of groups.
type convolution struct {
	h, w   axisWindow
	groups int
}

// taps is the number of pixels in a window.
func (c convolution) taps() int { return c.h.kernel * c.w.kernel }

// trivial reports whether every window is one pixel and every pixel a window.
func (c convolution) trivial() bool { return c.h.trivial() && c.w.trivial() }

// On the Go backend a Reshape costs nothing only where its input is used by
// nothing else; otherwise it copies. So values that the backward pass uses again
// get their final shape before it sees them.

// apply convolves x (c, h, w, n) with a kernel whose values are in Keras'
// order (kh, kw, c/groups, filters), adds the bias (filters,) or nil, and takes
// ReLU if asked for. The result is (filters, h', w', n).
func (c convolution) apply(x, kernel, bias *graph.Node, withReLU bool) *graph.Node {
	if d := dims(kernel); onGo(x) && len(d) == 4 && c.byTiles(d[2], d[3], dims(x)[3]) {
		return c.tiled().apply(x, kernel, bias, withReLU)
	}
	if !plainOps && !onGo(x) && kernel.Rank() == 4 && c.stock() {
		return c.byStock(x, kernel, bias, withReLU)
	}
	return c.byColumns(x, kernel, bias, withReLU)
}

// byColumns is apply for any window.
func (c convolution) byColumns(x, kernel, bias *graph.Node, withReLU bool) *graph.Node {
	n := dims(x)[3]
	cols := c.columns(x)
	k, m := dims(cols)[1], dims(cols)[2]
	filters := kernel.Shape().Size() / k
	w := c.matrices(kernel, k, filters)
	y := graph.DotGeneral(c.transposed(kernel, k, filters), []int{2}, []int{0}, cols, []int{1}, []int{0})
	y = biased(graph.Reshape(y, filters, m), bias, withReLU)
	inputs := append([]*graph.Node{x, kernel}, present(bias)...)
	return customVJP(graph.Reshape(y, filters, c.h.out, c.w.out, n), func(y, dy *graph.Node) []*graph.Node {
		if withReLU {
			dy = gatedByPositive(y, dy)
		}
		dz := graph.Reshape(dy, c.groups, filters/c.groups, m)
		dw := graph.DotGeneral(cols, []int{2}, []int{0}, dz, []int{2}, []int{0})
		dcols := graph.DotGeneral(w, []int{2}, []int{0}, dz, []int{1}, []int{0})
		grads := []*graph.Node{c.spread(dcols, n), c.kernelOf(dw, kernel)}
		if bias != nil {
			grads = append(grads, graph.Reshape(graph.ReduceSum(dz, 2), filters))
		}
		return grads
	}, inputs...)
}

// applyTransposed is the gradient of the convolution by its input, taken as a
// layer: it enlarges x (c, h.out, w.out, n) to (filters, h.in, w.in, n). The
// kernel is in Keras' order (kh, kw, filters, c); groups must be 1.
func (c convolution) applyTransposed(x, kernel, bias *graph.Node, withReLU bool) *graph.Node {
	d := dims(x)
	channels, n := d[0], d[3]
	m := c.h.out * c.w.out * n
	k := kernel.Shape().Size() / channels
	filters := k / c.taps()
	flat, w := graph.Reshape(x, channels, m), graph.Reshape(kernel, k, channels)
	y := c.spread(graph.Reshape(graph.Dot(w, flat).Product(), 1, k, m), n)
	y = biased(graph.Reshape(y, filters, -1), bias, withReLU)
	inputs := append([]*graph.Node{x, kernel}, present(bias)...)
	return customVJP(graph.Reshape(y, filters, c.h.in, c.w.in, n), func(y, dy *graph.Node) []*graph.Node {
		if withReLU {
			dy = gatedByPositive(y, dy)
		}
		cols := graph.Reshape(c.columns(dy), k, m)
		dx := graph.Dot(graph.Transpose(w, 0, 1), cols).Product()
		dw := graph.DotGeneral(cols, []int{1}, nil, flat, []int{1}, nil)
		grads := []*graph.Node{graph.Reshape(dx, d...), graph.Reshape(dw, dims(kernel)...)}
		if bias != nil {
			grads = append(grads, graph.ReduceSum(dy, 1, 2, 3))
		}
		return grads
	}, inputs...)
}

// matrices turns a kernel, k rows of filters, into one matrix per group:
// (groups, k, filters/groups).
func (c convolution) matrices(kernel *graph.Node, k, filters int) *graph.Node {
	if c.groups == 1 {
		return graph.Reshape(kernel, 1, k, filters)
	}
	return graph.TransposeAllAxes(graph.Reshape(kernel, k, c.groups, filters/c.groups), 1, 0, 2)
}

// transposed is matrices with rows and columns exchanged.
func (c convolution) transposed(kernel *graph.Node, k, filters int) *graph.Node {
	if c.groups == 1 {
		return graph.Reshape(graph.Transpose(graph.Reshape(kernel, k, filters), 0, 1), 1, filters, k)
	}
	return graph.TransposeAllAxes(graph.Reshape(kernel, k, c.groups, filters/c.groups), 1, 2, 0)
}

// kernelOf undoes matrices, into the shape of like.
func (c convolution) kernelOf(w, like *graph.Node) *graph.Node {
	if c.groups > 1 {
		w = graph.TransposeAllAxes(w, 1, 0, 2)
	}
	return graph.Reshape(w, dims(like)...)
}

// columns lays out the windows over x (c, h.in, w.in, n) as columns:
// (groups, taps·c/groups, h.out·w.out·n), by one gather. A stride is an axis of
// its own in the gathered view, so that every slice is in one piece.
func (c convolution) columns(x *graph.Node) *graph.Node {
	channels, n := dims(x)[0], dims(x)[3]
	each := channels / c.groups
	m := c.h.out * c.w.out * n
	if c.trivial() {
		return graph.Reshape(x, c.groups, each, m)
	}
	x, rows, columns := c.widened(x)
	at := graph.Const(x.Graph(), c.starts(each))
	var cols *graph.Node
	if c.h.stride*c.w.stride == 1 {
		cols = graph.GatherSlices(x, []int{0, 1, 2}, at, []int{each, c.h.out, c.w.out}, true)
	} else {
		view := graph.Reshape(x, channels, rows, c.h.stride, columns, c.w.stride, n)
		cols = graph.GatherSlices(view, []int{0, 1, 2, 3, 4}, at, []int{each, c.h.out, 1, c.w.out, 1}, true)
	}
	return graph.Reshape(cols, c.groups, c.taps()*each, m)
}

// starts are where the slices of columns start: for every group and tap the
// channel, row and column, rows and columns being split by the strides, if any.
func (c convolution) starts(each int) [][]int32 {
	starts := make([][]int32, 0, c.groups*c.taps())
	for g := range c.groups {
		for i := range c.h.kernel {
			for j := range c.w.kernel {
				y, x := i*c.h.dilation-min(c.h.pad, 0), j*c.w.dilation-min(c.w.pad, 0)
				at := []int32{int32(g * each), int32(y), int32(x)}
				if c.h.stride*c.w.stride > 1 {
					at = []int32{at[0], int32(y / c.h.stride), int32(y % c.h.stride), int32(x / c.w.stride), int32(x % c.w.stride)}
				}
				starts = append(starts, at)
			}
		}
	}
	return starts
}

// widened adds the margin of zeros, and at the end what makes height and width
// multiples of the strides; rows and columns are those multiples.
func (c convolution) widened(x *graph.Node) (wide *graph.Node, rows, columns int) {
	h, rows := c.h.margin()
	w, columns := c.w.margin()
	return padded(x, negZero(x), graph.PadAxis{}, h, w), rows, columns
}

// margin is the padding of the axis that makes all its windows lie inside and
// its length a multiple of the stride.
func (w axisWindow) margin() (p graph.PadAxis, multiple int) {
	p.Start = max(0, w.pad)
	length := p.Start + max(w.in, w.end())
	multiple = (length + w.stride - 1) / w.stride
	p.End = multiple*w.stride - p.Start - w.in
	return p, multiple
}

// spread adds the columns up where columns took them from: the result is
// (c, h.in, w.in, n).
func (c convolution) spread(cols *graph.Node, n int) *graph.Node {
	d := dims(cols)
	taps := c.taps()
	each := d[1] / taps
	channels := c.groups * each
	if c.trivial() {
		return graph.Reshape(cols, channels, c.h.in, c.w.in, n)
	}
	view := graph.Reshape(cols, c.groups, taps, each, c.h.out, c.w.out, n)
	fill := negZero(cols)
	return spread(c.h, c.w, func(i, j int, h, w graph.PadAxis) *graph.Node {
		t := i*c.w.kernel + j
		one := graph.PadAxis{Start: -t, End: -(taps - 1 - t)}
		y := padded(view, fill, graph.PadAxis{}, one, graph.PadAxis{}, h, w)
		return graph.Reshape(y, channels, dims(y)[3], dims(y)[4], n)
	})
}

// spread adds up the taps of windows over two axes into (c, h.in, w.in, n).
// tap(i, j, h, w) must return tap i, j, (c, h.out, w.out, n), padded or cropped
// along its two axes as told.
//
// With strides, the taps belong to stride·stride pictures, each of which holds
// every stride-th pixel, and the result interleaves them.
func spread(h, w axisWindow, tap func(i, j int, h, w graph.PadAxis) *graph.Node) *graph.Node {
	var like *graph.Node
	phases := make([][]*graph.Node, h.stride)
	for p := range phases {
		phases[p] = make([]*graph.Node, w.stride)
	}
	for i := range h.kernel {
		a, rows := h.phase(i)
		for j := range w.kernel {
			b, columns := w.phase(j)
			t := tap(i, j, rows, columns)
			like = t
			if phases[a][b] != nil {
				t = graph.Add(phases[a][b], t)
			}
			phases[a][b] = t
		}
	}
	rows := make([]*graph.Node, h.stride)
	for a, row := range phases {
		for b := range row {
			if row[b] == nil {
				row[b] = graph.ZerosLike(like)
			}
		}
		rows[a] = interleaved(row, 2)
	}
	x := interleaved(rows, 1)
	return cropped(cropped(x, 1, 0, h.in), 2, 0, w.in)
}

// phase tells to which of the stride pictures tap t belongs, and how the tap is
// padded to become one.
func (w axisWindow) phase(t int) (picture int, p graph.PadAxis) {
	o := w.offset(t)
	length := (w.in + w.stride - 1) / w.stride
	start := floorDiv(o, w.stride)
	return floorMod(o, w.stride), graph.PadAxis{Start: start, End: length - start - w.out}
}

// interleaved takes one slice of each part in turn along an axis.
func interleaved(parts []*graph.Node, axis int) *graph.Node {
	if len(parts) == 1 {
		return parts[0]
	}
	d := dims(parts[0])
	split := append(append(append([]int{}, d[:axis+1]...), 1), d[axis+1:]...)
	views := make([]*graph.Node, len(parts))
	for i, p := range parts {
		views[i] = graph.Reshape(p, split...)
	}
	out := append([]int{}, d...)
	out[axis] *= len(parts)
	return graph.Reshape(graph.Concatenate(views, axis+1), out...)
}

// padded is graph.Pad that leaves x alone where there is nothing to do, and does
// not fill where there is nothing to fill. Numbers below zero crop. Like
// cropped, only for use inside a customVJP.
func padded(x, fill *graph.Node, axes ...graph.PadAxis) *graph.Node {
	d := append([]int{}, dims(x)...)
	grows := false
	var cut, sizes []int
	var starts []int32
	for i, a := range axes {
		grows = grows || a.Start > 0 || a.End > 0
		if a.Start != 0 || a.End != 0 {
			d[i] += a.Start + a.End
			cut, starts, sizes = append(cut, i), append(starts, int32(-a.Start)), append(sizes, d[i])
		}
	}
	switch {
	case len(cut) == 0:
		return x
	case !onGo(x):
		return croppedThenPadded(x, fill, axes)
	case grows:
		return graph.Pad(x, fill, axes...)
	}
	return graph.Reshape(graph.GatherSlices(x, cut, graph.Const(x.Graph(), [][]int32{starts}), sizes, true), d...)
}

func paddedDims(x *graph.Node, axes []graph.PadAxis) []int {
	d := append([]int{}, dims(x)...)
	for i, a := range axes {
		d[i] += a.Start + a.End
	}
	return d
}

// croppedThenPadded is padded for backends other than Go: XLA's CPU compiler
// writes out all of a padded value before it crops it.
func croppedThenPadded(x, fill *graph.Node, axes []graph.PadAxis) *graph.Node {
	var crops, grows bool
	ranges, pads := make([]graph.SliceAxisSpec, len(axes)), make([]graph.PadAxis, len(axes))
	for i, a := range axes {
		size := dims(x)[i]
		first, end := max(0, -a.Start), size-max(0, -a.End)
		if first >= end { // nothing of x is left
			return graph.BroadcastToDims(fill, paddedDims(x, axes)...)
		}
		ranges[i] = graph.AxisRange(first, end)
		pads[i] = graph.PadAxis{Start: max(0, a.Start), End: max(0, a.End)}
		crops = crops || a.Start < 0 || a.End < 0
		grows = grows || a.Start > 0 || a.End > 0
	}
	if crops {
		x = graph.Slice(x, ranges...)
	}
	if grows {
		x = graph.Pad(x, fill, pads...)
	}
	return x
}

// cropped takes size values from start along an axis. It copies runs of memory,
// where graph.Slice would copy value by value.
func cropped(x *graph.Node, axis, start, size int) *graph.Node {
	axes := make([]graph.PadAxis, x.Rank())
	axes[axis] = graph.PadAxis{Start: -start, End: start + size - dims(x)[axis]}
	return padded(x, nil, axes...)
}

// biased adds a bias (c,), or nil, to x (c, m), and takes ReLU if asked for.
func biased(x, bias *graph.Node, withReLU bool) *graph.Node {
	if bias != nil {
		x = graph.Add(x, graph.Reshape(bias, -1, 1))
	}
	if withReLU {
		x = graph.MaxScalar(x, 0.0)
	}
	return x
}

// present is a list of the node, or of nothing if it is nil.
func present(n *graph.Node) []*graph.Node {
	if n == nil {
		return nil
	}
	return []*graph.Node{n}
}
