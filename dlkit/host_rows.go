package dlkit

import (
	"github.com/gofromzero/fromzero/dlkit/internal/steps"
	"github.com/gofromzero/fromzero/tensor"
)

// Rows of data that lies in memory, as a program's first work wants it, are copied
// by the work itself: each just before it is worked on, while those that come next
// are already asked for. Copied beforehand they would take a sixth of the step.

// fetchingWork is hostWork that can fetch its input itself.
type fetchingWork interface {
	// fetchFrom gives it the rows for the next step, nil for an input that is there.
	fetchFrom(rows *hostRows)
}

// hostRows are rows of a table.
type hostRows struct {
	table []float32
	at    []int32
}

// fetch copies n of the rows, from the first on, to their places in x.
func (h *hostRows) fetch(x []float32, first, n int) {
	size := len(x) / len(h.at)
	steps.Gather(x[first*size:(first+n)*size], h.table, h.at[first:first+n])
	next := first + n
	steps.Ask(h.table, h.at[next:min(next+n, len(h.at))], size)
}

// fetches reports whether the program's work can fetch the only input: nobody else
// reads it.
func (p *program) fetches() bool {
	if !p.readsInPlace() || p.calls.head() == nil || len(p.calls.list) != 1 {
		return false
	}
	_, ok := p.calls.list[0].work.(fetchingWork)
	return ok
}

// memoryRows is data in memory whose inputs are left to the work that reads them.
type memoryRows struct {
	table []float32
	rest  *tensor.Memory // the targets, as inputs, and the weights
}

// memoryRowsOf is nil for other data.
func memoryRowsOf(data tensor.Indexed) *memoryRows {
	memory, ok := data.(*tensor.Memory)
	if !ok {
		return nil
	}
	all := memory.All()
	table, ok := tensor.Flat[float32](all.Inputs[0])
	if !ok || len(all.Inputs) != 1 || len(all.Targets) == 0 {
		return nil
	}
	rest, err := tensor.FromBatch(tensor.Batch{Inputs: all.Targets, Weights: all.Weights})
	if err != nil {
		return nil
	}
	return &memoryRows{table, rest}
}

// rows are some of the table's.
func (m *memoryRows) rows(at []int) *hostRows {
	h := &hostRows{table: m.table, at: make([]int32, len(at))}
	for i, r := range at {
		h.at[i] = int32(r)
	}
	return h
}
