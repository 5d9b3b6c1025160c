package pipe

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// each is the batch whose tensors f makes of b's, inputs, targets and weights.
func each(b tensor.Batch, f func(t *tensor.Tensor) (*tensor.Tensor, error)) (out tensor.Batch, err error) {
	list := func(ts []*tensor.Tensor) []*tensor.Tensor {
		var made []*tensor.Tensor
		for _, t := range ts {
			if err != nil {
				break
			}
			var m *tensor.Tensor
			m, err = f(t)
			made = append(made, m)
		}
		return made
	}
	out.Inputs, out.Targets = list(b.Inputs), list(b.Targets)
	if b.Weights != nil && err == nil {
		out.Weights, err = f(b.Weights)
	}
	return out, err
}

// cut copies examples from … to-1 of a batch.
func cut(b tensor.Batch, from, to int) (tensor.Batch, error) {
	if from == 0 && to == b.Len() {
		return b, nil
	}
	return each(b, func(t *tensor.Tensor) (*tensor.Tensor, error) { return t.Slice(tensor.Between(from, to)) })
}

// pick copies the examples at the given positions.
func pick(b tensor.Batch, at []int) (tensor.Batch, error) {
	return each(b, func(t *tensor.Tensor) (*tensor.Tensor, error) { return t.Take(at...) })
}

// join copies batches one behind the other. They must be alike.
func join(bs []tensor.Batch) (tensor.Batch, error) {
	if len(bs) == 1 {
		return bs[0], nil
	}
	for _, b := range bs[1:] {
		if err := alike(bs[0], b); err != nil {
			return tensor.Batch{}, err
		}
	}
	var next int // each goes through the tensors in one order
	lists := make([][]*tensor.Tensor, len(bs))
	for i, b := range bs {
		lists[i] = tensorsOf(b)
	}
	return each(bs[0], func(*tensor.Tensor) (*tensor.Tensor, error) {
		var parts []*tensor.Tensor
		for _, l := range lists {
			parts = append(parts, l[next])
		}
		next++
		return tensor.Concatenate(0, parts...)
	})
}

// tensorsOf lists all tensors of a batch: inputs, targets, weights.
func tensorsOf(b tensor.Batch) []*tensor.Tensor {
	out := append(append([]*tensor.Tensor{}, b.Inputs...), b.Targets...)
	if b.Weights != nil {
		out = append(out, b.Weights)
	}
	return out
}

// alike returns an error unless examples of both batches could be in one.
func alike(a, b tensor.Batch) error {
	if len(a.Inputs) != len(b.Inputs) || len(a.Targets) != len(b.Targets) || (a.Weights == nil) != (b.Weights == nil) {
		return fmt.Errorf("pipe: batches of %d inputs, %d targets, weights %v and of %d, %d, %v can't be joined",
			len(a.Inputs), len(a.Targets), a.Weights != nil, len(b.Inputs), len(b.Targets), b.Weights != nil)
	}
	x, y := tensorsOf(a), tensorsOf(b)
	for i := range x {
		if x[i].DType() != y[i].DType() || !x[i].Shape()[1:].Equal(y[i].Shape()[1:]) {
			return fmt.Errorf("pipe: examples of %v %v and of %v %v can't be in one batch", x[i].DType(), x[i].Shape()[1:], y[i].DType(), y[i].Shape()[1:])
		}
	}
	return nil
}

// check returns an error for a batch that is none: without inputs, or with
// tensors of different lengths.
func check(b tensor.Batch) error {
	for i, t := range tensorsOf(b) {
		if t == nil || t.Rank() == 0 || t.Len() != b.Len() {
			return fmt.Errorf("pipe: tensor %d of a batch is nil, a scalar, or has another number of rows than input 0", i)
		}
	}
	if len(b.Inputs) == 0 {
		return fmt.Errorf("pipe: a batch without inputs")
	}
	return nil
}

// regroup hands out the examples of a sequence of batches, size at a time.
func regroup(in batches, size int) batches {
	return func(yield func(tensor.Batch, error) bool) {
		var held []tensor.Batch
		n := 0
		flush := func() bool {
			b, err := join(held)
			held, n = nil, 0
			return yield(b, err) && err == nil
		}
		for b, err := range in {
			if err != nil {
				yield(tensor.Batch{}, err)
				return
			}
			for from := 0; from < b.Len(); {
				to := min(b.Len(), from+size-n)
				part, err := cut(b, from, to)
				if err != nil {
					yield(tensor.Batch{}, err)
					return
				}
				held, n = append(held, part), n+to-from
				if from = to; n == size && !flush() {
					return
				}
			}
		}
		if n > 0 {
			flush()
		}
	}
}
