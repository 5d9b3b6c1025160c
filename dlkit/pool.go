package dlkit

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// Pooling over two axes is pooling over one and then over the other, which for
// a window of k·k takes 2·k operations instead of k². Along one axis the work is
// done on (outer, steps, inner), inner being whatever lies behind in memory.

// maxPool is the largest value in every window over x (c, h.in, w.in, n):
// (c, h.out, w.out, n).
func maxPool(x *graph.Node, h, w axisWindow) *graph.Node {
	return alongBoth(x, h, w, maxAlong)
}

// meanPool is the mean of every window over x, not counting the margin.
func meanPool(x *graph.Node, h, w axisWindow) *graph.Node {
	y := alongBoth(x, h, w, sumAlong)
	if h.inside() && w.inside() {
		return graph.MulScalar(y, 1/float64(h.kernel*w.kernel))
	}
	d := dims(y)
	share := make([]float64, 0, h.out*w.out)
	for i := range h.out {
		for j := range w.out {
			share = append(share, 1/float64(h.touched(i)*w.touched(j)))
		}
	}
	shares := graph.ConvertDType(graph.Const(x.Graph(), share), x.DType())
	y = graph.Mul(graph.Reshape(y, d[0], -1, d[3]), graph.Reshape(shares, 1, -1, 1))
	return graph.Reshape(y, d...)
}

// touched is how many inputs window y touches, without the margin.
func (w axisWindow) touched(y int) int {
	n := 0
	for t := range w.kernel {
		if i := y*w.stride + w.offset(t); i >= 0 && i < w.in {
			n++
		}
	}
	return n
}

// alongBoth applies a one-axis operation over the height and then the width.
func alongBoth(x *graph.Node, h, w axisWindow, along func(*graph.Node, axisWindow) *graph.Node) *graph.Node {
	d := dims(x)
	c, n := d[0], d[3]
	x = along(graph.Reshape(x, c, h.in, w.in*n), h)
	x = along(graph.Reshape(x, c*h.out, w.in, n), w)
	return graph.Reshape(x, c, h.out, w.out, n)
}

// maxAlong is the largest of every window over the middle axis. One input of a
// window gets the gradient: among equals, the last.
func maxAlong(x *graph.Node, w axisWindow) *graph.Node {
	if w.trivial() {
		return x
	}
	taps := w.taps(x, graph.ConstAsDType(x.Graph(), x.DType(), -math.MaxFloat32))
	y := taps[0]
	var earlier []*graph.Node // the largest of the taps before each tap
	for _, t := range taps[1:] {
		earlier = append(earlier, y)
		y = graph.Max(y, t)
	}
	return customVJP(y, func(_, dy *graph.Node) []*graph.Node {
		parts := make([]*graph.Node, len(taps))
		for t := len(taps) - 1; t > 0; t-- {
			kept := gatedByPositive(graph.Sub(earlier[t-1], taps[t]), dy)
			parts[t] = graph.Sub(dy, kept)
			dy = kept
		}
		parts[0] = dy
		return []*graph.Node{w.spreadTaps(parts)}
	}, x)
}

// sumAlong is the sum of every window over the middle axis.
func sumAlong(x *graph.Node, w axisWindow) *graph.Node {
	if w.trivial() {
		return x
	}
	return customVJP(w.sumOfTaps(x), func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{w.spreadTaps(repeated(dy, w.kernel))}
	}, x)
}

// stampAlong is sumAlong backwards: it adds every value of x (outer, w.out,
// inner) to all inputs of its window. With windows side by side, it repeats
// every value.
func stampAlong(x *graph.Node, w axisWindow) *graph.Node {
	if w.trivial() {
		return x
	}
	return customVJP(w.spreadTaps(repeated(x, w.kernel)), func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{w.sumOfTaps(dy)}
	}, x)
}

func repeated(x *graph.Node, n int) []*graph.Node {
	list := make([]*graph.Node, n)
	for i := range list {
		list[i] = x
	}
	return list
}

// stretched puts a new axis of size n in the middle of x (outer, inner), along
// which x is repeated: (outer, n, inner). It copies runs of memory, in as many
// rounds as n has handy divisors, where GoMLX's broadcast goes value by value.
func stretched(x *graph.Node, n int) *graph.Node {
	const many = 64
	d := dims(x)
	x = graph.Reshape(x, d[0], 1, d[1])
	for rest := n; rest > 1; {
		times := min(rest, many)
		for times > 1 && rest%times != 0 {
			times--
		}
		if times == 1 {
			times = rest
		}
		x = graph.Concatenate(repeated(x, times), 1)
		rest /= times
	}
	return x
}

func (w axisWindow) sumOfTaps(x *graph.Node) *graph.Node {
	var y *graph.Node
	for _, t := range w.taps(x, negZero(x)) {
		if y == nil {
			y = t
		} else {
			y = graph.Add(y, t)
		}
	}
	return y
}

// taps are the kernel's inputs one by one: of x (outer, w.in, inner), tap t is
// (outer, w.out, inner). fill stands in the margin.
func (w axisWindow) taps(x, fill *graph.Node) []*graph.Node {
	d := dims(x)
	start := max(0, w.pad)
	multiple := (start + w.end() + w.stride - 1) / w.stride
	x = padded(x, fill, graph.PadAxis{}, graph.PadAxis{Start: start, End: multiple*w.stride - start - w.in})
	taps := make([]*graph.Node, w.kernel)
	if d[2] == 1 && w.kernel <= w.stride && w.dilation == 1 && multiple == w.out {
		// Of single numbers, turning all at once is quicker than picking.
		turned := graph.Transpose(graph.Reshape(x, -1, w.stride), 0, 1)
		for t := range taps {
			taps[t] = graph.Reshape(cropped(turned, 0, t, 1), d[0], w.out, 1)
		}
		return taps
	}
	view := graph.Reshape(x, d[0], multiple, w.stride, d[2])
	for t := range taps {
		o := w.offset(t) + start
		at := graph.Const(x.Graph(), [][]int32{{int32(o / w.stride), int32(o % w.stride)}})
		taps[t] = graph.Reshape(graph.GatherSlices(view, []int{1, 2}, at, []int{w.out, 1}, true), d[0], w.out, d[2])
	}
	return taps
}

// spreadTaps adds taps up where taps took them from.
func (w axisWindow) spreadTaps(parts []*graph.Node) *graph.Node {
	d := dims(parts[0])
	fill := negZero(parts[0])
	x := spread(still, w, func(_, j int, _, p graph.PadAxis) *graph.Node {
		return padded(graph.Reshape(parts[j], d[0], 1, d[1], d[2]), fill, graph.PadAxis{}, graph.PadAxis{}, p)
	})
	return graph.Reshape(x, d[0], w.in, d[2])
}
