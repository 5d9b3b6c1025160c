package tensor

import "fmt"

// Tensor is an array of numbers with any number of axes: a shape and one flat
// Go slice in row-major order (the last axis varies fastest), as in NumPy's C
// order. Tensors are passed as *Tensor; the zero value is not useful, use New,
// Zeros, Full or FromRows.
//
// A Tensor may be read from several goroutines at once, not written.
type Tensor struct {
	shape Shape
	dtype DType
	data  any // []float32, []float64, []int32, []int64, []uint8 or []bool
}

// New makes a tensor of the given shape around data, which it takes over
// without copying. Without dims the tensor has one axis of len(data). It
// returns an error if the shape asks for another number of elements.
func New[T Elem](data []T, dims ...int) (*Tensor, error) {
	if dims == nil {
		dims = []int{len(data)}
	}
	shape := Shape(dims).Clone()
	if err := shape.Check(); err != nil {
		return nil, err
	}
	if shape.Size() != len(data) {
		return nil, fmt.Errorf("tensor: %d values cannot fill shape %v, which needs %d; check the dims, or the length of the data",
			len(data), shape, shape.Size())
	}
	return &Tensor{shape: shape, dtype: DTypeOf[T](), data: data}, nil
}

// Scalar is a tensor without axes that holds one value.
func Scalar[T Elem](v T) *Tensor {
	return &Tensor{shape: Shape{}, dtype: DTypeOf[T](), data: []T{v}}
}

// Zeros makes a tensor of the given type and shape filled with zeros (false
// for Bool). It returns an error if a dimension is negative.
func Zeros(dtype DType, dims ...int) (*Tensor, error) {
	if int(dtype) >= len(dtypeNames) {
		return nil, fmt.Errorf("tensor: unknown DType %d; use Float32, Float64, Int32, Int64, Uint8 or Bool", dtype)
	}
	shape := Shape(dims).Clone()
	if err := shape.Check(); err != nil {
		return nil, err
	}
	return blank(dtype, shape), nil
}

// blank is a tensor of zeros that takes over shape, which must be sound.
func blank(dtype DType, shape Shape) *Tensor {
	return &Tensor{shape: shape, dtype: dtype, data: makeData(dtype, shape.Size())}
}

func makeData(dtype DType, n int) any {
	switch dtype {
	case Float64:
		return make([]float64, n)
	case Int32:
		return make([]int32, n)
	case Int64:
		return make([]int64, n)
	case Uint8:
		return make([]uint8, n)
	case Bool:
		return make([]bool, n)
	default:
		return make([]float32, n)
	}
}

// Shape is the tensor's shape. The slice is the tensor's own: do not change it.
func (t *Tensor) Shape() Shape { return t.shape }

// DType is the type of the elements.
func (t *Tensor) DType() DType { return t.dtype }

// Rank is the number of axes.
func (t *Tensor) Rank() int { return len(t.shape) }

// Size is the number of elements.
func (t *Tensor) Size() int { return t.shape.Size() }

// Len is the size of the first axis: the number of rows, or of examples in a
// batch. A scalar has length 1.
func (t *Tensor) Len() int {
	if len(t.shape) == 0 {
		return 1
	}
	return t.shape[0]
}

// Flat returns the tensor's own flat data when its elements are of type T, and
// ok = false otherwise. Nothing is copied: writing to the slice writes to the
// tensor.
func Flat[T Elem](t *Tensor) (data []T, ok bool) {
	if t == nil {
		return nil, false
	}
	data, ok = t.data.([]T)
	return data, ok
}

// Clone returns a copy that shares nothing with t.
func (t *Tensor) Clone() *Tensor {
	t = t.orEmpty()
	shape := t.shape.Clone()
	return gather(t, shape, shape.strides(), 0)
}

// orEmpty makes a nil or zero Tensor, which nothing in this package returns, an
// empty one, so that methods without an error have something to work on.
func (t *Tensor) orEmpty() *Tensor {
	if t == nil || t.data == nil {
		return &Tensor{shape: Shape{0}, data: []float32{}}
	}
	return t
}

// usable returns an error if one of the tensors is nil or the zero Tensor.
func usable(verb string, ts ...*Tensor) error {
	for i, t := range ts {
		if t == nil || t.data == nil {
			return fmt.Errorf("tensor: cannot %s: tensor %d of %d is nil; make it with New, Zeros, Full or FromRows first", verb, i+1, len(ts))
		}
	}
	return nil
}
