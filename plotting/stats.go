package plotting

import "math"

// stats describes a set of numbers.
type stats struct {
	n                   int
	min, max, mean, std float64
}

// describe computes stats of at least one value; std is the population's.
func describe(values []float64) stats {
	s := stats{n: len(values), min: math.Inf(1), max: math.Inf(-1)}
	for _, v := range values {
		s.min, s.max = min(s.min, v), max(s.max, v)
		s.mean += v / float64(s.n)
	}
	for _, v := range values {
		s.std += (v - s.mean) * (v - s.mean) / float64(s.n)
	}
	s.std = math.Sqrt(s.std)
	return s
}
