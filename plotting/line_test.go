package plotting

import (
	"math"
	"slices"
	"testing"
)

func TestLongLinesAreThinnedWithoutLosingPeaks(t *testing.T) {
	x := counting(100_000)
	y := make([]float64, len(x))
	for i := range y {
		y[i] = math.Sin(x[i] / 5000)
	}
	y[77_777], y[33_333] = 9, -9
	xs, ys := thinned(x, y)
	if len(ys) > maxPoints || len(xs) != len(ys) {
		t.Errorf("%d x and %d y are left of 100,000", len(xs), len(ys))
	}
	if slices.Max(ys) != 9 || slices.Min(ys) != -9 {
		t.Errorf("the peaks are gone: %g to %g", slices.Min(ys), slices.Max(ys))
	}
	if !slices.IsSorted(xs) || xs[0] != 0 || xs[len(xs)-1] != 99_999 {
		t.Error("the points are out of order, or the ends are gone")
	}
	if short, _ := thinned(x[:100], y[:100]); len(short) != 100 {
		t.Errorf("%d of 100 points are left", len(short))
	}
	x[5] = -1 // runs back
	if all, _ := thinned(x, y); len(all) != len(x) {
		t.Error("a line that runs back lost points")
	}
}
