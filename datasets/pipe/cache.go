package pipe

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/gofromzero/fromzero/tensor"
)

// Cached is a dataset that keeps what it was made of in memory. It implements
// tensor.Indexed, whatever that was.
type Cached struct {
	of tensor.Dataset

	mu  sync.Mutex
	all *tensor.Memory
}

// Cache reads all of d at first use and keeps it in memory: for data that is
// slow to make and fits. Later passes, in any order, read that. For data that
// does not fit see CacheFile. A dataset without end can't be kept; limit it with
// Take.
func Cache(d tensor.Dataset) *Cached { return &Cached{of: d} }

// Load reads the dataset, if that was not done before.
func (c *Cached) Load(ctx context.Context) error {
	_, err := c.get(ctx)
	return err
}

func (c *Cached) get(ctx context.Context) (*tensor.Memory, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all != nil {
		return c.all, nil
	}
	if err := load(ctx, []tensor.Dataset{c.of}); err != nil {
		return nil, err
	}
	var parts []tensor.Batch
	for b, err := range c.of.Batches(ctx, scanSize) {
		if err != nil {
			return nil, fmt.Errorf("pipe: Cache: %w", err)
		}
		parts = append(parts, b)
	}
	if len(parts) == 0 {
		return nil, errors.New("pipe: Cache of a dataset without examples")
	}
	all, err := join(parts)
	if err != nil {
		return nil, err
	}
	c.all, err = tensor.FromBatch(all)
	return c.all, err
}

// Len is the number of examples; it reads the dataset if that was not done
// before, and is -1 if that fails. Load then says why.
func (c *Cached) Len() int {
	all, err := c.get(context.Background())
	if err != nil {
		return -1
	}
	return all.Len()
}

// ClassNames are those of the dataset.
func (c *Cached) ClassNames() []string { return classNames([]tensor.Dataset{c.of}) }

// Batches implements tensor.Dataset.
func (c *Cached) Batches(ctx context.Context, size int) batches {
	return func(yield func(tensor.Batch, error) bool) {
		all, err := c.get(ctx)
		if err != nil {
			yield(tensor.Batch{}, err)
			return
		}
		all.Batches(ctx, size)(yield)
	}
}

// Rows implements tensor.Indexed.
func (c *Cached) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	all, err := c.get(ctx)
	if err != nil {
		return tensor.Batch{}, err
	}
	return all.Rows(ctx, at, reuse)
}
