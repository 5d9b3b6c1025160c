//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// assembly reports whether there are tiles in assembly for the processor.
func assembly() bool { return product.AVX512() || product.AVX2() }

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

// tile4x16avx2 is tile8x16 half as high, for AVX2.
//
//go:noescape
func tile4x16avx2(c *float32, ldc int, a *float32, ar, ak, ao int, b *float32, ldb, bo, k, m, keep int)

// addAssembly is addTile in assembly. The last elements that the tile touches are
// looked at first, so that slices too short panic as usual.
func addAssembly(c []float32, ldc, width int, a, b factor, k, m, keep int) {
	_ = c[(tileRows-1)*ldc+width-1]
	_ = a.data[(tileRows-1)*a.row+(k-1)*a.column+(m-1)*a.run]
	_ = b.data[(k-1)*b.row+(m-1)*b.run+width-1]
	ao, bo := a.run-k*a.column, b.run-k*b.row
	switch {
	case product.AVX2():
		for r := 0; r < tileRows; r += 4 {
			for w := 0; w < width; w += 16 {
				tile4x16avx2(&c[r*ldc+w], ldc, &a.data[r*a.row], a.row, a.column, ao, &b.data[w], b.row, bo, k, m, keep)
			}
		}
	case width == 32:
		tile8x32(&c[0], ldc, &a.data[0], a.row, a.column, ao, &b.data[0], b.row, bo, k, m, keep)
	default:
		tile8x16(&c[0], ldc, &a.data[0], a.row, a.column, ao, &b.data[0], b.row, bo, k, m, keep)
	}
}
