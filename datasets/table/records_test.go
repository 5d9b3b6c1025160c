package table_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
)

func TestFromRecords(t *testing.T) {
	var records []map[string]any
	if err := json.Unmarshal([]byte(`[{"a":null,"b":"x","d":null},{"a":1e21,"c":true},{"a":-0.25,"b":""}]`), &records); err != nil {
		t.Fatal(err)
	}
	f, err := table.FromRecords(records)
	wantCells(t, f, err, "a:number|<NA>|1e+21|-0.25\nb:category|x|<NA>|<NA>\nc:bool|<NA>|true|<NA>\nd:number|<NA>|<NA>|<NA>\n")
	for want, records := range map[string][]map[string]any{
		`row 0, column "a": a []int`: {{"a": []int{1}}},
		`row 1, column "a" is a`:     {{"a": 1.0}, {"a": "x"}},
		`"x" is not a number`:        {{"a": json.Number("x")}},
	} {
		if _, err := table.FromRecords(records); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
	if f, err := table.FromRecords(nil); err != nil || f.Len() != 0 {
		t.Errorf("no records: %v, %v", f, err)
	}
}
