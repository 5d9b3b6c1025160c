package serve_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/serve"
	"github.com/gofromzero/fromzero/tensor"
)

// passengers are rows to fit pipelines on: the median age is 30.
func passengers() *table.Frame {
	return tensor.Must(table.New(
		table.Texts("name", "Ann", "Bob", "Cid", "Dan"),
		table.Numbers("age", 20, 30, 40, math.NaN()),
		table.Categories("sex", "female", "male", "male", "male"),
		table.Bools("alone", true, false, true, true),
		table.Categories("survived", "yes", "no", "no", "no")))
}

// echo is a model whose output is its input, with a pipeline attached that makes
// (age, is female, is male, alone) of a row.
func echo(t testing.TB, steps ...table.Step) *dlkit.Model {
	t.Helper()
	p, err := table.Pipeline{Target: "survived", Steps: steps}.Fit(passengers())
	if err != nil {
		t.Fatal(err)
	}
	m := dlkit.Sequential(tensor.Shape{len(p.InputNames())}, dlkit.Activation(dlkit.Linear))
	if err := m.Attach("pipeline", p); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRows(t *testing.T) {
	s := newServer(t, echo(t, table.DropTexts{}, table.Impute{}, table.OneHot{}), serve.Config{})
	for body, answer := range map[string]string{
		`{"instance": {"age": 5.5, "sex": "male", "alone": true}}`:                                                 `{"prediction": [5.5, 0, 1, 1]}`,
		`{"instance": {"alone": false, "sex": "female", "age": 7, "cabin": "C1", "name": "x"}}`:                    `[7, 1, 0, 0]`,
		`{"instance": {"age": "5.5", "sex": "male", "alone": "true"}}`:                                             `[5.5, 0, 1, 1]`,  // from a form
		`{"instance": {"age": null, "sex": null, "alone": null}}`:                                                  `[30, 0, 1, 1]`,   // the usual values
		`{"instance": {"age": "", "sex": "", "alone": ""}}`:                                                        `[30, 0, 1, 1]`,   // the same
		`{"instance": {"age": 1e3, "sex": "other", "alone": true}}`:                                                `[1000, 0, 0, 1]`, // a new name
		`{"instances": [{"age": 1, "sex": "male", "alone": true}, {"age": "2", "sex": "female", "alone": false}]}`: `{"predictions": [[1, 0, 1, 1], [2, 1, 0, 0]]}`,
		`{"instance": [5.5, 0, 1, 1]}`:                                                                             `[5.5, 0, 1, 1]`, // prepared already
	} {
		want(t, body, post(s, body), 200, answer)
	}
	for _, alone := range []string{"7", `"maybe"`, "1"} {
		want(t, alone, post(s, `{"instance": {"age": 1, "sex": "male", "alone": `+alone+`}}`), 400, "want true or false, or null")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	want(t, "the description", w, 200, `"fields":[{"name":"age","kind":"number","may_be_null":true},{"name":"sex","kind":"category","values":["female","male"],"may_be_null":true},{"name":"alone","kind":"bool","may_be_null":true}]`)
}

func TestMalformedRows(t *testing.T) {
	s := newServer(t, echo(t, table.DropTexts{}, table.Impute{Columns: []string{"sex"}}, table.OneHot{},
		table.Bucketize{Columns: []string{"age"}, Edges: []float64{30}}, table.OneHot{}), serve.Config{})
	ok := `{"age": 5, "sex": "male", "alone": true}`
	for body, text := range map[string]string{
		`{}`: `the fields \"age\", \"sex\", \"alone\" are missing; want an object with \"age\" (a number, or null), \"sex\" (\"female\", \"male\", or null), \"alone\" (a number, true or false)`,
		`{"Age": 5, "sex": "male", "alone": true}`:        `\"age\" are missing, and nobody knows \"Age\"`,
		`{"age": "old", "sex": "male", "alone": true}`:    `field \"age\": it is \"old\"; want a number`,
		`{"age": "NaN", "sex": "male", "alone": true}`:    `it is \"NaN\"`,
		`{"age": "0x10", "sex": "male", "alone": true}`:   `it is \"0x10\"`,
		`{"age": 1e400, "sex": "male", "alone": true}`:    `too large a number`,
		`{"age": 1e39, "sex": "male", "alone": true}`:     `too large a number`,
		`{"age": [5], "sex": "male", "alone": true}`:      `it is a list; want a number`,
		`{"age": {"a": 5}, "sex": "male", "alone": true}`: `it is an object`,
		`{"age": true, "sex": "male", "alone": true}`:     `it is \"true\"; want a number`,
		`{"age": 5, "sex": ["male"], "alone": true}`:      `field \"sex\": it is a list`,
		`{"age": 5, "sex": "male", "alone": null}`:        `field \"alone\": it is empty, and the model has learnt from no such rows; want a number, true or false`,
		`{"age": 5, "sex": "male", "alone": "maybe"}`:     `it is \"maybe\"; want a number, true or false`,
		`null`: `null; want`,
		`"a"`:  `is a text`,
		`5`:    `it is a number; want numbers of shape (5,)`,
		`[5]`:  `shape (1,); want`,
	} {
		want(t, body, post(s, `{"instance": `+body+`}`), 400, text)
		if !strings.HasPrefix(body, "{") {
			continue
		}
		want(t, "the second: "+body, post(s, `{"instances": [`+ok+`, `+body+`]}`), 400, "instance 1: ")
	}
	want(t, "a list after an object", post(s, `{"instances": [`+ok+`, [1, 2, 3, 4, 5]]}`), 400, "instance 1: it is a list; want an object")
	want(t, "an object after a list", post(s, `{"instances": [[1, 2, 3, 4, 5], `+ok+`]}`), 400, "instance 1 is an object, and the first one is none")
	want(t, "no pipeline", post(newServer(t, sums(t), serve.Config{}), `{"instance": `+ok+`}`), 400, "no table's pipeline")
	want(t, "and it goes on", post(s, `{"instance": `+ok+`}`), 200, "prediction")
}

func TestRowsOfTheConfig(t *testing.T) {
	m := echo(t, table.DropTexts{}, table.Impute{}, table.OneHot{})
	other, err := table.Pipeline{Target: "survived", Steps: []table.Step{table.Select{Columns: []string{"age"}}, table.Impute{}}}.Fit(passengers())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := serve.New(m, serve.Config{Rows: other}); err == nil || !strings.Contains(err.Error(), "shape (1,)") {
		t.Errorf("a pipeline that makes other inputs: %v", err)
	}
	one := dlkit.Sequential(tensor.Shape{1}, dlkit.Sigmoid)
	if err := one.Attach("old", tensor.Must(m.Clone())); err != nil { // something else, passed over
		t.Fatal(err)
	}
	s := newServer(t, one, serve.Config{Rows: other})
	want(t, "with the names of the target's classes", post(s, `{"instance": {"age": 50}}`), 200, `"label": "yes", "classes": ["no","yes"]`)
}

// A model may carry both; the one that fits its input is taken.
func TestWordsAndRows(t *testing.T) {
	m := echo(t, table.DropTexts{}, table.Impute{}, table.OneHot{})
	corpus := tensor.Must(text.FromStrings([]string{"good film", "bad film"}, nil))
	if err := m.Attach("a", tensor.Must(text.Fit(t.Context(), corpus, text.Config{Mode: text.MultiHot, MaxTokens: 3}))); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, m, serve.Config{})
	want(t, "a row", post(s, `{"instance": {"age": 1, "sex": "male", "alone": true}}`), 200, "[1, 0, 1, 1]")
	want(t, "a text", post(s, `{"instance": "good"}`), 400, "no vectorizer")
}

// A row comes as it was in the table; the pipeline, which lies in the model's file,
// prepares it.
func ExampleServer_rows() {
	rows, err := table.New(
		table.Numbers("age", 20, 30, 40, math.NaN()),
		table.Categories("sex", "female", "male", "female", "male"),
		table.Categories("survived", "yes", "no", "yes", "no"))
	if err != nil {
		fmt.Println(err)
		return
	}
	pipeline, err := table.Pipeline{Target: "survived"}.Fit(rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	model := dlkit.Sequential(tensor.Shape{len(pipeline.InputNames())}, dlkit.Dense(1, dlkit.Sigmoid, dlkit.KernelInit(dlkit.Zeros)))
	if err := model.Attach("pipeline", pipeline); err != nil {
		fmt.Println(err)
		return
	}
	server, err := serve.New(model, serve.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, body := range []string{`{"instance": {"age": null, "sex": "female"}}`, `{"instance": {"sex": "female"}}`} {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest("POST", "/predict", strings.NewReader(body)))
		var answer map[string]any
		fmt.Println(w.Code, json.Unmarshal(w.Body.Bytes(), &answer))
		fmt.Println(answer)
	}
	// Output:
	// 200 <nil>
	// map[classes:[no yes] label:no prediction:[0.5]]
	// 400 <nil>
	// map[error:instance 0: the fields "age" are missing; want an object with "age" (a number, or null), "sex" ("female", "male", or null)]
}

func FuzzRows(f *testing.F) {
	for _, seed := range []string{`{"age": 5.5, "sex": "male", "alone": true}`, `{"age": null, "sex": "", "alone": "false"}`, `{"age": "\u0031", "sex": 3, "alone": 1}`, `{"age": {}}`, `{"\u0061ge": 1e39}`, `null`} {
		f.Add(seed)
	}
	s := newServer(f, echo(f, table.DropTexts{}, table.Impute{}, table.OneHot{}), serve.Config{})
	f.Fuzz(func(t *testing.T, row string) {
		w := post(s, `{"instances": [`+row+`]}`)
		if !json.Valid(w.Body.Bytes()) || (w.Code != 200 && w.Code != 400) {
			t.Errorf("%q: %d, %s", row, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "interface {}") || strings.Contains(w.Body.String(), "table.") {
			t.Errorf("%q: the answer speaks of Go: %s", row, w.Body)
		}
	})
}
