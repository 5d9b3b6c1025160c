package pipe

import (
	"context"
	"fmt"
	"sync"

	"github.com/gofromzero/fromzero/tensor"
)

// scanSize is how many examples are looked at at a time.
const scanSize = 256

// Filter is those examples of d for which keep says so; it is asked about
// example i of a batch. If d is Indexed, so is the result: the examples to keep
// are found by one pass over d, when the first is asked for. Else they are found
// on the way, and Len is -1.
func Filter(d tensor.Dataset, keep func(b tensor.Batch, i int) bool) tensor.Dataset {
	if rows, ok := d.(tensor.Indexed); ok {
		return &filtered{of: rows, keep: keep}
	}
	return newStream(func() int { return -1 }, func(ctx context.Context, size int) batches {
		return regroup(func(yield func(tensor.Batch, error) bool) {
			for b, err := range d.Batches(ctx, size) {
				if err == nil {
					b, err = pick(b, kept(b, keep, 0))
				}
				if !yield(b, err) || err != nil {
					return
				}
			}
		}, size)
	}, d)
}

// kept lists the examples of a batch to keep, counted from first on.
func kept(b tensor.Batch, keep func(b tensor.Batch, i int) bool, first int) []int {
	at := []int{}
	for i := range b.Len() {
		if keep(b, i) {
			at = append(at, first+i)
		}
	}
	return at
}

// filtered is some examples of an Indexed dataset, found at first use.
type filtered struct {
	of   tensor.Indexed
	keep func(b tensor.Batch, i int) bool

	mu   sync.Mutex
	view *tensor.View
}

// get finds the examples, if no earlier call did.
func (f *filtered) get(ctx context.Context) (*tensor.View, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.view != nil {
		return f.view, nil
	}
	if err := load(ctx, []tensor.Dataset{f.of}); err != nil {
		return nil, err
	}
	at, n := []int{}, 0
	for b, err := range f.of.Batches(ctx, scanSize) {
		if err != nil {
			return nil, fmt.Errorf("pipe: Filter: %w", err)
		}
		at, n = append(at, kept(b, f.keep, n)...), n+b.Len()
	}
	f.view = tensor.Subset(f.of, at)
	return f.view, nil
}

// Load finds the examples to keep.
func (f *filtered) Load(ctx context.Context) error {
	_, err := f.get(ctx)
	return err
}

// Len is the number of examples that are kept, -1 if they can't be found; Load
// then says why.
func (f *filtered) Len() int {
	v, err := f.get(context.Background())
	if err != nil {
		return -1
	}
	return v.Len()
}

func (f *filtered) ClassNames() []string { return classNames([]tensor.Dataset{f.of}) }

// Batches implements tensor.Dataset.
func (f *filtered) Batches(ctx context.Context, size int) batches {
	return func(yield func(tensor.Batch, error) bool) {
		v, err := f.get(ctx)
		if err != nil {
			yield(tensor.Batch{}, err)
			return
		}
		v.Batches(ctx, size)(yield)
	}
}

// Rows implements tensor.Indexed.
func (f *filtered) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	v, err := f.get(ctx)
	if err != nil {
		return tensor.Batch{}, err
	}
	return v.Rows(ctx, at, reuse)
}
