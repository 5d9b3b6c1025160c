package tensor

import "fmt"

// Concatenate copies tensors one after the other along an existing axis: two of
// shapes (2, 3) and (4, 3) along axis 0 become one of (6, 3). Other axes must be
// equal; different types become the larger one, as in Add. It returns an error
// if there is nothing to join, the axis does not exist or the shapes differ.
func Concatenate(axis int, ts ...*Tensor) (*Tensor, error) {
	if err := usable("concatenate", ts...); err != nil {
		return nil, err
	}
	if len(ts) == 0 {
		return nil, fmt.Errorf("tensor: nothing to concatenate; give at least one tensor")
	}
	at, err := ts[0].shape.axis(axis)
	if err != nil {
		return nil, err
	}
	dtype, total := ts[0].dtype, 0
	for i, t := range ts {
		if len(t.shape) <= at || !t.shape.replace(at, at+1).Equal(ts[0].shape.replace(at, at+1)) {
			return nil, fmt.Errorf("tensor: cannot concatenate along axis %d: tensor 0 has shape %v, tensor %d has %v; all other axes must be equal",
				at, ts[0].shape, i, t.shape)
		}
		if t.dtype != dtype {
			dtype = promote(dtype, t.dtype)
		}
		total += t.shape[at]
	}
	shape := ts[0].shape.replace(at, at+1, total)
	if err := shape.Check(); err != nil {
		return nil, err
	}
	out := blank(dtype, shape)
	fill(out, at, ts)
	return out, nil
}

// fill copies the tensors into out, side by side along the axis.
func fill(out *Tensor, axis int, ts []*Tensor) {
	dst, outer := out.elements(), out.shape[:axis].Size()
	width := out.shape[axis:].Size()
	start := 0
	for _, t := range ts {
		src, w := t.as(out.dtype).elements(), t.shape[axis:].Size()
		for i := range outer {
			dst.copyAt(i*width+start, src, i*w, w)
		}
		start += w
	}
}

// Stack copies tensors of equal shape into one with a new axis: three of shape
// (28, 28) along axis 0 become (3, 28, 28). It returns an error if there is
// nothing to stack, the shapes differ or the axis does not fit.
func Stack(axis int, ts ...*Tensor) (*Tensor, error) {
	if err := usable("stack", ts...); err != nil {
		return nil, err
	}
	parts := make([]*Tensor, len(ts))
	for i, t := range ts {
		if !t.shape.Equal(ts[0].shape) {
			return nil, fmt.Errorf("tensor: cannot stack: tensor 0 has shape %v, tensor %d has %v; they must be equal", ts[0].shape, i, t.shape)
		}
		part, err := t.ExpandDims(axis)
		if err != nil {
			return nil, err
		}
		parts[i] = part
	}
	return Concatenate(axis, parts...)
}

// Split cuts the tensor into n equal parts along an axis and copies them. It
// returns an error if the axis does not exist or n does not divide its size.
func (t *Tensor) Split(n, axis int) ([]*Tensor, error) {
	if err := usable("split", t); err != nil {
		return nil, err
	}
	at, err := t.shape.axis(axis)
	if err != nil {
		return nil, err
	}
	if n < 1 || t.shape[at]%n != 0 {
		return nil, fmt.Errorf("tensor: cannot split axis %d of shape %v into %d equal parts; use Slice for unequal ones", at, t.shape, n)
	}
	size := t.shape[at] / n
	ranges := make([]Range, at+1)
	parts := make([]*Tensor, n)
	for i := range parts {
		ranges[at] = Between(i*size, (i+1)*size)
		if parts[i], err = t.Slice(ranges...); err != nil {
			return nil, err
		}
	}
	return parts, nil
}
