package steps

// Gather copies row at[i] of a table to row i of rows. Rows are as long as
// len(rows)/len(at); at holds rows of the table.
func Gather(rows, table []float32, at []int32) {
	if len(at) == 0 {
		return
	}
	size := len(rows) / len(at)
	for i, w := range at {
		prefetchAhead(table, at, i, size)
		copy(rows[i*size:(i+1)*size], table[int(w)*size:])
	}
}

// Ask asks for rows of the given length of a table to be brought into the caches, and
// does not wait for them. A table that fits the second cache is left alone.
func Ask(table []float32, at []int32, size int) {
	if len(table) < largeTable || size == 0 {
		return
	}
	for _, w := range at {
		prefetch(&table[int(w)*size], size)
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
		prefetchAhead(table, at, i, size)
		add(table[int(w)*size:int(w+1)*size], rows[i*size:(i+1)*size])
	}
}

// Clear sets the rows at of a table, of the given length, to 0.
func Clear(table []float32, size int, at []int32) {
	for _, w := range at {
		clear(table[int(w)*size : int(w+1)*size])
	}
}

// ahead is how many rows before its turn a table's row is asked for, and
// aheadNumbers how many numbers of it: those of a large table lie anywhere in
// memory, and waiting for one after another takes several times as long as the work
// on them. What follows in a long row, the processor asks for by itself. A table of
// fewer than largeTable numbers fits the second cache and needs none of it.
const ahead, aheadNumbers, largeTable = 24, 64, 1 << 18

// prefetchAhead asks for the row that comes ahead rows after the i-th.
func prefetchAhead(table []float32, at []int32, i, size int) {
	if len(table) >= largeTable && i+ahead < len(at) {
		prefetch(&table[int(at[i+ahead])*size], min(size, aheadNumbers))
	}
}
