//go:build goexperiment.simd

package product

import "simd"

// Fast reports whether the processor's vectors are used.
func Fast() bool { return !simd.Emulated() }

// tileWidths are the widths that tiles can have: those of two vectors, or what
// is written in assembly.
func tileWidths() widths {
	if AVX512() {
		return widths{16, 32, 64}
	}
	if AVX2() {
		return widths{16, 16, 16}
	}
	two := 2 * simd.VectorBitSize() / 32
	return widths{two, two, two}
}

// tileHeight is how many of n rows a tile of that width takes.
func tileHeight(n, width int) int {
	switch {
	case n >= 8 && width == 32 && AVX512():
		return 8
	case AVX2() && (n >= 12 || n == 10 || n == 6): // no single rows are left by it
		return 6
	case n >= 4:
		return 4
	}
	return 1
}

// putTile makes of a tile of c, of tileHeight rows that lie ldc apart, that of
// start, whose rows lie ldstart apart, and the product of as many rows of a, k
// long, and of k rows of b. Rows of a lie ar apart, its columns ak, rows of b ldb.
// The width is one of tileWidths.
func putTile(c []float32, ldc int, start []float32, ldstart int, a []float32, ar, ak int, b []float32, ldb, k, rows, width int) {
	switch {
	case AVX512():
		putLarge(c, ldc, start, ldstart, a, ar, ak, b, ldb, k, rows, width)
	case AVX2():
		putMiddle(c, ldc, start, ldstart, a, ar, ak, b, ldb, k, rows, width)
	case rows == 4:
		putFourRows(c, ldc, start, ldstart, a, ar, ak, b, ldb, k)
	default:
		putRow(c, start, a, ak, b, ldb, k)
	}
}

func putFourRows(c []float32, ldc int, start []float32, ldstart int, a []float32, ar, ak int, b []float32, ldb, k int) {
	v := simd.VectorBitSize() / 32
	s1, s2, s3 := start[ldstart:], start[2*ldstart:], start[3*ldstart:]
	c00, c01 := simd.LoadFloat32s(start), simd.LoadFloat32s(start[v:])
	c10, c11 := simd.LoadFloat32s(s1), simd.LoadFloat32s(s1[v:])
	c20, c21 := simd.LoadFloat32s(s2), simd.LoadFloat32s(s2[v:])
	c30, c31 := simd.LoadFloat32s(s3), simd.LoadFloat32s(s3[v:])
	a0, a1, a2, a3 := a, a[ar:], a[2*ar:], a[3*ar:]
	for p := range k {
		row, at := b[p*ldb:], p*ak
		b0, b1 := simd.LoadFloat32s(row), simd.LoadFloat32s(row[v:])
		x, y := simd.BroadcastFloat32s(a0[at]), simd.BroadcastFloat32s(a1[at])
		c00, c01 = x.MulAdd(b0, c00), x.MulAdd(b1, c01)
		c10, c11 = y.MulAdd(b0, c10), y.MulAdd(b1, c11)
		x, y = simd.BroadcastFloat32s(a2[at]), simd.BroadcastFloat32s(a3[at])
		c20, c21 = x.MulAdd(b0, c20), x.MulAdd(b1, c21)
		c30, c31 = y.MulAdd(b0, c30), y.MulAdd(b1, c31)
	}
	r0, r1, r2, r3 := c, c[ldc:], c[2*ldc:], c[3*ldc:]
	c00.Store(r0)
	c01.Store(r0[v:])
	c10.Store(r1)
	c11.Store(r1[v:])
	c20.Store(r2)
	c21.Store(r2[v:])
	c30.Store(r3)
	c31.Store(r3[v:])
}

func putRow(c, start, a []float32, ak int, b []float32, ldb, k int) {
	v := simd.VectorBitSize() / 32
	c0, c1 := simd.LoadFloat32s(start), simd.LoadFloat32s(start[v:])
	for p := range k {
		row, x := b[p*ldb:], simd.BroadcastFloat32s(a[p*ak])
		c0, c1 = x.MulAdd(simd.LoadFloat32s(row), c0), x.MulAdd(simd.LoadFloat32s(row[v:]), c1)
	}
	c0.Store(c)
	c1.Store(c[v:])
}
