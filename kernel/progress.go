package kernel

import (
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// A line changes at most five times a second: more is work, not news.
	redrawEvery = 200 * time.Millisecond
	// In a log, every line stays.
	logEvery = 10 * time.Second
)

// Progress shows how far a task has come: one line with a bar, the count, the
// time left, and the loss and metrics of the moment. Where it shows depends on
// where it runs: in a notebook in one element below the cell that is rewritten,
// in a terminal in one line that is rewritten, and else (a pipe, a log file) in
// lines that stay, one for each finished task and one every 10 s.
//
// It can be handed to Fit and to downloads as it is. Its methods may be called
// from several goroutines.
type Progress struct {
	clock func() time.Duration // since the start
	every time.Duration        // between two redraws
	bytes bool
	view  view
	later func(time.Duration, func()) (stop func())

	current atomic.Pointer[task] // what runs now; nil at first
	ready   atomic.Bool          // time for Update to draw; a timer sets it

	mu       sync.Mutex    // below it: what draws
	disarm   func()        // stops the timer
	finished time.Duration // when a last line was shown; before the start: none yet
	series   string        // and whose
	pending  *line         // a last line held back, see Finish
}

// task is one label's run from its first Update on.
type task struct {
	label   string
	started time.Duration
	base    int64        // done at the first Update: a resumed download does not start at 0
	done    atomic.Int64 // kept up to date for bytes only
}

// view is where lines go.
type view interface {
	// draw shows a line in place of the one drawn before it.
	draw(l line)
	// finish shows a task's last line.
	finish(l line)
	// close leaves the place as others expect to find it.
	close()
}

// An Option changes what NewProgress returns.
type Option func(*settings)

type settings struct {
	out   io.Writer
	width func() int // of the terminal; nil: see what out is
	bytes bool
	now   func() time.Time
	later func(time.Duration, func()) (stop func()) // for tests
}

// Output makes the progress write to w and nowhere else, also in a notebook.
// Where w is a terminal, it is used as one; see also Terminal.
func Output(w io.Writer) Option { return func(s *settings) { s.out = w } }

// Bytes says that done and total count bytes: they are shown as kB, MB or GB,
// and with the rate.
func Bytes() Option { return func(s *settings) { s.bytes = true } }

// Terminal says that the output is a terminal of this many columns.
func Terminal(columns int) Option {
	return func(s *settings) { s.width = func() int { return columns } }
}

// Clock takes the time from now instead of time.Now.
func Clock(now func() time.Time) Option { return func(s *settings) { s.now = now } }

// NewProgress returns a progress that shows itself in the notebook, or else on
// the standard error.
func NewProgress(options ...Option) *Progress {
	s := settings{later: afterFunc}
	for _, o := range options {
		o(&s)
	}
	p := &Progress{
		bytes: s.bytes, every: redrawEvery, clock: stopwatch(s.now), later: s.later,
		view: s.view(), disarm: func() {}, finished: -time.Hour,
	}
	p.ready.Store(true)
	if _, log := p.view.(*logView); log {
		p.every = logEvery
		p.arm() // of a short task the last line is enough
	}
	return p
}

func afterFunc(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

func stopwatch(now func() time.Time) func() time.Duration {
	if now == nil {
		start := time.Now()
		return func() time.Duration { return time.Since(start) }
	}
	start := now()
	return func() time.Duration { return now().Sub(start) }
}

func (s settings) view() view {
	if s.out == nil && s.width == nil && InNotebook() {
		return &notebookView{id: "progress-" + UniqueID(), static: os.Getenv("FROMZERO_STATIC") == "1"}
	}
	if s.out == nil {
		s.out = os.Stderr
	}
	if s.width == nil {
		s.width = terminalWidth(s.out)
	}
	if s.width != nil {
		return &terminalView{w: s.out, width: s.width}
	}
	return &logView{w: s.out}
}

// Update says that done of total steps (or bytes) of the task named label are
// done, and what the named values are. total 0 or less means that it is not
// known. It may be called thousands of times a second: nearly all calls do no
// more than see that it is not time yet. names and values are not kept.
//
// A label that ends in "3/5" is one of a series, such as epochs.
func (p *Progress) Update(label string, done, total int64, names []string, values []float64) {
	t := p.current.Load()
	if t == nil || t.label != label || p.ready.Load() {
		p.update(label, done, total, names, values)
	} else if p.bytes {
		t.done.Store(done)
	}
}

func (p *Progress) update(label string, done, total int64, names []string, values []float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock()
	t := p.current.Load()
	if t == nil || t.label != label {
		t = &task{label: strings.Clone(label), started: now, base: done}
		p.current.Store(t)
	}
	t.done.Store(done)
	if !p.ready.Load() {
		return
	}
	p.flush()
	p.arm()
	p.view.draw(line{
		label: t.label, done: done, total: total, base: t.base, bytes: p.bytes,
		elapsed: now - t.started, names: names, values: values,
	})
}

// arm makes Update quiet for a while.
func (p *Progress) arm() {
	p.disarm()
	p.ready.Store(false)
	p.disarm = p.later(p.every, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.ready.Store(true)
		p.flush()
	})
}

// Finish says that the task named label is over, with its last values. This
// line is always shown and, in a terminal, stays. Of a series whose tasks end
// faster than five times a second (a hundred tiny epochs), the last one stands
// for those just before it: it shows when the series is complete, after a
// moment without news, or on Close.
func (p *Progress) Finish(label string, names []string, values []float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock()
	t := p.current.Load()
	if t == nil || t.label != label {
		t = &task{label: label, started: now}
	}
	p.current.Store(nil)
	l := line{
		label: label, over: true, elapsed: now - t.started, names: names, values: values,
		bytes: p.bytes, done: t.done.Load(), base: t.base,
	}
	if p.pending != nil && seriesOf(p.pending.label).name != seriesOf(label).name {
		p.flush()
	}
	if p.holdBack(l, now) {
		return
	}
	p.pending = nil
	p.last(l)
}

// last shows a task's last line.
func (p *Progress) last(l line) {
	p.finished, p.series = p.clock(), seriesOf(l.label).name
	p.arm()
	p.view.finish(l)
}

// holdBack keeps a line for later where lines come too fast.
func (p *Progress) holdBack(l line, now time.Duration) bool {
	s := seriesOf(l.label)
	if p.every != redrawEvery || now-p.finished >= redrawEvery || s.name != p.series || !s.more() {
		return false
	}
	l.names, l.values = slices.Clone(l.names), slices.Clone(l.values)
	p.pending = &l
	if p.ready.Load() {
		p.arm()
	}
	return true
}

// flush shows the line that was held back.
func (p *Progress) flush() {
	if p.pending == nil {
		return
	}
	l := *p.pending
	p.pending = nil
	p.last(l)
}

// Close shows what was held back and ends the line that is being drawn, if
// there is one: for a task that stopped without Finish. The Progress can be
// used again. Close returns nil.
func (p *Progress) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current.Store(nil)
	p.flush()
	p.view.close()
	return nil
}
