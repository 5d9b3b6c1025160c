package tensor

import "math"

// Values returns the elements converted to T, in row-major order: the tensor's
// own slice when its elements are already of type T (nothing is copied), else
// a new one. Floats are cut toward zero when T is an integer type, those
// outside its range become its smallest or largest value, and NaN becomes 0;
// integers that do not fit a smaller integer type wrap around, as in Go and
// NumPy. Bool counts as 0 and 1.
func Values[T Number](t *Tensor) []T {
	t = t.orEmpty()
	if own, ok := t.data.([]T); ok {
		return own
	}
	switch d := t.data.(type) {
	case []float32:
		return convert[T](d)
	case []float64:
		return convert[T](d)
	case []int32:
		return convert[T](d)
	case []int64:
		return convert[T](d)
	case []uint8:
		return convert[T](d)
	case []bool:
		out := make([]T, len(d))
		for i, v := range d {
			if v {
				out[i] = 1
			}
		}
		return out
	}
	return nil
}

func convert[T, S Number](src []S) []T {
	out := make([]T, len(src))
	if DTypeOf[S]().IsFloat() && DTypeOf[T]().IsInt() {
		lo, hi := intLimits(DTypeOf[T]())
		for i, v := range src {
			out[i] = floatToInt(float64(v), T(lo), T(hi))
		}
		return out
	}
	for i, v := range src {
		out[i] = T(v)
	}
	return out
}

// floatToInt gives the same result on every machine, which Go's own conversion
// does not for values out of range.
func floatToInt[T Number](v float64, lo, hi T) T {
	switch {
	case v != v:
		return 0
	case v <= float64(lo):
		return lo
	case v >= float64(hi):
		return hi
	}
	return T(v)
}

// intLimits is the range of an integer type.
func intLimits(d DType) (lo, hi int64) {
	switch d {
	case Uint8:
		return 0, math.MaxUint8
	case Int32:
		return math.MinInt32, math.MaxInt32
	default:
		return math.MinInt64, math.MaxInt64
	}
}

// Convert returns a copy whose elements are of the given type, by the rules of
// Values; anything but 0 becomes true in a Bool.
func (t *Tensor) Convert(dtype DType) *Tensor {
	t = t.orEmpty()
	if t.dtype == dtype {
		return t.Clone()
	}
	return t.as(dtype)
}

// as is Convert without a copy where the type is already right.
func (t *Tensor) as(dtype DType) *Tensor {
	if t.dtype == dtype {
		return t
	}
	out := &Tensor{shape: t.shape.Clone(), dtype: dtype}
	switch dtype {
	case Float32:
		out.data = Values[float32](t)
	case Float64:
		out.data = Values[float64](t)
	case Int32:
		out.data = Values[int32](t)
	case Int64:
		out.data = Values[int64](t)
	case Uint8:
		out.data = Values[uint8](t)
	default:
		out.dtype, out.data = Bool, truths(t)
	}
	return out
}

// truths is a new slice that says for every element whether it is not 0.
func truths(t *Tensor) []bool {
	e := t.elements()
	out := make([]bool, t.Size())
	for i := range out {
		out[i] = e.float(i) != 0
	}
	return out
}

// promote is the type in which two tensors are counted with: the later of the
// two in the order Bool, Uint8, Int32, Int64, Float32, Float64. So integers
// with Float32 stay Float32, where NumPy would go to Float64. Two Bools are
// counted with as Int64.
func promote(a, b DType) DType {
	order := [...]int{Bool: 0, Uint8: 1, Int32: 2, Int64: 3, Float32: 4, Float64: 5}
	if order[b] > order[a] {
		a = b
	}
	if a == Bool {
		return Int64
	}
	return a
}

// floating is the type for results that are not whole numbers: the tensor's own
// if that is a float, else Float64.
func floating(d DType) DType {
	if d.IsFloat() {
		return d
	}
	return Float64
}
