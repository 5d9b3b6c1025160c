//go:build goexperiment.simd

package perceptron

import "simd"

// The lengths here are multiples of what tiles are wide, and so of vectors.

// relu sets negative numbers to zero. What is no number stays so.
func relu(y []float32) {
	v, zero := simd.VectorBitSize()/32, simd.Float32s{}
	for i := 0; i < len(y); i += v {
		x := simd.LoadFloat32s(y[i:])
		zero.IfElse(x.LessEqual(zero), x).Store(y[i:])
	}
}

// gate sets d to zero where y is not positive.
func gate(d, y []float32) {
	v, zero := simd.VectorBitSize()/32, simd.Float32s{}
	for i := 0; i < len(d); i += v {
		simd.LoadFloat32s(d[i:]).Masked(simd.LoadFloat32s(y[i:]).Greater(zero)).Store(d[i:])
	}
}

// multiply multiplies y by k.
func multiply(y, k []float32) {
	v := simd.VectorBitSize() / 32
	for i := 0; i < len(y); i += v {
		simd.LoadFloat32s(y[i:]).Mul(simd.LoadFloat32s(k[i:])).Store(y[i:])
	}
}
