//go:build goexperiment.simd

package pictures

import (
	"simd"

	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

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
	if assembly() {
		addAssembly(c, ldc, width, a, b, k, m, 1)
		return
	}
	for j := range m {
		product.Add(product.Rows(c, ldc), product.Matrix{Data: a.data[j*a.run:], Row: a.row, Column: a.column},
			product.Rows(b.data[j*b.run:], b.row), tileRows, width, k)
	}
}

// setTile is addTile to zeros, whatever c held.
func setTile(c []float32, ldc, width int, a, b factor, k, m int) {
	if assembly() {
		addAssembly(c, ldc, width, a, b, k, m, 0)
		return
	}
	for r := range tileRows {
		clear(c[r*ldc : r*ldc+width])
	}
	addTile(c, ldc, width, a, b, k, m)
}
