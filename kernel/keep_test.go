package kernel

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/kernel/kept"
)

// weights stands for a model: what it holds is its own affair.
type weights struct{ w []byte }

func (m *weights) MarshalBinary() ([]byte, error) {
	if m.w == nil {
		return nil, errors.New("an untrained model cannot be saved")
	}
	return m.w, nil
}

func (m *weights) UnmarshalBinary(b []byte) error { m.w = bytes.Clone(b); return nil }

type result struct {
	Model   *weights
	History map[string][]float64
	Table   [][]string
}

type config struct {
	Epochs int
	Rate   float64
	Note   string
}

// desk is a keeper with a clock of its own: build takes 12.3 s.
type desk struct {
	*keeper
	out   bytes.Buffer
	clock time.Time
	runs  int
}

func newDesk(t *testing.T, notebook string) *desk {
	d := &desk{clock: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)}
	d.keeper = &keeper{
		store: kept.ForNotebook(notebook), out: &d.out, now: func() time.Time { return d.clock },
		stop: func() <-chan struct{} { return t.Context().Done() },
	}
	return d
}

func (d *desk) build() (result, error) {
	d.runs++
	d.clock = d.clock.Add(12300 * time.Millisecond)
	return result{Model: &weights{[]byte("trained")}, History: map[string][]float64{"loss": {1, 0.5}}, Table: [][]string{{"a"}}}, nil
}

// said returns what was printed since the last call, with the folder shortened.
func (d *desk) said() string {
	s := strings.ReplaceAll(d.out.String(), d.store.Dir, "DIR")
	d.out.Reset()
	return s
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\ngot  %q\nwant %q", what, got, want)
	}
}

func TestKeepBuildsOnceAndLoads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "10-mnist.ipynb")
	d := newDesk(t, file)
	if _, err := keepWith(d.keeper, "model", config{Epochs: 5}, d.build); err != nil {
		t.Fatal(err)
	}
	said := d.said()
	if !strings.HasPrefix(said, "kept: model built in 12.3 s, ") || strings.Count(said, "\n") != 1 {
		t.Errorf("said %q", said)
	}

	later := newDesk(t, file) // another process
	later.clock = d.clock.Add(3 * time.Minute)
	v, err := keepWith(later.keeper, "model", config{Epochs: 5}, later.build)
	if err != nil || later.runs != 0 {
		t.Fatalf("built %d times, %v", later.runs, err)
	}
	if string(v.Model.w) != "trained" || v.History["loss"][1] != 0.5 || v.Table[0][0] != "a" {
		t.Errorf("got %+v", v)
	}
	same(t, "loading", later.said(), "kept: model loaded from DIR (built 3 min ago in 12.3 s)\n")
}

func TestKeepSaysWhichInputsDiffer(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "a.ipynb"))
	for _, c := range []config{{Epochs: 5}, {Epochs: 10, Note: "x"}} {
		if _, err := keepWith(d.keeper, "model", c, d.build); err != nil {
			t.Fatal(err)
		}
	}
	first, _, _ := strings.Cut(d.said()[len("kept: model built in 12.3 s"):], "kept: model built")
	_, first, _ = strings.Cut(first, "\n")
	same(t, "other inputs", first, "kept: model: other inputs than last time (Epochs 5 → 10, Note \"\" → \"x\")\n")
	if _, err := keepWith(d.keeper, "model", config{Epochs: 5}, d.build); err != nil || d.runs != 2 {
		t.Errorf("going back built %d times, %v", d.runs, err)
	}
}

func TestKeepIsTheNotebooksOwn(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.ipynb", "b.ipynb"} {
		d := newDesk(t, filepath.Join(dir, name))
		if _, err := keepWith(d.keeper, "model", nil, d.build); err != nil || d.runs != 1 {
			t.Errorf("%s: built %d times, %v", name, d.runs, err)
		}
	}
}

func TestKeepKeepsNothingThatFailed(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "a.ipynb"))
	v, err := keepWith(d.keeper, "model", nil, func() (result, error) {
		r, _ := d.build()
		return r, context.Canceled
	})
	if !errors.Is(err, context.Canceled) || string(v.Model.w) != "trained" {
		t.Errorf("got %+v, %v", v, err)
	}
	same(t, "said", d.said(), "")
	if _, err := keepWith(d.keeper, "model", nil, d.build); err != nil || d.runs != 2 {
		t.Errorf("built %d times, %v", d.runs, err)
	}
}

func TestKeepRefusesBeforeBuilding(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "a.ipynb"))
	wants := func(want string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	_, err := keepWith(d.keeper, "model", config{Rate: math.NaN()}, d.build)
	wants(`kernel: Keep "model": inputs.Rate is NaN`, err)
	_, err = keepWith(d.keeper, "model", map[string]any{"f": func() {}}, d.build)
	wants("inputs[f] is a func()", err)
	_, err = keepWith(d.keeper, "", nil, d.build)
	wants("the name is empty", err)
	_, err = keepWith(d.keeper, "m", nil, func() (struct{ acc float64 }, error) { panic("built") })
	wants("rename it to Acc", err)
	if d.runs != 0 {
		t.Errorf("built %d times", d.runs)
	}
}

