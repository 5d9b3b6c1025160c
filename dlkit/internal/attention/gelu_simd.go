//go:build goexperiment.simd

package attention

import (
	"simd"

	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// gelu is x·Φ(x), in place.
func gelu(x []float32) {
	v, j := simd.VectorBitSize()/32, 0
	for ; j+v <= len(x); j += v {
		z := simd.LoadFloat32s(x[j:])
		share, _ := rows.Bell(z)
		z.Mul(share).Store(x[j:])
	}
	geluFrom(x, j)
}

// geluSlope multiplies dy with the slope of x·Φ(x).
func geluSlope(dy, x []float32) {
	v, j := simd.VectorBitSize()/32, 0
	root := simd.BroadcastFloat32s(0.3989422804014327) // 1/√2π
	for ; j+v <= len(dy); j += v {
		z := simd.LoadFloat32s(x[j:])
		share, height := rows.Bell(z)
		z.Mul(height).MulAdd(root, share).Mul(simd.LoadFloat32s(dy[j:])).Store(dy[j:])
	}
	geluSlopeFrom(dy, x, j)
}
