package tensor

import (
	"fmt"
	"math"
)

// Reduction computes one number out of many along some axes, and leaves those
// axes in the result with size 1, so that the result can be broadcast against
// the tensor again. It is made by KeepDims; its methods are those of Tensor.
type Reduction struct {
	t    *Tensor
	keep bool
}

// KeepDims gives the reductions whose results keep the reduced axes with size
// 1: for shape (2, 3), t.KeepDims().Sum(1) has shape (2, 1) where t.Sum(1) has
// (2,).
func (t *Tensor) KeepDims() Reduction { return Reduction{t, true} }

// Sum adds the elements along the given axes, negative ones counting from the
// end; without axes all of them, to a scalar. For shape (2, 3), Sum(0) adds the
// rows to one of shape (3,), and Sum(1) adds up each row, shape (2,). Floats
// keep their type (and are added in float64); integers and Bools become Int64.
// It returns an error if an axis does not exist or comes twice.
func (t *Tensor) Sum(axes ...int) (*Tensor, error) { return Reduction{t, false}.Sum(axes...) }

// Mean is the average along the given axes, all if none are given. Floats keep
// their type, others become Float64. It returns an error if an axis does not
// exist or there is nothing to average.
func (t *Tensor) Mean(axes ...int) (*Tensor, error) { return Reduction{t, false}.Mean(axes...) }

// Var is the variance along the given axes, all if none are given: the mean
// squared distance from the mean (divided by n, as NumPy does, not n-1). Floats
// keep their type, others become Float64. It returns an error if an axis does
// not exist or there are no elements.
func (t *Tensor) Var(axes ...int) (*Tensor, error) { return Reduction{t, false}.Var(axes...) }

// Std is the standard deviation, the square root of Var, with its errors.
func (t *Tensor) Std(axes ...int) (*Tensor, error) { return Reduction{t, false}.Std(axes...) }

// Min is the smallest element along the given axes, all if none are given, in
// t's own type (Bool becomes Int64); NaN if there is one. It returns an error if
// an axis does not exist or there are no elements.
func (t *Tensor) Min(axes ...int) (*Tensor, error) { return Reduction{t, false}.Min(axes...) }

// Max is the largest element, as Min is the smallest.
func (t *Tensor) Max(axes ...int) (*Tensor, error) { return Reduction{t, false}.Max(axes...) }

// Any tells, as a Bool, whether some element along the given axes, all if none
// are given, is true (not 0). It returns an error if an axis does not exist.
func (t *Tensor) Any(axes ...int) (*Tensor, error) { return Reduction{t, false}.Any(axes...) }

// All tells, as a Bool, whether every element along the given axes, all if none
// are given, is true (not 0). It returns an error if an axis does not exist.
func (t *Tensor) All(axes ...int) (*Tensor, error) { return Reduction{t, false}.All(axes...) }

// Sum is Tensor.Sum.
func (r Reduction) Sum(axes ...int) (*Tensor, error) {
	p, err := r.plan("sum", axes, false)
	if err != nil {
		return nil, err
	}
	switch src := r.t.data.(type) {
	case []float32:
		return p.result(p.sums(src)).as(Float32), nil
	case []float64:
		return p.result(p.sums(src)), nil
	}
	acc := make([]int64, p.shape.Size())
	fold(p, acc, Values[int64](r.t), addUp)
	return &Tensor{shape: p.shape, dtype: Int64, data: acc}, nil
}

// Mean is Tensor.Mean.
func (r Reduction) Mean(axes ...int) (*Tensor, error) {
	p, err := r.plan("average", axes, true)
	if err != nil {
		return nil, err
	}
	return p.result(p.means(r.t)).as(floating(r.t.dtype)), nil
}

// Var is Tensor.Var.
func (r Reduction) Var(axes ...int) (*Tensor, error) {
	p, err := r.plan("take the variance", axes, true)
	if err != nil {
		return nil, err
	}
	return p.result(p.variances(r.t)).as(floating(r.t.dtype)), nil
}

// Std is Tensor.Std.
func (r Reduction) Std(axes ...int) (*Tensor, error) {
	p, err := r.plan("take the deviation", axes, true)
	if err != nil {
		return nil, err
	}
	v := p.variances(r.t)
	for i := range v {
		v[i] = math.Sqrt(v[i])
	}
	return p.result(v).as(floating(r.t.dtype)), nil
}

// Min is Tensor.Min.
func (r Reduction) Min(axes ...int) (*Tensor, error) {
	return r.extreme("find the minimum", axes, minimumKernels())
}

// Max is Tensor.Max.
func (r Reduction) Max(axes ...int) (*Tensor, error) {
	return r.extreme("find the maximum", axes, maximumKernels())
}

// Any is Tensor.Any.
func (r Reduction) Any(axes ...int) (*Tensor, error) { return r.decide(axes, false) }

// All is Tensor.All.
func (r Reduction) All(axes ...int) (*Tensor, error) { return r.decide(axes, true) }

