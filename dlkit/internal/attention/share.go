package attention

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// workersFor is how many workers share n pieces of work.
func workersFor(n int) int { return max(1, min(n, runtime.GOMAXPROCS(0))) }

// share has n pieces of work done by some workers at a time.
func share(workers, n int, work func(worker, piece int)) {
	var next atomic.Int64
	run := func(worker int) {
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			work(worker, i)
		}
	}
	var wg sync.WaitGroup
	for w := range min(workers, n) - 1 {
		wg.Go(func() { run(w + 1) })
	}
	run(0)
	wg.Wait()
}

// part is some of the examples, whose gradients by the weights are summed up
// together. Parts are made in the same way every time, whichever worker takes
// them, so that sums are the same too.
type part struct{ first, end int }

// partsOf divides n examples, where each part costs sums of so many weights:
// into several parts a worker, so that none waits long for another, unless the
// sums cost more than that.
func partsOf(n, weights int) []part {
	count := runtime.GOMAXPROCS(0)
	if weights <= 1<<16 {
		count *= 4
	}
	each := (n + count - 1) / count
	var out []part
	for first := 0; first < n; first += each {
		out = append(out, part{first, min(first+each, n)})
	}
	return out
}
