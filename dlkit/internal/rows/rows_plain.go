//go:build !goexperiment.simd

package rows

// ReLU makes y the larger of x and 0. They may be the same row.
func ReLU(y, x []float32) { reluFrom(y, x, 0) }

// Gate sets d to 0 where y is not above 0: the gradient of ReLU.
func Gate(d, y []float32) { gateFrom(d, y, 0) }

// Multiply makes y the product of x and k. y and x may be the same row.
func Multiply(y, x, k []float32) { multiplyFrom(y, x, k, 0) }
