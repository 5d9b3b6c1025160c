//go:build !goexperiment.simd

package pictures

// Chain needs Go's package simd: without it there are none, and graphs do the
// work.
type Chain struct{ Config }

// Fast reports whether chains are quicker here than graphs.
func Fast() bool { return false }

// New panics.
func New(Config) *Chain { panic("pictures: built without GOEXPERIMENT=simd") }

// Forward does nothing.
func (*Chain) Forward(_, _ []float32, _, _ [][]float32, _ uint64) {}

// Backward does nothing.
func (*Chain) Backward([]float32, [][]float32, []float32) {}
