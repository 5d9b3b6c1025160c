package parallel

import (
	"runtime"
	"sync"
	"time"
)

const (
	// looks is how long anybody looks out before he goes to sleep: enough from
	// one piece of work of a step to the next.
	looks = 200 * time.Microsecond
	// shortest and longest are how long nobody looks out after a
	// disappointment.
	shortest, longest = 4 * time.Millisecond, time.Second
)

// patience says whether to look out. Where other programs want the processors
// too, those who look out take them from those who have work. It then ends for a
// while, and for twice as long each time that this goes on.
type patience struct {
	mu    sync.Mutex
	ended time.Time // until then
	pause time.Duration
}

var current patience

// disappoint is called when a helper was not there in time though it looked out,
// or did not come to its end.
func (p *patience) disappoint() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Before(p.ended) {
		return
	}
	if now.Sub(p.ended) > 2*p.pause {
		p.pause = 0
	}
	p.pause = min(longest, max(shortest, 2*p.pause))
	p.ended = now.Add(p.pause)
}

// lasts reports whether anybody is to look out.
func (p *patience) lasts() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended.IsZero() || !time.Now().Before(p.ended)
}

// spin looks until ready, which it reports, or for as long as patience lasts.
// Now and then it lets other goroutines run.
func spin(ready func() bool) bool {
	if ready() {
		return true
	}
	if !current.lasts() {
		return false
	}
	for begin := time.Now(); ; runtime.Gosched() {
		for range 100 {
			if ready() {
				return true
			}
			pause()
		}
		if time.Since(begin) >= looks {
			return false
		}
	}
}
