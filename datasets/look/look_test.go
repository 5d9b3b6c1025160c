package look

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

var ctx = context.Background()

// data makes a data set of n rows of the given shape, drawn near 0, with labels
// that take turns.
func data(t *testing.T, n, classes int, seed uint64, shape ...int) (*tensor.Memory, []float64, []int32) {
	t.Helper()
	x := tensor.Must(tensor.NewRandom(seed).Normal(0, 1, append([]int{n}, shape...)...))
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(i * 7 % classes)
	}
	values, _ := tensor.Flat[float64](x)
	return tensor.Must(tensor.FromTensors(x, tensor.Must(tensor.New(labels)))), values, labels
}

func describe(t *testing.T, d tensor.Dataset, opts ...Option) *Report {
	t.Helper()
	r, err := Describe(ctx, d, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// only wants exactly one finding of a kind, at a level, that says what.
func only(t *testing.T, fs Findings, code Code, level Level, what string) Finding {
	t.Helper()
	got := fs.Of(code)
	if len(got) != 1 || got[0].Level != level || !strings.Contains(got[0].Message, what) {
		t.Fatalf("want one %v %v that says %q; found:\n%v", level, code, what, fs)
	}
	return got[0]
}

func TestGoodDataHasNoFindings(t *testing.T) {
	train, _, _ := data(t, 300, 3, 1, 5)
	test, _, _ := data(t, 100, 3, 2, 5)
	fs, err := Check(ctx, train, test, Outputs(3))
	if err != nil || len(fs) != 0 || fs.Err() != nil {
		t.Errorf("%v\n%v", err, fs)
	}
	if got := fs.String(); got != "nothing conspicuous was found" {
		t.Errorf("%q", got)
	}
}

// The next five are what a look must never miss.

func TestClassAtTwoPercent(t *testing.T) {
	d, _, labels := data(t, 1000, 2, 1, 3)
	for i := range labels {
		labels[i] = 0
		if i%50 == 7 {
			labels[i] = 1
		}
	}
	f := only(t, describe(t, d).Findings, RareClass, Warning, "class 1 has 20 of 1000 examples (2 %); to answer always 0 is right in 98 %")
	if f.Class != 1 || f.Rows[0] != 7 {
		t.Errorf("%+v", f)
	}
	// Among ten classes too, and not where a hundred are balanced.
	d, _, labels = data(t, 1000, 10, 1, 3)
	for i := range labels {
		if labels[i] == 9 && i >= 200 {
			labels[i] = 0
		}
	}
	only(t, describe(t, d).Findings, RareClass, Warning, "class 9 has 20 of 1000")
	d, _, _ = data(t, 1000, 100, 1, 3)
	if got := describe(t, d).Findings.Of(RareClass); got != nil {
		t.Errorf("%v", got)
	}
}

func TestColumnMostlyMissing(t *testing.T) {
	d, values, _ := data(t, 100, 2, 1, 3)
	for i := range 77 {
		values[i*3+1] = math.NaN()
	}
	values[2] = math.NaN()
	r := describe(t, d, Columns("age", "cabin", "fare"))
	f := only(t, r.Findings, MostlyMissing, Fatal, `"cabin": 77 of 100 values (77 %)`)
	if f.Column != 1 {
		t.Errorf("column %d", f.Column)
	}
	only(t, r.Findings, Missing, Fatal, `"fare": 1 of 100 values (1 %)`)
	if c := r.Inputs[0].Columns[1]; c.Missing != 77 || c.Name != "cabin" || math.IsNaN(c.Mean) {
		t.Errorf("%+v", c)
	}
	var e *Error
	if err := r.Findings.Err(); !errors.As(err, &e) || len(e.Findings) != 2 {
		t.Errorf("%v", err)
	}
}

func TestLeakedRow(t *testing.T) {
	train, a, _ := data(t, 600, 2, 1, 4)
	test, b, _ := data(t, 100, 2, 2, 4)
	copy(b[17*4:18*4], a[555*4:556*4])
	fs, err := Check(ctx, train, test)
	if err != nil {
		t.Fatal(err)
	}
	f := only(t, fs, Leak, Warning, "1 of 100 examples (1 %) are in the training data too: example 17 is its example 555")
	if !slices.Equal(f.Rows, []int{17}) || f.Where != "test" || fs.Err() != nil || fs.ErrAt(Warning) == nil {
		t.Errorf("%+v", f)
	}
	fs, _ = Check(ctx, train, train)
	only(t, fs, Leak, Fatal, "600 of 600")
}

func TestUnscaledImages(t *testing.T) {
	d, values, _ := data(t, 50, 2, 1, 4, 4, 1)
	for i := range values {
		values[i] = math.Mod(math.Trunc(1e6*math.Abs(values[i])), 256)
	}
	values[0], values[1] = 0, 255
	only(t, describe(t, d).Findings, Unscaled, Warning, "values go from 0 to 255")
	x := tensor.Must(tensor.New(make([]uint8, 50*64), 50, 64))
	bytes, _ := tensor.Flat[uint8](x)
	bytes[3] = 255
	only(t, describe(t, tensor.Must(tensor.FromTensors(x, nil))).Findings, Unscaled, Warning, "0 to 255")

	for i := range values {
		values[i] /= 255
	}
	if fs := describe(t, d).Findings; len(fs) != 0 {
		t.Errorf("scaled pictures: %v", fs)
	}
	// A single picture that was forgotten.
	for i := 30 * 16; i < 31*16; i++ {
		values[i] *= 255
	}
	f := only(t, describe(t, d).Findings, MixedScale, Warning, "1 of 50 examples reach beyond 10")
	if !slices.Equal(f.Rows, []int{30}) {
		t.Errorf("%+v", f)
	}
}

func TestLabelsOffByOne(t *testing.T) {
	d, _, labels := data(t, 100, 10, 1, 3)
	if fs := describe(t, d, Outputs(10)).Findings; len(fs) != 0 {
		t.Errorf("labels 0 to 9: %v", fs)
	}
	for i := range labels {
		labels[i]++
	}
	f := only(t, describe(t, d, Outputs(10)).Findings, LabelRange, Fatal, "labels go from 1 to 10, but 10 classes have the labels 0 to 9; 10 examples are outside")
	if !strings.Contains(f.Try, "off by one: subtract 1") {
		t.Errorf("%v", f.Try)
	}
	only(t, describe(t, d).Findings, LabelRange, Warning, "labels go from 1 to 10")
	// One wrong label.
	for i := range labels {
		labels[i]--
	}
	labels[42] = 10
	f = only(t, describe(t, d, Outputs(10)).Findings, LabelRange, Fatal, "1 examples are outside, the first is example 42 with 10")
	if !slices.Equal(f.Rows, []int{42}) {
		t.Errorf("%+v", f)
	}
}

func TestLabelKinds(t *testing.T) {
	x := tensor.Must(tensor.NewRandom(1).Normal(0, 1, 6, 2))
	for name, c := range map[string]struct {
		y    *tensor.Tensor
		opts []Option
		want []int // counts of classes
		code Code
	}{
		"column":     {tensor.Must(tensor.New([]int64{0, 1, 2, 0, 1, 2}, 6, 1)), nil, []int{2, 2, 2}, ""},
		"floats":     {tensor.Must(tensor.New([]float32{0, 1, 0, 0, 1, 1})), nil, []int{3, 3}, ""},
		"bools":      {tensor.Must(tensor.New([]bool{true, false, true, false, true, false})), []Option{Outputs(1)}, []int{3, 3}, ""},
		"one-hot":    {tensor.Must(tensor.OneHot(tensor.Must(tensor.New([]int32{0, 1, 1, 0, 1, 0})), 2)), []Option{Outputs(2)}, []int{3, 3}, ""},
		"too wide":   {tensor.Must(tensor.OneHot(tensor.Must(tensor.New([]int32{0, 1, 1, 0, 1, 0})), 2)), []Option{Outputs(3)}, nil, LabelRange},
		"fractions":  {tensor.Must(tensor.New([]float32{0.5, 1, 2, 3, 4, 5})), nil, nil, ""},
		"regression": {tensor.Must(tensor.New([]int32{7, 1, 2, 3, 4, 5})), []Option{Regression()}, nil, ""},
		"constant":   {tensor.Must(tensor.New([]float32{.5, .5, .5, .5, .5, .5})), nil, nil, Constant},
		"years":      {tensor.Must(tensor.Arange[int32](1950, 1980, 1)), nil, nil, ""},
		"minus one":  {tensor.Must(tensor.New([]int32{-1, 1, -1, 1, 1, -1})), []Option{Outputs(1)}, []int{3, 0, 3}, LabelRange},
		"gap":        {tensor.Must(tensor.New([]int32{0, 2, 2, 0, 0, 2})), []Option{Outputs(3)}, []int{3, 0, 3}, EmptyClass},
		"one class":  {tensor.Must(tensor.New([]int32{0, 0, 0, 0, 0, 0})), nil, []int{6}, OneClass},
		"sorted":     {tensor.Must(tensor.New([]int32{0, 0, 0, 1, 1, 1, 1, 1})), nil, []int{3, 5}, SortedLabels},
		"missing":    {tensor.Must(tensor.New([]float32{0, 1, float32(math.NaN()), 0, 1, 1})), nil, []int{2, 3}, Missing},
	} {
		in := x
		if c.y.Len() != 6 {
			in = tensor.Must(tensor.NewRandom(1).Normal(0, 1, c.y.Len(), 2))
		}
		r := describe(t, tensor.Must(tensor.FromTensors(in, c.y)), c.opts...)
		var counts []int
		for _, class := range r.Classes {
			counts = append(counts, class.Count)
		}
		if !slices.Equal(counts, c.want) || c.code != "" && len(r.Findings.Of(c.code)) == 0 {
			t.Errorf("%s: classes %v, want %v; findings, want %v:\n%v", name, counts, c.want, c.code, r.Findings)
		}
		if c.code == "" && r.Findings.Err() != nil {
			t.Errorf("%s: %v", name, r.Findings)
		}
	}
}

func TestColumns(t *testing.T) {
	d, values, labels := data(t, 100, 2, 1, 7)
	for i := range 100 {
		row := values[i*7:][:7]
		row[1] = 5                  // constant
		row[3] = row[0]             // a copy
		row[4] = 1000 + 50*row[4]   // large
		row[5] = float64(labels[i]) // the answer
		row[6] = math.Round(row[6]*2) / 2
	}
	values[12*7+2] = 1e6 // a slip
	fs := describe(t, d).Findings
	if f := only(t, fs, Constant, Warning, `"column 1": every value is 5`); f.Column != 1 {
		t.Errorf("%+v", f)
	}
	only(t, fs, DuplicateColumn, Warning, `"column 3" has the same values as "column 0"`)
	only(t, fs, TargetInInput, Warning, `"column 5" is the target`)
	f := fs.Of(Outliers)
	if len(f) != 1 || f[0].Column != 2 || f[0].Level != Warning {
		t.Errorf("outliers: %v", f)
	}
	large := fs.Of(Unscaled)
	if len(large) != 2 || large[0].Column != 2 || large[1].Column != 4 {
		t.Errorf("unscaled: %v", large)
	}
}

func TestManyColumnsShareAFinding(t *testing.T) {
	d, values, _ := data(t, 20, 2, 1, 50)
	for i := range values {
		if i%50 < 40 {
			values[i] = 3
		}
	}
	only(t, describe(t, d).Findings, Constant, Warning, "40 columns have the same value in every row: column 0, ")
}

func TestBadValues(t *testing.T) {
	d, values, _ := data(t, 20, 2, 1, 3, 3)
	values[5] = math.NaN()
	values[7] = math.Inf(-1)
	fs := describe(t, d).Findings
	only(t, fs, Missing, Fatal, "1 of 180 values")
	only(t, fs, Infinite, Fatal, "1 of 180 values")
	for i := range values {
		values[i] = 0
	}
	only(t, describe(t, d).Findings, Constant, Fatal, "every value is 0")
}

func TestDuplicates(t *testing.T) {
	d, values, labels := data(t, 100, 2, 1, 4)
	copy(values[90*4:91*4], values[4*4:5*4])
	labels[90] = labels[4]
	r := describe(t, d)
	f := only(t, r.Findings, DuplicateRows, Info, "1 of 100 examples (1 %)")
	if r.DuplicateRows != 1 || !slices.Equal(f.Rows, []int{4}) || len(r.Findings.Of(Contradiction)) != 0 {
		t.Errorf("%+v", r.Findings)
	}
	labels[90] = 1 - labels[4]
	only(t, describe(t, d).Findings, Contradiction, Warning, "2 examples have the same input")
	if fs := describe(t, d, Remember(0)).Findings; len(fs) != 0 {
		t.Errorf("Remember(0): %v", fs)
	}
	only(t, describe(t, d, Remember(50)).Findings, NotCompared, Info, "first 50 of 100")
}

func TestTrainAndTestDiffer(t *testing.T) {
	train, _, _ := data(t, 100, 2, 1, 4, 4)
	other, _, _ := data(t, 100, 3, 2, 4, 5)
	fs, _ := Check(ctx, train, other)
	only(t, fs, Shape, Fatal, "input is float64 (4, 5), in the training data float64 (4, 4)")
	only(t, fs, NewClass, Warning, "class 2 has 33 examples here")
	test, values, _ := data(t, 100, 2, 2, 4, 4)
	for i := range values {
		values[i] *= 255
	}
	fs, _ = Check(ctx, train, test)
	only(t, fs, Shift, Warning, "input has mean")
	if fs, err := Check(ctx, train, nil); err != nil || len(fs) != 0 {
		t.Errorf("%v %v", fs, err)
	}
}

// named is a data set with names.
type named struct {
	*tensor.Memory
	classes, columns []string
}

func (n named) ClassNames() []string  { return n.classes }
func (n named) ColumnNames() []string { return n.columns }

func TestNames(t *testing.T) {
	a, _, _ := data(t, 50, 2, 1, 2)
	b, _, _ := data(t, 50, 2, 2, 2)
	x := named{a, []string{"no", "yes"}, []string{"age", "fare"}}
	fs, _ := Check(ctx, x, named{b, []string{"yes", "no"}, nil})
	only(t, fs, ClassOrder, Fatal, "numbered yes, no, in the training data no, yes")
	r := describe(t, x)
	if r.Classes[1].Name != "yes" || r.Inputs[0].Columns[1].Name != "fare" {
		t.Errorf("%v", r)
	}
}

func TestErrors(t *testing.T) {
	if _, err := Describe(ctx, nil); err == nil {
		t.Error("nil was described")
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	d, _, _ := data(t, 10, 2, 1, 2)
	if _, err := Describe(stopped, d); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	empty := tensor.Must(tensor.FromTensors(tensor.Must(tensor.Zeros(tensor.Float32, 0, 3)), nil))
	only(t, describe(t, empty).Findings, Empty, Fatal, "no examples")
	if _, err := Check(ctx, empty, d); err != nil {
		t.Error(err)
	}
}

func TestNumbersOfAnArray(t *testing.T) {
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5, 6, 7, 8}, 4, 2))
	r := describe(t, tensor.Must(tensor.FromTensors(x, nil)))
	a := r.Inputs[0]
	if a.Min != 1 || a.Max != 8 || a.Mean != 4.5 || math.Abs(a.Std-2.29128784747792) > 1e-12 || a.Values != 8 {
		t.Errorf("%+v", a)
	}
	if c := a.Columns[1]; c.Quartiles != [3]float64{3.5, 5, 6.5} || c.Mean != 5 {
		t.Errorf("%+v", c)
	}
	h := a.Histogram
	if sum(h.Counts) != 8 || h.Edges()[0] != 1 || h.Edges()[len(h.Counts)] != 8 {
		t.Errorf("%+v", h)
	}
}

