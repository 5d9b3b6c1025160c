// Package sequence runs a recurrent layer over whole sequences, forwards and
// backwards, in float32: what a graph of small operations, one after another
// for every step, spends on moving data and on the operations' own overhead is
// several times the arithmetic.
//
// Without the processor's vectors it works too, but slowly: see Fast.
package sequence

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// Fast reports whether the processor's vectors are used.
func Fast() bool { return product.Fast() }
