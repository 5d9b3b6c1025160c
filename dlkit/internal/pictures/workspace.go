//go:build goexperiment.simd

package pictures

import (
	"runtime"

	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
)

// eachLine does work on all lines of a plane.
func eachLine(p *plane, work func(group, y int)) {
	parallel.Each(p.groups*p.h, func(i int) { work(i/p.h, i%p.h) })
}

// workspace is memory for each of several workers.
type workspace [][]float32

func newWorkspace(n int) workspace {
	w := make(workspace, runtime.GOMAXPROCS(0))
	for i := range w {
		w[i] = make([]float32, n)
	}
	return w
}

// eachLine is the function of that name for work that is given memory of
// zeros.
func (w workspace) eachLine(p *plane, work func(group, y int, own []float32)) {
	parallel.EachBy(len(w), p.groups*p.h, func(worker, i int) {
		clear(w[worker])
		work(i/p.h, i%p.h, w[worker])
	})
}
