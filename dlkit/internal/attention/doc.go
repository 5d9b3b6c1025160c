// Package attention runs attention of several heads, and the block of a
// transformer around it, over sequences, forwards and backwards, in float32.
//
// As a graph of operations, attention reads and writes the weights of all pairs
// of steps many times, and they are its largest arrays by far. Here they are
// made for some steps at a time, used while they are in the processor's caches,
// and forgotten: what is kept of them is one number per step, from which the
// gradient makes them anew. Dao et al., 2022. Everything else that happens to an
// example is done at once as well, by one processor, before its numbers leave
// the caches.
//
// Without the processor's vectors the package works too, but slowly: see Fast.
package attention

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// Fast reports whether the processor's vectors are used.
func Fast() bool { return product.Fast() }
