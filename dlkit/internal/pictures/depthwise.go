//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/parallel"

// depthwise is a convolution with stride 1 of every channel of x by itself, into
// y. dx and dy are the gradients by them, as in conv.
type depthwise struct {
	Layer
	x, y, dx, dy *plane

	channels     int       // that count
	kernel, back []float32 // (kh, kw, channels of x): the taps, and those from the last to the first
	bias, none   []float32 // (channels of x); none is zero
	sums         workspace // (taps, lanes): gradients by a channel's taps, and then by its bias
}

func newDepthwise(l Layer, x, y, dx, dy *plane, channels int) *depthwise {
	d := &depthwise{Layer: l, x: x, y: y, dx: dx, dy: dy, channels: channels}
	d.kernel, d.back = make([]float32, d.taps()*x.c), make([]float32, d.taps()*x.c)
	d.bias, d.none = make([]float32, x.c), make([]float32, x.c)
	if dy != nil {
		d.sums = newWorkspace((d.taps() + 1) * lanes)
	}
	return d
}

func (d *depthwise) taps() int { return d.Window[0] * d.Window[1] }

func (d *depthwise) forward(weights, _ [][]float32, _ uint64) {
	if d.Bias {
		copy(d.bias, weights[1])
	}
	taps := d.taps()
	for tap := range taps {
		from := weights[0][tap*d.channels : (tap+1)*d.channels]
		copy(d.kernel[tap*d.x.c:], from)
		copy(d.back[(taps-1-tap)*d.x.c:], from)
	}
	d.slide(d.y, d.x, d.kernel, d.bias, -d.Pad[0], -d.Pad[1])
}

func (d *depthwise) backward(grads [][]float32) {
	d.weigh(grads)
	if d.dx != nil {
		d.slide(d.dx, d.dy, d.back, d.none, d.Pad[0]-d.Window[0]+1, d.Pad[1]-d.Window[1]+1)
	}
}

// slide writes what the window sees, from top and left on.
func (d *depthwise) slide(to, from *plane, kernel, bias []float32, top, left int) {
	eachLine(to, func(g, y int) {
		line, window := to.line(g, y), from.data[from.at(g, y+top, left):]
		for c := range to.c {
			tapLine(line[c*lanes:], window[c*lanes:], to.pixel, from.row, d.Window, kernel[c:], bias[c])
		}
	})
}

// weigh computes the gradients by the kernel and the bias. Every channel is one
// worker's, who so adds up all pictures in one order.
func (d *depthwise) weigh(grads [][]float32) {
	taps := d.taps()
	parallel.EachBy(len(d.sums), d.channels, func(worker, c int) {
		sums := d.sums[worker]
		clear(sums)
		for g := range d.y.groups {
			for y := range d.y.h {
				line := d.dy.line(g, y)[c*lanes:]
				window := d.x.data[d.x.at(g, y-d.Pad[0], -d.Pad[1])+c*lanes:]
				weighLines(sums, line, window, d.dy.pixel, d.x.row, d.y.w, d.Window)
			}
		}
		for tap := range taps {
			grads[0][tap*d.channels+c] = float32(sumOf(sums[tap*lanes : (tap+1)*lanes]))
		}
		if d.Bias {
			grads[1][c] = float32(sumOf(sums[taps*lanes:]))
		}
	})
}
