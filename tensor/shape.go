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

// Check returns an error unless every axis is at least zero and the number of
// elements fits an int.
func (s Shape) Check() error {
	n := 1
	for i, d := range s {
		if d < 0 {
			return fmt.Errorf("tensor: shape %v: axis %d is %d; sizes must be 0 or more", s, i, d)
		}
		if d > 0 && n > maxElements/d {
			return fmt.Errorf("tensor: shape %v has more elements than this machine can address", s)
		}
		n *= d
	}
	return nil
}

// maxElements bounds a tensor to what a slice of 8-byte elements can hold.
const maxElements = int(^uint(0)>>1) / 8
