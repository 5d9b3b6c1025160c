//go:build goexperiment.simd

package rows

import "simd"

// Exp is e to the power of x, which must lie within ±87: 2 to a whole power times
// a polynomial for what remains, that of Cephes' expf.
func Exp(x simd.Float32s) simd.Float32s {
	// Adding 1.5·2²³ rounds to a whole number, which then lies in the low bits.
	shift := simd.BroadcastFloat32s(12582912)
	shifted := x.MulAdd(simd.BroadcastFloat32s(1.44269504088896341), shift)
	whole := shifted.Sub(shift)
	x = whole.MulAdd(simd.BroadcastFloat32s(-0.693359375), x)
	x = whole.MulAdd(simd.BroadcastFloat32s(2.12194440e-4), x)
	p := x.MulAdd(simd.BroadcastFloat32s(1.9875691500e-4), simd.BroadcastFloat32s(1.3981999507e-3))
	p = p.MulAdd(x, simd.BroadcastFloat32s(8.3334519073e-3))
	p = p.MulAdd(x, simd.BroadcastFloat32s(4.1665795894e-2))
	p = p.MulAdd(x, simd.BroadcastFloat32s(1.6666665459e-1))
	p = p.MulAdd(x, simd.BroadcastFloat32s(5.0000001201e-1))
	p = p.MulAdd(x.Mul(x), x).Add(simd.BroadcastFloat32s(1))
	return p.ToBits().Add(shifted.ToBits().ShiftAllLeft(23)).BitsToFloat32()
}
