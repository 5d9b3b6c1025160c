package tensor

import "fmt"

// Range is a part of one axis, for Slice. It is made by All, Between, From,
// UpTo and Index, and may be thinned out or turned round by By:
//
//	NumPy    here
//	:        All()
//	1:3      Between(1, 3)
//	1:       From(1)
//	:3       UpTo(3)
//	2        Index(2)
//	::2      All().By(2)
//	::-1     All().By(-1)
//
// Negative positions count from the end; a start or stop beyond the axis is
// drawn in to its border, an Index beyond it is an error.
type Range struct {
	start, stop    int
	from, to, drop bool // which of start and stop were given; drop the axis
	step           int  // 0 stands for 1
	zero           bool // By(0) was asked for
}

// All is a whole axis.
func All() Range { return Range{} }

// Between goes from start up to, but without, stop.
func Between(start, stop int) Range { return Range{start: start, stop: stop, from: true, to: true} }

// From goes from start to the end.
func From(start int) Range { return Range{start: start, from: true} }

// UpTo goes from the beginning up to, but without, stop.
func UpTo(stop int) Range { return Range{stop: stop, to: true} }

// Index picks one position and drops the axis, so that the result has one axis
// less.
func Index(i int) Range { return Range{start: i, from: true, drop: true} }

// By takes only every step-th position; a negative step walks backwards. Slice
// returns an error if step is 0.
func (r Range) By(step int) Range {
	r.step, r.zero = step, step == 0
	return r
}

// Slice copies a part of the tensor: one Range per axis, missing ones at the
// end meaning all. Unlike in NumPy the result is never a view: changing it
// leaves t as it is. It returns an error if there are more ranges than axes,
// an Index is out of range or a step is 0.
func (t *Tensor) Slice(ranges ...Range) (*Tensor, error) {
	if err := usable("slice", t); err != nil {
		return nil, err
	}
	if len(ranges) > len(t.shape) {
		return nil, fmt.Errorf("tensor: %d ranges for shape %v, which has %d axes", len(ranges), t.shape, len(t.shape))
	}
	shape, strides, offset := Shape{}, []int{}, 0
	for axis, stride := range t.shape.strides() {
		r := All()
		if axis < len(ranges) {
			r = ranges[axis]
		}
		if r.drop {
			i, err := wrapIndex(r.start, t.shape, axis)
			if err != nil {
				return nil, err
			}
			offset += i * stride
			continue
		}
		start, step, n, err := r.resolve(t.shape[axis])
		if err != nil {
			return nil, fmt.Errorf("tensor: slice of shape %v, axis %d: %w", t.shape, axis, err)
		}
		shape, strides, offset = append(shape, n), append(strides, step*stride), offset+start*stride
	}
	if shape.Size() == 0 {
		return blank(t.dtype, shape), nil
	}
	return gather(t, shape, strides, offset), nil
}

// resolve says where on an axis of the given size the range starts, its step
// and how many positions it has.
func (r Range) resolve(size int) (start, step, n int, err error) {
	if r.zero {
		return 0, 0, 0, fmt.Errorf("step 0; use a step of 1 or more, or below 0 to walk backwards")
	}
	step = r.step
	if step == 0 {
		step = 1
	}
	first, last := 0, size // where a walk without start and stop begins and ends
	lo, hi := 0, size
	if step < 0 {
		first, last = size-1, -1
		lo, hi = -1, size-1
	}
	start, stop := first, last
	if r.from {
		start = clampIndex(r.start, size, lo, hi)
	}
	if r.to {
		stop = clampIndex(r.stop, size, lo, hi)
	}
	if step > 0 && stop > start {
		n = (stop-start-1)/step + 1
	}
	if step < 0 && stop < start {
		n = (start-stop-1)/-max(step, -size) + 1
	}
	return start, step, n, nil
}

func clampIndex(i, size, lo, hi int) int {
	if i < 0 {
		i += size
	}
	return min(max(i, lo), hi)
}
