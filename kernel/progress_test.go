package kernel

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// bench is a progress with a clock that stands still until told otherwise, and
// the timers that go with it.
type bench struct {
	*Progress
	out    bytes.Buffer
	clock  time.Time
	timers map[int]timer
}

type timer struct {
	at time.Time
	f  func()
}

func newBench(options ...Option) *bench {
	b := &bench{clock: time.Unix(1000, 0), timers: map[int]timer{}}
	n := 0
	later := func(s *settings) {
		s.later = func(d time.Duration, f func()) func() {
			n++
			id := n
			b.timers[id] = timer{b.clock.Add(d), f}
			return func() { delete(b.timers, id) }
		}
	}
	b.Progress = NewProgress(append([]Option{Output(&b.out), Clock(func() time.Time { return b.clock }), later}, options...)...)
	return b
}

func (b *bench) wait(d time.Duration) {
	b.clock = b.clock.Add(d)
	for id, t := range b.timers {
		if !t.at.After(b.clock) {
			delete(b.timers, id)
			t.f()
		}
	}
}

// screen plays what was written like a terminal does and returns its lines,
// without blanks at their ends.
func (b *bench) screen() []string {
	var lines []string
	for row := range strings.SplitSeq(b.out.String(), "\n") {
		var cells []rune
		at := 0
		for _, r := range row {
			if r == '\r' {
				at = 0
				continue
			}
			if at < len(cells) {
				cells[at] = r
			} else {
				cells = append(cells, r)
			}
			at++
		}
		lines = append(lines, strings.TrimRight(string(cells), " "))
	}
	return lines
}

func lines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

var loss = []string{"loss", "accuracy"}

func TestProgressInATerminal(t *testing.T) {
	b := newBench(Terminal(100))
	b.Update("epoch 1/2", 0, 1875, nil, nil)
	lines(t, b.screen(), "epoch 1/2  [........................]    0%     0/1875")
	for i := range 1200 {
		b.wait(time.Millisecond)
		b.Update("epoch 1/2", int64(i+1), 1875, loss, []float64{0.5 - float64(i)/1e4, 0.91})
	}
	lines(t, b.screen(), "epoch 1/2  [==============>.........]   64%  1200/1875  ETA 0:01  loss 0.3801  accuracy 0.9100")
	if n := strings.Count(b.out.String(), "\r"); n != 7 {
		t.Errorf("%d draws in 1.2 s, want 7", n)
	}
	b.wait(time.Millisecond)
	b.Finish("epoch 1/2", append(loss, "val_loss"), []float64{0.25, 0.93, 0.3})
	b.wait(300 * time.Millisecond)
	b.Update("epoch 2/2", 1, 1875, loss, []float64{0.2, 0.94})
	lines(t, b.screen(),
		"epoch 1/2  1.2 s  loss 0.2500  accuracy 0.9300  val_loss 0.3000",
		"epoch 2/2  [........................]    0%     1/1875  loss 0.2000  accuracy 0.9400")
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if !strings.HasSuffix(b.out.String(), "\n") {
		t.Error("Close leaves the line open")
	}
	b.Close()
	if strings.HasSuffix(b.out.String(), "\n\n") {
		t.Error("a second Close adds a line")
	}
}

// However narrow the terminal, a line stays a line.
func TestProgressFitsTheTerminal(t *testing.T) {
	for columns := 1; columns < 120; columns++ {
		b := newBench(Terminal(columns))
		b.Update("第 3 轮 epoch 3/5", 0, 1875, loss, []float64{0.2, 0.9})
		b.wait(time.Second)
		b.Update("第 3 轮 epoch 3/5", 900, 1875, loss, []float64{0.2, 0.9})
		for row := range strings.SplitSeq(b.out.String(), "\r") {
			if n := cells(row); n > max(columns-1, 1) {
				t.Errorf("%d columns: a row of %d: %q", columns, n, row)
			}
		}
	}
	l := line{label: "epoch 3/5", done: 900, total: 1875, elapsed: time.Second, names: loss, values: []float64{0.2, 0.9}}
	for columns, want := range map[int]string{
		80: "epoch 3/5  [=>....]   48%   900/1875  ETA 0:02  loss 0.2000  accuracy 0.9000",
		60: "epoch 3/5   48%  ETA 0:02  loss 0.2000  accuracy 0.9000",
		40: "epoch 3/5   48%  ETA 0:02  loss 0.2000",
		7:  "epoch …",
	} {
		same(t, fmt.Sprint(columns), l.fit(columns), want)
	}
}

func TestProgressOfBytes(t *testing.T) {
	b := newBench(Terminal(90), Bytes())
	b.Update("downloading a.gz", 4_000_000, 9_900_000, nil, nil) // resumed
	b.wait(time.Second)
	b.Update("downloading a.gz", 6_000_000, 9_900_000, nil, nil)
	lines(t, b.screen(), "downloading a.gz  [=============>..........]   60%  6.0/9.9 MB  2.0 MB/s  ETA 0:02")
	b.wait(100 * time.Millisecond)
	b.Update("downloading a.gz", 9_900_000, 9_900_000, nil, nil) // not drawn
	b.wait(900 * time.Millisecond)
	b.Finish("downloading a.gz", nil, nil)
	lines(t, b.screen(), "downloading a.gz  9.9 MB  3.0 MB/s  2.0 s", "")

	b = newBench(Terminal(90), Bytes())
	b.Update("downloading b.gz", 0, 0, nil, nil)
	b.wait(time.Second)
	b.Update("downloading b.gz", 1500, -1, nil, nil)
	lines(t, b.screen(), "downloading b.gz  1.5 kB  1.5 kB/s  1.0 s")
}

