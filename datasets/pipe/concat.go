package pipe

import (
	"context"
	"errors"

	"github.com/gofromzero/fromzero/tensor"
)

// Concat is the examples of several datasets, one dataset after the other. They
// must be alike: as many inputs and targets, of the same types and shapes, which
// is found out when they are read. The result is Indexed if all are. It returns
// an error if there is no dataset.
func Concat(ds ...tensor.Dataset) (tensor.Dataset, error) {
	if len(ds) == 0 {
		return nil, errors.New("pipe: Concat of no datasets; at least one is wanted")
	}
	length := func() int {
		total := 0
		for _, d := range ds {
			n := d.Len()
			if n < 0 {
				return -1
			}
			total += n
		}
		return total
	}
	if parts, ok := allIndexed(ds); ok {
		return &indexed{ds, length, func(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
			return rowsOfParts(ctx, parts, at, reuse)
		}}, nil
	}
	return newStream(length, func(ctx context.Context, size int) batches {
		return regroup(func(yield func(tensor.Batch, error) bool) {
			for _, d := range ds {
				for b, err := range d.Batches(ctx, size) {
					if !yield(b, err) || err != nil {
						return
					}
				}
			}
		}, size)
	}, ds...), nil
}

// rowsOfParts reads rows of datasets that count as one: those of each dataset
// together, and then brings them into the order that was asked for.
func rowsOfParts(ctx context.Context, parts []tensor.Indexed, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	own := make([][]int, len(parts))    // positions in each dataset
	places := make([][]int, len(parts)) // where they belong in the result
	for k, i := range at {
		p := 0
		for n := parts[p].Len(); i >= n; n = parts[p].Len() {
			i -= n
			p++
		}
		own[p], places[p] = append(own[p], i), append(places[p], k)
	}
	var got []tensor.Batch
	from := make([]int, len(at)) // where each row of the result lies in got
	n := 0
	for p := range parts {
		if len(own[p]) == len(at) {
			return parts[p].Rows(ctx, own[p], reuse)
		}
		if len(own[p]) == 0 {
			continue
		}
		b, err := parts[p].Rows(ctx, own[p], tensor.Batch{})
		if err != nil {
			return tensor.Batch{}, err
		}
		got = append(got, b)
		for k, place := range places[p] {
			from[place] = n + k
		}
		n += len(own[p])
	}
	all, err := join(got)
	if err != nil {
		return tensor.Batch{}, err
	}
	return pick(all, from)
}
