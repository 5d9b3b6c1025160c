package tensor

import (
	"fmt"
	"math"
)

// At is the element at the given position, one index per axis; a Bool is 0 or
// 1. Negative indices count from the end: -1 is the last. It returns an error
// if the number of indices is wrong or one is out of range.
func (t *Tensor) At(index ...int) (float64, error) {
	i, err := t.position("read", index)
	if err != nil {
		return 0, err
	}
	return t.elements().float(i), nil
}

// Set stores v at the given position, one index per axis, negative ones
// counting from the end. In integer tensors fractions are cut toward zero. It
// returns an error if the position is not in the tensor or v not in the range
// of its type.
func (t *Tensor) Set(v float64, index ...int) error {
	i, err := t.position("set", index)
	if err != nil {
		return err
	}
	if t.dtype.IsInt() {
		lo, hi := intLimits(t.dtype)
		if cut := math.Trunc(v); !(cut >= float64(lo) && cut <= float64(hi)) {
			return fmt.Errorf("tensor: cannot set element %v to %v: %v holds %d to %d; convert the tensor with Convert(tensor.Float64) first",
				Shape(index), v, t.dtype, lo, hi)
		}
	}
	t.elements().setFloat(i, v)
	return nil
}

// Item is the value of a tensor with exactly one element, such as the result of
// Sum(). It returns an error if there are more or fewer.
func (t *Tensor) Item() (float64, error) {
	if err := usable("read", t); err != nil {
		return 0, err
	}
	if t.Size() != 1 {
		return 0, fmt.Errorf("tensor: Item of a tensor of shape %v with %d elements; it works on exactly one, use At for one of several", t.shape, t.Size())
	}
	return t.elements().float(0), nil
}

// position is where an element lies in the flat data.
func (t *Tensor) position(verb string, index []int) (int, error) {
	if err := usable(verb, t); err != nil {
		return 0, err
	}
	if len(index) != len(t.shape) {
		return 0, fmt.Errorf("tensor: %d indices for shape %v, which has %d axes; give one for each, or use Row or Slice for a part",
			len(index), t.shape, len(t.shape))
	}
	at := 0
	for axis, i := range index {
		i, err := wrapIndex(i, t.shape, axis)
		if err != nil {
			return 0, err
		}
		at = at*t.shape[axis] + i
	}
	return at, nil
}

// wrapIndex turns an index along an axis, negative from the end, into one from
// 0 on.
func wrapIndex(i int, shape Shape, axis int) (int, error) {
	n := shape[axis]
	switch {
	case i >= 0 && i < n:
		return i, nil
	case i < 0 && i >= -n:
		return i + n, nil
	case n == 0:
		return 0, fmt.Errorf("tensor: index %d on axis %d of shape %v, which is empty", i, axis, shape)
	}
	return 0, fmt.Errorf("tensor: index %d on axis %d of shape %v; it goes from 0 to %d, or from -1 (the last) to %d", i, axis, shape, n-1, -n)
}

// Row is a copy of entry i of the first axis, without that axis: a row of a
// matrix, one picture of a stack; -1 is the last. It returns an error if i is
// out of range or t a scalar. A column is t.Slice(All(), Index(j)).
func (t *Tensor) Row(i int) (*Tensor, error) {
	if err := usable("take a row", t); err != nil {
		return nil, err
	}
	return t.Slice(Index(i))
}

// Take copies the rows (entries of the first axis) at the given positions, in
// that order; a position may come several times, and negative ones count from
// the end. It returns an error if one is out of range or t is a scalar.
func (t *Tensor) Take(at ...int) (*Tensor, error) {
	if err := usable("take rows", t); err != nil {
		return nil, err
	}
	if len(t.shape) == 0 {
		return nil, fmt.Errorf("tensor: cannot take rows of a scalar")
	}
	rows := make([]int, len(at))
	for k, i := range at {
		i, err := wrapIndex(i, t.shape, 0)
		if err != nil {
			return nil, err
		}
		rows[k] = i
	}
	return take(t, rows, nil), nil
}
