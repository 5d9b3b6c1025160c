package tensor

import (
	"context"
	"fmt"
	"iter"
)

// Weighted is an Indexed dataset with a weight for every example.
type Weighted struct {
	of      Indexed
	weights *Tensor
}

// WithWeights is d with a weight for every example, which says how much its loss
// counts: weights of shape (n,), as BalancedWeights makes them. They replace
// weights that d has itself. It returns an error if d has another number of
// examples or a weight is negative or not finite.
func WithWeights(d Indexed, weights *Tensor) (*Weighted, error) {
	if err := usable("weigh examples", weights); err != nil {
		return nil, err
	}
	if len(weights.shape) != 1 || d.Len() != weights.Len() {
		return nil, fmt.Errorf("tensor: weights of shape %v for a dataset of %d examples; they need one axis with one weight per example", weights.shape, d.Len())
	}
	for i := range weights.Len() {
		if w := weights.elements().float(i); !(w >= 0 && w-w == 0) {
			return nil, fmt.Errorf("tensor: weight %d is %v; weights must be 0 or more, and finite", i, w)
		}
	}
	return &Weighted{of: d, weights: weights.Convert(Float32)}, nil
}

// BalancedWeights gives every example the weight n / (classes · count of its
// class), so that rare classes count as much as frequent ones in all. Labels
// have shape (n,) or (n, 1) and are whole numbers from 0 on; classes without an
// example do not count. The result is Float32 of shape (n,). It returns an error
// if labels have another shape or a label is negative or not whole.
func BalancedWeights(labels *Tensor) (*Tensor, error) {
	if err := usable("balance", labels); err != nil {
		return nil, err
	}
	if r := labels.Rank(); r == 0 || r > 2 || r == 2 && labels.shape[1] != 1 {
		return nil, fmt.Errorf("tensor: labels of shape %v; class numbers have shape (n,), for one-hot labels take ArgMax(1) first", labels.shape)
	}
	count := map[float64]int{}
	e, n := labels.elements(), labels.Len()
	for i := range n {
		v := e.float(i)
		if v < 0 || v != float64(int64(v)) {
			return nil, fmt.Errorf("tensor: label %d is %v; class numbers are whole and not negative", i, v)
		}
		count[v]++
	}
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(float64(n) / float64(len(count)*count[e.float(i)]))
	}
	return New(out)
}

// Len is the number of examples.
func (w *Weighted) Len() int { return w.of.Len() }

// Batches implements Dataset.
func (w *Weighted) Batches(ctx context.Context, size int) iter.Seq2[Batch, error] {
	return RowBatches(ctx, w, size)
}

// Rows implements Indexed.
func (w *Weighted) Rows(ctx context.Context, at []int, reuse Batch) (Batch, error) {
	if err := checkPositions(at, w.weights.Len()); err != nil {
		return Batch{}, err
	}
	b, err := w.of.Rows(ctx, at, reuse)
	if err != nil {
		return Batch{}, err
	}
	b.Weights = take(w.weights, at, reuse.Weights)
	return b, nil
}

// Load implements Loader: it loads the dataset if that is a Loader.
func (w *Weighted) Load(ctx context.Context) error { return load(ctx, w.of) }

// ClassNames implements Classes; it is nil if the dataset does not name its
// classes.
func (w *Weighted) ClassNames() []string { return classNames(w.of) }
