package rows

import (
	"math"
	"slices"
	"testing"
)

// Rows that fill vectors, and the numbers behind them, must be treated alike.
func TestRows(t *testing.T) {
	nan := float32(math.NaN())
	for n := range 70 {
		x, y, d, k := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range x {
			x[i], d[i], k[i] = float32(i%5)-2, float32(i+1), float32(i)/4
		}
		ReLU(y, x)
		Gate(d, y)
		Multiply(k, k, x)
		for i, v := range x {
			wantD := float32(i + 1)
			if v <= 0 {
				wantD = 0
			}
			if y[i] != max(v, 0) || d[i] != wantD || k[i] != float32(i)/4*v {
				t.Fatalf("of %d, number %d: ReLU %v, gate %v, product %v of %v", n, i, y[i], d[i], k[i], v)
			}
			row := slices.Clone(x)
			row[i] = nan
			ReLU(row, row)
			if row[i] == row[i] {
				t.Fatalf("of %d, number %d: ReLU of NaN is %v", n, i, row[i])
			}
		}
	}
}

func TestDraw(t *testing.T) {
	kept, again := make([]float32, 10001), make([]float32, 10001)
	Draw(kept, 0.3, 1, 2)
	Draw(again, 0.3, 1, 2)
	if !slices.Equal(kept, again) {
		t.Error("the same seed and place draw differently")
	}
	Draw(again, 0.3, 1, 3)
	if slices.Equal(kept, again) {
		t.Error("another place draws the same")
	}
	dropped := 0
	for _, v := range kept {
		switch v {
		case 0:
			dropped++
		case 1 / (1 - float32(0.3)):
		default:
			t.Fatalf("a number is multiplied with %v", v)
		}
	}
	if share := float64(dropped) / float64(len(kept)); math.Abs(share-0.3) > 0.023 { // 5 standard deviations
		t.Errorf("%v are dropped, want 0.3", share)
	}
}
