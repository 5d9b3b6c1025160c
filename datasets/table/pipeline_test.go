package table_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/tensor"
)

func transformed(t *testing.T, train, other *table.Frame, steps ...table.Step) string {
	t.Helper()
	// One more column, so that those with names need not be encoded.
	p, err := table.Pipeline{Steps: append(steps, table.OneHot{})}.Fit(train)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Transform(other)
	if err != nil {
		t.Fatal(err)
	}
	return cells(got)
}

func must(t *testing.T, columns ...*table.Column) *table.Frame {
	t.Helper()
	f, err := table.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What is learnt on the training rows is used on other rows.
func TestSteps(t *testing.T) {
	train := must(t, table.Numbers("n", 1, na, 3, 8, 8), table.Categories("c", "b", "a", "", "b", "b"), table.Bools("t", true, true, false, true, false))
	other := must(t, table.Numbers("n", na, 10), table.Categories("c", "", "z"), table.Bools("t", false, true))
	for name, c := range map[string]struct {
		steps []table.Step
		want  string
	}{
		"typical":       {[]table.Step{table.Impute{}}, "n:number|5.5|10\nc=a:bool|false|false\nc=b:bool|true|false\nt:bool|false|true\n"},
		"mean":          {[]table.Step{table.Impute{With: table.Mean}}, "n:number|5|10\nc=a:bool|false|false\nc=b:bool|false|false\nt:bool|false|true\n"},
		"most frequent": {[]table.Step{table.Impute{Columns: []string{"n"}, With: table.MostFrequent}, table.Drop{[]string{"c", "t"}}}, "n:number|8|10\n"},
		"constant":      {[]table.Step{table.Impute{With: table.Constant, Number: -1}}, "n:number|-1|10\nc=a:bool|false|false\nc=b:bool|false|false\nc=missing:bool|true|false\nt:bool|false|true\n"},
		"flag":          {[]table.Step{table.Impute{Columns: []string{"n", "t"}, Flag: true}, table.Drop{[]string{"c"}}}, "n:number|5.5|10\nt:bool|false|true\nn is missing:bool|true|false\n"},
		"standardise":   {[]table.Step{table.Impute{With: table.Mean}, table.Standardize{}, table.Select{[]string{"n"}}}, "n:number|0|" + fmt.Sprint(5/2.756809750418044) + "\n"},
		"min-max":       {[]table.Step{table.Impute{With: table.Mean}, table.MinMax{}, table.Select{[]string{"n"}}}, "n:number|0.5714285714285714|1.2857142857142858\n"},
		"drop first":    {[]table.Step{table.Impute{}, table.OneHot{DropFirst: true}}, "n:number|5.5|10\nc=b:bool|true|false\nt:bool|false|true\n"},
		"ordinal":       {[]table.Step{table.Impute{}, table.Ordinal{Order: map[string][]string{"c": {"b", "a"}}}}, "n:number|5.5|10\nc:number|0|-1\nt:bool|false|true\n"},
		"buckets":       {[]table.Step{table.Impute{}, table.Bucketize{Edges: []float64{2, 6}}, table.Select{[]string{"n"}}}, "n=< 2:bool|false|false\nn=>= 6:bool|false|true\nn=[2, 6):bool|true|false\n"},
		"quantiles":     {[]table.Step{table.Impute{}, table.Bucketize{Quantiles: 2}, table.Select{[]string{"n"}}}, "n=< 5.5:bool|false|false\nn=>= 5.5:bool|true|true\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := transformed(t, train, other, c.steps...); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestTargets(t *testing.T) {
	f := must(t, table.Numbers("x", 1, 2, 3), table.Numbers("y", 7, 5, 7), table.Categories("c", "v", "u", "v"))
	for _, c := range []struct {
		p       table.Pipeline
		dtype   tensor.DType
		want    []float64
		classes []string
	}{
		{table.Pipeline{Target: "y", Steps: []table.Step{table.Drop{[]string{"c"}}}}, tensor.Float32, []float64{7, 5, 7}, nil},
		{table.Pipeline{Target: "y", Classes: true}, tensor.Int32, []float64{1, 0, 1}, []string{"5", "7"}},
		{table.Pipeline{Target: "c"}, tensor.Int32, []float64{1, 0, 1}, []string{"u", "v"}},
	} {
		p, err := c.p.Fit(f)
		if err != nil {
			t.Fatal(err)
		}
		d, err := p.Dataset(f)
		if err != nil {
			t.Fatal(err)
		}
		y := d.All().Y()
		if y.DType() != c.dtype || !slices.Equal(tensor.Values[float64](y), c.want) || !slices.Equal(d.ClassNames(), c.classes) {
			t.Errorf("%+v: targets %v %v, classes %q", c.p, y.DType(), y, d.ClassNames())
		}
		if x := d.All().X(); x.DType() != tensor.Float32 || !x.Shape().Equal(tensor.Shape{3, len(d.InputNames())}) {
			t.Errorf("inputs are %v of shape %v", x.DType(), x.Shape())
		}
		if without, err := f.Drop(c.p.Target); err != nil {
			t.Error(err)
		} else if _, err := p.Inputs(without); err != nil {
			t.Errorf("inputs of a frame without the target: %v", err)
		}
	}
}

func TestPipelineErrors(t *testing.T) {
	f := must(t, table.Numbers("n", 1, na), table.Categories("c", "a", "b"), table.Texts("t", "x", "y"))
	for _, c := range []struct {
		p    table.Pipeline
		want string
	}{
		{table.Pipeline{Target: "no"}, `no column "no"`},
		{table.Pipeline{Target: "n"}, `the target "n" is missing in row 1`},
		{table.Pipeline{Steps: []table.Step{}}, `column "n" is missing in row 1; use Impute`},
		{table.Pipeline{Steps: []table.Step{table.Impute{}}}, `column "c" is of kind category; a model needs numbers`},
		{table.Pipeline{Steps: []table.Step{table.Standardize{Columns: []string{"c"}}}}, "scaling needs numbers (step 0"},
		{table.Pipeline{Steps: []table.Step{table.Impute{Columns: []string{"c"}, With: table.Mean}}}, "mean and median need numbers"},
		{table.Pipeline{Steps: []table.Step{table.Bucketize{}}}, "Edges"},
		{table.Pipeline{Steps: []table.Step{table.Bucketize{Edges: []float64{2, 1}}}}, "larger than the one before"},
		{table.Pipeline{Steps: []table.Step{table.Ordinal{Order: map[string][]string{"c": {"a"}}}}}, `the name "b", which Order does not`},
		{table.Pipeline{Steps: []table.Step{table.Select{[]string{}}}}, "leave no column"},
	} {
		_, err := c.p.Fit(f)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "table: ") {
			t.Errorf("%+v: error %v, want %q in it", c.p, err, c.want)
		}
	}
	p, err := table.Pipeline{Target: "c"}.Fit(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Targets(must(t, table.Categories("c", "z"))); err == nil || !strings.Contains(err.Error(), "had only a, b") {
		t.Errorf("unknown class: error %v", err)
	}
	if _, err := p.Inputs(must(t, table.Numbers("m", 1))); err == nil || !strings.Contains(err.Error(), `no column "n"`) {
		t.Errorf("missing column: error %v", err)
	}
	if _, err := (table.Pipeline{}).Fit(f.Head(0)); err == nil {
		t.Error("no rows: no error")
	}
}

// A row may arrive with columns of another kind, as from a small file.
func TestOtherKindsAreRead(t *testing.T) {
	train := must(t, table.Numbers("n", 1, 3), table.Categories("c", "1", "2"))
	p, err := table.Pipeline{}.Fit(train)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Transform(must(t, table.Numbers("c", 2, na), table.Categories("n", "3", "")))
	wantCells(t, got, err, "n:number|1|0\nc=1:bool|false|true\nc=2:bool|true|false\n")
}

func TestPipelineIsSaved(t *testing.T) {
	train := must(t, table.Numbers("n", 1, na, 3), table.Numbers("m", 1, 2, 9), table.Categories("c", "b", "a", ""), table.Categories("o", "x", "y", "x"), table.Bools("y", true, false, true))
	p, err := table.Pipeline{Target: "y", Steps: []table.Step{
		table.Impute{Flag: true}, table.Ordinal{Columns: []string{"o"}}, table.Bucketize{Columns: []string{"m"}, Edges: []float64{2}},
		table.Standardize{}, table.OneHot{}, table.Drop{[]string{"o"}}}}.Fit(train)
	if err != nil {
		t.Fatal(err)
	}
	want, err := p.Dataset(train)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "p.json")
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	// testdata/pipeline-v1.json is what the first version saved here.
	loaded, err := table.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	var fromGob table.Fitted
	if err := gob.NewEncoder(&b).Encode(p); err != nil {
		t.Fatal(err)
	}
	if err := gob.NewDecoder(&b).Decode(&fromGob); err != nil {
		t.Fatal(err)
	}
	golden, err := table.Load("testdata/pipeline-v1.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []*table.Fitted{loaded, &fromGob, golden} {
		got, err := q.Dataset(train)
		if err != nil {
			t.Fatal(err)
		}
		if !got.All().X().Equal(want.All().X()) || !got.All().Y().Equal(want.All().Y()) || !slices.Equal(got.ClassNames(), want.ClassNames()) || !slices.Equal(got.InputNames(), want.InputNames()) {
			t.Errorf("a saved pipeline gives %v, want %v", got.All().X(), want.All().X())
		}
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("%d files beside the saved one", len(entries)-1)
	}
}

func TestLoadRefusesOtherFiles(t *testing.T) {
	for _, text := range []string{`{}`, `[]`, `{"fromzero_table_pipeline":99}`, `{"fromzero_table_pipeline":1,"steps":[{"step":"magic"}]}`, `{"fromzero_table_pipeline":1,"steps":[{"step":"scale","data":3}]}`} {
		var p table.Fitted
		if err := json.Unmarshal([]byte(text), &p); err == nil || !strings.HasPrefix(err.Error(), "table: ") {
			t.Errorf("%s: error %v", text, err)
		}
	}
}
