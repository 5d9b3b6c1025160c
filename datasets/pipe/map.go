package pipe

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// Map is d with every batch changed by f: scaled, augmented, with other targets
// or with weights. f gets batches of any size and must treat every example by
// itself; it returns one with as many examples, and may change and return the
// one it gets. It may be called by several goroutines at once. Its error ends
// the pass. The result is Indexed if d is.
func Map(d tensor.Dataset, f func(b tensor.Batch) (tensor.Batch, error)) tensor.Dataset {
	apply := func(b tensor.Batch) (tensor.Batch, error) {
		n := b.Len()
		out, err := f(b)
		if err != nil {
			return tensor.Batch{}, fmt.Errorf("pipe: Map: %w", err)
		}
		if err := check(out); err != nil {
			return tensor.Batch{}, err
		}
		if out.Len() != n {
			return tensor.Batch{}, fmt.Errorf("pipe: Map: a batch of %d examples became one of %d; use Filter to leave some out", n, out.Len())
		}
		return out, nil
	}
	if rows, ok := d.(tensor.Indexed); ok {
		return &indexed{[]tensor.Dataset{d}, d.Len, func(ctx context.Context, at []int, _ tensor.Batch) (tensor.Batch, error) {
			b, err := rows.Rows(ctx, at, tensor.Batch{}) // f's to keep
			if err != nil {
				return tensor.Batch{}, err
			}
			return apply(b)
		}}
	}
	return newStream(d.Len, func(ctx context.Context, size int) batches {
		return func(yield func(tensor.Batch, error) bool) {
			for b, err := range d.Batches(ctx, size) {
				if err == nil {
					b, err = apply(b)
				}
				if !yield(b, err) || err != nil {
					return
				}
			}
		}
	}, d)
}