// TestSampling has more rows than are sampled: what is estimated must be near.
func TestSampling(t *testing.T) {
	d, values, _ := data(t, 30000, 2, 1, 2)
	for i := range 300 {
		values[i*200] = 50
	}
	a := describe(t, d).Inputs[0]
	if a.Sampled != 20000 || a.Columns[0].Outliers < 200 || a.Columns[0].Outliers > 400 {
		t.Errorf("sampled %d, about %d outliers of 300", a.Sampled, a.Columns[0].Outliers)
	}
	if q := a.Columns[1].Quartiles; math.Abs(q[1]) > 0.05 || math.Abs(q[2]-0.674) > 0.05 {
		t.Errorf("quartiles of the normal distribution: %v", q)
	}
}

// reviews is data of texts.
type reviews struct {
	texts  []string
	labels []int32
}

func (r reviews) Texts(context.Context) ([]string, error) { return r.texts, nil }
func (r reviews) Labels(context.Context) ([]int32, error) { return r.labels, nil }
func (r reviews) ClassNames() []string                    { return []string{"bad", "good"} }

func TestTexts(t *testing.T) {
	train := reviews{[]string{"so bad", "very good film", "", "so bad", "fine " + strings.Repeat("long ", 40), "a b"}, []int32{0, 1, 1, 0, 1, 0}}
	r, err := DescribeTexts(ctx, train)
	if err != nil {
		t.Fatal(err)
	}
	if r.Texts.Empty != 1 || r.Texts.Words[4] != 41 || r.DuplicateRows != 1 || r.Classes[1].Name != "good" {
		t.Errorf("%+v %v", r.Texts, r)
	}
	only(t, r.Findings, EmptyText, Warning, "1 of 6 texts")
	fs, err := CheckTexts(ctx, train, reviews{[]string{"new", "very good film\n"}, []int32{0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	if f := only(t, fs, Leak, Warning, "example 1 is its example 1"); f.Where != "test" {
		t.Errorf("%+v", f)
	}
	chinese := reviews{[]string{"很快，好吃，味道足，量大", "没有送水没有送水没有送水"}, []int32{1, 0}}
	if r, _ := DescribeTexts(ctx, chinese); r.Texts.Unit() != "characters" || r.Texts.Lengths()[0] != 12 {
		t.Errorf("%+v", r.Texts)
	}
	if _, err := DescribeTexts(ctx, reviews{[]string{"a"}, nil}); err == nil {
		t.Error("a text without its label was taken")
	}
}

// files is data of pictures with sizes.
type files struct{ *tensor.Memory }

func (files) ImageSizes(context.Context) (w, h []int, err error) {
	return []int{100, 300}, []int{100, 100}, nil
}

func TestImageSizes(t *testing.T) {
	d, _, _ := data(t, 2, 2, 1, 4, 4)
	r := describe(t, files{d})
	only(t, r.Findings, ImageSizes, Info, "100 to 300 × 100 to 100 pixels")
	if r.Images == nil || r.Images.Widths[1] != 300 {
		t.Errorf("%+v", r.Images)
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 255: "255", 0.130660: "0.1307", 206855.816: "206856", -3: "-3", 1e12: "1e+12", 32.204: "32.2", 0.00001234: "1.234e-05"} {
		if got := number(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0 %", 0.02: "2 %", 0.616: "62 %", 0.0004: "under 0.1 %", 1: "100 %", 0.012: "1.2 %"} {
		if got := share(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}
