//go:build goexperiment.simd

package attention

import "simd"

// bell gives for x the normal distribution function Φ(x), and e^(−x²/2). erf is
// the approximation 7.1.26 of Abramowitz & Stegun, within 1.5e-7.
func bell(x simd.Float32s) (share, height simd.Float32s) {
	one, half := simd.BroadcastFloat32s(1), simd.BroadcastFloat32s(0.5)
	height = exp(x.Mul(x).Mul(simd.BroadcastFloat32s(-0.5)))
	t := one.Div(x.Abs().MulAdd(simd.BroadcastFloat32s(0.3275911*0.7071067811865476), one))
	p := t.MulAdd(simd.BroadcastFloat32s(1.061405429), simd.BroadcastFloat32s(-1.453152027))
	p = p.MulAdd(t, simd.BroadcastFloat32s(1.421413741))
	p = p.MulAdd(t, simd.BroadcastFloat32s(-0.284496736))
	p = p.MulAdd(t, simd.BroadcastFloat32s(0.254829592))
	tail := p.Mul(t).Mul(height).Mul(half) // Φ(−|x|)
	return one.Sub(tail).IfElse(x.Greater(simd.BroadcastFloat32s(0)), tail), height
}

// gelu is x·Φ(x), in place.
func gelu(x []float32) {
	v, j := simd.VectorBitSize()/32, 0
	for ; j+v <= len(x); j += v {
		z := simd.LoadFloat32s(x[j:])
		share, _ := bell(z)
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
		share, height := bell(z)
		z.Mul(height).MulAdd(root, share).Mul(simd.LoadFloat32s(dy[j:])).Store(dy[j:])
	}
	geluSlopeFrom(dy, x, j)
}