func TestKeepNeverLosesWhatWasBuilt(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "a.ipynb"))
	untrained, err := keepWith(d.keeper, "m", nil, func() (*weights, error) { return &weights{}, nil })
	if untrained == nil || err == nil || !strings.Contains(err.Error(), "an untrained model cannot be saved") {
		t.Errorf("a method that fails: %v, %v", untrained, err)
	}
	v, err := keepWith(d.keeper, "i", nil, func() (any, error) { return config{Epochs: 3}, nil })
	if v != (config{Epochs: 3}) || err == nil || !strings.Contains(err.Error(), "gob.Register") {
		t.Errorf("a type that is not registered: %v, %v", v, err)
	}
	if p, err := keepWith(d.keeper, "p", nil, func() (*weights, error) { return nil, nil }); p != nil || err == nil {
		t.Errorf("nil: %v, %v", p, err)
	}

	file := filepath.Join(t.TempDir(), "folder")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	d = newDesk(t, filepath.Join(file, "a.ipynb")) // no folder can be made there
	r, err := keepWith(d.keeper, "model", nil, d.build)
	if err != nil || r.Model == nil {
		t.Errorf("a folder that cannot be written: %v", err)
	}
	if said := d.said(); !strings.Contains(said, "but not kept, so later cells will build it again") {
		t.Errorf("said %q", said)
	}
}

func TestKeepRebuildsWhatIsDamagedOrOfAnotherType(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "a.ipynb"))
	again := func(want string) {
		t.Helper()
		runs := d.runs
		if _, err := keepWith(d.keeper, "model", nil, d.build); err != nil || d.runs != runs+1 {
			t.Errorf("built %d times, %v", d.runs-runs, err)
		}
		if said := d.said(); !strings.HasPrefix(said, want) || strings.Count(said, "\n") != 2 {
			t.Errorf("said %q, want %q", said, want)
		}
	}
	if _, err := keepWith(d.keeper, "model", nil, func() (int, error) { return 1, nil }); err != nil {
		t.Fatal(err)
	}
	d.said()
	again("kept: model: it was kept as int, not kernel.result: building it again\n")

	path := d.store.Path("model", []byte("null"))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)-9], 0o666); err != nil {
		t.Fatal(err)
	}
	again("kept: model: the kept file is damaged (")
}

// The second to come waits for the first and loads what it built.
func TestKeepTwoAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.ipynb")
	first, second := newDesk(t, file), newDesk(t, file)
	building, waiting := make(chan struct{}), make(chan struct{})
	second.stop = func() <-chan struct{} { close(waiting); return nil }
	done := make(chan error)
	go func() {
		_, err := keepWith(first.keeper, "model", nil, func() (result, error) {
			close(building)
			<-waiting
			return first.build()
		})
		done <- err
	}()
	<-building
	v, err := keepWith(second.keeper, "model", nil, second.build)
	if err := errors.Join(err, <-done); err != nil || second.runs != 0 || string(v.Model.w) != "trained" {
		t.Errorf("got %+v, %v; the second built %d times", v, err, second.runs)
	}
	if said := second.said(); !strings.Contains(said, "is being built by process") || !strings.Contains(said, "loaded from") {
		t.Errorf("said %q", said)
	}
}

func TestKeepInsideItself(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "a.ipynb"))
	stopped := make(chan struct{})
	close(stopped)
	d.stop = func() <-chan struct{} { return stopped } // the reader presses stop
	_, err := keepWith(d.keeper, "model", nil, func() (result, error) {
		return keepWith(d.keeper, "model", nil, d.build)
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "does one stand inside the other?") {
		t.Errorf("got %v", err)
	}
}

func TestTexts(t *testing.T) {
	for d, want := range map[time.Duration]string{
		40 * time.Millisecond: "0.04 s", 12340 * time.Millisecond: "12.3 s", 59970 * time.Millisecond: "1 min 0 s",
		200 * time.Second: "3 min 20 s", 3599600 * time.Millisecond: "1 h 0 min", 64 * time.Minute: "1 h 4 min", -time.Second: "0.00 s",
	} {
		same(t, d.String(), seconds(d), want)
	}
	for d, want := range map[time.Duration]string{
		0: "just now", 2 * time.Second: "2 s ago", 3 * time.Minute: "3 min ago", 5 * time.Hour: "5 h ago", 72 * time.Hour: "3 days ago",
	} {
		same(t, d.String(), ago(d), want)
	}
	for n, want := range map[int64]string{5: "5 B", 4200: "4.2 kB", 412_000: "412 kB", 9_912_422: "9.9 MB", 3e9: "3.0 GB"} {
		same(t, want, bytesText(n), want)
	}
	for d, want := range map[time.Duration]string{0: "0:00", 2100 * time.Millisecond: "0:03", 760 * time.Second: "12:40", 3723 * time.Second: "1:02:03"} {
		same(t, want, clockText(d), want)
	}
}
