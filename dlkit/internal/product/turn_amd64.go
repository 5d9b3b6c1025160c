//go:build goexperiment.simd

package product

// turnSide is the number of rows and columns that are turned at once.
const turnSide = 16

// turn16x16 writes the transpose of 16 rows of 16 numbers, which lie lds apart, to
// dst, where they lie ldd apart.
//
//go:noescape
func turn16x16(dst *float32, ldd int, src *float32, lds int)

// turnBlocks turns what fills blocks, and gives how many rows and columns those
// have.
func turnBlocks(dst []float32, ldd int, src []float32, lds int, rows, columns int) (r, c int) {
	if !large() {
		return 0, 0
	}
	r, c = rows/turnSide*turnSide, columns/turnSide*turnSide
	if r == 0 || c == 0 {
		return 0, 0
	}
	_, _ = dst[(c-1)*ldd+r-1], src[(r-1)*lds+c-1]
	for j := 0; j < c; j += turnSide {
		for i := 0; i < r; i += turnSide {
			turn16x16(&dst[j*ldd+i], ldd, &src[i*lds+j], lds)
		}
	}
	return r, c
}
