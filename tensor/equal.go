package tensor

import (
	"math"
	"slices"
)

// Equal reports whether both tensors have the same type, shape and elements.
// NaN is not equal to itself; for an element by element comparison see Eq.
func (t *Tensor) Equal(other *Tensor) bool {
	if t == nil || other == nil {
		return t == other
	}
	if t.dtype != other.dtype || !t.shape.Equal(other.shape) {
		return false
	}
	switch a := t.data.(type) {
	case []float32:
		return slices.Equal(a, other.data.([]float32))
	case []float64:
		return slices.Equal(a, other.data.([]float64))
	case []int32:
		return slices.Equal(a, other.data.([]int32))
	case []int64:
		return slices.Equal(a, other.data.([]int64))
	case []uint8:
		return slices.Equal(a, other.data.([]uint8))
	case []bool:
		return slices.Equal(a, other.data.([]bool))
	}
	return other.data == nil
}

// AllClose reports whether both tensors have the same shape and every pair of
// elements differs by at most abs + rel·|other|: the comparison for computed
// floats, which are rarely equal to the last digit. NumPy's usual values are
// rel = 1e-5 and abs = 1e-8. Types may differ. NaN is close to nothing; an
// infinity is close to itself.
func (t *Tensor) AllClose(other *Tensor, rel, abs float64) bool {
	if usable("compare", t, other) != nil || !t.shape.Equal(other.shape) {
		return false
	}
	a, b := t.elements(), other.elements()
	for i := range t.Size() {
		x, y := a.float(i), b.float(i)
		if x == y {
			continue
		}
		if gap := math.Abs(x - y); !(gap <= abs+rel*math.Abs(y)) || math.IsInf(gap, 0) {
			return false
		}
	}
	return true
}
