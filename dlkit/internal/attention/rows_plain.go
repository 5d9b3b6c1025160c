//go:build !goexperiment.simd

package attention

import "math"

func expOf(x float32) float32 {
	if x < lowest {
		return 0
	}
	return float32(math.Exp(float64(x)))
}

func softmax(s []float32, scale float32) (top, sum float32) {
	top = s[0]
	for _, x := range s {
		top = max(top, x)
	}
	for j, x := range s {
		s[j] = expOf(scale*x - scale*top)
		sum += s[j]
	}
	return top, sum
}

func weightsAgain(s, dp []float32, scale, level, share, mean float32) {
	for j, x := range s {
		s[j] = expOf(scale*x-level) * share
		dp[j] = s[j] * (dp[j] - mean) * scale
	}
}

func dot(x, y []float32) float32 { return dotFrom(x, y, 0) }

func add(sum, x []float32) { addFrom(sum, x, 0) }

func multiply(x []float32, factor float32) { multiplyFrom(x, factor, 0) }

func dropRow(row []float32, key1, key2, limit uint32, scale float32) {
	dropOneByOne(row, 0, key1, key2, limit, scale)
}

func sumRow(x []float32) float32 { return sumFrom(x, 0) }

func spread(y, x []float32, mean float32) float32 { return spreadFrom(y, x, mean, 0) }

func unitRow(y, unit, gamma, beta []float32, inverse float32) {
	unitRowFrom(y, unit, gamma, beta, inverse, 0)
}

func normSums(dgamma, dbeta, dy, unit, gamma []float32) (sum, withUnit float32) {
	return normSumsFrom(dgamma, dbeta, dy, unit, gamma, 0)
}

func normSlope(dx, dy, unit, gamma []float32, inverse, mean, withUnit float32) {
	normSlopeFrom(dx, dy, unit, gamma, inverse, mean, withUnit, 0)
}

func gelu(x []float32) { geluFrom(x, 0) }

func geluSlope(dy, x []float32) { geluSlopeFrom(dy, x, 0) }
