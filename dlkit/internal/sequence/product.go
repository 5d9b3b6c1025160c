package sequence

// matrix is a view of numbers: element (i, k) lies at i·row + k·column.
type matrix struct {
	data        []float32
	row, column int
}

// from is the view from element (i, k) on.
func (m matrix) from(i, k int) matrix {
	m.data = m.data[i*m.row+k*m.column:]
	return m
}

// turned is the view with rows and columns exchanged.
func (m matrix) turned() matrix {
	m.row, m.column = m.column, m.row
	return m
}

// rows is a view of a matrix whose rows lie one behind another.
func rows(data []float32, width int) matrix { return matrix{data, width, 1} }

// padded is a number of columns rounded up to what tiles can be wide.
func padded(columns int) int {
	narrow, _ := tileWidths()
	return (columns + narrow - 1) / narrow * narrow
}

// addProduct adds a·b to c, which has n rows and as many columns, a padded
// number; a has depth columns. Columns of b and c lie side by side.
func addProduct(c, a, b matrix, n, columns, depth int) {
	narrow, wide := tileWidths()
	for j, width := 0, wide; j < columns; j += width {
		if columns-j < wide {
			width = narrow
		}
		strip := b.data[j:]
		i := 0
		for ; i+4 <= n; i += 4 {
			addTile(c.data[i*c.row+j:], c.row, a.data[i*a.row:], a.row, a.column, strip, b.row, depth, 4, width)
		}
		for ; i < n; i++ {
			addTile(c.data[i*c.row+j:], c.row, a.data[i*a.row:], a.row, a.column, strip, b.row, depth, 1, width)
		}
	}
}
