package dlkit

import (
	"fmt"
	"math"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// shares counts how often each row occurs.
func shares(rows [][]float64) map[string]float64 {
	out := map[string]float64{}
	for _, r := range rows {
		out[fmt.Sprint(r)] += 1 / float64(len(rows))
	}
	return out
}

// wantShares wants every row of want about as often as it says, and no other.
func wantShares(t *testing.T, what string, rows [][]float64, want map[string]float64) {
	t.Helper()
	got := shares(rows)
	for row, share := range want {
		// four deviations of a count of so many draws
		if wide := 4 * math.Sqrt(share*(1-share)/float64(len(rows))); math.Abs(got[row]-share) > wide {
			t.Errorf("%s: a share of %.3f is %s, want %.3f", what, got[row], row, share)
		}
		delete(got, row)
	}
	if len(got) > 0 {
		t.Errorf("%s: unexpected results %v", what, got)
	}
}

func TestRandomFlipMirrorsHalf(t *testing.T) {
	const n = 2000
	picture := []float64{1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60} // 2×3, two channels
	leftRight := fmt.Sprint([]float64{3, 30, 2, 20, 1, 10, 6, 60, 5, 50, 4, 40})
	upDown := fmt.Sprint([]float64{4, 40, 5, 50, 6, 60, 1, 10, 2, 20, 3, 30})
	both := fmt.Sprint([]float64{6, 60, 5, 50, 4, 40, 3, 30, 2, 20, 1, 10})
	as := fmt.Sprint(picture)
	for _, d := range testDevices(t) {
		for layer, want := range map[*RandomFlipLayer]map[string]float64{
			RandomFlip(Horizontal): {as: 0.5, leftRight: 0.5},
			RandomFlip(Vertical):   {as: 0.5, upDown: 0.5},
			RandomFlip():           {as: 0.25, leftRight: 0.25, upDown: 0.25, both: 0.25},
		} {
			got := trained(t, d, layer, same(n, picture, 2, 3, 2))
			wantShares(t, layer.String()+" on "+d.String(), rowsOf(got, n), want)
		}
	}
}

// Different pictures are not mixed up.
func TestRandomFlipKeepsPicturesApart(t *testing.T) {
	x := numbered(tensor.Float32, 50, 1, 2, 1)
	in := tensor.Values[float64](x)
	for i, row := range rowsOf(trained(t, goDevice(t), RandomFlip(Horizontal), x), 50) {
		a, b := in[2*i], in[2*i+1]
		if !equal(row, []float64{a, b}) && !equal(row, []float64{b, a}) {
			t.Errorf("picture %d, %v, became %v", i, []float64{a, b}, row)
		}
	}
}
