package product

// Turn writes the transpose of src, of so many rows and columns, to dst. Columns
// of both lie side by side.
func Turn(dst, src Matrix, rows, columns int) {
	r, c := turnBlocks(dst.Data, dst.Row, src.Data, src.Row, rows, columns)
	if r < rows {
		turnOneByOne(dst.From(0, r), src.From(r, 0), rows-r, c)
	}
	if c < columns {
		turnOneByOne(dst.From(c, 0), src.From(0, c), rows, columns-c)
	}
}

func turnOneByOne(dst, src Matrix, rows, columns int) {
	for r := range rows {
		at := r
		for _, x := range src.Data[r*src.Row:][:columns] {
			dst.Data[at] = x
			at += dst.Row
		}
	}
}
