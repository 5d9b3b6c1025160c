//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/parallel"

// winograd is a convolution with a window of 3×3, by tiles of outputs that share
// multiplications: the minimal filtering of Lavin & Gray, 2015. A tile's inputs d
// are turned into as many sums, Bᵀ·d·B, which are multiplied each with its own
// matrix of weights, and the products m into the outputs, Aᵀ·m·A. For every
// channel and filter, 4×4 outputs take 36 multiplications instead of 144, and 2×2
// outputs 16 instead of 36.
type winograd struct {
	from, to  *plane
	size      int       // of a tile: 2 or 4 outputs in height and width
	top, left int       // where the window of the first output starts
	width     int       // of a row of weights
	taps      []float32 // (3, 3, channels of from, width)
	kernel    []float32 // (sums, channels of from, width)
	bias      []float32 // (channels of to), or nil
	relu      bool
	scratch   workspace // for the sums and products of tiles, and for a block
	half      []float32 // (channels of from, size+2, 3, width): taps on their way
}

// block is how many numbers of a pixel are transformed at a time: what is between
// the two halves of a transform then fits the first cache.
const block = 4 * lanes

// tileFor is the best size of tiles for h×w outputs, 0 for none.
func (l Layer) tileFor(channels, h, w int) int {
	if down, right := l.stride(); l.Window != [2]int{3, 3} || down*right > 1 || min(channels, l.Filters) < 16 || min(h, w) < 2 {
		return 0
	}
	// How many multiplications each takes.
	small := 16 * ((h + 1) / 2) * ((w + 1) / 2)
	large := 36 * ((h + 3) / 4) * ((w + 3) / 4)
	if large < small {
		return 4
	}
	return 2
}

func newWinograd(size int, from, to *plane, top, left int) *winograd {
	w := &winograd{from: from, to: to, size: size, top: top, left: left, width: whole(to.c, 16)}
	w.taps = make([]float32, 9*from.c*w.width)
	w.kernel = make([]float32, w.sums()*from.c*w.width)
	w.half = make([]float32, from.c*(size+2)*3*w.width)
	w.scratch = newWorkspace(w.atOnce()*w.sums()*lanes*(from.c+to.c) + w.sums()*block)
	return w
}

func (w *winograd) put(tap, channel int, weights []float32) {
	copy(w.taps[(tap*w.from.c+channel)*w.width:], weights)
}

func (w *winograd) putTurned(tap, channel int, weights []float32) {
	for from, v := range weights {
		w.taps[(tap*w.from.c+from)*w.width+channel] = v
	}
}

// sums is the number of sums of a tile.
func (w *winograd) sums() int { return (w.size + 2) * (w.size + 2) }

// across is how many tiles lie next to one another.
func (w *winograd) across() int { return whole(w.to.w, w.size) / w.size }

// atOnce is how many tiles are worked on at a time: so many that their sums and
// products fit the second cache.
func (w *winograd) atOnce() int {
	const numbers = 150_000
	return max(1, min(w.across(), numbers/(w.sums()*lanes*(w.from.c+w.to.c))))
}

// run computes all outputs.
func (w *winograd) run() {
	down, turns := whole(w.to.h, w.size)/w.size, whole(w.across(), w.atOnce())/w.atOnce()
	parallel.EachBy(len(w.scratch), w.to.groups*down*turns, func(worker, i int) {
		first := i % turns * w.atOnce()
		group, row := i/turns/down, i/turns%down
		w.tiles(w.scratch[worker], group, row, first, min(w.atOnce(), w.across()-first))
	})
}

// tiles computes the outputs of n tiles next to one another.
func (w *winograd) tiles(scratch []float32, group, row, first, n int) {
	between := scratch[:w.sums()*block]
	in := scratch[len(between):][:w.atOnce()*w.sums()*lanes*w.from.c]
	out := scratch[len(between)+len(in):]
	for t := range n {
		w.sum(in[t*lanes*w.from.c:], n*lanes*w.from.c, between, group, row, first+t)
	}
	w.multiply(out, in, n)
	for t := range n {
		w.collect(out[t*lanes*w.to.c:], n*lanes*w.to.c, between, group, row, first+t)
	}
}

// multiply computes the products (sums, n, channels of to, lanes) of n tiles'
// sums.
func (w *winograd) multiply(out, in []float32, n int) {
	k, f := w.from.c, w.to.c
	for s := range w.sums() {
		for i := 0; i < f; i += tileRows {
			weights := factor{w.kernel[s*k*w.width+i:], 1, w.width, 0}
			for t := range n {
				setTile(out[((s*n+t)*f+i)*lanes:], lanes, lanes, weights, factor{in[(s*n+t)*k*lanes:], lanes, 1, 0}, k, 1)
			}
		}
	}
}

// sum writes a tile's sums, which lie apart numbers apart.
func (w *winograd) sum(to []float32, apart int, between []float32, g, row, column int) {
	p, n := w.from, w.size+2
	from := p.data[p.at(g, w.size*row+w.top, w.size*column+w.left):]
	for q := 0; q < p.pixel; q += block {
		length := min(block, p.pixel-q)
		for j := range n {
			sumLine(n, between[j*block:], n*block, from[j*p.pixel+q:], p.row, length)
		}
		for i := range n {
			sumLine(n, to[i*n*apart+q:], apart, between[i*n*block:], block, length)
		}
	}
}

// collect makes a tile's outputs of its products. At the ends of pictures there
// may be fewer than a whole tile.
func (w *winograd) collect(m []float32, apart int, between []float32, g, row, column int) {
	p, n := w.to, w.size+2
	height, columns := min(w.size, p.h-w.size*row), min(w.size, p.w-w.size*column)
	to := p.data[p.at(g, w.size*row, w.size*column):]
	for q := 0; q < p.pixel; q += block {
		length := min(block, p.pixel-q)
		var bias []float32
		if w.bias != nil {
			bias = w.bias[q/lanes : (q+length)/lanes]
		}
		for j := range n {
			collectLine(n, between[j*block:], n*block, w.size, m[j*apart+q:], n*apart, length)
		}
		for i := range height {
			line := to[i*p.row+q:]
			collectLine(n, line, p.pixel, columns, between[i*n*block:], block, length)
			for j := range columns {
				finish(line[j*p.pixel:][:length], bias, w.relu)
			}
		}
	}
}

// prepare makes the matrices of the taps: G·g·Gᵀ, first along the columns and
// then along the rows.
func (w *winograd) prepare() {
	n, k := w.size+2, w.from.c
	parallel.Each(k, func(i int) {
		half := w.half[i*n*3*w.width:]
		for j := range 3 {
			weighLine(n, half[j*w.width:], 3*w.width, w.taps[(j*k+i)*w.width:], 3*k*w.width, w.width)
		}
		for row := range n {
			weighLine(n, w.kernel[(row*n*k+i)*w.width:], k*w.width, half[row*3*w.width:], w.width, w.width)
		}
	})
}
