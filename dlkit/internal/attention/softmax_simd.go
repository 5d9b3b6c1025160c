//go:build goexperiment.simd

package attention

import (
	"simd"

	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// softmax makes of the scores in s, which fill whole vectors, numbers that are
// to each other as e to the power of scale·s, and gives the largest score, whose
// number is 1, and the sum.
func softmax(s []float32, scale float32) (top, sum float32) {
	if large() {
		return softmax512(&s[0], len(s)/16, scale)
	}
	return softmaxVectors(s, scale)
}

func softmaxVectors(s []float32, scale float32) (top, sum float32) {
	v := simd.VectorBitSize() / 32
	most := simd.LoadFloat32s(s)
	for j := v; j < len(s); j += v {
		most = most.Max(simd.LoadFloat32s(s[j:]))
	}
	top = largest(most)
	factor, level, total := simd.BroadcastFloat32s(scale), simd.BroadcastFloat32s(-scale*top), simd.BroadcastFloat32s(0)
	for j := 0; j < len(s); j += v {
		p := exp(simd.LoadFloat32s(s[j:]).MulAdd(factor, level))
		p.Store(s[j:])
		total = total.Add(p)
	}
	return top, sumOf(total)
}

// weightsAgain makes of the scores in s the weights p = e^(scale·s − level)·share,
// and of their gradients in dp those by the scores, p·(dp − mean)·scale.
func weightsAgain(s, dp []float32, scale, level, share, mean float32) {
	dp = dp[:len(s)]
	if large() {
		weightsAgain512(&s[0], &dp[0], len(s)/16, scale, level, share, mean)
		return
	}
	weightsAgainVectors(s, dp, scale, level, share, mean)
}

func weightsAgainVectors(s, dp []float32, scale, level, share, mean float32) {
	v := simd.VectorBitSize() / 32
	factor, low := simd.BroadcastFloat32s(scale), simd.BroadcastFloat32s(-level)
	part, middle := simd.BroadcastFloat32s(share), simd.BroadcastFloat32s(mean)
	for j := 0; j < len(s); j += v {
		p := exp(simd.LoadFloat32s(s[j:]).MulAdd(factor, low)).Mul(part)
		p.Store(s[j:])
		p.Mul(factor).Mul(simd.LoadFloat32s(dp[j:]).Sub(middle)).Store(dp[j:])
	}
}

// exp is e to the power of x, which must be below 87, and 0 where x is below
// lowest.
func exp(x simd.Float32s) simd.Float32s {
	low := simd.BroadcastFloat32s(lowest)
	return rows.Exp(x.Max(low)).Masked(x.GreaterEqual(low))
}
