//go:build goexperiment.simd

package pictures

import "simd"

// The transforms of winograd. They are functions and not methods: a method that
// uses vectors is more than Go 1.27's compiler can take.

// sumTile writes the 16 sums of a tile, Bᵀ·d·B of its inputs d, for all numbers
// of a pixel. Sums lie apart numbers apart, rows and pixels of the tile row and
// pixel.
func sumTile(to []float32, apart int, from []float32, row, pixel int) {
	v := simd.VectorBitSize() / 32
	for q := 0; q < pixel; q += v {
		a, b, c, d := from[q:], from[row+q:], from[2*row+q:], from[3*row+q:]
		a0, a1, a2, a3 := simd.LoadFloat32s(a), simd.LoadFloat32s(a[pixel:]), simd.LoadFloat32s(a[2*pixel:]), simd.LoadFloat32s(a[3*pixel:])
		b0, b1, b2, b3 := simd.LoadFloat32s(b), simd.LoadFloat32s(b[pixel:]), simd.LoadFloat32s(b[2*pixel:]), simd.LoadFloat32s(b[3*pixel:])
		c0, c1, c2, c3 := simd.LoadFloat32s(c), simd.LoadFloat32s(c[pixel:]), simd.LoadFloat32s(c[2*pixel:]), simd.LoadFloat32s(c[3*pixel:])
		d0, d1, d2, d3 := simd.LoadFloat32s(d), simd.LoadFloat32s(d[pixel:]), simd.LoadFloat32s(d[2*pixel:]), simd.LoadFloat32s(d[3*pixel:])
		storeSums(to[q:], apart, a0.Sub(c0), a1.Sub(c1), a2.Sub(c2), a3.Sub(c3))
		storeSums(to[q+4*apart:], apart, b0.Add(c0), b1.Add(c1), b2.Add(c2), b3.Add(c3))
		storeSums(to[q+8*apart:], apart, c0.Sub(b0), c1.Sub(b1), c2.Sub(b2), c3.Sub(b3))
		storeSums(to[q+12*apart:], apart, b0.Sub(d0), b1.Sub(d1), b2.Sub(d2), b3.Sub(d3))
	}
}

func storeSums(to []float32, apart int, a, b, c, d simd.Float32s) {
	a.Sub(c).Store(to)
	b.Add(c).Store(to[apart:])
	c.Sub(b).Store(to[2*apart:])
	b.Sub(d).Store(to[3*apart:])
}

// collectTile makes the outputs of a tile for one channel, Aᵀ·m·A of its products
// m and the bias, and takes ReLU if asked for. At the ends of pictures there may
// be fewer than two rows and columns.
func collectTile(to []float32, row, pixel, rows, columns int, m []float32, apart int, bias float32, relu bool) {
	v, b, zero := simd.VectorBitSize()/32, simd.BroadcastFloat32s(bias), simd.Float32s{}
	for q := 0; q < lanes; q += v {
		for i := range rows {
			s0, s1 := rowSum(m[q:], apart, i), rowSum(m[q+apart:], apart, i)
			s2, s3 := rowSum(m[q+2*apart:], apart, i), rowSum(m[q+3*apart:], apart, i)
			left, right := s0.Add(s1).Add(s2).Add(b), s1.Sub(s2).Sub(s3).Add(b)
			if relu {
				left, right = zero.IfElse(left.LessEqual(zero), left), zero.IfElse(right.LessEqual(zero), right)
			}
			left.Store(to[i*row+q:])
			if columns == 2 {
				right.Store(to[i*row+pixel+q:])
			}
		}
	}
}

// rowSum is a column of Aᵀ·m, of the upper or the lower row.
func rowSum(m []float32, apart, row int) simd.Float32s {
	b, c := simd.LoadFloat32s(m[4*apart:]), simd.LoadFloat32s(m[8*apart:])
	if row == 0 {
		return simd.LoadFloat32s(m).Add(b).Add(c)
	}
	return b.Sub(c).Sub(simd.LoadFloat32s(m[12*apart:]))
}

// combineTaps makes of three rows of weights four: G times them.
func combineTaps(to []float32, apart int, from []float32, distance, width int) {
	v, half := simd.VectorBitSize()/32, simd.BroadcastFloat32s(0.5)
	for f := 0; f < width; f += v {
		a, b, c := simd.LoadFloat32s(from[f:]), simd.LoadFloat32s(from[distance+f:]).Mul(half), simd.LoadFloat32s(from[2*distance+f:])
		sum := a.Add(c).Mul(half)
		a.Store(to[f:])
		sum.Add(b).Store(to[apart+f:])
		sum.Sub(b).Store(to[2*apart+f:])
		c.Store(to[3*apart+f:])
	}
}
