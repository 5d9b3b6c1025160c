package kept

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

type optimizer interface{ Step() }

type Adam struct{ Rate float64 }
type SGD struct{ Rate float64 }

func (Adam) Step() {}
func (SGD) Step()  {}

type hidden struct{ units int }

type opaque struct{ w []byte }

func (o *opaque) MarshalBinary() ([]byte, error) { return o.w, nil }

type source struct{ sum string }

func (s source) Fingerprint() string { return "mnist " + s.sum }

type base1 struct{ Seed int }

type Config struct {
	base1
	Epochs    int
	Rate      float32
	Optimizer optimizer
	Layers    []int
	Names     map[string]int
	Wait      time.Duration
	When      time.Time
	Note      *string
	private   int
	Skip      func() `json:"-"`
}

func config() Config {
	return Config{base1: base1{1}, Epochs: 5, Rate: 0.1, Optimizer: Adam{1}, Layers: []int{64, 10}, Names: map[string]int{"b": 2, "a": 1}, private: 1}
}

func TestCanonicalIsStable(t *testing.T) {
	got, err := Canonical(config())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Epochs":5,"Layers":[64,10],"Names":{"a":1,"b":2},"Note":null,"Optimizer":{"Rate":1,"type":"kept.Adam"},"Rate":0.1,"Seed":1,"Wait":0,"When":"0001-01-01T00:00:00Z","type":"kept.Config"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	c := config()
	if p, err := Canonical(&c); err != nil || string(p) != want {
		t.Errorf("a pointer gives %s, %v", p, err)
	}
}

func TestCanonicalTellsApart(t *testing.T) {
	big := make([]float32, 1000)
	other := slices.Clone(big)
	other[999] = 1
	for name, pair := range map[string][2]any{
		"types behind an interface":    {Config{Optimizer: Adam{1}}, Config{Optimizer: SGD{1}}},
		"types in a list":              {[]any{Adam{1}}, []any{SGD{1}}},
		"named number and plain one":   {time.Duration(5), 5},
		"long slices":                  {big, other},
		"binary marshalers":            {&opaque{[]byte("a")}, &opaque{[]byte("b")}},
		"binary marshaler values":      {opaque{[]byte("a")}, opaque{[]byte("b")}},
		"fingerprints":                 {source{"1"}, source{"2"}},
		"nil and zero":                 {nil, 0},
		"promoted field":               {Config{base1: base1{1}}, Config{base1: base1{2}}},
		"text and number":              {"1", 1},
		"large whole numbers":          {int64(1 << 60), int64(1<<60 + 1)},
		"pointer to another value":     {ptr("a"), ptr("b")},
		"nil pointer and empty string": {Config{}, Config{Note: ptr("")}},
	} {
		a, errA := Canonical(pair[0])
		b, errB := Canonical(pair[1])
		if errA != nil || errB != nil {
			t.Errorf("%s: %v, %v", name, errA, errB)
		}
		if string(a) == string(b) {
			t.Errorf("%s: both give %s", name, a)
		}
		if len(a) > 300 {
			t.Errorf("%s: %d bytes", name, len(a))
		}
	}
}

func ptr[T any](v T) *T { return &v }

type loop struct{ Next *loop }

func TestCanonicalRefuses(t *testing.T) {
	round := &loop{}
	round.Next = round
	for want, inputs := range map[string]any{
		"inputs.Callback is a func()":           struct{ Callback func() }{func() {}},
		"inputs[1] is NaN":                      []float64{1, math.NaN()},
		"inputs.Rate is +Inf":                   Adam{math.Inf(1)},
		"inputs[65] is NaN":                     append(make([]float64, 65), math.NaN()),
		"whose fields all start with a lower":   struct{ H hidden }{hidden{1}},
		"a map with keys of type float64":       map[float64]int{1: 1},
		"does it contain itself":                round,
		"inputs[c] is a chan int, which cannot": map[string]any{"c": make(chan int)},
		"inputs.Z is a complex128":              struct{ Z complex128 }{},
	} {
		_, err := Canonical(inputs)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if got, err := Canonical(struct{ Callback func() }{}); err != nil || string(got) != `{"Callback":null}` {
		t.Errorf("a nil func: %s, %v", got, err)
	}
}

func TestDiff(t *testing.T) {
	before, after := config(), config()
	after.Epochs, after.Optimizer, after.Layers, after.Note = 10, SGD{2}, []int{64, 32, 10}, ptr("x")
	b, _ := Canonical(before)
	a, _ := Canonical(after)
	got := strings.Join(Diff(b, a), ", ")
	want := `Epochs 5 → 10, Layers.length 2 → 3, Layers[1] 10 → 32, Layers[2] (absent) → 10, Note nil → "x", Optimizer.type "kept.Adam" → "kept.SGD"`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if d := Diff(b, b); len(d) != 0 {
		t.Errorf("equal inputs differ: %v", d)
	}
	if d := Diff([]byte("null"), []byte("5")); len(d) != 1 || d[0] != "nil → 5" {
		t.Errorf("plain inputs: %q", d)
	}
	long := strings.Repeat("as before ", 20)
	was, now := []byte(`{"layers":"`+long+`Conv2D 32`+long+`"}`), []byte(`{"layers":"`+long+`Conv2D 16`+long+`"}`)
	if d := Diff(was, now); len(d) != 1 || d[0] != "layers …fore Conv2D 32as before as before as befor… → …fore Conv2D 16as before as before as befor…" {
		t.Errorf("long texts that begin alike differ by %q", d)
	}
	if d := Diff([]byte("{"), []byte("5")); len(d) != 1 {
		t.Errorf("damaged inputs: %q", d)
	}
}
