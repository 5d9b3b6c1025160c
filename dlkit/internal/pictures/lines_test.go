//go:build goexperiment.simd

package pictures

import (
	"math"
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// What is no number must not disappear: a training that diverges is told by it.
func TestLinesKeepNaN(t *testing.T) {
	nan := float32(math.NaN())
	line := func(v float32) []float32 {
		s := make([]float32, lanes)
		fill(s, v)
		return s
	}
	y := line(1)
	rows.ReLU(y, line(nan))
	scaled := line(1)
	scaleLine(scaled, line(nan), []float32{1}, []float32{0}, true)
	first, second := line(nan), line(1)
	largest(first, line(1))
	largest(second, line(nan))
	for name, s := range map[string][]float32{"ReLU": y, "scaleLine": scaled, "largest of NaN and 1": first, "largest of 1 and NaN": second} {
		if s[0] == s[0] {
			t.Errorf("%s gives %v, want NaN", name, s[0])
		}
	}
}

func fill(s []float32, v float32) {
	for i := range s {
		s[i] = v
	}
}
