package look

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func TestGuard(t *testing.T) {
	train, values, _ := data(t, 200, 2, 1, 3)
	test, _, _ := data(t, 50, 2, 2, 3)
	if err := Guard(Info)(ctx, train, test); err != nil {
		t.Errorf("good data: %v", err)
	}
	if err := Guard(Info)(ctx, train, nil); err != nil {
		t.Errorf("good data without validation data: %v", err)
	}
	copy(values[3:6], values[:3]) // the same input twice, with another label
	var e *Error
	if err := Guard(Warning)(ctx, train, test); !errors.As(err, &e) || e.Findings[0].Code != Contradiction {
		t.Errorf("a contradiction: %v", err)
	}
	if err := Guard(Fatal)(ctx, train, test); err != nil {
		t.Errorf("a warning, where only fatal findings are refused: %v", err)
	}
	if err := Guard(Warning, Allow(Contradiction))(ctx, train, test); err != nil {
		t.Errorf("a contradiction that is allowed: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if err := Guard(Fatal)(stopped, train, test); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestNumbersForCharts(t *testing.T) {
	d, values, labels := data(t, 100, 2, 1, 2)
	for i := range labels {
		labels[i] = int32(min(i%10, 1))
	}
	values[0], values[2], values[5] = math.NaN(), math.NaN(), 1e6
	r := describe(t, d, Columns("age", "fare"))
	counts, err := r.Counts(ctx)
	if err != nil || !slices.Equal(r.ClassNames(), []string{"0", "1"}) || !slices.Equal(counts, []int{10, 90}) {
		t.Errorf("classes %q %v, %v", r.ClassNames(), counts, err)
	}
	names, missing := r.MissingByColumn()
	_, outliers := r.OutliersByColumn()
	if !slices.Equal(names, []string{"age", "fare"}) || !slices.Equal(missing, []int64{2, 0}) || !slices.Equal(outliers, []int{0, 1}) {
		t.Errorf("columns %q: missing %v, outliers %v", names, missing, outliers)
	}
	bars, heights := Histogram{0, 3, []int{4, 5, 6}}.Bars()
	if !slices.Equal(bars, []string{"0.5", "1.5", "2.5"}) || !slices.Equal(heights, []int{4, 5, 6}) {
		t.Errorf("bars %q %v", bars, heights)
	}
	levels, n := r.Findings.ByLevel()
	if !slices.Equal(levels, []string{"info", "warning", "fatal"}) || n[0]+n[1]+n[2] != len(r.Findings) || n[2] != 1 {
		t.Errorf("%v: %v of %v", levels, n, r.Findings)
	}
	regression := describe(t, tensor.Must(tensor.FromTensors(d.All().X(), nil)))
	if _, err := regression.Counts(ctx); err == nil || len(regression.ClassNames()) != 0 {
		t.Errorf("no classes: %v", err)
	}
}

// Numbers that stand for names are neither too large nor outliers.
func TestCodedColumns(t *testing.T) {
	d, values, _ := data(t, 100, 2, 1, 2)
	for i := range 100 {
		values[2*i] = float64(i * 1000)
	}
	values[0] = 1e9
	fs := describe(t, coded{d}).Findings
	if len(fs.Of(Unscaled))+len(fs.Of(Outliers)) != 0 {
		t.Errorf("%v", fs)
	}
	if fs := describe(t, d).Findings; len(fs.Of(Unscaled)) != 1 || len(fs.Of(Outliers)) != 1 {
		t.Errorf("the same as quantities: %v", fs)
	}
}

type coded struct{ *tensor.Memory }

func (coded) ColumnCodes() []bool { return []bool{true, false} }
