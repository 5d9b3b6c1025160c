package tensor

import "fmt"

// Where picks element by element: from a where condition is not 0 (true), from
// b elsewhere. The three are broadcast to one shape, and a and b to one type.
// It returns an error if the shapes do not fit together.
func Where(condition, a, b *Tensor) (*Tensor, error) {
	const verb = "choose between"
	if err := usable(verb, condition, a, b); err != nil {
		return nil, err
	}
	shape, err := broadcastShape(verb, a.shape, b.shape)
	if err != nil {
		return nil, err
	}
	if shape, err = broadcastShape(verb, condition.shape, shape); err != nil {
		return nil, err
	}
	dtype := a.dtype
	if a.dtype != b.dtype {
		dtype = promote(a.dtype, b.dtype)
	}
	out := spread(a.as(dtype), shape)
	dst, src := out.elements(), spread(b.as(dtype), shape).elements()
	for i, yes := range truths(spread(condition, shape)) {
		if !yes {
			dst.copyAt(i, src, i, 1)
		}
	}
	return out, nil
}

// Filter copies what the mask marks: t[mask] in NumPy. A mask of t's own shape
// gives a vector of the marked elements; one of shape (t.Len(),) gives the
// marked rows; in general its shape must be how t's begins. It returns an error
// if it is not.
func (t *Tensor) Filter(mask *Tensor) (*Tensor, error) {
	if err := usable("filter", t, mask); err != nil {
		return nil, err
	}
	k := len(mask.shape)
	if k > len(t.shape) || !mask.shape.Equal(t.shape[:k]) {
		return nil, fmt.Errorf("tensor: mask of shape %v for a tensor of shape %v; they must be equal, or the mask have the first axes only", mask.shape, t.shape)
	}
	rows := &Tensor{shape: t.shape.replace(0, k, mask.Size()), dtype: t.dtype, data: t.data}
	return take(rows, mask.NonZero(), nil), nil
}

// NonZero lists, in order, the flat positions of all elements that are not 0
// (true, for a Bool). For a vector these are indices for Take.
func (t *Tensor) NonZero() []int {
	at := []int{}
	for i, yes := range truths(t.orEmpty()) {
		if yes {
			at = append(at, i)
		}
	}
	return at
}
