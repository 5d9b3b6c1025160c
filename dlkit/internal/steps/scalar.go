package steps

import "math"

// The steps one number after another: where there are no vector units, and for
// what does not fill a vector. The conversions keep the compiler from fusing
// products and sums, so that a number's place in the slice does not matter.

func (s Adam) step(w, g, m, v []float32) {
	for i, dx := range g[:len(w)] {
		mean := float32(m[i]*s.Beta1) + dx
		square := float32(v[i]*s.Beta2) + float32(dx*dx)
		m[i], v[i] = mean, square
		step := mean * s.A / (float32(math.Sqrt(float64(square))) + s.E)
		w[i] = float32(w[i]*s.Keep) - step
	}
}

func (s Momentum) step(w, g, v []float32) {
	for i, dx := range g[:len(w)] {
		move := -float32(dx * s.Rate)
		if v != nil {
			step := move
			v[i] = float32(v[i]*s.Mu) + step
			move = v[i]
			if s.Nesterov {
				move = float32(v[i]*s.Mu) + step
			}
		}
		w[i] = float32(w[i]*s.Keep) + move
	}
}

func addTo(dst, src []float32) {
	for i, v := range src[:len(dst)] {
		dst[i] += v
	}
}
