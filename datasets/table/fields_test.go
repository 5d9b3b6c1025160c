package table_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/tensor"
)

func ExampleFitted_Fields() {
	p := tensor.Must(table.Pipeline{Target: "chipped"}.Fit(read()))
	for _, f := range p.Fields() {
		fmt.Println(f.Name, f.Kind, f.Levels, f.MayMiss)
	}
	// Output:
	// kind category [cat dog] true
	// weight number [] true
	// age number [] true
}

// What a pipeline leaves out needs not be there, even if a step treats it before.
func TestColumnsThatDoNotMatter(t *testing.T) {
	f := read()
	steps := []table.Step{table.Impute{}, table.Drop{Columns: []string{"name", "kind"}}}
	p := tensor.Must(table.Pipeline{Target: "chipped", Steps: steps}.Fit(f))
	want := tensor.Must(p.Inputs(f))
	if got := tensor.Must(p.Inputs(tensor.Must(f.Select("age", "weight")))); !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := p.Inputs(tensor.Must(f.Select("age", "name"))); err == nil || !strings.Contains(err.Error(), `no column "weight"`) {
		t.Errorf("without a column that matters: %v", err)
	}
}

func TestFields(t *testing.T) {
	f := read()
	number := func(name string, mayMiss bool) table.Field {
		return table.Field{Name: name, Kind: table.Number, MayMiss: mayMiss}
	}
	kind := table.Field{Name: "kind", Kind: table.Category, Levels: []string{"cat", "dog"}}
	filled := table.Impute{Columns: []string{"weight", "age"}}
	cases := map[string]struct {
		steps []table.Step
		want  []table.Field
	}{
		"numbers as they are": {[]table.Step{filled, table.Select{Columns: []string{"age"}}}, []table.Field{number("age", true)}},
		"names numbered":      {[]table.Step{table.Select{Columns: []string{"kind"}}, table.Ordinal{}}, []table.Field{kind}},
		"buckets": {[]table.Step{table.Select{Columns: []string{"age"}}, table.Bucketize{Edges: []float64{5}}, table.OneHot{}},
			[]table.Field{number("age", true)}},
		"a flag outlives its column": {[]table.Step{table.Impute{Columns: []string{"weight"}, Flag: true},
			table.Select{Columns: []string{"weight is missing"}}}, []table.Field{number("weight", true)}},
		"texts as names": {[]table.Step{table.Select{Columns: []string{"name"}}, table.OneHot{Columns: []string{"name"}}},
			[]table.Field{{Name: "name", Kind: table.Text, Levels: []string{"Bella", "Leo", "Rex", "Tom"}, MayMiss: true}}},
	}
	for name, c := range cases {
		p, err := table.Pipeline{Target: "chipped", Steps: c.steps}.Fit(f)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var saved table.Fitted
		if err := saved.UnmarshalBinary(tensor.Must(p.MarshalBinary())); err != nil {
			t.Fatal(err)
		}
		if got := saved.Fields(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
