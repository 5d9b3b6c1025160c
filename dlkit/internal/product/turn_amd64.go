//go:build goexperiment.simd

package product

// turnSide is the number of rows and columns that AVX-512 turns at once.
const turnSide = 16

// turn16x16 writes the transpose of 16 rows of 16 numbers, which lie lds apart, to
// dst, where they lie ldd apart.
//
//go:noescape
func turn16x16(dst *float32, ldd int, src *float32, lds int)

// turnBlocks turns what fills blocks, and gives how many rows and columns those
// have.
func turnBlocks(dst []float32, ldd int, src []float32, lds int, rows, columns int) (r, c int) {
	side, turn := turnSide, turn16x16
	switch {
	case AVX2():
		side, turn = turnSide/2, turn8x8
	case !AVX512():
		return 0, 0
	}
	r, c = rows/side*side, columns/side*side
	if r == 0 || c == 0 {
		return 0, 0
	}
	_, _ = dst[(c-1)*ldd+r-1], src[(r-1)*lds+c-1]
	for j := 0; j < c; j += side {
		for i := 0; i < r; i += side {
			turn(&dst[j*ldd+i], ldd, &src[i*lds+j], lds)
		}
	}
	return r, c
}
