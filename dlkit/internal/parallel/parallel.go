// Package parallel divides work among the processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Workers is how many workers n pieces of work are for: one for each processor
// that the program may use, if there are as many pieces.
func Workers(n int) int { return max(1, min(n, runtime.GOMAXPROCS(0))) }

// Each does n pieces of work on all processors, in any order.
func Each(n int, work func(piece int)) {
	EachBy(Workers(n), n, func(_, piece int) { work(piece) })
}

// EachBy is Each for work that is told which of so many workers does it: 0 is the
// caller.
func EachBy(workers, n int, work func(worker, piece int)) {
	var next atomic.Int64
	run := func(worker int) {
		for piece := int(next.Add(1)) - 1; piece < n; piece = int(next.Add(1)) - 1 {
			work(worker, piece)
		}
	}
	var others sync.WaitGroup
	for worker := 1; worker < min(workers, n); worker++ {
		others.Go(func() { run(worker) })
	}
	run(0)
	others.Wait()
}
