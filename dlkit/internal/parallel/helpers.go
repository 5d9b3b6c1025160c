package parallel

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// helper is a goroutine that looks out for a job.
type helper struct{ job atomic.Pointer[job] }

// helpers are those who have none. It is the whole program's, as are its
// processors.
type helpers struct {
	mu   sync.Mutex
	list []*helper
}

var idle helpers

// give gives the job to a helper, if need be to a new one.
func (l *helpers) give(j *job) {
	if h := l.take(); h != nil {
		j.await()
		h.job.Store(j)
		return
	}
	go func() {
		j.help(false)
		h := &helper{}
		for l.add(h) {
			if !spin(func() bool { return h.job.Load() != nil }) && l.remove(h) {
				return
			}
			for h.job.Load() == nil { // it has been taken, and is about to be given one
				runtime.Gosched()
			}
			h.job.Swap(nil).help(true)
		}
	}()
}

// take is the helper that came last, whose cache is the warmest, or nil.
func (l *helpers) take() *helper {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.list)
	if n == 0 {
		return nil
	}
	h := l.list[n-1]
	l.list = l.list[:n-1]
	return h
}

// add reports whether there is a processor for one more who looks out.
func (l *helpers) add(h *helper) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) >= runtime.GOMAXPROCS(0)-1 {
		return false
	}
	l.list = append(l.list, h)
	return true
}

// remove reports whether the helper was there.
func (l *helpers) remove(h *helper) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.list, h)
	if i < 0 {
		return false
	}
	l.list = slices.Delete(l.list, i, i+1)
	return true
}
