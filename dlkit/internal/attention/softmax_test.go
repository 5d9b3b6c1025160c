package attention

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// Rows become what the definition says, to the accuracy of float32, and what is
// left out becomes 0.
func TestSoftmaxRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		n := product.Padded(1 + rng.IntN(100))
		spread := float32(math.Exp(8*rng.Float64() - 4))
		scores, dp := random(rng, n, spread), random(rng, n, 1)
		for j := range scores {
			if rng.IntN(5) == 0 {
				scores[j] = excluded
			}
		}
		scores[rng.IntN(n)] = spread
		const scale, mean = 0.7, 0.25
		used := append([]float32{}, scores...)
		top, sum := softmax(used, scale)
		want := 0.0
		for j, s := range scores {
			w := math.Exp(scale * float64(s-top))
			want += w
			if math.Abs(float64(used[j])-w) > 1e-5*w+1e-37 || s == excluded && used[j] != 0 {
				t.Fatalf("score %v below %v becomes %v, want %v", s, top, used[j], w)
			}
		}
		if top != spread || math.Abs(float64(sum)-want) > 1e-5*want {
			t.Fatalf("largest %v, sum %v, want %v and %v", top, sum, spread, want)
		}
		again, slopes := append([]float32{}, scores...), append([]float32{}, dp...)
		weightsAgain(again, slopes, scale, scale*top, 1/sum, mean)
		for j := range again {
			p := float64(used[j]) / float64(sum)
			if d := p * float64(dp[j]-mean) * scale; math.Abs(float64(again[j])-p) > 1e-5*p+1e-37 || math.Abs(float64(slopes[j])-d) > 1e-5*math.Abs(d)+1e-37 {
				t.Fatalf("weight %v and slope %v, want %v and %v", again[j], slopes[j], p, d)
			}
		}
	}
}

func BenchmarkSoftmaxRow(b *testing.B) {
	s := make([]float32, product.Padded(200))
	for b.Loop() {
		softmax(s, 1)
	}
}

func BenchmarkWeightsAgainRow(b *testing.B) {
	s, dp := make([]float32, product.Padded(200)), make([]float32, product.Padded(200))
	for b.Loop() {
		weightsAgain(s, dp, 1, 0, 1, 0)
	}
}
