package table_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/look"
	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/tensor"
)

func TestRaw(t *testing.T) {
	f := tensor.Must(table.New(table.Numbers("n", 5, na, 7), table.Categories("c", "b", "", "a"), table.Texts("t", "y", "x", "y"), table.Bools("y", true, false, true)))
	d, err := f.Raw("y")
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{5, 1, 1, na, na, 0, 7, 0, 1}
	for i, got := range tensor.Values[float64](d.All().X()) {
		if got != want[i] && !(math.IsNaN(got) && math.IsNaN(want[i])) {
			t.Errorf("value %d is %v, want %v", i, got, want[i])
		}
	}
	if y := tensor.Values[float64](d.All().Y()); !slices.Equal(y, []float64{1, 0, 1}) || !slices.Equal(d.ClassNames(), []string{"false", "true"}) {
		t.Errorf("targets %v, classes %q", y, d.ClassNames())
	}
	if !slices.Equal(d.ColumnNames(), []string{"n", "c", "t"}) || !slices.Equal(d.ColumnCodes(), []bool{false, true, true}) {
		t.Errorf("columns %q, %v", d.ColumnNames(), d.ColumnCodes())
	}
	read, _, err := table.Parse([]byte("t\nb\n\"\"\na\n"), table.ReadConfig{Kinds: map[string]table.Kind{"t": table.Text}})
	if err != nil {
		t.Fatal(err)
	}
	if got := tensor.Values[float64](tensor.Must(read.Raw("")).All().X()); len(got) != 3 || got[0] != 1 || !math.IsNaN(got[1]) || got[2] != 0 {
		t.Errorf("texts, one of which is missing: %v", got)
	}
	if d, err := f.Raw(""); err != nil || len(d.ColumnNames()) != 4 || d.ClassNames() != nil {
		t.Errorf("without a target: %v, %v", d, err)
	}
	if _, err := f.Raw("z"); err == nil {
		t.Error("a target that is not there")
	}
	if _, err := tensor.Must(f.Select("y")).Raw("y"); err == nil {
		t.Error("nothing but the target")
	}
}

// The census's test file is known to have rows of the training file. The count
// was made with Python's csv module.
func TestRealAdultLeaks(t *testing.T) {
	train, test, err := table.Adult(t.Context())
	real(t, err)
	fs, err := look.Check(t.Context(), tensor.Must(train.Raw("income")), tensor.Must(test.Raw("income")))
	if err != nil {
		t.Fatal(err)
	}
	leak := fs.Of(look.Leak)
	if len(leak) != 1 {
		t.Fatalf("%v", fs)
	}
	if !strings.Contains(leak[0].Message, "26 of 16281 examples") {
		t.Errorf("%v, want 26", leak[0])
	}
}
