package tensor

import (
	"fmt"
	"slices"
)

// Reshape copies the elements, in the same order, into another shape. One dim
// may be -1: it becomes whatever makes the number of elements fit. It returns
// an error if nothing does. (To avoid the copy: New(data, dims...) on the data
// that Flat returns.)
func (t *Tensor) Reshape(dims ...int) (*Tensor, error) {
	if err := usable("reshape", t); err != nil {
		return nil, err
	}
	shape, err := fitShape(t.shape, dims)
	if err != nil {
		return nil, err
	}
	return t.reshaped(shape), nil
}

// reshaped copies t with a shape of as many elements.
func (t *Tensor) reshaped(shape Shape) *Tensor {
	out := t.Clone()
	out.shape = shape
	return out
}

// fitShape checks the dims of a reshape and works out the one that is -1.
func fitShape(old Shape, dims []int) (Shape, error) {
	shape, size, open := Shape(dims).Clone(), old.Size(), -1
	for i, d := range dims {
		if d == -1 && open >= 0 {
			return nil, fmt.Errorf("tensor: cannot reshape %v to %v: only one size may be -1", old, shape)
		}
		if d == -1 {
			open = i
			shape[i] = 1
		}
	}
	if err := shape.Check(); err != nil {
		return nil, err
	}
	rest := shape.Size()
	if open < 0 && rest != size {
		return nil, fmt.Errorf("tensor: cannot reshape %v with %d elements to %v, which needs %d", old, size, shape, rest)
	}
	if open >= 0 {
		if rest == 0 || size%rest != 0 {
			return nil, fmt.Errorf("tensor: cannot reshape %v to %v: its %d elements cannot be divided by %d", old, Shape(dims), size, rest)
		}
		shape[open] = size / rest
	}
	return shape, nil
}

// Flatten copies all elements into a vector, in row-major order.
func (t *Tensor) Flatten() *Tensor {
	t = t.orEmpty()
	return t.reshaped(Shape{t.Size()})
}

// ExpandDims copies the tensor with a new axis of size 1 put in, so that it
// becomes axis number axis of the result: 0 in front, -1 at the end. It returns
// an error if the result would have no such axis.
func (t *Tensor) ExpandDims(axis int) (*Tensor, error) {
	if err := usable("expand", t); err != nil {
		return nil, err
	}
	at, err := append(t.shape.Clone(), 1).axis(axis)
	if err != nil {
		return nil, fmt.Errorf("tensor: cannot put a new axis at %d into shape %v; it may go from 0 to %d, or be negative from the end", axis, t.shape, len(t.shape))
	}
	return t.reshaped(t.shape.replace(at, at, 1)), nil
}

// Squeeze copies the tensor without the given axes, which must have size 1;
// with none given, without every axis of size 1. It returns an error if an axis
// does not exist or has another size.
func (t *Tensor) Squeeze(axes ...int) (*Tensor, error) {
	if err := usable("squeeze", t); err != nil {
		return nil, err
	}
	drop, err := axisSet(t.shape, axes)
	if err != nil {
		return nil, err
	}
	shape := Shape{}
	for i, size := range t.shape {
		if len(axes) > 0 && drop[i] && size != 1 {
			return nil, fmt.Errorf("tensor: cannot squeeze axis %d of shape %v: its size is %d, not 1", i, t.shape, size)
		}
		if !drop[i] || size != 1 {
			shape = append(shape, size)
		}
	}
	return t.reshaped(shape), nil
}

// axisSet marks the given axes; none given marks all.
func axisSet(shape Shape, axes []int) ([]bool, error) {
	marked := make([]bool, len(shape))
	if len(axes) == 0 {
		return slices.Repeat([]bool{true}, len(shape)), nil
	}
	for _, a := range axes {
		i, err := shape.axis(a)
		if err != nil {
			return nil, err
		}
		if marked[i] {
			return nil, fmt.Errorf("tensor: axis %d of shape %v is given twice", i, shape)
		}
		marked[i] = true
	}
	return marked, nil
}

// Transpose copies the tensor with its axes in another order: axis i of the
// result is axis axes[i] of t. Without axes the order is turned round, which
// for a matrix swaps rows and columns. It returns an error unless every axis is
// named exactly once.
func (t *Tensor) Transpose(axes ...int) (*Tensor, error) {
	if err := usable("transpose", t); err != nil {
		return nil, err
	}
	n := len(t.shape)
	if len(axes) == 0 {
		for i := n - 1; i >= 0; i-- {
			axes = append(axes, i)
		}
	}
	if len(axes) != n {
		return nil, fmt.Errorf("tensor: %d axes for transposing shape %v; name each of its %d axes once", len(axes), t.shape, n)
	}
	if _, err := axisSet(t.shape, axes); err != nil {
		return nil, err
	}
	shape, strides, old := make(Shape, n), make([]int, n), t.shape.strides()
	for i, a := range axes {
		a = (a + n) % n
		shape[i], strides[i] = t.shape[a], old[a]
	}
	return gather(t, shape, strides, 0), nil
}