func TestProgressInALog(t *testing.T) {
	b := newBench()
	for epoch := 1; epoch <= 2; epoch++ {
		label := fmt.Sprintf("epoch %d/2", epoch)
		for i := range 120 {
			b.Update(label, int64(i), 120, loss, []float64{1, 0})
			b.wait(200 * time.Millisecond)
		}
		b.Finish(label, loss, []float64{0.5, 0.75})
	}
	lines(t, b.screen(),
		"epoch 1/2   41%   50/120  ETA 0:14  loss 1.0000  accuracy 0",
		"epoch 1/2   83%  100/120  ETA 0:04  loss 1.0000  accuracy 0",
		"epoch 1/2  24.0 s  loss 0.5000  accuracy 0.7500",
		"epoch 2/2   41%   50/120  ETA 0:14  loss 1.0000  accuracy 0",
		"epoch 2/2   83%  100/120  ETA 0:04  loss 1.0000  accuracy 0",
		"epoch 2/2  24.0 s  loss 0.5000  accuracy 0.7500", "")
	if strings.Contains(b.out.String(), "\r") {
		t.Error("a log is rewritten")
	}
}

// A hundred tiny epochs must neither flood the terminal nor lose the last line.
func TestProgressOfAQuickSeries(t *testing.T) {
	run := func(b *bench, epochs int) {
		for i := range epochs {
			label := fmt.Sprintf("epoch %d/100", i+1)
			b.Update(label, 1, 4, loss, []float64{1, 0})
			b.wait(10 * time.Millisecond)
			b.Finish(label, []string{"loss"}, []float64{float64(i + 1)})
		}
	}
	whole := newBench(Terminal(80))
	run(whole, 100)
	got := whole.screen()
	if len(got) > 8 || got[len(got)-2] != "epoch 100/100  0.01 s  loss 100.0" {
		t.Errorf("%d lines:\n%s", len(got), strings.Join(got, "\n"))
	}

	stopped := newBench(Terminal(80)) // early
	run(stopped, 37)
	stopped.wait(time.Second)
	if got := stopped.screen(); got[len(got)-2] != "epoch 37/100  0.01 s  loss 37.0000" {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}

	closed := newBench(Terminal(80))
	run(closed, 38)
	closed.Close()
	closed.wait(time.Second)
	if got := closed.screen(); got[len(got)-2] != "epoch 38/100  0.01 s  loss 38.0000" || strings.Count(closed.out.String(), "epoch 38/100  0") != 1 {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}

	other := newBench(Terminal(80))
	run(other, 39)
	other.Finish("evaluating", []string{"loss"}, []float64{0.5})
	if got := other.screen(); got[len(got)-3] != "epoch 39/100  0.01 s  loss 39.0000" || got[len(got)-2] != "evaluating  0.00 s  loss 0.5000" {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestValueText(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.12345: "0.1235", 1e-4: "0.0001", 3.14159e-7: "3.142e-07", 1234.56: "1234.6", 5e9: "5e+09", -0.5: "-0.5000"} {
		same(t, want, valueText(v), want)
	}
}

// Callers reuse their slices and change labels as they like.
func TestProgressKeepsNothingOfTheCallers(t *testing.T) {
	b := newBench(Terminal(80))
	names, values := []string{"loss"}, []float64{1}
	b.Finish("epoch 1/3", names, values)
	b.Finish("epoch 2/3", names, values) // held back
	names[0], values[0] = "changed", 2
	b.Close()
	lines(t, b.screen(), "epoch 1/3  0.00 s  loss 1.0000", "epoch 2/3  0.00 s  loss 1.0000", "")
}

func TestProgressFromManyGoroutines(t *testing.T) {
	p := NewProgress(Output(io.Discard), Terminal(80), Bytes())
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			label := fmt.Sprintf("downloading %d", g)
			for i := range 500 {
				p.Update(label, int64(i), 500, loss, []float64{1, 2})
			}
			p.Finish(label, nil, nil)
		})
	}
	wg.Wait()
	p.Close()
}

func TestThrottledUpdateAllocatesNothing(t *testing.T) {
	p := newBench(Terminal(80)).Progress
	values := []float64{0.5, 0.9}
	p.Update("epoch 1/5", 0, 1875, loss, values)
	n := int64(0)
	if a := testing.AllocsPerRun(1000, func() { n++; p.Update("epoch 1/5", n, 1875, loss, values) }); a != 0 {
		t.Errorf("%v allocations a call", a)
	}
}

func BenchmarkThrottledUpdate(b *testing.B) {
	p := NewProgress(Output(io.Discard), Terminal(80))
	values := []float64{0.5, 0.9}
	b.ReportAllocs()
	for i := range b.N {
		p.Update("epoch 1/5", int64(i), int64(b.N), loss, values)
	}
}

func BenchmarkDraw(b *testing.B) {
	v := terminalView{w: io.Discard, width: func() int { return 80 }}
	l := line{label: "epoch 3/5", done: 900, total: 1875, elapsed: time.Second, names: loss, values: []float64{0.2, 0.9}}
	for b.Loop() {
		v.draw(l)
	}
}
