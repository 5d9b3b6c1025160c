package tensor

import (
	"context"
	"fmt"
	"iter"
)

// Dataset hands out examples in batches, in an order of its own. Datasets from
// package datasets, from FromTensors and of the user's own making all are one.
type Dataset interface {
	// Len is the number of examples, or -1 where it is not known beforehand.
	Len() int
	// Batches yields all examples once, size at a time; the last batch may be
	// smaller. A batch's tensors are the receiver's to keep. After an error
	// the sequence ends.
	Batches(ctx context.Context, size int) iter.Seq2[Batch, error]
}

// Indexed is a Dataset whose examples can be read in any order. Training
// shuffles and splits such data without copying it.
type Indexed interface {
	Dataset
	// Rows reads the examples at the given positions, each in [0, Len()).
	// Tensors of reuse that have the right type and shape are written to and
	// returned again, so that a training loop need not allocate; pass an empty
	// Batch for fresh ones.
	Rows(ctx context.Context, at []int, reuse Batch) (Batch, error)
}

// Loader is implemented by datasets that read nothing until they are used.
// Load fetches and decodes the data; calling it again does nothing.
type Loader interface {
	Load(ctx context.Context) error
}

// Classes is implemented by datasets of labelled classes. ClassNames gives the
// name of each label, in order.
type Classes interface {
	ClassNames() []string
}

// Memory is a Dataset whose examples lie in tensors in memory.
type Memory struct {
	all Batch
	n   int
}

// FromTensors makes a Dataset of inputs x and targets y, with one example per
// row of each. y may be nil for data without answers. It returns an error if
// the numbers of rows differ.
func FromTensors(x, y *Tensor) (*Memory, error) {
	b := Batch{Inputs: []*Tensor{x}}
	if y != nil {
		b.Targets = []*Tensor{y}
	}
	return FromBatch(b)
}

// FromBatch makes a Dataset of one large batch, which may have several inputs,
// several targets and weights. It returns an error if there is no input, a
// tensor is nil or a scalar, or the numbers of rows differ.
func FromBatch(all Batch) (*Memory, error) {
	if len(all.Inputs) == 0 {
		return nil, fmt.Errorf("tensor: a dataset needs at least one input tensor, got none")
	}
	n := -1
	check := func(what string, i int, t *Tensor) error {
		switch {
		case t == nil:
			return fmt.Errorf("tensor: %s %d of the dataset is nil", what, i)
		case t.Rank() == 0:
			return fmt.Errorf("tensor: %s %d of the dataset is a scalar; its first axis must count the examples", what, i)
		case n >= 0 && t.Len() != n:
			return fmt.Errorf("tensor: %s %d has %d rows (shape %v) but input 0 has %d; every example needs one row in each",
				what, i, t.Len(), t.Shape(), n)
		}
		n = t.Len()
		return nil
	}
	for i, t := range all.Inputs {
		if err := check("input", i, t); err != nil {
			return nil, err
		}
	}
	for i, t := range all.Targets {
		if err := check("target", i, t); err != nil {
			return nil, err
		}
	}
	if all.Weights != nil {
		if err := check("weights", 0, all.Weights); err != nil {
			return nil, err
		}
	}
	return &Memory{all: all, n: n}, nil
}

// Len is the number of examples.
func (m *Memory) Len() int { return m.n }

// All is the whole data as one batch. Its tensors are the dataset's own.
func (m *Memory) All() Batch { return m.all }

// Batches implements Dataset.
func (m *Memory) Batches(ctx context.Context, size int) iter.Seq2[Batch, error] {
	return RowBatches(ctx, m, size)
}

// Rows implements Indexed.
func (m *Memory) Rows(_ context.Context, at []int, reuse Batch) (Batch, error) {
	if err := checkPositions(at, m.n); err != nil {
		return Batch{}, err
	}
	out := Batch{Inputs: takeAll(m.all.Inputs, at, reuse.Inputs), Targets: takeAll(m.all.Targets, at, reuse.Targets)}
	if m.all.Weights != nil {
		out.Weights = take(m.all.Weights, at, reuse.Weights)
	}
	return out, nil
}

func takeAll(src []*Tensor, at []int, reuse []*Tensor) []*Tensor {
	if len(reuse) != len(src) {
		reuse = make([]*Tensor, len(src))
	}
	for i, t := range src {
		reuse[i] = take(t, at, reuse[i])
	}
	return reuse
}

// take copies the rows of t at the given positions, into reuse where it fits.
func take(t *Tensor, at []int, reuse *Tensor) *Tensor {
	out := Reuse(reuse, t.dtype, t.shape.replace(0, 1, len(at)))
	out.elements().takeRows(t.elements(), at)
	return out
}

// Reuse returns t when it has the given type and shape, else a new tensor of
// zeros. Implementations of Indexed call it on the tensors of reuse.
func Reuse(t *Tensor, dtype DType, shape Shape) *Tensor {
	if t != nil && t.dtype == dtype && t.shape.Equal(shape) {
		return t
	}
	return blank(dtype, shape.Clone())
}

// RowBatches is the usual Batches of an Indexed dataset: all rows in order.
func RowBatches(ctx context.Context, d Indexed, size int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if size < 1 {
			yield(Batch{}, fmt.Errorf("tensor: batch size %d; it must be at least 1", size))
			return
		}
		at := make([]int, 0, size)
		for start, n := 0, d.Len(); start < n; start += size {
			if err := ctx.Err(); err != nil {
				yield(Batch{}, err)
				return
			}
			at = at[:0]
			for i := start; i < min(start+size, n); i++ {
				at = append(at, i)
			}
			b, err := d.Rows(ctx, at, Batch{})
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}
