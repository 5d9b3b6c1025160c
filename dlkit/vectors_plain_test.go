//go:build !(goexperiment.simd && amd64)

package dlkit

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// vectorBits knows only whether there are vectors at all.
func vectorBits() (ours, backends int) {
	if product.Fast() {
		return 128, 128
	}
	return 0, 0
}
