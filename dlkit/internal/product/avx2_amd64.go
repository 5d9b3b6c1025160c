//go:build goexperiment.simd

package product

import (
	"simd"
	"simd/archsimd"
)

// AVX2 reports whether the tiles in assembly for it are the best to be used. Go's
// own vectors may be shorter: they want more than AVX2 and FMA of a processor.
func AVX2() bool {
	return !AVX512() && !simd.Emulated() && archsimd.X86.AVX2() && archsimd.X86.FMA()
}

// tile6x16avx2 is tile4x64 a quarter as wide and for six rows.
//
//go:noescape
func tile6x16avx2(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// tile4x16avx2 is tile4x64 a quarter as wide.
//
//go:noescape
func tile4x16avx2(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// tile1x16avx2 is tile4x16avx2 for one row.
//
//go:noescape
func tile1x16avx2(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// putMiddle is putLarge for AVX2.
func putMiddle(c []float32, ldc int, start []float32, ldstart int, a []float32, ar, ak int, b []float32, ldb, k, rows, width int) {
	_, _ = c[(rows-1)*ldc+width-1], start[(rows-1)*ldstart+width-1]
	_, _ = a[(rows-1)*ar+(k-1)*ak], b[(k-1)*ldb+width-1]
	switch rows {
	case 6:
		tile6x16avx2(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	case 4:
		tile4x16avx2(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	default:
		tile1x16avx2(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	}
}

// turn8x8 writes the transpose of 8 rows of 8 numbers, which lie lds apart, to
// dst, where they lie ldd apart.
//
//go:noescape
func turn8x8(dst *float32, ldd int, src *float32, lds int)
