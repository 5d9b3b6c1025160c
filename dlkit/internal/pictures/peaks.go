//go:build goexperiment.simd

package pictures

import (
	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// peaks are the outputs of a convolution that are the largest of their channel,
// where nothing but a global pool takes them. There is hardly more than one for
// every example and channel, and all other gradients are zero: those by the kernel
// and by the input are sums of a few windows, instead of products of all.
type peaks struct {
	conv   *convStep
	pool   *global
	first  bool      // the convolution is the chain's first step
	x, dx  []float32 // (rows, height, width, channels): its input, and the gradient by it
	place  []float32 // (groups, channels of the output, lanes): the first pixel that is the largest
	others []float32 // of the same shape: how many more are
	few    bool      // so many that the sums of windows are quicker
	turned []float32 // (filters, kh, kw, channels): the kernel
	own    []float32 // of the same shape: the gradient by it
}

// findPeaks looks for a convolution whose outputs a global pool alone takes.
func (c *Chain) findPeaks() {
	for i := 1; c.Train && i < len(c.work); i++ {
		pool, ok := c.work[i].(*global)
		before := c.steps[i].in[0] - 1
		if !ok || pool.Kind != GlobalMaxPool || before < 0 || len(c.slopes[before+1]) != 1 || c.after[before] != nil {
			continue
		}
		conv, ok := c.work[before].(*convStep)
		if !ok {
			continue
		}
		p := &peaks{conv: conv, pool: pool, first: c.steps[before].in[0] == 0 && len(c.slopes[0]) < 2}
		p.place, p.others = make([]float32, pool.y.groups*pool.y.pixel), make([]float32, pool.y.groups*pool.y.pixel)
		size := conv.Window[0] * conv.Window[1] * conv.channels * conv.Filters
		p.turned, p.own = make([]float32, size), make([]float32, size)
		if !p.first {
			p.x = make([]float32, c.Rows*conv.x.h*conv.x.w*conv.channels)
			p.dx = make([]float32, len(p.x))
		}
		conv.peaks, pool.peaks = p, p
		if p.first {
			c.peaks = p
		}
	}
}

// count finds out whether there are few.
func (p *peaks) count(rows int) {
	const least = 16 // of the outputs for one that is a peak
	total := 0
	for e := range rows {
		for f := range p.conv.Filters {
			if i := p.at(e, f); p.gives(e, f) {
				total += 1 + int(p.others[i])
			}
		}
	}
	p.few = total*least <= rows*p.conv.Filters*p.pool.x.h*p.pool.x.w
}

// at is where an example's number of a channel lies.
func (p *peaks) at(e, f int) int {
	return e/lanes*p.pool.y.pixel + f*lanes + e%lanes
}

// gives reports whether a gradient comes through: ReLU lets none through at 0.
func (p *peaks) gives(e, f int) bool {
	return !p.conv.relu || p.most(e, f) > 0
}

func (p *peaks) most(e, f int) float32 { return p.pool.y.line(e/lanes, 0)[f*lanes+e%lanes] }

// each goes through the pixels that are the largest, in their order.
func (p *peaks) each(e, f int, do func(y, x int)) {
	width, place := p.pool.x.w, int(p.place[p.at(e, f)])
	do(place/width, place%width)
	others, most := p.others[p.at(e, f)], p.most(e, f)
	for place++; others > 0 && place < p.pool.x.h*width; place++ { // what is no number equals none
		if p.pool.x.line(e/lanes, place/width)[(place%width*p.pool.x.c+f)*lanes+e%lanes] == most {
			do(place/width, place%width)
			others--
		}
	}
}

// windowRows goes through the rows of the window of an output: length numbers from
// at on of an example's input, and those of the kernel from tap on.
func (p *peaks) windowRows(y, x int, do func(at, tap, length int)) {
	c := p.conv
	down, right := c.stride()
	first := x*right - c.Pad[1]
	from, to := max(0, first), min(c.x.w, first+c.Window[1])
	for i := range c.Window[0] {
		if row := y*down - c.Pad[0] + i; row >= 0 && row < c.x.h && from < to {
			do((row*c.x.w+from)*c.channels, (i*c.Window[1]+from-first)*c.channels, (to-from)*c.channels)
		}
	}
}

// backward is conv.backward for few peaks.
func (p *peaks) backward(rows int, kernel, dkernel, dbias []float32) {
	c := p.conv
	if !p.first {
		eachLine(c.x, func(g, y int) { c.x.store(p.x, rows, c.channels, g, y) })
	}
	image, size := c.x.h*c.x.w*c.channels, c.Window[0]*c.Window[1]*c.channels
	gradient := func(e, f int) float32 { return p.pool.dy.line(e/lanes, 0)[f*lanes+e%lanes] }
	clear(p.own)
	parallel.Each(c.Filters, func(f int) {
		own, sum := p.own[f*size:(f+1)*size], 0.0
		for e := range rows {
			if !p.gives(e, f) {
				continue
			}
			d, x := gradient(e, f), p.x[e*image:(e+1)*image]
			p.each(e, f, func(row, column int) {
				sum += float64(d)
				p.windowRows(row, column, func(at, tap, n int) { addProduct(own[tap:tap+n], x[at:at+n], d) })
			})
		}
		if dbias != nil {
			dbias[f] = float32(sum)
		}
	})
	product.Turn(product.Rows(dkernel, c.Filters), product.Rows(p.own, size), c.Filters, size)
	if c.dx == nil || p.first && p.dx == nil {
		return
	}
	product.Turn(product.Rows(p.turned, size), product.Rows(kernel, c.Filters), size, c.Filters)
	parallel.Each(rows, func(e int) {
		dx := p.dx[e*image : (e+1)*image]
		clear(dx)
		for f := range c.Filters {
			if !p.gives(e, f) {
				continue
			}
			d, weights := gradient(e, f), p.turned[f*size:(f+1)*size]
			p.each(e, f, func(row, column int) {
				p.windowRows(row, column, func(at, tap, n int) { addProduct(dx[at:at+n], weights[tap:tap+n], d) })
			})
		}
	})
	if !p.first {
		eachLine(c.dx, func(g, y int) { c.dx.load(p.dx, rows, c.channels, g, y) })
	}
}
