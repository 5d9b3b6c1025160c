package dlkit

import (
	"errors"
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
)

// ErrDiverged is wrapped by Fit's error when the loss is no longer a number.
var ErrDiverged = errors.New("the loss is no longer a finite number")

// diverged explains a loss that is not a number: bad data if there is any,
// else too large steps.
func (f *fitting) diverged(batch tensor.Batch, loss float64) error {
	where := fmt.Sprintf("dlkit: epoch %d, step %d (the model has the weights of the epoch's start again)", f.epoch+1, f.event.Step+1)
	for _, x := range append(append([]*tensor.Tensor{}, batch.Inputs...), batch.Targets...) {
		if row, col, v, bad := firstNotFinite(x); bad {
			return fmt.Errorf("%s: %w (%v): the data holds %v in example %d of the batch, value %d; fill in or drop such values before training",
				where, ErrDiverged, loss, v, row, col)
		}
	}
	return fmt.Errorf("%s: %w (%v): the data is fine, so the steps are too large; try a learning rate ten times smaller than %v, or scale the inputs to about −1 … 1",
		where, ErrDiverged, loss, f.m.compiled.rate)
}

func firstNotFinite(t *tensor.Tensor) (row, col int, v float64, bad bool) {
	if !t.DType().IsFloat() || t.Size() == 0 {
		return 0, 0, 0, false
	}
	width := t.Size() / t.Len()
	for i, v := range tensor.Values[float64](t) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return i / width, i % width, v, true
		}
	}
	return 0, 0, 0, false
}
