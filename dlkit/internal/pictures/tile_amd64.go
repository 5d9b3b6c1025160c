//go:build goexperiment.simd

package pictures

import "simd"

// large reports whether the tiles in assembly can be used.
func large() bool { return simd.VectorBitSize() == 512 }

// tile8x32 adds to eight rows of c, 32 wide and ldc apart, a product of eight
// rows of a and as many rows of b as a has columns. Rows of a lie ar apart. The
// columns come in m runs of k: within a run they lie ak apart, and rows of b
// ldb; after a run ao and bo are added to where the next would have been. With a
// keep of 0 the product takes the place of what c held.
//
//go:noescape
func tile8x32(c *float32, ldc int, a *float32, ar, ak, ao int, b *float32, ldb, bo, k, m, keep int)

// tile8x16 is tile8x32 half as wide.
//
//go:noescape
func tile8x16(c *float32, ldc int, a *float32, ar, ak, ao int, b *float32, ldb, bo, k, m, keep int)

// addLarge is addTile in assembly. The last elements that the tile touches are
// looked at first, so that slices too short panic as usual.
func addLarge(c []float32, ldc, width int, a, b factor, k, m, keep int) {
	_ = c[(tileRows-1)*ldc+width-1]
	_ = a.data[(tileRows-1)*a.row+(k-1)*a.column+(m-1)*a.run]
	_ = b.data[(k-1)*b.row+(m-1)*b.run+width-1]
	if width == 32 {
		tile8x32(&c[0], ldc, &a.data[0], a.row, a.column, a.run-k*a.column, &b.data[0], b.row, b.run-k*b.row, k, m, keep)
	} else {
		tile8x16(&c[0], ldc, &a.data[0], a.row, a.column, a.run-k*a.column, &b.data[0], b.row, b.run-k*b.row, k, m, keep)
	}
}
