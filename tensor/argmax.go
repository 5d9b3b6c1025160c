package tensor

import "fmt"

// ArgMax is the position of the largest element along an axis, as Int64: for
// class probabilities of shape (n, classes), ArgMax(1) is the predicted class of
// each example, shape (n,). Without an axis it is the position in the flat
// data. Of equal elements the first counts; NaN counts as largest, as in NumPy.
// It returns an error for more than one axis, one that does not exist, or no
// elements.
func (t *Tensor) ArgMax(axis ...int) (*Tensor, error) { return Reduction{t, false}.ArgMax(axis...) }

// ArgMin is the position of the smallest element, as ArgMax of the largest.
func (t *Tensor) ArgMin(axis ...int) (*Tensor, error) { return Reduction{t, false}.ArgMin(axis...) }

// ArgMax is Tensor.ArgMax.
func (r Reduction) ArgMax(axis ...int) (*Tensor, error) {
	return r.best(axis, func(v, best float64) bool { return v > best })
}

// ArgMin is Tensor.ArgMin.
func (r Reduction) ArgMin(axis ...int) (*Tensor, error) {
	return r.best(axis, func(v, best float64) bool { return v < best })
}

// best finds along an axis the first element that beats all others.
func (r Reduction) best(axis []int, beats func(v, best float64) bool) (*Tensor, error) {
	p, err := r.plan("find the position", axis, true)
	if err != nil {
		return nil, err
	}
	outer, n, inner := 1, p.count, 1
	switch len(axis) {
	case 0:
	case 1:
		at, _ := r.t.shape.axis(axis[0]) // plan has checked it
		outer, inner = r.t.shape[:at].Size(), r.t.shape[at+1:].Size()
	default:
		return nil, fmt.Errorf("tensor: the position of an element along %d axes; give one axis, or none for the position in the flat data", len(axis))
	}
	// Int64 beyond 2⁵³ would be rounded by float, but never so that a smaller
	// element comes to be larger.
	e := r.t.elements()
	out := make([]int64, outer*inner)
	for i := range out {
		start := i/inner*n*inner + i%inner
		out[i] = int64(firstBest(e, start, inner, n, beats))
	}
	return &Tensor{shape: p.shape, dtype: Int64, data: out}, nil
}

// firstBest looks at n elements from start on, step apart.
func firstBest(e elements, start, step, n int, beats func(v, best float64) bool) int {
	at, best := 0, e.float(start)
	for k := 1; k < n && best == best; k++ { // a NaN cannot be beaten
		if v := e.float(start + k*step); beats(v, best) || v != v {
			at, best = k, v
		}
	}
	return at
}
