package steps

// Gather copies row at[i] of a table to row i of rows. Rows are as long as
// len(rows)/len(at); at holds rows of the table.
func Gather(rows, table []float32, at []int32) {
	if len(at) == 0 {
		return
	}
	size := len(rows) / len(at)
	for i, w := range at {
		copy(rows[i*size:(i+1)*size], table[int(w)*size:])
	}
}

// Scatter adds row i of rows to row at[i] of a table, and so is Gather's
// gradient.
func Scatter(table, rows []float32, at []int32) {
	if len(at) == 0 {
		return
	}
	size := len(rows) / len(at)
	for i, w := range at {
		add(table[int(w)*size:int(w+1)*size], rows[i*size:(i+1)*size])
	}
}

// Clear sets the rows at of a table, of the given length, to 0.
func Clear(table []float32, size int, at []int32) {
	for _, w := range at {
		clear(table[int(w)*size : int(w+1)*size])
	}
}
