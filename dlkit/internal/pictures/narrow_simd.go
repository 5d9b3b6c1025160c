//go:build goexperiment.simd

package pictures

import "simd"

// weighFive adds to sums (2, narrowTaps, lanes) the products of two filters'
// gradients with five numbers of x, over so many pixels, which lie step numbers
// apart in x and pixel numbers in d.
func weighFive(sums, x []float32, step int, d []float32, pixel, pixels int) {
	v := simd.VectorBitSize() / 32
	for q := 0; q < lanes; q += v {
		s := sums[q:]
		a0, b0 := simd.LoadFloat32s(s), simd.LoadFloat32s(s[5*lanes:])
		a1, b1 := simd.LoadFloat32s(s[lanes:]), simd.LoadFloat32s(s[6*lanes:])
		a2, b2 := simd.LoadFloat32s(s[2*lanes:]), simd.LoadFloat32s(s[7*lanes:])
		a3, b3 := simd.LoadFloat32s(s[3*lanes:]), simd.LoadFloat32s(s[8*lanes:])
		a4, b4 := simd.LoadFloat32s(s[4*lanes:]), simd.LoadFloat32s(s[9*lanes:])
		for p := range pixels {
			from, by := x[p*step+q:], d[p*pixel+q:]
			first, second := simd.LoadFloat32s(by), simd.LoadFloat32s(by[lanes:])
			n := simd.LoadFloat32s(from)
			a0, b0 = n.MulAdd(first, a0), n.MulAdd(second, b0)
			n = simd.LoadFloat32s(from[lanes:])
			a1, b1 = n.MulAdd(first, a1), n.MulAdd(second, b1)
			n = simd.LoadFloat32s(from[2*lanes:])
			a2, b2 = n.MulAdd(first, a2), n.MulAdd(second, b2)
			n = simd.LoadFloat32s(from[3*lanes:])
			a3, b3 = n.MulAdd(first, a3), n.MulAdd(second, b3)
			n = simd.LoadFloat32s(from[4*lanes:])
			a4, b4 = n.MulAdd(first, a4), n.MulAdd(second, b4)
		}
		a0.Store(s)
		a1.Store(s[lanes:])
		a2.Store(s[2*lanes:])
		a3.Store(s[3*lanes:])
		a4.Store(s[4*lanes:])
		b0.Store(s[5*lanes:])
		b1.Store(s[6*lanes:])
		b2.Store(s[7*lanes:])
		b3.Store(s[8*lanes:])
		b4.Store(s[9*lanes:])
	}
}

// weighThree is weighFive for three numbers.
func weighThree(sums, x []float32, step int, d []float32, pixel, pixels int) {
	v := simd.VectorBitSize() / 32
	for q := 0; q < lanes; q += v {
		s := sums[q:]
		a0, b0 := simd.LoadFloat32s(s), simd.LoadFloat32s(s[5*lanes:])
		a1, b1 := simd.LoadFloat32s(s[lanes:]), simd.LoadFloat32s(s[6*lanes:])
		a2, b2 := simd.LoadFloat32s(s[2*lanes:]), simd.LoadFloat32s(s[7*lanes:])
		for p := range pixels {
			from, by := x[p*step+q:], d[p*pixel+q:]
			first, second := simd.LoadFloat32s(by), simd.LoadFloat32s(by[lanes:])
			n := simd.LoadFloat32s(from)
			a0, b0 = n.MulAdd(first, a0), n.MulAdd(second, b0)
			n = simd.LoadFloat32s(from[lanes:])
			a1, b1 = n.MulAdd(first, a1), n.MulAdd(second, b1)
			n = simd.LoadFloat32s(from[2*lanes:])
			a2, b2 = n.MulAdd(first, a2), n.MulAdd(second, b2)
		}
		a0.Store(s)
		a1.Store(s[lanes:])
		a2.Store(s[2*lanes:])
		b0.Store(s[5*lanes:])
		b1.Store(s[6*lanes:])
		b2.Store(s[7*lanes:])
	}
}
