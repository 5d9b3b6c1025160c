//go:build goexperiment.simd

package pictures

import (
	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// narrowTaps is how many numbers a row of a narrow kernel has at most.
const narrowTaps = 5

// narrow adds up the gradient by a kernel whose rows have few numbers, as those of
// a first convolution over grey pictures. Tiles, which are eight high, would be
// half empty; so every example is summed up by itself, and all of them at the end.
type narrow struct {
	*conv
	taps int
	sums []float32 // (kh, filters/2, 2, narrowTaps, lanes)
}

// newNarrow is nil for kernels, pictures and processors that tiles are better for:
// without the registers of AVX-512, sums have no room in them.
func newNarrow(c *conv) *narrow {
	taps := c.Window[1] * c.x.c
	if taps > narrowTaps || c.y.w < 4 || !product.AVX512() {
		return nil
	}
	return &narrow{c, taps, make([]float32, c.Window[0]*c.pairs()*2*narrowTaps*lanes)}
}

// pairs is how many pairs of filters there are. The last one's second may be one
// that does not count.
func (c *conv) pairs() int { return (c.Filters + 1) / 2 }

func (n *narrow) run(dkernel []float32) {
	const size = 2 * narrowTaps * lanes
	down, right := n.stride()
	parallel.Each(n.Window[0]*n.pairs(), func(piece int) {
		row, f := piece/n.pairs(), piece%n.pairs()*2
		sums := n.sums[piece*size : (piece+1)*size]
		clear(sums)
		for line := range n.y.groups * n.y.h {
			g, y := line/n.y.h, line%n.y.h
			x := n.x.data[n.x.at(g, y*down-n.Pad[0]+row, -n.Pad[1]):]
			d := n.dy.data[n.dy.at(g, y, 0)+f*lanes:]
			if n.taps > 3 {
				weighFive(sums, x, right*n.x.pixel, d, n.dy.pixel, n.y.w)
			} else {
				weighThree(sums, x, right*n.x.pixel, d, n.dy.pixel, n.y.w)
			}
		}
		var each [2 * narrowTaps]float64
		sumLanes(each[:], sums)
		for i := range min(2, n.Filters-f) {
			for tap := range n.taps {
				dkernel[(row*n.taps+tap)*n.Filters+f+i] = float32(each[i*narrowTaps+tap])
			}
		}
	})
}
