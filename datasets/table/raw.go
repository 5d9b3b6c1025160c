package table

import (
	"fmt"
	"math"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// Raw is the frame as it is, for looking at before it is prepared:
//
//	d, err := f.Raw("survived")
//	report, err := look.Describe(ctx, d)
//
// Inputs are Float64 of shape (rows, columns). Numbers are as they are; names and
// texts are numbered in the order of Column.Levels or of the alphabet; missing cells are
// NaN. target names the column that becomes the target, "" for none: the
// numbers of a Number column, classes for the other kinds. Models learn from what
// a Pipeline makes, not from this.
//
// Frames to be compared by look.Check must number names alike: take them from one
// frame, by Split or Folds.
//
// It returns an error if there is no such column, or no other.
func (f *Frame) Raw(target string) (*Dataset, error) {
	inputs, out := f, &Dataset{}
	var y *tensor.Tensor
	if target != "" {
		c, err := f.Column(target)
		if err != nil {
			return nil, err
		}
		if inputs, err = f.Drop(target); err != nil {
			return nil, err
		}
		if y, err = tensor.New(c.coded(), f.n); err != nil {
			return nil, err
		}
		if c.kind != Number {
			out.classes = classNames(c)
		}
	}
	if len(inputs.columns) == 0 {
		return nil, fmt.Errorf("table: %q is the only column; there is nothing to look at beside it", target)
	}
	values, width := make([]float64, f.n*len(inputs.columns)), len(inputs.columns)
	for k, c := range inputs.columns {
		for i, v := range c.coded() {
			values[i*width+k] = v
		}
		out.codes = append(out.codes, c.kind != Number)
	}
	x, err := tensor.New(values, f.n, width)
	if err != nil {
		return nil, err
	}
	out.inputs = inputs.Names()
	out.Memory, err = tensor.FromTensors(x, y)
	return out, err
}

// coded is the cells as numbers: what Float64s gives, and for texts their number
// among the different ones, in the order of classNames.
func (c *Column) coded() []float64 {
	if c.kind != Text {
		return c.Float64s()
	}
	number := map[string]float64{}
	for i, name := range classNames(c) {
		number[name] = float64(i)
	}
	out := make([]float64, c.Len())
	for i := range out {
		if out[i] = math.NaN(); !c.IsMissing(i) {
			out[i] = number[c.texts[i]]
		}
	}
	return out
}

// ColumnNames is InputNames; package look calls it.
func (d *Dataset) ColumnNames() []string { return d.InputNames() }

// ColumnCodes tells which columns of Raw hold numbers of names, not quantities;
// nil if none does. Package look calls it.
func (d *Dataset) ColumnCodes() []bool { return slices.Clone(d.codes) }
