//go:build !goexperiment.simd

package sequence

import "math"

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
func tanh(x float32) float32    { return float32(math.Tanh(float64(x))) }

// lstmForwardRow is lstmForward for one example.
func lstmForwardRow(z, before, cell, bent, h []float32) {
	n := len(h)
	for j := range h {
		i, f, g, o := sigmoid(z[j]), sigmoid(z[n+j]), tanh(z[2*n+j]), sigmoid(z[3*n+j])
		c := f*before[j] + i*g
		z[j], z[n+j], z[2*n+j], z[3*n+j] = i, f, g, o
		cell[j], bent[j] = c, tanh(c)
		h[j] = o * bent[j]
	}
}

// lstmBackwardRow is lstmBackward for one example, but for the sum.
func lstmBackwardRow(z, before, bent, dh, dcell []float32) {
	n := len(dh)
	for j, d := range dh {
		i, f, g, o, b := z[j], z[n+j], z[2*n+j], z[3*n+j], bent[j]
		dc := dcell[j] + d*o*(1-b*b)
		z[j], z[n+j] = dc*g*i*(1-i), dc*before[j]*f*(1-f)
		z[2*n+j], z[3*n+j] = dc*i*(1-g*g), d*b*o*(1-o)
		dcell[j] = dc * f
	}
}

// gruForwardRow is gruForward for one example.
func gruForwardRow(z, before, h []float32) {
	n := len(h)
	for j := range h {
		u, r := sigmoid(z[n+j]), sigmoid(z[2*n+j])
		g := tanh(z[j] + r*z[3*n+j])
		z[j], z[n+j], z[2*n+j] = g, u, r
		h[j] = g + u*(before[j]-g)
	}
}

// gruBackwardRow is gruBackward for one example, but for the sum.
func gruBackwardRow(z, before, dh, dbefore []float32) {
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
