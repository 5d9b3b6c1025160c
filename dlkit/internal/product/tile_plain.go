//go:build !goexperiment.simd

package product

// Fast reports whether the processor's vectors are used.
func Fast() bool { return false }

// tileWidths are the widths that tiles can have.
func tileWidths() widths { return widths{4, 8, 16} }

// addTile adds to a tile of c, of one row or of four that lie ldc apart, the
// product of as many rows of a, k long, and of k rows of b. Rows of a lie ar
// apart, its columns ak, rows of b ldb.
func addTile(c []float32, ldc int, a []float32, ar, ak int, b []float32, ldb, k, rows, width int) {
	for r := range rows {
		sum := c[r*ldc : r*ldc+width]
		for p := range k {
			x := a[r*ar+p*ak]
			for j, y := range b[p*ldb : p*ldb+width] {
				sum[j] += x * y
			}
		}
	}
}
