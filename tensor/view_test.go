package tensor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// ten is a dataset of the numbers 0 to 9.
func ten() *Memory {
	return Must(FromTensors(Must(Arange[int32](0, 10, 1)), nil))
}

// contents reads all of d, size examples at a time.
func contents(t *testing.T, d Dataset, size int) []int64 {
	t.Helper()
	var all []int64
	for b, err := range d.Batches(t.Context(), size) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Values[int64](b.X())...)
	}
	if len(all) != d.Len() {
		t.Errorf("%d examples read, Len is %d", len(all), d.Len())
	}
	return all
}

func TestViews(t *testing.T) {
	shuffled := Must(Shuffle(ten(), 1))
	first, rest, err := Split(ten(), 0.34, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := append(contents(t, first, 2), contents(t, rest, 3)...); !slices.Equal(got, contents(t, shuffled, 4)) {
		t.Errorf("the parts of a split, %v, are not the shuffled whole", got)
	}
	if first.Len() != 3 || rest.Len() != 7 {
		t.Errorf("split into %d and %d", first.Len(), rest.Len())
	}
	sorted := contents(t, shuffled, 10)
	slices.Sort(sorted)
	if !slices.Equal(sorted, Values[int64](ten().All().X())) {
		t.Errorf("shuffled, the examples are %v", sorted)
	}
	if slices.Equal(contents(t, shuffled, 10), contents(t, Must(Shuffle(ten(), 2)), 10)) {
		t.Error("two seeds give one order")
	}
	// A view of a view.
	if got := contents(t, Subset(Take(ten(), 5), []int{4, 4, 0}), 2); !slices.Equal(got, []int64{4, 4, 0}) {
		t.Errorf("subset is %v", got)
	}
	for n, want := range map[int]int{-1: 0, 0: 0, 3: 3, 99: 10} {
		if got := Take(ten(), n).Len(); got != want {
			t.Errorf("Take %d has %d", n, got)
		}
	}
}

func TestViewsReportBadPositions(t *testing.T) {
	for _, c := range []struct {
		view *View
		at   int
		want string
	}{
		{Subset(ten(), []int{10}), 0, "example 10 of a dataset with 10"},
		{Subset(ten(), []int{1}), 1, "example 1 of a dataset with 1 "},
		{Take(ten(), 2), -1, "example -1"},
	} {
		if _, err := c.view.Rows(t.Context(), []int{c.at}, Batch{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got error %v, want one with %q", err, c.want)
		}
	}
}

// lazy is a dataset that must be loaded first.
type lazy struct {
	*Memory
	loaded int
}

func (l *lazy) Len() int                   { return min(l.loaded, 1)*11 - 1 }
func (l *lazy) Load(context.Context) error { l.loaded++; return nil }
func (l *lazy) ClassNames() []string       { return []string{"even", "odd"} }

func TestViewsPassOnLoadAndClasses(t *testing.T) {
	d := &lazy{Memory: ten()}
	if _, err := Shuffle(d, 1); err == nil {
		t.Error("shuffled a dataset of unknown length")
	}
	if _, _, err := Split(d, 0.5, 1); err == nil || !strings.Contains(err.Error(), "cannot split") {
		t.Errorf("split a dataset of unknown length: %v", err)
	}
	v := Take(d, 3)
	if err := v.Load(t.Context()); err != nil || d.loaded != 1 {
		t.Errorf("Load: %v, %d times", err, d.loaded)
	}
	if got := v.ClassNames(); len(got) != 2 {
		t.Errorf("classes %v", got)
	}
	if got := Take(ten(), 1); got.ClassNames() != nil || got.Load(t.Context()) != nil {
		t.Error("a view of a plain dataset has no classes and nothing to load")
	}
	w := Must(WithWeights(d, Must(Ones(Float64, 10))))
	if len(w.ClassNames()) != 2 || w.Load(t.Context()) != nil || d.loaded != 2 {
		t.Error("a weighted dataset must pass on Load and ClassNames")
	}
}

func TestWeightsFollowTheExamples(t *testing.T) {
	w := Must(WithWeights(ten(), Must(Arange(0, 1, 0.1))))
	v := Subset(w, []int{7, 1})
	reuse := Batch{}
	for range 2 {
		b, err := v.Rows(t.Context(), []int{0, 1}, reuse)
		if err != nil || b.Weights.DType() != Float32 || b.Weights.String() != "[0.7 0.1]" || b.X().String() != "[7 1]" {
			t.Fatalf("got %v for %v, %v", b.Weights, b.X(), err)
		}
		if reuse.Weights != nil && (b.Weights != reuse.Weights || b.X() != reuse.X()) {
			t.Error("the tensors handed in were not used again")
		}
		reuse = b
	}
	if got := contents(t, w, 3); len(got) != 10 {
		t.Error("examples are missing")
	}
}

func TestBatchesEndAfterAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range Take(ten(), 9).Batches(ctx, 2) {
		n++
		if n == 3 && !errors.Is(err, context.Canceled) {
			t.Errorf("got %v after the context was cancelled", err)
		}
		if n == 2 {
			cancel()
		}
	}
	if n != 3 {
		t.Errorf("%d batches", n)
	}
	for _, err := range ten().Batches(t.Context(), 0) {
		if err == nil || !strings.Contains(err.Error(), "batch size 0") {
			t.Errorf("got %v for batch size 0", err)
		}
	}
	for _, err := range Subset(ten(), []int{0, 1, 10, 3}).Batches(t.Context(), 1) {
		n++
		if n > 6 {
			t.Error("batches went on after an error")
		}
		_ = err
	}
}
