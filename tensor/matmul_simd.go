//go:build goexperiment.simd

package tensor

import "simd"

func multiplyFloat32(c, a, b []float32, s matrixSizes) {
	if simd.Emulated() {
		multiplyPlain(c, a, b, s)
		return
	}
	multiplyTiled(c, a, b, s, 2*simd.VectorBitSize()/32, tileFloat32, addRowsFloat32)
}

func multiplyFloat64(c, a, b []float64, s matrixSizes) {
	if simd.Emulated() {
		multiplyPlain(c, a, b, s)
		return
	}
	multiplyTiled(c, a, b, s, 2*simd.VectorBitSize()/64, tileFloat64, addRowsFloat64)
}

// tileFloat32 adds to a tile of c, tileRows rows that lie stride apart and two
// vectors wide, the product of a strip of a and a panel of b (see pack.go), both
// k deep. The tile stays in registers throughout.
func tileFloat32(c, a, b []float32, k, stride int) {
	v := simd.VectorBitSize() / 32
	r0, r1, r2, r3 := c, c[stride:], c[2*stride:], c[3*stride:]
	c00, c01 := simd.LoadFloat32s(r0), simd.LoadFloat32s(r0[v:])
	c10, c11 := simd.LoadFloat32s(r1), simd.LoadFloat32s(r1[v:])
	c20, c21 := simd.LoadFloat32s(r2), simd.LoadFloat32s(r2[v:])
	c30, c31 := simd.LoadFloat32s(r3), simd.LoadFloat32s(r3[v:])
	for p := range k {
		b0, b1 := simd.LoadFloat32s(b[2*p*v:]), simd.LoadFloat32s(b[2*p*v+v:])
		column := a[p*tileRows : p*tileRows+tileRows]
		a0, a1 := simd.BroadcastFloat32s(column[0]), simd.BroadcastFloat32s(column[1])
		c00, c01 = a0.MulAdd(b0, c00), a0.MulAdd(b1, c01)
		c10, c11 = a1.MulAdd(b0, c10), a1.MulAdd(b1, c11)
		a2, a3 := simd.BroadcastFloat32s(column[2]), simd.BroadcastFloat32s(column[3])
		c20, c21 = a2.MulAdd(b0, c20), a2.MulAdd(b1, c21)
		c30, c31 = a3.MulAdd(b0, c30), a3.MulAdd(b1, c31)
	}
	c00.Store(r0)
	c01.Store(r0[v:])
	c10.Store(r1)
	c11.Store(r1[v:])
	c20.Store(r2)
	c21.Store(r2[v:])
	c30.Store(r3)
	c31.Store(r3[v:])
}

// addRowsFloat32 is addRows with vectors.
func addRowsFloat32(c, a, b []float32) {
	n, v := len(c), simd.VectorBitSize()/32
	for p := range a {
		x, row := simd.BroadcastFloat32s(a[p]), b[p*n:(p+1)*n]
		j := 0
		for ; j+v <= n; j += v {
			x.MulAdd(simd.LoadFloat32s(row[j:]), simd.LoadFloat32s(c[j:])).Store(c[j:])
		}
		if j < n {
			rest, _ := simd.LoadFloat32sPart(row[j:])
			sum, _ := simd.LoadFloat32sPart(c[j:])
			x.MulAdd(rest, sum).StorePart(c[j:])
		}
	}
}

// tileFloat64 adds to a tile of c, tileRows rows that lie stride apart and two
// vectors wide, the product of a strip of a and a panel of b (see pack.go), both
// k deep. The tile stays in registers throughout.
func tileFloat64(c, a, b []float64, k, stride int) {
	v := simd.VectorBitSize() / 64
	r0, r1, r2, r3 := c, c[stride:], c[2*stride:], c[3*stride:]
	c00, c01 := simd.LoadFloat64s(r0), simd.LoadFloat64s(r0[v:])
	c10, c11 := simd.LoadFloat64s(r1), simd.LoadFloat64s(r1[v:])
	c20, c21 := simd.LoadFloat64s(r2), simd.LoadFloat64s(r2[v:])
	c30, c31 := simd.LoadFloat64s(r3), simd.LoadFloat64s(r3[v:])
	for p := range k {
		b0, b1 := simd.LoadFloat64s(b[2*p*v:]), simd.LoadFloat64s(b[2*p*v+v:])
		column := a[p*tileRows : p*tileRows+tileRows]
		a0, a1 := simd.BroadcastFloat64s(column[0]), simd.BroadcastFloat64s(column[1])
		c00, c01 = a0.MulAdd(b0, c00), a0.MulAdd(b1, c01)
		c10, c11 = a1.MulAdd(b0, c10), a1.MulAdd(b1, c11)
		a2, a3 := simd.BroadcastFloat64s(column[2]), simd.BroadcastFloat64s(column[3])
		c20, c21 = a2.MulAdd(b0, c20), a2.MulAdd(b1, c21)
		c30, c31 = a3.MulAdd(b0, c30), a3.MulAdd(b1, c31)
	}
	c00.Store(r0)
	c01.Store(r0[v:])
	c10.Store(r1)
	c11.Store(r1[v:])
	c20.Store(r2)
	c21.Store(r2[v:])
	c30.Store(r3)
	c31.Store(r3[v:])
}

// addRowsFloat64 is addRows with vectors.
func addRowsFloat64(c, a, b []float64) {
	n, v := len(c), simd.VectorBitSize()/64
	for p := range a {
		x, row := simd.BroadcastFloat64s(a[p]), b[p*n:(p+1)*n]
		j := 0
		for ; j+v <= n; j += v {
			x.MulAdd(simd.LoadFloat64s(row[j:]), simd.LoadFloat64s(c[j:])).Store(c[j:])
		}
		if j < n {
			rest, _ := simd.LoadFloat64sPart(row[j:])
			sum, _ := simd.LoadFloat64sPart(c[j:])
			x.MulAdd(rest, sum).StorePart(c[j:])
		}
	}
}
