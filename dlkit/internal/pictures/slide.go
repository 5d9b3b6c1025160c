//go:build goexperiment.simd

package pictures

import (
	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// slide moves a window over a plane and writes what it sees to another. A
// convolution does so forward, and for the gradient by its input back, with the
// taps from the last to the first.
type slide interface {
	// put takes the weights of a tap and a channel that is read, one for every
	// channel that is written.
	put(tap, channel int, weights []float32)
	// putTurned takes the weights of a tap and a channel that is written, one for
	// every channel that is read.
	putTurned(tap, channel int, weights []float32)
	// prepare is called when all weights have been taken.
	prepare()
	// run writes all outputs.
	run()
}

// newSlide makes the quicker kind of slide for a convolution of so many channels.
// The window of the first output starts at top and left. bias, if not nil, is
// added, and then ReLU taken if asked for.
func newSlide(l Layer, channels int, from, to *plane, top, left int, bias []float32, relu bool) slide {
	if size := l.tileFor(channels, to.h, to.w); size > 0 {
		w := newWinograd(size, from, to, top, left)
		w.bias, w.relu = bias, relu
		return w
	}
	d := newDirect(from, to, l.Window, top, left)
	down, right := l.stride()
	d.move = [2]int{down, right}
	d.bias, d.relu = bias, relu
	return d
}

// direct is a slide that reads every window where it lies.
type direct struct {
	from, to  *plane
	window    [2]int
	top, left int
	move      [2]int    // of the window, from output to output
	first     [2]int    // output that is written
	apart     [2]int    // of those that are, from one to the next
	kernel    []float32 // (channels of to/8, height, width, channels of from, 8)
	bias      []float32 // (channels of to), or nil
	relu      bool
}

// newDirect makes a slide that writes all outputs.
func newDirect(from, to *plane, window [2]int, top, left int) *direct {
	return &direct{
		from: from, to: to, window: window, top: top, left: left, move: [2]int{1, 1}, apart: [2]int{1, 1},
		kernel: make([]float32, to.c*window[0]*window[1]*from.c),
	}
}

// at is where a weight lies.
func (d *direct) at(tap, from, to int) int {
	return ((to/8*d.window[0]*d.window[1]+tap)*d.from.c+from)*8 + to%8
}

func (d *direct) put(tap, channel int, weights []float32) {
	for to, v := range weights {
		d.kernel[d.at(tap, channel, to)] = v
	}
}

func (d *direct) putTurned(tap, channel int, weights []float32) {
	for from, v := range weights {
		d.kernel[d.at(tap, from, channel)] = v
	}
}

func (d *direct) prepare() {}

func (d *direct) run() {
	lines := d.outputs(0, d.to.h)
	parallel.Each(d.to.groups*lines, func(i int) {
		g, y := i/lines, i%lines
		d.line(g, y)
		if d.bias != nil || d.relu {
			finish(d.to.line(g, y), d.bias, d.relu)
		}
	})
}

// outputs is how many outputs of a line of n, or lines, are written.
func (d *direct) outputs(axis, n int) int {
	return max(0, n-d.first[axis]+d.apart[axis]-1) / d.apart[axis]
}

// line computes the y-th line of those that are written.
func (d *direct) line(g, y int) {
	height, k := d.window[0], d.window[1]*d.from.c
	outputs, row := d.outputs(1, d.to.w), d.first[0]+y*d.apart[0]
	for c := 0; c < d.to.c; c += tileRows {
		weights := factor{d.kernel[c*height*k:], 1, 8, k * 8}
		for x := range outputs {
			from := factor{d.from.data[d.from.at(g, y*d.move[0]+d.top, x*d.move[1]+d.left):], lanes, 1, d.from.row}
			to := d.to.data[d.to.at(g, row, d.first[1]+x*d.apart[1])+c*lanes:]
			setTile(to, lanes, lanes, weights, from, k, height)
		}
	}
}

// finish adds the bias, if there is one, to outputs, and takes ReLU if asked for.
func finish(line, bias []float32, relu bool) {
	switch {
	case bias != nil:
		shiftLine(line, bias, relu)
	case relu:
		rows.ReLU(line, line)
	}
}
