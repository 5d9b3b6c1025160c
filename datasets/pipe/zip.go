package pipe

import (
	"context"
	"fmt"
	"iter"

	"github.com/gofromzero/fromzero/tensor"
)

// Zip puts the examples of several datasets side by side: example i of the
// result has the inputs of example i of each, then the targets of each; weights
// are those of the first dataset that has some. It is for models of several
// inputs. All must have equally many examples. The result is Indexed if all are.
// It returns an error if there is no dataset, or lengths that are known without
// loading differ.
func Zip(ds ...tensor.Dataset) (tensor.Dataset, error) {
	return zipped("Zip", ds, func(bs []tensor.Batch) tensor.Batch {
		var out tensor.Batch
		for _, b := range bs {
			out.Inputs, out.Targets = append(out.Inputs, b.Inputs...), append(out.Targets, b.Targets...)
			if out.Weights == nil {
				out.Weights = b.Weights
			}
		}
		return out
	})
}

// Pair makes the inputs of y the targets of x: example i of the result has the
// inputs and weights of example i of x, and for targets what example i of y has
// as inputs. The rest is as in Zip.
func Pair(x, y tensor.Dataset) (tensor.Dataset, error) {
	return zipped("Pair", []tensor.Dataset{x, y}, func(bs []tensor.Batch) tensor.Batch {
		return tensor.Batch{Inputs: bs[0].Inputs, Targets: bs[1].Inputs, Weights: bs[0].Weights}
	})
}

func zipped(name string, ds []tensor.Dataset, beside func(bs []tensor.Batch) tensor.Batch) (tensor.Dataset, error) {
	if len(ds) == 0 {
		return nil, fmt.Errorf("pipe: %s of no datasets; at least one is wanted", name)
	}
	if err := sameLen(name, loadedOnly(ds)); err != nil {
		return nil, err
	}
	length := func() int {
		for _, d := range ds {
			if n := d.Len(); n >= 0 {
				return n
			}
		}
		return -1
	}
	if rows, ok := allIndexed(ds); ok {
		return &indexed{ds, length, func(ctx context.Context, at []int, _ tensor.Batch) (tensor.Batch, error) {
			if err := sameLen(name, ds); err != nil {
				return tensor.Batch{}, err
			}
			bs := make([]tensor.Batch, len(rows))
			for i, d := range rows {
				var err error
				if bs[i], err = d.Rows(ctx, at, tensor.Batch{}); err != nil {
					return tensor.Batch{}, err
				}
			}
			return beside(bs), nil
		}}, nil
	}
	return newStream(length, func(ctx context.Context, size int) batches {
		return func(yield func(tensor.Batch, error) bool) { zipBatches(ctx, name, ds, size, beside, yield) }
	}, ds...), nil
}

// loadedOnly leaves datasets out whose Len may load something.
func loadedOnly(ds []tensor.Dataset) []tensor.Dataset {
	var out []tensor.Dataset
	for _, d := range ds {
		if _, lazy := d.(tensor.Loader); !lazy {
			out = append(out, d)
		}
	}
	return out
}

func sameLen(name string, ds []tensor.Dataset) error {
	first := -1
	for i, d := range ds {
		n := d.Len()
		if n >= 0 && first >= 0 && n != first {
			return fmt.Errorf("pipe: %s: dataset %d has %d examples, another has %d; they must have as many (see Take)", name, i, n, first)
		}
		first = max(first, n)
	}
	return nil
}

// zipBatches reads a batch of each dataset at a time.
func zipBatches(ctx context.Context, name string, ds []tensor.Dataset, size int, beside func(bs []tensor.Batch) tensor.Batch, yield func(tensor.Batch, error) bool) {
	var pulls []func() (tensor.Batch, error, bool)
	for _, d := range ds {
		next, stop := iter.Pull2(regroup(d.Batches(ctx, size), size))
		defer stop()
		pulls = append(pulls, next)
	}
	for {
		bs := make([]tensor.Batch, len(ds))
		for i, next := range pulls {
			b, err, _ := next()
			if err != nil {
				yield(tensor.Batch{}, err)
				return
			}
			bs[i] = b
		}
		for i, b := range bs {
			if b.Len() != bs[0].Len() {
				yield(tensor.Batch{}, fmt.Errorf("pipe: %s: dataset %d has another number of examples than dataset 0 (its last batch has %d, the other's %d)", name, i, b.Len(), bs[0].Len()))
				return
			}
		}
		if bs[0].Len() == 0 || !yield(beside(bs), nil) {
			return
		}
	}
}
