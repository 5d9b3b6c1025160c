//go:build goexperiment.simd && amd64

package dlkit

import (
	"simd"
	"simd/archsimd"
)

// vectorBits are the widths of the vectors that dlkit's own code uses, and of
// those that GoMLX's Go backend decides for by the same features.
func vectorBits() (ours, backends int) {
	if !simd.Emulated() {
		ours = simd.VectorBitSize()
	}
	switch {
	case archsimd.X86.AVX512():
		backends = 512
	case archsimd.X86.AVX2():
		backends = 256
	}
	return ours, backends
}
