//go:build !goexperiment.simd

package tensor

func multiplyFloat32(c, a, b []float32, s matrixSizes) { multiplyPlain(c, a, b, s) }
func multiplyFloat64(c, a, b []float64, s matrixSizes) { multiplyPlain(c, a, b, s) }
