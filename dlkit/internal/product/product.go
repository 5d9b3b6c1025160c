// Package product multiplies matrices of float32 that lie in the caches.
//
// Every product is made of tiles that stay in the processor's vector registers.
// They are written in assembly for AVX-512 and with package simd for other
// processors; without either the package works too, but slowly: see Fast.
package product

// Matrix is a view of numbers: element (i, k) lies at i·Row + k·Column.
type Matrix struct {
	Data        []float32
	Row, Column int
}

// Rows is a view of a matrix whose rows lie one behind another.
func Rows(data []float32, width int) Matrix { return Matrix{data, width, 1} }

// From is the view from element (i, k) on.
func (m Matrix) From(i, k int) Matrix {
	m.Data = m.Data[i*m.Row+k*m.Column:]
	return m
}

// Turned is the view with rows and columns exchanged.
func (m Matrix) Turned() Matrix {
	m.Row, m.Column = m.Column, m.Row
	return m
}

// Padded is a number of columns rounded up to what tiles can be wide.
func Padded(columns int) int {
	narrow := tileWidths().narrow
	return (columns + narrow - 1) / narrow * narrow
}

// Add adds a·b to c, which has n rows and as many columns, a padded number; a
// has depth columns. Columns of b and c lie side by side. What the columns beyond
// those of the caller hold is multiplied too.
func Add(c, a, b Matrix, n, columns, depth int) {
	if depth > 0 {
		Put(c, c, a, b, n, columns, depth)
	}
}

// Put makes c of start and a·b, else as Add, where depth is not 0. Where all rows
// of start are the same, they may lie 0 apart.
func Put(c, start, a, b Matrix, n, columns, depth int) {
	widths := tileWidths()
	for j, width := 0, 0; j < columns; j += width {
		width = widths.widest(columns - j)
		strip := b.Data[j:]
		for i, rows := 0, 0; i < n; i += rows {
			rows = tileHeight(n-i, width)
			putTile(c.Data[i*c.Row+j:], c.Row, start.Data[i*start.Row+j:], start.Row, a.Data[i*a.Row:], a.Row, a.Column, strip, b.Row, depth, rows, width)
		}
	}
}

// EveryRow is a matrix whose rows are all the same.
func EveryRow(row []float32) Matrix { return Matrix{row, 0, 1} }

// widths are those that tiles can have.
type widths struct{ narrow, middle, wide int }

// widest is the widest tile for so many columns.
func (w widths) widest(columns int) int {
	switch {
	case columns >= w.wide:
		return w.wide
	case columns >= w.middle:
		return w.middle
	}
	return w.narrow
}
