package tensor

import "fmt"

// BroadcastTo copies the tensor, repeated along axes of size 1 and along new
// axes in front, so that it has the given shape: (3,) to (2, 3) gives the same
// row twice. It returns an error if an axis is neither 1 nor as wanted.
func (t *Tensor) BroadcastTo(dims ...int) (*Tensor, error) {
	if err := usable("broadcast", t); err != nil {
		return nil, err
	}
	want := Shape(dims).Clone()
	if err := want.Check(); err != nil {
		return nil, err
	}
	got, err := broadcastShape("broadcast", t.shape, want)
	if err != nil {
		return nil, err
	}
	if !got.Equal(want) {
		return nil, fmt.Errorf("tensor: cannot broadcast shape %v to %v: an axis can be repeated only if its size is 1", t.shape, want)
	}
	return spread(t, want), nil
}

// broadcastShape is the shape that both can be repeated to: axes are compared
// from the last backwards, and must be equal or 1.
func broadcastShape(verb string, a, b Shape) (Shape, error) {
	n := max(len(a), len(b))
	out := make(Shape, n)
	for i := 1; i <= n; i++ {
		x, y := fromEnd(a, i), fromEnd(b, i)
		switch {
		case x == y, y == 1:
			out[n-i] = x
		case x == 1:
			out[n-i] = y
		default:
			return nil, fmt.Errorf("tensor: cannot %s shapes %v and %v: axis -%d has %d and %d; axis sizes must be equal or 1 (broadcasting)",
				verb, a, b, i, x, y)
		}
	}
	if err := out.Check(); err != nil {
		return nil, err
	}
	return out, nil
}

// fromEnd is the i-th size from the end, 1 where the shape has none.
func fromEnd(s Shape, i int) int {
	if i > len(s) {
		return 1
	}
	return s[len(s)-i]
}

// broadcastStrides are the strides of a tensor of shape s when walked as shape
// to: 0 where it is repeated.
func broadcastStrides(s, to Shape) []int {
	out := make([]int, len(to))
	own, skip := s.strides(), len(to)-len(s)
	for i, stride := range own {
		if s[i] != 1 {
			out[skip+i] = stride
		}
	}
	return out
}

// spread copies t into a shape that broadcastShape found.
func spread(t *Tensor, to Shape) *Tensor {
	return gather(t, to, broadcastStrides(t.shape, to), 0)
}
