//go:build !goexperiment.simd

package product

// Fast reports whether the processor's vectors are used.
func Fast() bool { return false }

// tileWidths are the widths that tiles can have.
func tileWidths() widths { return widths{4, 8, 16} }

// tileHeight is how many of n rows a tile takes.
func tileHeight(n, _ int) int { return n }

// putTile makes of a tile of c, of tileHeight rows that lie ldc apart, that of
// start, whose rows lie ldstart apart, and the product of as many rows of a, k
// long, and of k rows of b. Rows of a lie ar apart, its columns ak, rows of b ldb.
func putTile(c []float32, ldc int, start []float32, ldstart int, a []float32, ar, ak int, b []float32, ldb, k, rows, width int) {
	for r := range rows {
		sum := c[r*ldc : r*ldc+width]
		copy(sum, start[r*ldstart:])
		for p := range k {
			x := a[r*ar+p*ak]
			for j, y := range b[p*ldb : p*ldb+width] {
				sum[j] += x * y
			}
		}
	}
}

func turnBlocks([]float32, int, []float32, int, int, int) (rows, columns int) { return 0, 0 }
