package pipe

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/gofromzero/fromzero/tensor"
)

type batches = iter.Seq2[tensor.Batch, error]

// stream is a dataset made of others, read in one order only.
type stream struct {
	of  []tensor.Dataset
	len func() int
	run func(ctx context.Context, size int) batches
}

func (s *stream) Len() int { return s.len() }

// Load loads all that the dataset is made of.
func (s *stream) Load(ctx context.Context) error { return load(ctx, s.of) }

// ClassNames are those of the first dataset that names its classes.
func (s *stream) ClassNames() []string { return classNames(s.of) }

// Batches implements tensor.Dataset.
func (s *stream) Batches(ctx context.Context, size int) batches {
	if size < 1 {
		return failed(fmt.Errorf("pipe: batch size %d; it must be at least 1", size))
	}
	return s.run(ctx, size)
}

// indexed is a dataset made of others, read in any order.
type indexed struct {
	of   []tensor.Dataset
	len  func() int
	rows func(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error)
}

func (d *indexed) Len() int                       { return d.len() }
func (d *indexed) Load(ctx context.Context) error { return load(ctx, d.of) }
func (d *indexed) ClassNames() []string           { return classNames(d.of) }

// Batches implements tensor.Dataset.
func (d *indexed) Batches(ctx context.Context, size int) batches {
	return func(yield func(tensor.Batch, error) bool) {
		if err := d.Load(ctx); err != nil {
			yield(tensor.Batch{}, err)
			return
		}
		if d.Len() < 0 {
			yield(tensor.Batch{}, errors.New("pipe: the number of examples is not known, though they can be read in any order"))
			return
		}
		tensor.RowBatches(ctx, d, size)(yield)
	}
}

// Rows implements tensor.Indexed.
func (d *indexed) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	n := d.Len()
	for _, i := range at {
		if i < 0 || i >= n {
			return tensor.Batch{}, fmt.Errorf("pipe: example %d of a dataset with %d; positions go from 0 to %d", i, n, n-1)
		}
	}
	return d.rows(ctx, at, reuse)
}

// loading runs a pass after loading what it reads.
func loading(of []tensor.Dataset, run func(ctx context.Context, size int) batches) func(ctx context.Context, size int) batches {
	return func(ctx context.Context, size int) batches {
		return func(yield func(tensor.Batch, error) bool) {
			if err := load(ctx, of); err != nil {
				yield(tensor.Batch{}, err)
				return
			}
			run(ctx, size)(yield)
		}
	}
}

func newStream(length func() int, run func(ctx context.Context, size int) batches, of ...tensor.Dataset) *stream {
	return &stream{of, length, loading(of, run)}
}

func load(ctx context.Context, of []tensor.Dataset) error {
	for _, d := range of {
		if l, ok := d.(tensor.Loader); ok {
			if err := l.Load(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func classNames(of []tensor.Dataset) []string {
	for _, d := range of {
		if c, ok := d.(tensor.Classes); ok {
			if names := c.ClassNames(); names != nil {
				return names
			}
		}
	}
	return nil
}

// allIndexed returns the datasets as Indexed ones if all are.
func allIndexed(of []tensor.Dataset) ([]tensor.Indexed, bool) {
	var out []tensor.Indexed
	for _, d := range of {
		i, ok := d.(tensor.Indexed)
		if !ok {
			return nil, false
		}
		out = append(out, i)
	}
	return out, true
}

func failed(err error) batches {
	return func(yield func(tensor.Batch, error) bool) { yield(tensor.Batch{}, err) }
}
