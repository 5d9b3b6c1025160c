package tensor

import (
	"fmt"
	"math"
)

// Full makes a tensor of the given shape in which every element is v; v's Go
// type decides the tensor's: Full(float32(0.5), 2, 3) is a Float32 of shape
// (2, 3). It returns an error if a dimension is negative.
func Full[T Elem](v T, dims ...int) (*Tensor, error) {
	t, err := Zeros(DTypeOf[T](), dims...)
	if err != nil {
		return nil, err
	}
	data := t.data.([]T)
	for i := range data {
		data[i] = v
	}
	return t, nil
}

// Ones makes a tensor of the given type and shape filled with ones (true for
// Bool). It returns an error if a dimension is negative.
func Ones(dtype DType, dims ...int) (*Tensor, error) {
	t, err := Zeros(dtype, dims...)
	if err != nil {
		return nil, err
	}
	e := t.elements()
	for i := range t.Size() {
		e.setFloat(i, 1)
	}
	return t, nil
}

// Eye makes the identity matrix of shape (n, n): ones on the diagonal, zeros
// elsewhere. It returns an error if n is negative.
func Eye(dtype DType, n int) (*Tensor, error) {
	t, err := Zeros(dtype, n, n)
	if err != nil {
		return nil, err
	}
	e := t.elements()
	for i := range n {
		e.setFloat(i*n+i, 1)
	}
	return t, nil
}

// Arange makes a vector that counts from start in steps of step, up to but
// without stop: Arange(0, 1, 0.25) is [0, 0.25, 0.5, 0.75]. The Go type of the
// arguments decides the tensor's, and two untyped whole numbers need one, as in
// Arange[int32](0, 10, 1). It is empty where stop lies the wrong way. It
// returns an error if step is 0 or the values are not finite or too many.
func Arange[T Number](start, stop, step T) (*Tensor, error) {
	if step == 0 {
		return nil, fmt.Errorf("tensor: Arange from %v to %v in steps of 0 never ends; give a step that is not 0", start, stop)
	}
	count := math.Ceil((float64(stop) - float64(start)) / float64(step))
	if math.IsNaN(count) || count > float64(maxElements) {
		return nil, fmt.Errorf("tensor: Arange from %v to %v in steps of %v has too many values, or some that are not finite", start, stop, step)
	}
	data := make([]T, max(0, int(count)))
	for i := range data {
		data[i] = start + T(i)*step
	}
	return New(data)
}

// Linspace makes a Float64 vector of n values spread evenly from start to stop,
// both included. It returns an error if n is negative.
func Linspace(start, stop float64, n int) (*Tensor, error) {
	t, err := Zeros(Float64, n)
	if err != nil {
		return nil, err
	}
	data := t.data.([]float64)
	for i := range data {
		data[i] = start
		if n > 1 {
			data[i] += (stop - start) / float64(n-1) * float64(i)
		}
	}
	if n > 1 {
		data[n-1] = stop // not start + (n-1)·step, which may be a hair beside it
	}
	return t, nil
}

// FromRows makes a matrix of the given rows, shape (len(rows), len(rows[0])),
// and copies them. It returns an error if the rows differ in length.
func FromRows[T Elem](rows [][]T) (*Tensor, error) {
	width := 0
	if len(rows) > 0 {
		width = len(rows[0])
	}
	data := make([]T, 0, len(rows)*width)
	for i, row := range rows {
		if len(row) != width {
			return nil, fmt.Errorf("tensor: row %d has %d values but row 0 has %d; all rows of a matrix must be equally long", i, len(row), width)
		}
		data = append(data, row...)
	}
	return New(data, len(rows), width)
}
