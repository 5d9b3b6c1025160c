package table_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
)

// numbered has 100 rows: id, class (a fifth is "rare"), owner (25 groups of 4).
func numbered(t *testing.T) *table.Frame {
	t.Helper()
	ids, class, owner := make([]float64, 100), make([]string, 100), make([]string, 100)
	for i := range ids {
		ids[i], class[i], owner[i] = float64(i), "usual", fmt.Sprintf("o%02d", i*7%25)
		if i < 20 {
			class[i] = "rare"
		}
	}
	f, err := table.New(table.Numbers("id", ids...), table.Categories("class", class...), table.Categories("owner", owner...))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func column(t *testing.T, f *table.Frame, name string) *table.Column {
	t.Helper()
	c, err := f.Column(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantAll(t *testing.T, parts ...*table.Frame) {
	t.Helper()
	var ids []float64
	for _, p := range parts {
		ids = append(ids, column(t, p, "id").Float64s()...)
	}
	slices.Sort(ids)
	for i, id := range ids {
		if id != float64(i) || len(ids) != 100 {
			t.Fatalf("%d rows, %v at %d: each of 100 rows is wanted once", len(ids), id, i)
		}
	}
}

func wantApart(t *testing.T, a, b *table.Frame) {
	t.Helper()
	owners := column(t, a, "owner").Strings()
	for _, o := range column(t, b, "owner").Strings() {
		if slices.Contains(owners, o) {
			t.Fatalf("owner %s is on both sides", o)
		}
	}
}

func TestSplit(t *testing.T) {
	f := numbered(t)
	for _, c := range []table.SplitConfig{{}, {Seed: 3}, {Stratify: "class"}, {Group: "owner"}, {NoShuffle: true}, {Test: 0.3, Stratify: "class"}} {
		train, test, err := f.Split(c)
		if err != nil {
			t.Fatal(err)
		}
		wantAll(t, train, test)
		want := 20
		if c.Test > 0 {
			want = 30
		}
		if test.Len() != want {
			t.Errorf("%+v: %d test rows, want %d", c, test.Len(), want)
		}
		again, _, _ := f.Split(c)
		if cells(again) != cells(train) {
			t.Errorf("%+v: another split the second time", c)
		}
		if rare := strings.Count(cells(test), "|rare"); c.Stratify != "" && rare != want/5 {
			t.Errorf("%+v: %d rare rows in the test frame, want %d", c, rare, want/5)
		}
		if c.Group != "" {
			wantApart(t, train, test)
		}
		if c.NoShuffle && column(t, test, "id").Float64s()[0] != 80 {
			t.Error("without shuffling the last rows are wanted")
		}
	}
	a, _, _ := f.Split(table.SplitConfig{Seed: 1})
	b, _, _ := f.Split(table.SplitConfig{Seed: 2})
	if cells(a) == cells(b) {
		t.Error("two seeds give the same split")
	}
}

func TestFolds(t *testing.T) {
	f := numbered(t)
	for _, c := range []table.SplitConfig{{}, {Stratify: "class"}, {Group: "owner"}, {NoShuffle: true}} {
		folds, err := f.Folds(5, c)
		if err != nil || len(folds) != 5 {
			t.Fatalf("%d folds, %v", len(folds), err)
		}
		var tests []*table.Frame
		for _, fold := range folds {
			wantAll(t, fold.Train, fold.Test)
			tests = append(tests, fold.Test)
			if fold.Test.Len() != 20 {
				t.Errorf("%+v: %d test rows, want 20", c, fold.Test.Len())
			}
			if c.Group != "" {
				wantApart(t, fold.Train, fold.Test)
			}
			if rare := strings.Count(cells(fold.Test), "|rare"); c.Stratify != "" && rare != 4 {
				t.Errorf("%d rare rows in a fold, want 4", rare)
			}
		}
		wantAll(t, tests...)
	}
}

func TestSplitErrors(t *testing.T) {
	f := numbered(t)
	for _, c := range []table.SplitConfig{{Test: 1}, {Test: -1}, {Stratify: "no"}, {Group: "owner", Stratify: "class"}, {NoShuffle: true, Group: "owner"}, {Test: 0.001}} {
		if _, _, err := f.Split(c); err == nil || !strings.HasPrefix(err.Error(), "table: ") {
			t.Errorf("%+v: error %v", c, err)
		}
	}
	if _, err := f.Folds(1, table.SplitConfig{}); err == nil {
		t.Error("1 fold: no error")
	}
	if _, err := f.Folds(101, table.SplitConfig{}); err == nil {
		t.Error("101 folds of 100 rows: no error")
	}
	if _, err := f.Folds(3, table.SplitConfig{Group: "class"}); err == nil {
		t.Error("3 folds of 2 groups: no error")
	}
}
