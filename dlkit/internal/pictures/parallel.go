//go:build goexperiment.simd

package pictures

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// processors is how many the program may use.
func processors() int { return runtime.GOMAXPROCS(0) }

// each does n pieces of work on all processors, in any order.
func each(n int, work func(i int)) { eachBy(processors(), n, func(_, i int) { work(i) }) }

// eachBy is each for work that is told which of so many workers does it.
func eachBy(workers, n int, work func(worker, i int)) {
	workers = min(n, workers)
	if workers < 2 {
		for i := range n {
			work(0, i)
		}
		return
	}
	var next atomic.Int64
	run := func(worker int) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			work(worker, i)
		}
	}
	var wg sync.WaitGroup
	for worker := 1; worker < workers; worker++ {
		wg.Go(func() { run(worker) })
	}
	run(0)
	wg.Wait()
}

// eachLine does work on all lines of a plane.
func eachLine(p *plane, work func(group, y int)) {
	each(p.groups*p.h, func(i int) { work(i/p.h, i%p.h) })
}

// workspace is memory for each of several workers.
type workspace [][]float32

func newWorkspace(n int) workspace {
	w := make(workspace, processors())
	for i := range w {
		w[i] = make([]float32, n)
	}
	return w
}

// eachLine is the function of that name for work that is given memory of
// zeros.
func (w workspace) eachLine(p *plane, work func(group, y int, own []float32)) {
	eachBy(len(w), p.groups*p.h, func(worker, i int) {
		clear(w[worker])
		work(i/p.h, i%p.h, w[worker])
	})
}
