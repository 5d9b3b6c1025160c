package attention

import "math"

// The work on rows one number after another: where there are no vectors, and
// for what does not fill one.

func dotFrom(x, y []float32, first int) float32 {
	var sum float32
	for j, v := range x[first:] {
		sum += v * y[first+j]
	}
	return sum
}

func addFrom(sum, x []float32, first int) {
	for j := first; j < len(sum); j++ {
		sum[j] += x[j]
	}
}

func multiplyFrom(x []float32, factor float32, first int) {
	for j := first; j < len(x); j++ {
		x[j] *= factor
	}
}

func sumFrom(x []float32, first int) float32 {
	var sum float32
	for _, v := range x[first:] {
		sum += v
	}
	return sum
}

func spreadFrom(y, x []float32, mean float32, first int) float32 {
	var sum float32
	for j := first; j < len(x); j++ {
		y[j] = x[j] - mean
		sum += y[j] * y[j]
	}
	return sum
}

func unitRowFrom(y, unit, gamma, beta []float32, inverse float32, first int) {
	for j := first; j < len(y); j++ {
		unit[j] *= inverse
		y[j] = unit[j]*gamma[j] + beta[j]
	}
}

func normSumsFrom(dgamma, dbeta, dy, unit, gamma []float32, first int) (sum, withUnit float32) {
	for j := first; j < len(dgamma); j++ {
		dgamma[j] += dy[j] * unit[j]
		dbeta[j] += dy[j]
		d := dy[j] * gamma[j]
		sum += d
		withUnit += d * unit[j]
	}
	return sum, withUnit
}

func normSlopeFrom(dx, dy, unit, gamma []float32, inverse, mean, withUnit float32, first int) {
	for j := first; j < len(dx); j++ {
		dx[j] = (dy[j]*gamma[j] - mean - unit[j]*withUnit) * inverse
	}
}

func geluFrom(x []float32, first int) {
	for j := first; j < len(x); j++ {
		v := float64(x[j])
		x[j] = float32(v * 0.5 * (1 + math.Erf(v*math.Sqrt2/2)))
	}
}

func geluSlopeFrom(dy, x []float32, first int) {
	for j := first; j < len(dy); j++ {
		v := float64(x[j])
		dy[j] *= float32(0.5*(1+math.Erf(v*math.Sqrt2/2)) + v*math.Exp(-v*v/2)/math.Sqrt(2*math.Pi))
	}
}
