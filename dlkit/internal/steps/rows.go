package steps

import "github.com/gofromzero/fromzero/dlkit/internal/parallel"

// lanePiece is how many numbers are worth another processor: some ten
// microseconds of work.
const lanePiece = 1 << 15

// inLanes does the work on so many numbers in one lane or several at a time.
// Each is told which it is, and of how many.
func inLanes(numbers int, work func(lane, lanes int)) {
	lanes := parallel.Workers(numbers / lanePiece)
	parallel.EachBy(lanes, lanes, func(_, lane int) { work(lane, lanes) })
}

// Gather copies row at[i] of a table to row i of rows. Rows are as long as
// len(rows)/len(at); at holds rows of the table.
func Gather(rows, table []float32, at []int32) {
	if len(at) == 0 {
		return
	}
	size := len(rows) / len(at)
	inLanes(len(rows), func(lane, lanes int) {
		for i := len(at) * lane / lanes; i < len(at)*(lane+1)/lanes; i++ {
			copy(rows[i*size:(i+1)*size], table[int(at[i])*size:])
		}
	})
}

// Scatter adds row i of rows to row at[i] of a table, and so is Gather's
// gradient. A lane has the table's rows of its own, so that each is added up in
// the same order in any number of lanes.
func Scatter(table, rows []float32, at []int32) {
	if len(at) == 0 {
		return
	}
	size := len(rows) / len(at)
	inLanes(len(rows), func(lane, lanes int) {
		for i, w := range at {
			if int(w)%lanes == lane {
				add(table[int(w)*size:int(w+1)*size], rows[i*size:(i+1)*size])
			}
		}
	})
}

// Clear sets the rows at of a table, of the given length, to 0.
func Clear(table []float32, size int, at []int32) {
	inLanes(len(at)*size, func(lane, lanes int) {
		for _, w := range at {
			if int(w)%lanes == lane {
				clear(table[int(w)*size : int(w+1)*size])
			}
		}
	})
}
