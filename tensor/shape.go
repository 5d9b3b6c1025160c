package tensor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Shape lists the size of every axis, outermost first: Shape{28, 28, 1} is a
// 28×28 picture with one channel. The empty Shape is a scalar. Shapes that
// describe one example of a model leave the batch axis out.
type Shape []int

// Rank is the number of axes.
func (s Shape) Rank() int { return len(s) }

// Size is the number of elements: the product of the axes, 1 for a scalar.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// Equal reports whether both shapes have the same axes.
func (s Shape) Equal(other Shape) bool { return slices.Equal(s, other) }

// Clone returns a copy that shares nothing with s.
func (s Shape) Clone() Shape { return append(Shape{}, s...) }

// String writes the shape as NumPy-minded readers expect it: "(28, 28, 1)".
// A shape with one axis has a trailing comma, as in Python: "(784,)".
func (s Shape) String() string {
	if len(s) == 1 {
		return fmt.Sprintf("(%d,)", s[0])
	}
	parts := make([]string, len(s))
	for i, d := range s {
		parts[i] = strconv.Itoa(d)
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// Check returns an error unless every axis is at least zero and the tensor is
// small enough to lie in a machine's memory (at most 2³⁶ elements). Axes of
// size 0 do not excuse the others, so that a reduction over them is safe too.
func (s Shape) Check() error {
	n := 1
	for i, d := range s {
		if d < 0 {
			return fmt.Errorf("tensor: shape %v: axis %d is %d; sizes must be 0 or more", s, i, d)
		}
		if d > 0 && n > maxElements/d {
			return fmt.Errorf("tensor: shape %v has more elements than fit in memory", s)
		}
		n *= max(d, 1)
	}
	return nil
}

// maxElements bounds a tensor to what a slice of 8-byte elements can hold on
// any machine, so that making one never panics.
const maxElements = int(min(uint64(^uint(0)>>1)/8, 1<<36))

// strides tells for every axis how many elements lie between two neighbours
// along it, in row-major order.
func (s Shape) strides() []int {
	out := make([]int, len(s))
	step := 1
	for i := len(s) - 1; i >= 0; i-- {
		out[i] = step
		step *= s[i]
	}
	return out
}

// axis turns a possibly negative axis number, where -1 is the last, into one
// from 0 on.
func (s Shape) axis(i int) (int, error) {
	if i < -len(s) || i >= len(s) {
		if len(s) == 0 {
			return 0, fmt.Errorf("tensor: axis %d of a scalar, which has no axes", i)
		}
		return 0, fmt.Errorf("tensor: axis %d of shape %v; axes go from 0 to %d, or from -1 (the last) to %d", i, s, len(s)-1, -len(s))
	}
	if i < 0 {
		i += len(s)
	}
	return i, nil
}

// replace is the shape with axes [from, to) replaced by others.
func (s Shape) replace(from, to int, by ...int) Shape {
	return slices.Concat(s[:from], by, s[to:])
}
