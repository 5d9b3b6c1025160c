package table_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
)

func parse(t *testing.T, text string, config table.ReadConfig) (*table.Frame, *table.Report) {
	t.Helper()
	f, report, err := table.Parse([]byte(text), config)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return f, report
}

// cells writes a frame for comparing: columns apart by |, missing as <NA>.
func cells(f *table.Frame) string {
	var b strings.Builder
	for _, c := range f.Columns() {
		fmt.Fprintf(&b, "%s:%v", c.Name(), c.Kind())
		for i, s := range c.Strings() {
			if c.IsMissing(i) {
				s = "<NA>"
			}
			fmt.Fprintf(&b, "|%s", s)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestDialects(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		config table.ReadConfig
		want   string
	}{
		"comma":            {"a,b\n1,x\n2,y\n", table.ReadConfig{}, "a:number|1|2\nb:category|x|y\n"},
		"CRLF, no end":     {"a,b\r\n1,x\r\n2,y", table.ReadConfig{}, "a:number|1|2\nb:category|x|y\n"},
		"old Mac":          {"a,b\r1,x\r2,y\r", table.ReadConfig{}, "a:number|1|2\nb:category|x|y\n"},
		"BOM":              {"\ufeffa\n1\n", table.ReadConfig{}, "a:number|1\n"},
		"tab":              {"a\tb\n1\t\n\t2\n", table.ReadConfig{}, "a:number|1|<NA>\nb:number|<NA>|2\n"},
		"semicolon":        {"a;b\n1;2,5\n", table.ReadConfig{}, "a:number|1\nb:category|2,5\n"},
		"quoted":           {"a,b\n\"x,\"\"y\"\"\n z\",1\n", table.ReadConfig{}, "a:category|x,\"y\"\n z\nb:number|1\n"},
		"quote inside":     {"a,b\n5\" pipe,1\n", table.ReadConfig{}, "a:category|5\" pipe\nb:number|1\n"},
		"text behind":      {"a,b\n\"x\" y,1\n", table.ReadConfig{}, "a:category|x y\nb:number|1\n"},
		"spaces":           {"a, b\n 1 , x \n2, \"y \"\n", table.ReadConfig{}, "a:number|1|2\nb:category|x|y \n"},
		"kept spaces":      {"a,b\n1, x\n", table.ReadConfig{KeepSpace: true}, "a:number|1\nb:category| x\n"},
		"comments":         {"# hello, \"\n\na,b\n1,2\n#3,4\n", table.ReadConfig{Comment: '#'}, "a:number|1\nb:number|2\n"},
		"no header":        {"1,x\n", table.ReadConfig{NoHeader: true}, "column_0:number|1\ncolumn_1:category|x\n"},
		"own names":        {"q,r\n1,x\n", table.ReadConfig{Names: []string{"a", "b"}}, "a:number|1\nb:category|x\n"},
		"missing":          {"a,b,c\n?,NA,null\n1,N/A,\n2,x,\"NA\"\n", table.ReadConfig{}, "a:number|<NA>|1|2\nb:category|<NA>|<NA>|x\nc:category|<NA>|<NA>|NA\n"},
		"own missing":      {"a\n-1\nNA\n2\n", table.ReadConfig{Missing: []string{"-1"}}, "a:category|<NA>|NA|2\n"},
		"nothing there":    {"a,b\n,1\n,2\n", table.ReadConfig{}, "a:number|<NA>|<NA>\nb:number|1|2\n"},
		"bools":            {"a\ntrue\nFalse\n\"\"\n", table.ReadConfig{}, "a:bool|true|false|<NA>\n"},
		"bool is a number": {"a\ntrue\n1\n", table.ReadConfig{}, "a:category|true|1\n"},
		"overridden":       {"a,b\n1,0\n2,1\n", table.ReadConfig{Kinds: map[string]table.Kind{"a": table.Text, "b": table.Bool}}, "a:text|1|2\nb:bool|false|true\n"},
		"number forms":     {"a\n-1.5e3\n+.5\n1.\n12345678901234567890\n0.1\n", table.ReadConfig{}, "a:number|-1500|0.5|1|12345678901234567000|0.1\n"},
		"header only":      {"a,b\n", table.ReadConfig{}, "a:number\nb:number\n"},
		"same names":       {"a,a,\n1,2,3\n", table.ReadConfig{}, "a:number|1\na.1:number|2\ncolumn_2:number|3\n"},
		"limit":            {"a\n1\n2\n3\n", table.ReadConfig{MaxRows: 2}, "a:number|1|2\n"},
		"Chinese":          {"城市，甲,b\n北京,1\n", table.ReadConfig{}, "城市，甲:category|北京\nb:number|1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f, report := parse(t, c.text, c.config)
			want := strings.ReplaceAll(c.want, "12345678901234567000", "1.2345678901234567e+19")
			if got := cells(f); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if report.Odd > 0 || report.Rows != f.Len() {
				t.Errorf("report %v", report)
			}
		})
	}
}

func TestOddRowsAreReported(t *testing.T) {
	f, report := parse(t, "a,b\n1,2\n3\n4,5,6\n7,\"x\n8,9\n", table.ReadConfig{})
	if got, want := cells(f), "a:number|1|8\nb:number|2|9\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	want := []table.OddRow{{3, 1, "1 cells, 2 are wanted"}, {4, 3, "3 cells, 2 are wanted"}, {5, 2, "a quote is never closed"}}
	if report.Odd != 3 || !slices.Equal(report.First, want) {
		t.Errorf("report %v", report)
	}
	if _, _, err := table.Parse([]byte("a,b\n1,2\n3\n"), table.ReadConfig{Strict: true}); err == nil || !strings.Contains(err.Error(), "line 3, column 1") {
		t.Errorf("strict: error %v", err)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	for _, c := range []struct {
		text   string
		config table.ReadConfig
		want   string
	}{
		{"", table.ReadConfig{}, "no rows"},
		{"a,b\n1,2\n\"x\ny\",oops\n", table.ReadConfig{Kinds: map[string]table.Kind{"b": table.Number}}, `line 3, column 2 (b): "oops" is not a number`},
		{"a\n1\nx\xff\n", table.ReadConfig{}, "line 3, byte 2"},
		{"\xff\xfea\x00", table.ReadConfig{}, "UTF-16"},
		{"PK\x03\x04", table.ReadConfig{}, "zip"},
		{"a\n\x001\n", table.ReadConfig{}, "line 2 has a zero byte"},
		{"\x1f\x8bx", table.ReadConfig{}, "gzip"},
		{"a,b\n1\n2\n", table.ReadConfig{}, "no row fits"},
		{"\"a,b\n1,2\n", table.ReadConfig{}, "line 1, column 1: a quote is never closed"},
		{"a\n1\n", table.ReadConfig{Kinds: map[string]table.Kind{"z": table.Text}}, `"z"`},
		{"a,b\n1,2\n", table.ReadConfig{Names: []string{"x"}}, "2 cells, but Names has 1"},
		{"a\n1\n", table.ReadConfig{Comma: ',', Comment: ','}, "differ"},
		{"a\n1\n", table.ReadConfig{Comma: '"'}, "ASCII"},
	} {
		_, _, err := table.Parse([]byte(c.text), c.config)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "table: ") {
			t.Errorf("%q: error %v, want %q in it", c.text, err, c.want)
		}
	}
}

// A column that looks like numbers for long is still read right.
func TestLateMisfit(t *testing.T) {
	var b strings.Builder
	b.WriteString("n,s,late\n")
	const rows = 60000
	for i := range rows {
		late := fmt.Sprint(i % 7)
		if i == rows-1 {
			late = "x"
		}
		fmt.Fprintf(&b, "%d.25,\"row\n%d\",%s\n", i, i%3, late)
	}
	f, report := parse(t, b.String(), table.ReadConfig{})
	if f.Len() != rows || len(report.Notes) != 1 || !strings.Contains(report.Notes[0], fmt.Sprintf("line %d", 2*rows)) {
		t.Fatalf("%d rows; %v", f.Len(), report)
	}
	n, _ := f.Column("n")
	late, _ := f.Column("late")
	s, _ := f.Column("s")
	for i, v := range n.Float64s() {
		if v != float64(i)+0.25 {
			t.Fatalf("row %d has %v", i, v)
		}
	}
	if late.Kind() != table.Category || late.Strings()[rows-1] != "x" || s.Strings()[rows-2] != fmt.Sprintf("row\n%d", (rows-2)%3) {
		t.Errorf("late is %v %q, s %q", late.Kind(), late.Strings()[rows-1], s.Strings()[rows-2])
	}
}

func TestReadFileUnpacks(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprint(w, "a\n1\nx y\n")
	w.Close()
	path := filepath.Join(t.TempDir(), "a.csv.gz")
	if err := os.WriteFile(path, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	f, _, err := table.ReadFile(path, table.ReadConfig{})
	if err != nil || f.Len() != 2 {
		t.Fatalf("%v %v", f, err)
	}
	if err := os.WriteFile(path, packed.Bytes()[:packed.Len()-6], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := table.ReadFile(path, table.ReadConfig{}); err == nil || !strings.Contains(err.Error(), "damaged") || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if _, _, err := table.ReadFile(path+".no", table.ReadConfig{}); err == nil {
		t.Error("no error for a file that isn't there")
	}
}

// Numbers are rounded as strconv does.
func TestNumbersAreExact(t *testing.T) {
	for _, s := range []string{"0.1", "123456.789", "9007199254740991", "9007199254740993", "1e22", "1.7976931348623157e308", "4.9e-324", "0.000000000000000123", "-0", "3.14159265358979323846"} {
		f, _ := parse(t, "a\n"+s+"\n", table.ReadConfig{})
		var want float64
		fmt.Sscan(s, &want)
		if got := f.Columns()[0].Float64s()[0]; math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s is read as %v, want %v", s, got, want)
		}
	}
}
