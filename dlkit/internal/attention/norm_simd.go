//go:build goexperiment.simd

package attention

import "simd"

// sumRow is the sum of a row.
func sumRow(x []float32) float32 {
	v, j := simd.VectorBitSize()/32, 0
	sum := simd.BroadcastFloat32s(0)
	for ; j+v <= len(x); j += v {
		sum = sum.Add(simd.LoadFloat32s(x[j:]))
	}
	return sumOf(sum) + sumFrom(x, j)
}

// spread puts x − mean in y, and gives the sum of its squares.
func spread(y, x []float32, mean float32) float32 {
	v, j := simd.VectorBitSize()/32, 0
	middle, sum := simd.BroadcastFloat32s(mean), simd.BroadcastFloat32s(0)
	for ; j+v <= len(x); j += v {
		d := simd.LoadFloat32s(x[j:]).Sub(middle)
		d.Store(y[j:])
		sum = d.MulAdd(d, sum)
	}
	return sumOf(sum) + spreadFrom(y, x, mean, j)
}

// unitRow multiplies unit with a number, and puts it in y with gamma and beta.
func unitRow(y, unit, gamma, beta []float32, inverse float32) {
	v, j := simd.VectorBitSize()/32, 0
	by := simd.BroadcastFloat32s(inverse)
	for ; j+v <= len(y); j += v {
		u := simd.LoadFloat32s(unit[j:]).Mul(by)
		u.Store(unit[j:])
		u.MulAdd(simd.LoadFloat32s(gamma[j:]), simd.LoadFloat32s(beta[j:])).Store(y[j:])
	}
	unitRowFrom(y, unit, gamma, beta, inverse, j)
}

// normSums adds a row's gradients by gamma and beta, and gives the sums of dy·gamma
// and of dy·gamma·unit.
func normSums(dgamma, dbeta, dy, unit, gamma []float32) (sum, withUnit float32) {
	v, j := simd.VectorBitSize()/32, 0
	first, second := simd.BroadcastFloat32s(0), simd.BroadcastFloat32s(0)
	for ; j+v <= len(dgamma); j += v {
		d, u := simd.LoadFloat32s(dy[j:]), simd.LoadFloat32s(unit[j:])
		d.MulAdd(u, simd.LoadFloat32s(dgamma[j:])).Store(dgamma[j:])
		d.Add(simd.LoadFloat32s(dbeta[j:])).Store(dbeta[j:])
		d = d.Mul(simd.LoadFloat32s(gamma[j:]))
		first, second = first.Add(d), d.MulAdd(u, second)
	}
	sum, withUnit = normSumsFrom(dgamma, dbeta, dy, unit, gamma, j)
	return sum + sumOf(first), withUnit + sumOf(second)
}

// normSlope is the gradient by a row, (dy·gamma − mean − unit·withUnit)·inverse.
func normSlope(dx, dy, unit, gamma []float32, inverse, mean, withUnit float32) {
	v, j := simd.VectorBitSize()/32, 0
	by, middle, slope := simd.BroadcastFloat32s(inverse), simd.BroadcastFloat32s(mean), simd.BroadcastFloat32s(-withUnit)
	for ; j+v <= len(dx); j += v {
		d := simd.LoadFloat32s(dy[j:]).Mul(simd.LoadFloat32s(gamma[j:])).Sub(middle)
		simd.LoadFloat32s(unit[j:]).MulAdd(slope, d).Mul(by).Store(dx[j:])
	}
	normSlopeFrom(dx, dy, unit, gamma, inverse, mean, withUnit, j)
}
