package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Several callers may share the helpers, and work may have parts of its own.
func TestCallersShareHelpers(t *testing.T) {
	const callers, times, pieces, parts = 4, 50, 7, 3
	var done atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for range times {
				EachBy(3, pieces, func(int, int) {
					EachBy(2, parts, func(int, int) { done.Add(1) })
				})
			}
		})
	}
	all.Wait()
	if got, want := done.Load(), int64(callers*times*pieces*parts); got != want {
		t.Errorf("%d pieces were done, want %d", got, want)
	}
}

// A caller does not wait for a helper that has not begun when nothing is left.
func TestJobGoesOnWithoutHelpers(t *testing.T) {
	done := 0
	j := newJob(2, 5, func(worker, _ int) { done += 1 - worker })
	j.do(0)
	j.close()
	if done != 5 {
		t.Errorf("the caller did %d pieces of 5", done)
	}
	j.help(false)
	if done != 5 {
		t.Error("a helper joined a job that was closed")
	}
}

// A helper does its own share first, and the caller what is left of it.
func TestWorkersHaveShares(t *testing.T) {
	var order []int
	j := newJob(2, 6, func(_, piece int) { order = append(order, piece) })
	j.do(1)
	for i, want := range []int{3, 4, 5, 0, 1, 2} {
		if order[i] != want {
			t.Fatalf("the second of two workers did %v", order)
		}
	}
}

// Helpers end when nobody asks for them.
func TestHelpersEnd(t *testing.T) {
	before := runtime.NumGoroutine()
	Each(8, func(int) { time.Sleep(time.Millisecond) })
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// After a disappointment nobody looks out, the longer the more there are.
func TestPatienceEnds(t *testing.T) {
	var p patience
	if !p.lasts() {
		t.Error("no patience at the beginning")
	}
	p.disappoint()
	if first := p.pause; p.lasts() || first != shortest {
		t.Errorf("patience lasts: %v, after a pause of %v", p.lasts(), first)
	}
	p.ended = time.Now().Add(-shortest)
	if !p.lasts() {
		t.Error("patience does not come back")
	}
	p.disappoint()
	if p.pause != 2*shortest {
		t.Errorf("the second pause is %v, want %v", p.pause, 2*shortest)
	}
	p.ended = time.Now().Add(-time.Minute)
	p.disappoint()
	if p.pause != shortest {
		t.Errorf("the pause is %v a minute later, want %v", p.pause, shortest)
	}
}

// A panic in anybody's work is the caller's, and everybody else has ended by then.
func TestPanicsAreTheCallers(t *testing.T) {
	for piece := range 8 {
		var working atomic.Int32
		func() {
			defer func() {
				if got := recover(); got != "a fault" {
					t.Errorf("piece %d: the caller recovered %v", piece, got)
				}
				if n := working.Load(); n != 0 {
					t.Errorf("piece %d: %d are still at work", piece, n)
				}
			}()
			EachBy(4, 8, func(_, i int) {
				working.Add(1)
				defer working.Add(-1)
				time.Sleep(time.Millisecond)
				if i == piece {
					panic("a fault")
				}
			})
		}()
	}
}
