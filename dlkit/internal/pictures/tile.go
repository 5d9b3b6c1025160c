//go:build goexperiment.simd

package pictures

import "simd"

// tileRows is how many rows tiles have. They are 32 or 16 wide.
const tileRows = 8

// Fast reports whether chains are quicker here than graphs: where the processor
// has vectors.
func Fast() bool { return !simd.Emulated() }

// factor is a matrix as tiles read it: element (i, k) of run j lies at i·row +
// k·column + j·run. The runs of columns are summed up one after another.
type factor struct {
	data             []float32
	row, column, run int
}

// addTile adds to eight rows of c, width wide and ldc apart, the product of eight
// rows of a and the rows of b, m runs of k. Of b, row is the distance of a run's
// rows; its columns touch.
func addTile(c []float32, ldc, width int, a, b factor, k, m int) {
	if large() {
		addLarge(c, ldc, width, a, b, k, m, 1)
		return
	}
	for j := range m {
		for r := 0; r < tileRows; r += 4 {
			for x := 0; x < width; x += 2 * simd.VectorBitSize() / 32 {
				addFourRows(c[r*ldc+x:], ldc, a.data[r*a.row+j*a.run:], a.row, a.column, b.data[j*b.run+x:], b.row, k)
			}
		}
	}
}

// setTile is addTile to zeros, whatever c held.
func setTile(c []float32, ldc, width int, a, b factor, k, m int) {
	if large() {
		addLarge(c, ldc, width, a, b, k, m, 0)
		return
	}
	for r := range tileRows {
		clear(c[r*ldc : r*ldc+width])
	}
	addTile(c, ldc, width, a, b, k, m)
}

// addFourRows is a tile of four rows and two vectors.
func addFourRows(c []float32, ldc int, a []float32, ar, ak int, b []float32, ldb, k int) {
	v := simd.VectorBitSize() / 32
	r0, r1, r2, r3 := c, c[ldc:], c[2*ldc:], c[3*ldc:]
	c00, c01 := simd.LoadFloat32s(r0), simd.LoadFloat32s(r0[v:])
	c10, c11 := simd.LoadFloat32s(r1), simd.LoadFloat32s(r1[v:])
	c20, c21 := simd.LoadFloat32s(r2), simd.LoadFloat32s(r2[v:])
	c30, c31 := simd.LoadFloat32s(r3), simd.LoadFloat32s(r3[v:])
	for p := range k {
		row, at := b[p*ldb:], p*ak
		b0, b1 := simd.LoadFloat32s(row), simd.LoadFloat32s(row[v:])
		x, y := simd.BroadcastFloat32s(a[at]), simd.BroadcastFloat32s(a[ar+at])
		c00, c01 = x.MulAdd(b0, c00), x.MulAdd(b1, c01)
		c10, c11 = y.MulAdd(b0, c10), y.MulAdd(b1, c11)
		x, y = simd.BroadcastFloat32s(a[2*ar+at]), simd.BroadcastFloat32s(a[3*ar+at])
		c20, c21 = x.MulAdd(b0, c20), x.MulAdd(b1, c21)
		c30, c31 = y.MulAdd(b0, c30), y.MulAdd(b1, c31)
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
