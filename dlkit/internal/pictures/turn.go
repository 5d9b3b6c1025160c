//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// turned is a gradient by outputs with the filters innermost: (groups, h, w,
// lanes, columns). h and w are those of whole tiles; what is beyond the outputs
// is zero.
type turned struct {
	h, w, columns int
	data          []float32
}

// size is how many numbers there are.
func (t turned) size(groups int) int { return groups * t.h * t.w * lanes * t.columns }

// turnPixel turns a pixel's channels, each of which has lanes numbers, into one
// row of channels for every lane. Rows lie width numbers apart.
func turnPixel(to []float32, width int, from []float32, channels int) {
	product.Turn(product.Rows(to, width), product.Rows(from, lanes), channels, lanes)
}
