// Package parallel divides work among the processors.
//
// A training step is a few dozen short pieces of work, one after another, and to
// wake a goroutine takes about as long as one of them. So helpers that have
// finished look out for more work for a moment before they end.
package parallel

import "runtime"

// Workers is how many workers n pieces of work are for: one for each processor
// that the program may use, if there are as many pieces.
func Workers(n int) int { return max(1, min(n, runtime.GOMAXPROCS(0))) }

// Each does n pieces of work on all processors, in any order.
func Each(n int, work func(piece int)) {
	EachBy(Workers(n), n, func(_, piece int) { work(piece) })
}

// EachBy is Each for work that is told which of so many workers does it: 0 is the
// caller. If work panics, so does EachBy, when nobody is at work any more.
func EachBy(workers, n int, work func(worker, piece int)) {
	workers = min(workers, n)
	if workers <= 1 {
		for piece := range n {
			work(0, piece)
		}
		return
	}
	j := newJob(workers, n, work)
	for range workers - 1 {
		idle.give(j)
	}
	func() {
		defer j.close()
		j.do(0)
	}()
	if j.fault != nil {
		panic(j.fault)
	}
}
