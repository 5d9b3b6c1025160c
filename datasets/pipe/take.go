package pipe

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// Take is the first n examples of d, or all if it has fewer. The result is
// Indexed if d is.
func Take(d tensor.Dataset, n int) tensor.Dataset {
	n = max(n, 0)
	length := func() int {
		if have := d.Len(); have >= 0 {
			return min(n, have)
		}
		return -1
	}
	if rows, ok := d.(tensor.Indexed); ok {
		return &indexed{[]tensor.Dataset{d}, length, rows.Rows}
	}
	return newStream(length, func(ctx context.Context, size int) batches {
		return func(yield func(tensor.Batch, error) bool) {
			left := n
			if left == 0 {
				return
			}
			for b, err := range d.Batches(ctx, min(size, left)) {
				if err == nil {
					b, err = cut(b, 0, min(left, b.Len()))
				}
				if left -= b.Len(); !yield(b, err) || err != nil || left == 0 {
					return
				}
			}
		}
	}, d)
}

// Skip is d without its first n examples. The result is Indexed if d is.
func Skip(d tensor.Dataset, n int) tensor.Dataset {
	n = max(n, 0)
	length := func() int {
		if have := d.Len(); have >= 0 {
			return max(have-n, 0)
		}
		return -1
	}
	if rows, ok := d.(tensor.Indexed); ok {
		return &indexed{[]tensor.Dataset{d}, length, func(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
			return rows.Rows(ctx, shifted(at, func(i int) int { return i + n }), reuse)
		}}
	}
	return newStream(length, func(ctx context.Context, size int) batches {
		return regroup(func(yield func(tensor.Batch, error) bool) {
			left := n
			for b, err := range d.Batches(ctx, size) {
				if err == nil {
					drop := min(left, b.Len())
					left -= drop
					b, err = cut(b, drop, b.Len())
				}
				if !yield(b, err) || err != nil {
					return
				}
			}
		}, size)
	}, d)
}

func shifted(at []int, to func(i int) int) []int {
	out := make([]int, len(at))
	for k, i := range at {
		out[k] = to(i)
	}
	return out
}

func counting(n int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	return at
}

// Repeat is d, times times one after the other. With times 0 it never ends, and
// is good for Take, or for a training that counts steps. The result is Indexed
// if d is and times is not 0. It returns an error if times is negative.
func Repeat(d tensor.Dataset, times int) (tensor.Dataset, error) {
	if times < 0 {
		return nil, fmt.Errorf("pipe: Repeat %d times; 1 or more are wanted, or 0 for without end", times)
	}
	length := func() int {
		if have := d.Len(); have >= 0 && times > 0 {
			return have * times
		}
		return -1
	}
	if rows, ok := d.(tensor.Indexed); ok && times > 0 {
		return &indexed{[]tensor.Dataset{d}, length, func(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
			n := rows.Len()
			return rows.Rows(ctx, shifted(at, func(i int) int { return i % n }), reuse)
		}}, nil
	}
	return newStream(length, func(ctx context.Context, size int) batches {
		return regroup(func(yield func(tensor.Batch, error) bool) {
			for pass := 0; pass < times || times == 0; pass++ {
				any := false
				for b, err := range d.Batches(ctx, size) {
					any = true
					if !yield(b, err) || err != nil {
						return
					}
				}
				if !any {
					return // nothing, however often
				}
			}
		}, size)
	}, d), nil
}
