package table_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a\tb\r\n\"x\"\"\",?\r\n", "a;b\n#c\n\"1\n2\";3\n", "\"\n\"", "a,b\n\"x\n1,2\n", "\x1f\x8b\x08", " \" ,"} {
		f.Add(seed, byte(0), byte('#'), false, false)
	}
	f.Fuzz(func(t *testing.T, text string, comma, comment byte, noHeader, keepSpace bool) {
		config := table.ReadConfig{Comma: comma, Comment: comment, NoHeader: noHeader, KeepSpace: keepSpace}
		frame, report, err := table.Parse([]byte(text), config)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "table: ") {
				t.Errorf("error without a prefix: %v", err)
			}
			return
		}
		if frame.Len() != report.Rows || len(report.First) > report.Odd {
			t.Errorf("%d rows; report %v", frame.Len(), report)
		}
		_, _, _ = frame.String(), frame.Describe().String(), report.String()
		config.Strict = true
		if _, _, err := table.Parse([]byte(text), config); (err != nil) != (report.Odd > 0) {
			t.Errorf("strict: error %v, but %d odd rows", err, report.Odd)
		}
	})
}

// FuzzRoundTrip writes cells as quoted CSV and reads them again.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a", "b\"", "c\r\n,")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		want := []string{a, b, c}
		var text strings.Builder
		text.WriteString("x,y\n")
		for _, cell := range want {
			text.WriteString("\"" + strings.ReplaceAll(cell, "\"", "\"\"") + "\",1\n")
		}
		config := table.ReadConfig{Comma: ',', Missing: []string{}, Kinds: map[string]table.Kind{"x": table.Text}}
		frame, report, err := table.Parse([]byte(text.String()), config)
		if err != nil {
			return // not UTF-8, or a zero byte
		}
		got := frame.Columns()[0].Strings()
		if report.Odd > 0 || len(got) != 3 || got[0] != a || got[1] != b || got[2] != c {
			t.Errorf("%q became %q; %v", want, got, report)
		}
	})
}

// FuzzLoad uses what may be a saved pipeline.
func FuzzLoad(f *testing.F) {
	golden, err := os.ReadFile("testdata/pipeline-v1.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte(`{"fromzero_table_pipeline":1,"target":"y","needs":["n"],"steps":[{"step":"bucketize","data":{"columns":[{"column":"n"}]}}]}`))
	frame, err := table.New(table.Numbers("n", 1, na, 3), table.Numbers("m", 1, 2, 9), table.Categories("c", "b", "a", ""), table.Categories("o", "x", "y", "x"), table.Bools("y", true, false, true))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var p table.Fitted
		if p.UnmarshalJSON(data) == nil {
			_, _ = p.Dataset(frame) // an error or not, but no panic
		}
	})
}

// FuzzFromRecords takes what a server gets: rows as JSON.
func FuzzFromRecords(f *testing.F) {
	f.Add(`[{"n":1,"c":"b"},{"n":null,"c":""},{"o":true}]`)
	f.Add(`[{"n":1e400},{"n":"x"},{"":[]}]`)
	frame, err := table.New(table.Numbers("n", 1, na, 3), table.Categories("c", "b", "a", ""), table.Bools("y", true, false, true))
	if err != nil {
		f.Fatal(err)
	}
	p, err := table.Pipeline{Target: "y"}.Fit(frame)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, number := range []bool{false, true} {
			var records []map[string]any
			in := json.NewDecoder(strings.NewReader(text))
			if number {
				in.UseNumber()
			}
			if in.Decode(&records) != nil {
				return
			}
			rows, err := table.FromRecords(records)
			if err != nil {
				continue
			}
			if rows.Len() != len(records) {
				t.Errorf("%d rows of %d records", rows.Len(), len(records))
			}
			if x, err := p.Inputs(rows); err == nil && x.Len() != len(records) {
				t.Errorf("inputs of shape %v for %d records", x.Shape(), len(records))
			}
		}
	})
}
