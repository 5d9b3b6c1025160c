package parallel

import (
	"sync"
	"sync/atomic"
	"time"
)

// job is work for a caller and for helpers who join it in time: it does not wait
// for one that has not started when all pieces are given out.
type job struct {
	work  func(worker, piece int)
	given time.Time
	// shares has each worker's share of the pieces. From step to step they are
	// the same, and so are the numbers that are in its processor's cache.
	shares []share

	mu      sync.Mutex
	closed  bool // to those who have not joined
	fault   any  // what a helper's work panicked with
	joined  int
	awaited int // helpers who were looking out, and have not joined
	busy    sync.WaitGroup
	working atomic.Int32 // helpers, the same as busy
}

// share is a range of pieces. Each has a cache line of its own.
type share struct {
	next, end atomic.Int64
	_         [48]byte
}

func newJob(workers, pieces int, work func(worker, piece int)) *job {
	j := &job{work: work, shares: make([]share, workers), given: time.Now()}
	for w := range j.shares {
		j.shares[w].next.Store(int64(w * pieces / workers))
		j.shares[w].end.Store(int64((w + 1) * pieces / workers))
	}
	return j
}

// do does the pieces of the worker's own share, and then what is left of others'.
func (j *job) do(worker int) {
	for i := range j.shares {
		s := &j.shares[(worker+i)%len(j.shares)]
		end := s.end.Load()
		for piece := s.next.Add(1) - 1; piece < end; piece = s.next.Add(1) - 1 {
			j.work(worker, int(piece))
		}
	}
}

// help is what a helper does, who may have been looking out for a job.
func (j *job) help(looked bool) {
	worker := j.join(looked)
	if worker == 0 {
		return
	}
	defer func() {
		if fault := recover(); fault != nil {
			j.mu.Lock()
			j.fault = fault
			j.mu.Unlock()
		}
		j.working.Add(-1)
		j.busy.Done()
	}()
	j.do(worker)
}

// join is the helper's number as a worker, 0 if it is too late.
func (j *job) join(looked bool) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return 0
	}
	j.joined++
	if looked {
		j.awaited--
	}
	j.busy.Add(1)
	j.working.Add(1)
	return j.joined
}

// await is called before the job is given to a helper who looks out for one.
func (j *job) await() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.awaited++
}

// close lets nobody join any more and waits for the helpers' last pieces.
func (j *job) close() {
	j.mu.Lock()
	j.closed = true
	late := j.awaited > 0
	j.mu.Unlock()
	took := time.Since(j.given)
	// A helper that looks out comes at once, and its last piece does not take
	// longer than all others, unless something else has its processor.
	const once = 20 * time.Microsecond
	done := spin(func() bool { return j.working.Load() == 0 })
	if late && took > once || !done && took < looks {
		current.disappoint()
	}
	j.busy.Wait()
}
