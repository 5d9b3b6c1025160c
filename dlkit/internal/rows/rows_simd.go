//go:build goexperiment.simd

package rows

import "simd"

// ReLU makes y the larger of x and 0. They may be the same row. Package simd's
// own Max would lose what is no number.
func ReLU(y, x []float32) {
	v, i, zero := simd.VectorBitSize()/32, 0, simd.Float32s{}
	for ; i+v <= len(x); i += v {
		x := simd.LoadFloat32s(x[i:])
		zero.IfElse(x.LessEqual(zero), x).Store(y[i:])
	}
	reluFrom(y, x, i)
}

// Gate sets d to 0 where y is not above 0: the gradient of ReLU.
func Gate(d, y []float32) {
	v, i, zero := simd.VectorBitSize()/32, 0, simd.Float32s{}
	for ; i+v <= len(d); i += v {
		simd.LoadFloat32s(d[i:]).Masked(simd.LoadFloat32s(y[i:]).Greater(zero)).Store(d[i:])
	}
	gateFrom(d, y, i)
}

// Multiply makes y the product of x and k. y and x may be the same row.
func Multiply(y, x, k []float32) {
	v, i := simd.VectorBitSize()/32, 0
	for ; i+v <= len(x); i += v {
		simd.LoadFloat32s(x[i:]).Mul(simd.LoadFloat32s(k[i:])).Store(y[i:])
	}
	multiplyFrom(y, x, k, i)
}
