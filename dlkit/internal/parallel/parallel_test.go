package parallel

import (
	"sync/atomic"
	"testing"
)

// Every piece must be done once, by one of the workers asked for.
func TestEachBy(t *testing.T) {
	for _, workers := range []int{0, 1, 3, 50} {
		for _, n := range []int{0, 1, 2, 40} {
			done := make([]atomic.Int32, n)
			EachBy(workers, n, func(worker, piece int) {
				if worker < 0 || worker >= max(workers, 1) {
					t.Errorf("worker %d of %d", worker, workers)
				}
				done[piece].Add(1)
			})
			for i := range done {
				if got := done[i].Load(); got != 1 {
					t.Errorf("%d workers, %d pieces: piece %d was done %d times", workers, n, i, got)
				}
			}
		}
	}
}
