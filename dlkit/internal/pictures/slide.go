//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/rows"

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
	kernel := make([]float32, to.c*l.Window[0]*l.Window[1]*from.c)
	return &direct{from: from, to: to, window: l.Window, top: top, left: left, kernel: kernel, bias: bias, relu: relu}
}

// direct is a slide that reads every window where it lies.
type direct struct {
	from, to  *plane
	window    [2]int
	top, left int
	kernel    []float32 // (channels of to/8, height, width, channels of from, 8)
	bias      []float32 // (channels of to), or nil
	relu      bool
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
	eachLine(d.to, func(g, y int) {
		d.line(g, y)
		finish(d.to.line(g, y), d.bias, d.relu)
	})
}

func (d *direct) line(g, y int) {
	height, k := d.window[0], d.window[1]*d.from.c
	for c := 0; c < d.to.c; c += tileRows {
		weights := factor{d.kernel[c*height*k:], 1, 8, k * 8}
		for x := range d.to.w {
			from := factor{d.from.data[d.from.at(g, y+d.top, x+d.left):], lanes, 1, d.from.row}
			setTile(d.to.data[d.to.at(g, y, x)+c*lanes:], lanes, lanes, weights, from, k, height)
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
