package tensor

import (
	"fmt"
	"math/rand/v2"
)

// Random draws tensors of random numbers. The same seed gives the same numbers
// in the same order, on every machine. The zero value has seed 0. It must not
// be used from several goroutines at once.
type Random struct {
	source rand.PCG
}

// NewRandom returns a source of random numbers that starts at seed.
func NewRandom(seed uint64) *Random {
	r := &Random{}
	r.source.Seed(seed, 0)
	return r
}

// Normal draws a Float64 tensor of the given shape from the normal distribution
// (the bell curve) around mean with standard deviation std. It returns an error
// if a dimension is negative.
func (r *Random) Normal(mean, std float64, dims ...int) (*Tensor, error) {
	g := rand.New(&r.source)
	return draw(dims, func() float64 { return mean + std*g.NormFloat64() })
}

// Uniform draws a Float64 tensor of the given shape whose values are equally
// likely anywhere from low up to, but not at, high. It returns an error if high
// is below low or a dimension is negative.
func (r *Random) Uniform(low, high float64, dims ...int) (*Tensor, error) {
	if !(low <= high) {
		return nil, fmt.Errorf("tensor: random values from %v to %v: low must not be above high", low, high)
	}
	g := rand.New(&r.source)
	return draw(dims, func() float64 { return low + (high-low)*g.Float64() })
}

// Integers draws an Int64 tensor of the given shape whose values are equally
// likely low, low+1, …, high-1. It returns an error if high is not above low or
// a dimension is negative.
func (r *Random) Integers(low, high int64, dims ...int) (*Tensor, error) {
	if high <= low || high-low < 0 {
		return nil, fmt.Errorf("tensor: random integers from %d up to, without, %d: high must be above low by less than 2^63", low, high)
	}
	g := rand.New(&r.source)
	return draw(dims, func() int64 { return low + g.Int64N(high-low) })
}

// Permutation returns the numbers 0 to n-1 in random order; none if n is not
// above 0.
func (r *Random) Permutation(n int) []int {
	return rand.New(&r.source).Perm(max(n, 0))
}

func draw[T Elem](dims []int, next func() T) (*Tensor, error) {
	t, err := Zeros(DTypeOf[T](), dims...)
	if err != nil {
		return nil, err
	}
	data := t.data.([]T)
	for i := range data {
		data[i] = next()
	}
	return t, nil
}
