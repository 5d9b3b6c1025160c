//go:build !goexperiment.simd

package steps

// Step changes w, m and v.
func (s Adam) Step(w, g, m, v []float32) { s.step(w, g, m, v) }

// Step changes w and v.
func (s Momentum) Step(w, g, v []float32) { s.step(w, g, v) }

// add adds src to dst, which are equally long.
func add(dst, src []float32) { addTo(dst, src) }

// sumRows makes sum, a row, that of rows at[i] of a table. With skipZero, row 0
// does not count.
func sumRows(sum, table []float32, at []int32, skipZero bool) {
	sumRowsFrom(0, sum, table, at, skipZero)
}
