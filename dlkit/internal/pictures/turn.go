//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// turnPixel turns a pixel's channels, each of which has lanes numbers, into one
// row of channels for every lane. Rows lie width numbers apart.
func turnPixel(to []float32, width int, from []float32, channels int) {
	product.Turn(product.Rows(to, width), product.Rows(from, lanes), channels, lanes)
}
