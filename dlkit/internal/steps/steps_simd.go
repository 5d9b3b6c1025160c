//go:build goexperiment.simd

package steps

import "simd"

// The work is done in functions, not in methods: Go 1.27's compiler fails on
// methods that use vectors.

// Step changes w, m and v.
func (s Adam) Step(w, g, m, v []float32) {
	done := 0
	if !simd.Emulated() {
		done = adamVectors(w, g, m, v, s.Beta1, s.Beta2, s.A, s.E, s.Keep)
	}
	s.step(w[done:], g[done:], m[done:], v[done:])
}

// Step changes w and v.
func (s Momentum) Step(w, g, v []float32) {
	if v == nil || simd.Emulated() {
		s.step(w, g, v)
		return
	}
	done := momentumVectors(w, g, v, s.Mu, s.Rate, s.Keep, s.Nesterov)
	s.step(w[done:], g[done:], v[done:])
}

// adamVectors does what fills whole vectors, and returns how much that was.
func adamVectors(w, g, m, v []float32, b1, b2, factor, epsilon, kept float32) int {
	beta1, beta2 := simd.BroadcastFloat32s(b1), simd.BroadcastFloat32s(b2)
	a, e, keep := simd.BroadcastFloat32s(factor), simd.BroadcastFloat32s(epsilon), simd.BroadcastFloat32s(kept)
	width := beta1.Len()
	i := 0
	for ; i+width <= len(w); i += width {
		dx := simd.LoadFloat32s(g[i:])
		mean := simd.LoadFloat32s(m[i:]).Mul(beta1).Add(dx)
		square := simd.LoadFloat32s(v[i:]).Mul(beta2).Add(dx.Mul(dx))
		mean.Store(m[i:])
		square.Store(v[i:])
		step := mean.Mul(a).Div(square.Sqrt().Add(e))
		simd.LoadFloat32s(w[i:]).Mul(keep).Sub(step).Store(w[i:])
	}
	return i
}

// momentumVectors does what fills whole vectors, and returns how much that was.
func momentumVectors(w, g, v []float32, momentum, learningRate, kept float32, nesterov bool) int {
	mu, rate, keep := simd.BroadcastFloat32s(momentum), simd.BroadcastFloat32s(learningRate), simd.BroadcastFloat32s(kept)
	width := mu.Len()
	i := 0
	for ; i+width <= len(w); i += width {
		step := simd.LoadFloat32s(g[i:]).Mul(rate)
		speed := simd.LoadFloat32s(v[i:]).Mul(mu).Sub(step)
		speed.Store(v[i:])
		if nesterov {
			speed = speed.Mul(mu).Sub(step)
		}
		simd.LoadFloat32s(w[i:]).Mul(keep).Add(speed).Store(w[i:])
	}
	return i
}

// add adds src to dst, which are equally long.
func add(dst, src []float32) {
	done := 0
	if !simd.Emulated() {
		done = addVectors(dst, src)
	}
	addTo(dst[done:], src[done:])
}

// addVectors does what fills whole vectors, and returns how much that was.
func addVectors(dst, src []float32) int {
	width := simd.BroadcastFloat32s(0).Len()
	i := 0
	for ; i+width <= len(dst); i += width {
		simd.LoadFloat32s(dst[i:]).Add(simd.LoadFloat32s(src[i:])).Store(dst[i:])
	}
	return i
}

// sumRows makes sum, a row, that of rows at[i] of a table. With skipZero, row 0
// does not count.
func sumRows(sum, table []float32, at []int32, skipZero bool) {
	done := 0
	if !simd.Emulated() {
		done = sumRowsVectors(sum, table, at, skipZero)
	}
	sumRowsFrom(done, sum, table, at, skipZero)
}

// sumRowsVectors does what fills whole vectors, and returns how much that was.
func sumRowsVectors(sum, table []float32, at []int32, skipZero bool) int {
	zero := simd.BroadcastFloat32s(0)
	width, size := zero.Len(), len(sum)
	i := 0
	for ; i+width <= size; i += width {
		total := zero
		for k, w := range at {
			if i == 0 {
				prefetchAhead(table, at, k, size)
			}
			if w != 0 || !skipZero {
				total = total.Add(simd.LoadFloat32s(table[int(w)*size+i:]))
			}
		}
		total.Store(sum[i:])
	}
	return i
}
