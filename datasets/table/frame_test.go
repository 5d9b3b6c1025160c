package table_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/tensor"
)

var na = math.NaN()

func people(t *testing.T) *table.Frame {
	t.Helper()
	f, err := table.New(
		table.Texts("name", "Ann", "Bob", "Cleo", "Dan", "Eve", "Finn"),
		table.Categories("sex", "f", "m", "f", "m", "f", ""),
		table.Numbers("age", 30, 20, na, 40, 50, 20),
		table.Bools("member", true, false, true, false, true, true),
	)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func wantCells(t *testing.T, f *table.Frame, err error, want string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if got := cells(f); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestSelectDropWithFilter(t *testing.T) {
	f := people(t)
	got, err := f.Select("age", "sex")
	wantCells(t, got.Head(2), err, "age:number|30|20\nsex:category|f|m\n")
	got, err = f.Drop("name", "member", "sex")
	wantCells(t, got.Tail(2), err, "age:number|50|20\n")
	got, err = f.Filter(func(r table.Row) bool { return r.Number("age") > 25 && r.Text("sex") == "f" })
	wantCells(t, got, err, "name:text|Ann|Eve\nsex:category|f|f\nage:number|30|50\nmember:bool|true|true\n")
	got, err = got.With(table.Numbers("age", 1, 2), table.Numbers("more", 3, 4))
	wantCells(t, got, err, "name:text|Ann|Eve\nsex:category|f|f\nage:number|1|2\nmember:bool|true|true\nmore:number|3|4\n")
	got, err = f.Rows([]int{5, 5})
	wantCells(t, got, err, "name:text|Finn|Finn\nsex:category|<NA>|<NA>\nage:number|20|20\nmember:bool|true|true\n")
}

func TestFrameErrors(t *testing.T) {
	f := people(t)
	check := func(want string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "table: ") {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
	_, err := f.Column("Age")
	check(`no column "Age"; there are: name, sex, age, member`, err)
	_, err = f.Filter(func(r table.Row) bool { return r.Number("height") > 1 })
	check("height", err)
	_, err = f.With(table.Numbers("x", 1))
	check("1 rows", err)
	_, err = table.New(table.Numbers("x"), table.Numbers("x"))
	check("two columns", err)
	_, err = table.New(nil)
	check("nil", err)
	_, err = f.Rows([]int{6})
	check("row 6", err)
	_, err = f.As(table.Number, "name")
	check(`"Ann" is not a number`, err)
	_, err = f.GroupMeans("name", "sex")
	check("mean", err)
	_, err = f.GroupCounts()
	check("no column", err)
}

func TestAs(t *testing.T) {
	f, err := people(t).As(table.Number, "member")
	if err != nil {
		t.Fatal(err)
	}
	f, err = f.As(table.Category, "age", "name")
	wantCells(t, f, err, "name:category|Ann|Bob|Cleo|Dan|Eve|Finn\nsex:category|f|m|f|m|f|<NA>\nage:category|30|20|<NA>|40|50|20\nmember:number|1|0|1|0|1|1\n")
	f, err = f.As(table.Number, "age")
	if err != nil || f.Columns()[2].Float64s()[3] != 40 || !f.Columns()[2].IsMissing(2) {
		t.Errorf("back to numbers: %v %v", f, err)
	}
}

func TestGroups(t *testing.T) {
	f := people(t)
	got, err := f.GroupCounts("sex", "member")
	wantCells(t, got, err, "sex:category|<NA>|f|m\nmember:bool|true|true|false\ncount:number|1|3|2\n")
	got, err = f.GroupMeans("age", "sex")
	wantCells(t, got, err, "sex:category|<NA>|f|m\ncount:number|1|3|2\nmean:number|20|40|30\n")
}

// The numbers are those of pandas' describe.
func TestDescribe(t *testing.T) {
	d := people(t).Describe()
	age := d[2]
	want := table.ColumnSummary{Count: 5, Missing: 1, Mean: 32, Std: 13.038404810405298, Min: 20, Q1: 20, Median: 30, Q3: 40, Max: 50}
	for _, v := range [][2]float64{{age.Mean, want.Mean}, {age.Std, want.Std}, {age.Min, want.Min}, {age.Q1, want.Q1}, {age.Median, want.Median}, {age.Q3, want.Q3}, {age.Max, want.Max}} {
		if math.Abs(v[0]-v[1]) > 1e-12 {
			t.Errorf("got %v, want %v", v[0], v[1])
		}
	}
	if age.Count != 5 || age.Missing != 1 {
		t.Errorf("count %d, missing %d", age.Count, age.Missing)
	}
	if sex := d[1]; sex.Distinct != 2 || sex.Top[0] != (table.LevelCount{Name: "f", Count: 3}) || sex.Missing != 1 {
		t.Errorf("sex: %+v", sex)
	}
}

func TestPrintingFitsAndShortens(t *testing.T) {
	var columns []*table.Column
	for i := range 40 {
		columns = append(columns, table.Numbers(strings.Repeat("x", i%9+1)+string(rune('A'+i)), make([]float64, 30)...))
	}
	columns = append(columns, table.Texts("long", make([]string, 30)...))
	f, err := table.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(f.String(), "\n")
	for _, line := range lines {
		if len(line) > 125 {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
	if len(lines) != 14 || lines[13] != "[30 rows × 41 columns]" || !strings.Contains(lines[0], "...") {
		t.Errorf("printed:\n%v", f)
	}
	f, _ = table.New(table.Texts("评论", "很好吃,下次还来,送餐也很快,强烈推荐大家都去", "a\nb"))
	want := strings.Repeat(" ", 27) + "评论\n0  很好吃,下次还来,送餐也很快,…\n1" + strings.Repeat(" ", 27) + "a b"
	if got := f.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMissingByColumn(t *testing.T) {
	f := tensor.Must(table.New(table.Numbers("a", 1, na, na), table.Categories("b", "x", "", "y"), table.Bools("c", true, true, false)))
	names, missing := f.Describe().MissingByColumn()
	if !slices.Equal(names, []string{"a", "b", "c"}) || !slices.Equal(missing, []int{2, 1, 0}) {
		t.Errorf("%q %v", names, missing)
	}
}
