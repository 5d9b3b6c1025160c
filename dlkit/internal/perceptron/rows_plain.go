//go:build !goexperiment.simd

package perceptron

// relu sets negative numbers to zero. What is no number stays so.
func relu(y []float32) {
	for i, v := range y {
		if v <= 0 {
			y[i] = 0
		}
	}
}

// gate sets d to zero where y is not positive.
func gate(d, y []float32) {
	for i, v := range y {
		if !(v > 0) {
			d[i] = 0
		}
	}
}

// multiply multiplies y by k.
func multiply(y, k []float32) {
	for i, v := range k {
		y[i] *= v
	}
}
