package attention

import (
	"math"
	"testing"
)

// The share that is dropped is the rate, in every row and over all, what stays is
// scaled, and rows do not drop the same places.
func TestDroppedShare(t *testing.T) {
	d := newDropout(0.3)
	const rows, size = 200, 500
	total, alike := 0, 0
	var before []float32
	for r := range rows {
		row := make([]float32, size)
		for j := range row {
			row[j] = 2
		}
		d.apply(row, keyOf(42, r))
		dropped := 0
		for j, v := range row {
			switch {
			case v == 0:
				dropped++
			case math.Abs(float64(v)-2/0.7) > 1e-6:
				t.Fatalf("%v is left of 2", v)
			}
			if before != nil && (v == 0) == (before[j] == 0) {
				alike++
			}
		}
		if share := float64(dropped) / size; math.Abs(share-0.3) > 0.1 { // 5 standard deviations
			t.Errorf("row %d: a share of %v is dropped", r, share)
		}
		total += dropped
		before = row
	}
	if share := float64(total) / (rows * size); math.Abs(share-0.3) > 0.006 {
		t.Errorf("a share of %v is dropped, want 0.3", share)
	}
	// Two rows agree on a place in 0.3² + 0.7² of cases.
	if share := float64(alike) / ((rows - 1) * size); math.Abs(share-0.58) > 0.007 {
		t.Errorf("rows agree in a share of %v, want 0.58", share)
	}
}

// Vectors and single numbers must drop the same, whatever the length.
func TestDropRowDoesNotDependOnTheLength(t *testing.T) {
	for size := range 70 {
		a, b := make([]float32, size), make([]float32, size)
		for j := range a {
			a[j], b[j] = float32(j+1), float32(j+1)
		}
		dropRow(a, 7, 9, 1<<31, 2)
		dropOneByOne(b, 0, 7, 9, 1<<31, 2)
		for j := range a {
			if a[j] != b[j] {
				t.Fatalf("of %d numbers, %d is %v, one by one %v", size, j, a[j], b[j])
			}
		}
	}
}
