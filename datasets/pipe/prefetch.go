package pipe

import (
	"context"
	"runtime"
	"sync"

	"github.com/gofromzero/fromzero/tensor"
)

// aheadOf is how many batches each worker may be ahead of the reader.
const aheadOf = 2

// planner is a stream that knows which rows its next pass reads, so that several
// goroutines can read them.
type planner interface {
	plan() (rows tensor.Indexed, order []int, ok bool)
}

// Prefetch reads batches of d ahead of whoever uses them, so that a model need
// not wait for its data. If d is Indexed, or Shuffle of something Indexed, as
// many goroutines as workers says read at the same time (0 is one for each
// processor); else one does. Batches keep their order. The result is read in its
// order only, so training does not shuffle it: put Shuffle in front.
func Prefetch(d tensor.Dataset, workers int) tensor.Dataset {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	return newStream(d.Len, func(ctx context.Context, size int) batches {
		return func(yield func(tensor.Batch, error) bool) {
			rows, order, ok := planOf(d)
			if !ok {
				ahead(ctx, d, size, yield)
				return
			}
			p := pool{workers: workers, n: (len(order) + size - 1) / size, make: func(ctx context.Context, k int) (tensor.Batch, error) {
				return rows.Rows(ctx, order[k*size:min((k+1)*size, len(order))], tensor.Batch{})
			}}
			p.run(ctx, yield)
		}
	}, d)
}

func planOf(d tensor.Dataset) (rows tensor.Indexed, order []int, ok bool) {
	if p, is := d.(planner); is {
		return p.plan()
	}
	if rows, ok = d.(tensor.Indexed); !ok {
		return nil, nil, false
	}
	return rows, counting(max(rows.Len(), 0)), true
}

type result struct {
	b   tensor.Batch
	err error
}

// ahead reads a stream in a goroutine of its own. When it returns, that has
// ended.
func ahead(ctx context.Context, d tensor.Dataset, size int, yield func(tensor.Batch, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	ready := make(chan result, aheadOf)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	group.Go(func() {
		defer close(ready)
		for b, err := range d.Batches(ctx, size) {
			select {
			case ready <- result{b, err}:
			case <-ctx.Done():
				return
			}
		}
	})
	for r := range ready {
		if !yield(r.b, r.err) || r.err != nil {
			return
		}
	}
	if err := ctx.Err(); err != nil {
		yield(tensor.Batch{}, err)
	}
}

// pool makes n batches by several goroutines, and hands them out in order.
type pool struct {
	workers, n int
	make       func(ctx context.Context, k int) (tensor.Batch, error)
}

// job is one batch to make, and where to put it.
type job struct {
	k     int
	place chan result // of capacity 1: putting it there never waits
}

// run returns when all goroutines have ended.
func (p pool) run(ctx context.Context, yield func(tensor.Batch, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	jobs := make(chan job)
	inOrder := make(chan job, p.workers*aheadOf)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	group.Go(func() {
		defer close(jobs)
		defer close(inOrder)
		for k := range p.n {
			j := job{k, make(chan result, 1)}
			for _, to := range []chan job{inOrder, jobs} { // the first waits while workers are far ahead
				select {
				case to <- j:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	for range min(p.workers, p.n) {
		group.Go(func() {
			for j := range jobs {
				b, err := p.make(ctx, j.k)
				j.place <- result{b, err}
			}
		})
	}
	for j := range inOrder {
		select {
		case r := <-j.place:
			if !yield(r.b, r.err) || r.err != nil {
				return
			}
		case <-ctx.Done():
			yield(tensor.Batch{}, ctx.Err())
			return
		}
	}
	if err := ctx.Err(); err != nil {
		yield(tensor.Batch{}, err)
	}
}
