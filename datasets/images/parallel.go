package images

import (
	"context"
	"sync"
	"sync/atomic"
)

// parallel calls f for 0 … n-1 from several goroutines. After an error no
// further call begins; the error with the lowest number is returned, so that it
// does not depend on chance which of several damaged files is named.
func parallel(ctx context.Context, workers, n int, f func(i int) error) error {
	var next, failed atomic.Int64
	failed.Store(int64(n))
	errs := make([]error, n)
	work := func() {
		for {
			i := next.Add(1) - 1
			if i >= failed.Load() {
				return
			}
			err := ctx.Err()
			if err == nil {
				err = f(int(i))
			}
			if err == nil {
				continue
			}
			errs[i] = err
			for old := failed.Load(); i < old && !failed.CompareAndSwap(old, i); old = failed.Load() {
			}
		}
	}
	var wg sync.WaitGroup
	for range min(workers, n) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	if first := failed.Load(); first < int64(n) {
		return errs[first]
	}
	return nil
}