// extreme folds with a kernel that picks one of two elements.
func (r Reduction) extreme(verb string, axes []int, k arithmeticKernels) (*Tensor, error) {
	p, err := r.plan(verb, axes, true)
	if err != nil {
		return nil, err
	}
	t := r.t.as(promote(r.t.dtype, r.t.dtype))
	// Every result starts as the first of its elements.
	out := gather(t, p.kept, t.shape.strides(), 0)
	out.shape = p.shape
	switch acc := out.data.(type) {
	case []float32:
		fold(p, acc, t.data.([]float32), pick(k.float32))
	case []float64:
		fold(p, acc, t.data.([]float64), pick(k.float64))
	case []int32:
		fold(p, acc, t.data.([]int32), pick(k.int32))
	case []int64:
		fold(p, acc, t.data.([]int64), pick(k.int64))
	case []uint8:
		fold(p, acc, t.data.([]uint8), pick(k.uint8))
	}
	return out, nil
}

// pick makes a fold of a kernel that combines two elements into one.
func pick[T Number](k kernel[T, T]) func(acc, src []T, step int) {
	return func(acc, src []T, step int) {
		if step == 1 {
			k(acc[:len(src)], acc, src, 1, 1)
			return
		}
		for i := range src {
			k(acc[:1], acc, src[i:], 0, 0)
		}
	}
}

// decide is All when every element must be true, else Any: each result starts
// as the answer for no elements and is turned by the first that decides.
func (r Reduction) decide(axes []int, every bool) (*Tensor, error) {
	p, err := r.plan("decide", axes, false)
	if err != nil {
		return nil, err
	}
	acc := make([]bool, p.shape.Size())
	for i := range acc {
		acc[i] = every
	}
	fold(p, acc, truths(r.t), func(acc, src []bool, step int) {
		for i, v := range src {
			if v != every {
				acc[i*step] = v
			}
		}
	})
	return &Tensor{shape: p.shape, dtype: Bool, data: acc}, nil
}

// reductionPlan says where every element goes.
type reductionPlan struct {
	shape Shape  // of the result
	kept  Shape  // the same with the reduced axes as 1
	count int    // how many elements make one result
	walk  layout // over all elements, following the results
}

// plan checks the axes. With some set, it is an error if a result would have to
// be made of no elements.
func (r Reduction) plan(verb string, axes []int, some bool) (p reductionPlan, err error) {
	if err := usable(verb, r.t); err != nil {
		return p, err
	}
	shape := r.t.shape
	reduced, err := axisSet(shape, axes)
	if err != nil {
		return p, err
	}
	p.kept, p.count, p.shape = shape.Clone(), 1, Shape{}
	for i, size := range shape {
		if reduced[i] {
			p.kept[i] = 1
			p.count *= size
		} else {
			p.shape = append(p.shape, size)
		}
	}
	if some && p.count == 0 {
		return p, fmt.Errorf("tensor: cannot %s: shape %v has no elements along axes %v", verb, shape, axes)
	}
	p.walk = newLayout(shape, broadcastStrides(p.kept, shape))
	if r.keep {
		p.shape = p.kept.Clone()
	}
	return p, nil
}

func (p reductionPlan) result(v []float64) *Tensor {
	return &Tensor{shape: p.shape, dtype: Float64, data: v}
}

// fold hands all elements to run, a stretch of src at a time, together with the
// results they belong to: acc[0] for all of them if step is 0, acc[i] for
// src[i] if it is 1.
func fold[A, S any](p reductionPlan, acc []A, src []S, run func(acc []A, src []S, step int)) {
	step := p.walk.step(0)
	p.walk.eachRun(func(at, n int, from []int) { run(acc[from[0]:], src[at:at+n], step) })
}

func addUp[A int64 | float64, S Number](acc []A, src []S, step int) {
	if step == 0 {
		sum := acc[0]
		for _, v := range src {
			sum += A(v)
		}
		acc[0] = sum
		return
	}
	for i, v := range src {
		acc[i] += A(v)
	}
}

// sums adds up in float64, whatever the type.
func (p reductionPlan) sums[S Number](src []S) []float64 {
	acc := make([]float64, p.shape.Size())
	fold(p, acc, src, addUp)
	return acc
}

func (p reductionPlan) means(t *Tensor) []float64 {
	var acc []float64
	if src, ok := t.data.([]float32); ok {
		acc = p.sums(src) // without a copy in float64
	} else {
		acc = p.sums(Values[float64](t))
	}
	for i := range acc {
		acc[i] /= float64(p.count)
	}
	return acc
}

// variances goes over the elements a second time, which is exact where the
// shortcut E[x²]-E[x]² is not.
func (p reductionPlan) variances(t *Tensor) []float64 {
	type spread struct{ mean, squares float64 }
	acc := make([]spread, p.shape.Size())
	for i, m := range p.means(t) {
		acc[i].mean = m
	}
	fold(p, acc, Values[float64](t), func(acc []spread, src []float64, step int) {
		for i, v := range src {
			a := &acc[i*step]
			a.squares += (v - a.mean) * (v - a.mean)
		}
	})
	out := make([]float64, len(acc))
	for i, a := range acc {
		out[i] = a.squares / float64(p.count)
	}
	return out
}
