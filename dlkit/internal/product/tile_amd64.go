//go:build goexperiment.simd

package product

import "simd"

// AVX512 reports whether the tiles in assembly for it can be used.
func AVX512() bool { return simd.VectorBitSize() == 512 }

// tile4x64 makes of four rows of c, 64 wide and ldc apart, those of start, ldstart
// apart, and the product of four rows of a, k long, and k rows of b. Rows of a lie
// ar apart, its columns ak, rows of b ldb.
//
//go:noescape
func tile4x64(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// tile8x32 is tile4x64 half as wide and twice as high.
//
//go:noescape
func tile8x32(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// tile4x32 is tile4x64 half as wide.
//
//go:noescape
func tile4x32(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// tile4x16 is tile4x64 a quarter as wide.
//
//go:noescape
func tile4x16(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// tile1x64 is tile4x64 for one row.
//
//go:noescape
func tile1x64(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// tile1x32 is tile1x64 half as wide.
//
//go:noescape
func tile1x32(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// tile1x16 is tile1x64 a quarter as wide.
//
//go:noescape
func tile1x16(c *float32, ldc int, start *float32, ldstart int, a *float32, ar, ak int, b *float32, ldb, k int)

// putLarge is putTile with the tiles in assembly. The last elements that they
// touch are looked at first, so that slices too short panic as usual.
func putLarge(c []float32, ldc int, start []float32, ldstart int, a []float32, ar, ak int, b []float32, ldb, k, rows, width int) {
	_, _ = c[(rows-1)*ldc+width-1], start[(rows-1)*ldstart+width-1]
	_, _ = a[(rows-1)*ar+(k-1)*ak], b[(k-1)*ldb+width-1]
	switch {
	case rows == 8:
		tile8x32(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	case rows == 4 && width == 64:
		tile4x64(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	case rows == 4 && width == 32:
		tile4x32(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	case rows == 4:
		tile4x16(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	case width == 64:
		tile1x64(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	case width == 32:
		tile1x32(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	default:
		tile1x16(&c[0], ldc, &start[0], ldstart, &a[0], ar, ak, &b[0], ldb, k)
	}
}
