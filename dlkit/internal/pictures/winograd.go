//go:build goexperiment.simd

package pictures

// winograd is a convolution with a window of 3×3, by tiles of 2×2 outputs, each
// of which takes 16 multiplications for every channel and filter instead of 36:
// the minimal filtering of Lavin & Gray, 2015, F(2×2, 3×3). A tile's 4×4 inputs
// are turned into 16 sums, which are multiplied each with its own matrix of
// weights, and the 16 products into the outputs.
type winograd struct {
	from, to  *plane
	top, left int       // where the window of the first output starts
	width     int       // of a row of weights
	taps      []float32 // (3, 3, channels of from, width)
	kernel    []float32 // (16, channels of from, width)
	bias      []float32 // (channels of to), or nil
	relu      bool
	scratch   [][]float32 // of each worker
}

// sums is the number of sums of a tile.
const sums = 16

// worthTiles reports whether a convolution is quicker by tiles.
func (l Layer) worthTiles(channels int) bool {
	return l.Window == [2]int{3, 3} && channels >= 16 && l.Filters >= 16 && l.Out[0] > 1 && l.Out[1] > 1
}

func newWinograd(from, to *plane, top, left int) *winograd {
	w := &winograd{from: from, to: to, top: top, left: left, width: (to.c + 15) / 16 * 16}
	w.taps = make([]float32, 9*from.c*w.width)
	w.kernel = make([]float32, sums*from.c*w.width)
	w.scratch = make([][]float32, processors())
	return w
}

// across is how many tiles lie next to one another.
func (w *winograd) across() int { return (w.to.w + 1) / 2 }

// atOnce is how many tiles are worked on at a time: so many that their sums and
// products fit the second cache.
func (w *winograd) atOnce() int {
	const numbers = 100_000
	return max(1, min(w.across(), numbers/(sums*lanes*(w.from.c+w.to.c))))
}

// run computes all outputs.
func (w *winograd) run() {
	rows := (w.to.h + 1) / 2
	eachBy(len(w.scratch), w.to.groups*rows, func(worker, i int) {
		if w.scratch[worker] == nil {
			w.scratch[worker] = make([]float32, w.atOnce()*sums*lanes*(w.from.c+w.to.c))
		}
		in := w.scratch[worker][:w.atOnce()*sums*lanes*w.from.c]
		out := w.scratch[worker][len(in):]
		g, row := i/rows, i%rows
		for first := 0; first < w.across(); first += w.atOnce() {
			n := min(w.atOnce(), w.across()-first)
			for t := range n {
				w.sum(in[t*lanes*w.from.c:], n*lanes*w.from.c, g, row, first+t)
			}
			w.multiply(out, in, n)
			for t := range n {
				w.collect(out[t*lanes*w.to.c:], n*lanes*w.to.c, g, row, first+t)
			}
		}
	})
}

// multiply computes the products (16, n, channels of to, lanes) of n tiles' sums.
func (w *winograd) multiply(out, in []float32, n int) {
	k, f := w.from.c, w.to.c
	for s := range sums {
		for i := 0; i < f; i += tileRows {
			weights := factor{w.kernel[s*k*w.width+i:], 1, w.width, 0}
			for t := range n {
				setTile(out[((s*n+t)*f+i)*lanes:], lanes, lanes, weights, factor{in[(s*n+t)*k*lanes:], lanes, 1, 0}, k, 1)
			}
		}
	}
}

// sum writes a tile's sums, which lie apart numbers apart.
func (w *winograd) sum(to []float32, apart int, g, row, column int) {
	from := w.from.data[w.from.at(g, 2*row+w.top, 2*column+w.left):]
	sumTile(to, apart, from, w.from.row, w.from.pixel)
}

// collect makes a tile's outputs of its products.
func (w *winograd) collect(m []float32, apart int, g, row, column int) {
	p := w.to
	rows, columns := min(2, p.h-2*row), min(2, p.w-2*column)
	to := p.data[p.at(g, 2*row, 2*column):]
	for c := range p.c {
		var bias float32
		if w.bias != nil {
			bias = w.bias[c]
		}
		collectTile(to[c*lanes:], p.row, p.pixel, rows, columns, m[c*lanes:], apart, bias, w.relu)
	}
}

// prepare makes the 16 matrices of the taps.
func (w *winograd) prepare() {
	each(w.from.c, func(i int) {
		// First along the columns, into (4, 3, width), then along the rows.
		half := make([]float32, 4*3*w.width)
		for j := range 3 {
			combineTaps(half[j*w.width:], 3*w.width, w.taps[(j*w.from.c+i)*w.width:], 3*w.from.c*w.width, w.width)
		}
		for row := range 4 {
			combineTaps(w.kernel[(row*4*w.from.c+i)*w.width:], w.from.c*w.width, half[row*3*w.width:], w.width, w.width)
		}
	})
}
