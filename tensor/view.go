package tensor

import (
	"context"
	"fmt"
	"iter"
	"math"
)

// View is some of the examples of an Indexed dataset, in an order of its own.
// It copies nothing: examples are read from the dataset when they are asked for.
type View struct {
	of Indexed
	at []int
}

// Subset is the examples of d at the given positions, in that order; positions
// may repeat. Reading one that d does not have returns an error.
func Subset(d Indexed, at []int) *View {
	return &View{of: d, at: append([]int{}, at...)}
}

// Take is the first n examples of d: all if it has fewer, none if n is below 1.
func Take(d Indexed, n int) *View {
	if have := d.Len(); have >= 0 {
		n = min(n, have)
	}
	return &View{of: d, at: counting(max(n, 0))}
}

// Shuffle is all examples of d in random order; the same seed gives the same
// order. (Training shuffles by itself, in every epoch anew.) It returns an error
// if d does not know how many examples it has.
func Shuffle(d Indexed, seed uint64) (*View, error) {
	n := d.Len()
	if n < 0 {
		return nil, errUnknownLen("shuffle")
	}
	return &View{of: d, at: NewRandom(seed).Permutation(n)}, nil
}

// Split shuffles the examples of d and divides them in two: the given fraction
// of them, rounded, and the rest. Split(d, 0.9, 1) is the usual way to training
// and validation data; the same seed gives the same two. It returns an error if
// fraction is not between 0 and 1 or d does not know how many examples it has.
func Split(d Indexed, fraction float64, seed uint64) (first, rest *View, err error) {
	if !(fraction >= 0 && fraction <= 1) {
		return nil, nil, fmt.Errorf("tensor: cannot split off a fraction of %v; it must lie between 0 and 1", fraction)
	}
	all, err := Shuffle(d, seed)
	if err != nil {
		return nil, nil, errUnknownLen("split")
	}
	n := int(math.Round(fraction * float64(len(all.at))))
	return &View{of: d, at: all.at[:n:n]}, &View{of: d, at: all.at[n:]}, nil
}

func errUnknownLen(verb string) error {
	return fmt.Errorf("tensor: cannot %s a dataset that does not know its length (Len is -1); load it first", verb)
}

func counting(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

// Len is the number of examples in the view.
func (v *View) Len() int { return len(v.at) }

// Batches implements Dataset.
func (v *View) Batches(ctx context.Context, size int) iter.Seq2[Batch, error] {
	return RowBatches(ctx, v, size)
}

// Rows implements Indexed.
func (v *View) Rows(ctx context.Context, at []int, reuse Batch) (Batch, error) {
	if err := checkPositions(at, len(v.at)); err != nil {
		return Batch{}, err
	}
	inner := make([]int, len(at))
	for i, p := range at {
		inner[i] = v.at[p]
	}
	return v.of.Rows(ctx, inner, reuse)
}

// Load implements Loader: it loads the dataset if that is a Loader.
func (v *View) Load(ctx context.Context) error { return load(ctx, v.of) }

// ClassNames implements Classes; it is nil if the dataset does not name its
// classes.
func (v *View) ClassNames() []string { return classNames(v.of) }

func load(ctx context.Context, d Dataset) error {
	if l, ok := d.(Loader); ok {
		return l.Load(ctx)
	}
	return nil
}

func classNames(d Dataset) []string {
	if c, ok := d.(Classes); ok {
		return c.ClassNames()
	}
	return nil
}

// checkPositions returns an error unless all positions are in [0, n).
func checkPositions(at []int, n int) error {
	for _, i := range at {
		if i < 0 || i >= n {
			return fmt.Errorf("tensor: example %d of a dataset with %d examples; positions go from 0 to %d", i, n, n-1)
		}
	}
	return nil
}
