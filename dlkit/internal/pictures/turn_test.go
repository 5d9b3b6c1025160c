//go:build goexperiment.simd

package pictures

import "testing"

func TestTurnPixel(t *testing.T) {
	for _, channels := range []int{8, 16, 24, 40} {
		const width = 48
		from, to := make([]float32, channels*lanes), make([]float32, lanes*width)
		for i := range from {
			from[i] = float32(i + 1)
		}
		turnPixel(to, width, from, channels)
		for r := range lanes {
			for c := range width {
				want := float32(0)
				if c < channels {
					want = from[c*lanes+r]
				}
				if got := to[r*width+c]; got != want {
					t.Fatalf("%d channels: row %d, column %d is %v, want %v", channels, r, c, got, want)
				}
			}
		}
	}
}
