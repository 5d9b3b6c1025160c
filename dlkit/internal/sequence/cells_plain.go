//go:build !goexperiment.simd

package sequence

import "math"

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
func tanh(x float32) float32    { return float32(math.Tanh(float64(x))) }

// lstmForward is a step of LSTM for one example. z holds the arguments of the
// gates i, f, g and o, and then their values.
func lstmForward(z, before, cell, bent, h []float32) {
	n := len(h)
	for j := range h {
		i, f, g, o := sigmoid(z[j]), sigmoid(z[n+j]), tanh(z[2*n+j]), sigmoid(z[3*n+j])
		c := f*before[j] + i*g
		z[j], z[n+j], z[2*n+j], z[3*n+j] = i, f, g, o
		cell[j], bent[j] = c, tanh(c)
		h[j] = o * bent[j]
	}
}

// lstmBackward is the gradient of lstmForward. The gates in z become the
// gradients by their arguments, dcell that by the cell before.
func lstmBackward(z, before, bent, dh, dcell []float32) {
	n := len(dh)
	for j, d := range dh {
		i, f, g, o, b := z[j], z[n+j], z[2*n+j], z[3*n+j], bent[j]
		dc := dcell[j] + d*o*(1-b*b)
		z[j], z[n+j] = dc*g*i*(1-i), dc*before[j]*f*(1-f)
		z[2*n+j], z[3*n+j] = dc*i*(1-g*g), d*b*o*(1-o)
		dcell[j] = dc * f
	}
}

// gruForward is a step of GRU for one example. z holds what the input gives for
// the candidate, the arguments of the gates z and r, and what the state gives for
// the candidate; all but the last become values.
func gruForward(z, before, h []float32) {
	n := len(h)
	for j := range h {
		u, r := sigmoid(z[n+j]), sigmoid(z[2*n+j])
		g := tanh(z[j] + r*z[3*n+j])
		z[j], z[n+j], z[2*n+j] = g, u, r
		h[j] = g + u*(before[j]-g)
	}
}

// gruBackward is the gradient of gruForward. What is in z becomes the gradients
// by what was in it first; dbefore is the gradient by the state before, but for
// what goes through z.
func gruBackward(z, before, dh, dbefore []float32) {
	n := len(dh)
	for j, d := range dh {
		g, u, r, s := z[j], z[n+j], z[2*n+j], z[3*n+j]
		dg := d * (1 - u) * (1 - g*g)
		z[j], z[n+j] = dg, d*(before[j]-g)*u*(1-u)
		z[2*n+j], z[3*n+j] = dg*s*r*(1-r), dg*r
		dbefore[j] = d * u
	}
}

// add adds x to sum.
func add(sum, x []float32) {
	for j := range sum {
		sum[j] += x[j]
	}
}
