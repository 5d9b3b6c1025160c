//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/parallel"

// filtering is the gradient by the kernel of a convolution that goes by tiles,
// see winograd. A tile's outputs are m's, Aᵀ·m·A, and m = (G·g·Gᵀ)⊙(Bᵀ·d·B), so
// the gradient by the taps g is Gᵀ·((A·e·Aᵀ)⊙(Bᵀ·d·B))·G, where e is that by the
// outputs, and the products in the middle are added up over all tiles first.
//
// Tiles are worked on a few at a time: first their sums are made, then every
// product is the work of one worker, so that it is added up in one order however
// many workers there are.
type filtering struct {
	*winograd
	turned  *turned
	scratch *scratch
	tiles   int // of all pictures
	atATime int
}

// scratch is memory that all convolutions of a chain use in turn.
type scratch struct {
	inputs, outputs []float32 // sums (sums, tiles, channels, lanes) and (sums, tiles, lanes, columns)
	products        []float32 // (sums, channels, columns), with channels as tiles are high
	between         workspace // for a block
}

func newFiltering(w *winograd, t *turned, s *scratch) *filtering {
	f := &filtering{winograd: w, turned: t, scratch: s}
	f.tiles = w.from.groups * t.h / w.size * w.across()
	// So many that their sums stay in the caches.
	const numbers = 1_500_000
	tile := w.sums() * lanes * (w.from.c + t.columns)
	f.atATime = max(1, min(f.tiles, numbers/tile))
	s.need(f)
	return f
}

// need makes the memory large enough.
func (s *scratch) need(f *filtering) {
	n := f.sums() * f.atATime * lanes
	s.inputs = longer(s.inputs, n*f.from.c+tileRows*lanes)
	s.outputs = longer(s.outputs, n*f.turned.columns)
	s.products = longer(s.products, f.sums()*f.apart())
	if most := f.sums() * block; len(s.between) == 0 || len(s.between[0]) < most {
		s.between = newWorkspace(most)
	}
}

func longer(s []float32, n int) []float32 {
	if len(s) >= n {
		return s
	}
	return make([]float32, n)
}

// run computes the gradient (3, 3, channels, filters).
func (f *filtering) run(dkernel []float32, channels, filters int) {
	for first := 0; first < f.tiles; first += f.atATime {
		n := min(f.atATime, f.tiles-first)
		parallel.EachBy(len(f.scratch.between), 2*n, func(worker, i int) {
			between, t := f.scratch.between[worker], i/2
			group, row, column := f.place(first + t)
			if i%2 == 0 {
				to := f.scratch.inputs[t*lanes*f.from.c:]
				f.sum(to, n*lanes*f.from.c, between, group, row, column)
				return
			}
			to := f.scratch.outputs[t*lanes*f.turned.columns:]
			f.spread(to, n*lanes*f.turned.columns, between, group, row, column)
		})
		parallel.Each(f.sums(), func(s int) { f.multiply(s, n, first > 0) })
	}
	parallel.Each(channels, func(i int) { f.collect(dkernel, i, channels, filters) })
}

// apart is how far products of one kind and the next lie apart.
func (f *filtering) apart() int { return up8(f.from.c) * f.turned.columns }

// place is where a tile lies.
func (f *filtering) place(tile int) (group, row, column int) {
	column = tile % f.across()
	tile /= f.across()
	down := f.turned.h / f.size
	return tile / down, tile % down, column
}

// spread writes the sums of a tile of the gradient, which lie apart numbers
// apart: A·e·Aᵀ.
func (f *filtering) spread(to []float32, apart int, between []float32, group, row, column int) {
	t, n := f.turned, f.size+2
	pixel := lanes * t.columns
	from := t.data[((group*t.h+row*f.size)*t.w+column*f.size)*pixel:]
	for q := 0; q < pixel; q += block {
		length := min(block, pixel-q)
		for j := range f.size {
			spreadLine(n, between[j*block:], n*block, from[j*pixel+q:], t.w*pixel, length)
		}
		for i := range n {
			spreadLine(n, to[i*n*apart+q:], apart, between[i*n*block:], block, length)
		}
	}
}

// multiply computes a product over n tiles, and adds it to what there is if asked
// for.
func (f *filtering) multiply(s, n int, more bool) {
	channels, columns := f.from.c, f.turned.columns
	in, out := f.scratch.inputs[s*n*lanes*channels:], f.scratch.outputs[s*n*lanes*columns:]
	to := f.scratch.products[s*f.apart():]
	tile := setTile
	if more {
		tile = addTile
	}
	for i := 0; i < channels; i += tileRows {
		for j := 0; j < columns; j += 32 {
			a, b := factor{in[i*lanes:], lanes, 1, channels * lanes}, factor{out[j:], columns, 1, lanes * columns}
			tile(to[i*columns+j:], columns, min(32, columns-j), a, b, lanes, n)
		}
	}
}

// collect makes the gradient by a channel's taps of the products: Gᵀ·m·G.
func (f *filtering) collect(dkernel []float32, channel, channels, filters int) {
	n, columns, apart := f.size+2, f.turned.columns, f.apart()
	m := f.scratch.products[channel*columns:]
	half := f.half[channel*n*3*columns:]
	for j := range n {
		gatherLine(n, half[j*columns:], n*columns, m[j*apart:], n*apart, columns)
	}
	for row := range 3 {
		gatherLine(n, m[3*row*apart:], apart, half[row*n*columns:], columns, columns)
	}
	for tap := range 9 {
		copy(dkernel[(tap*channels+channel)*filters:][:filters], m[tap*apart:])
	}
}
