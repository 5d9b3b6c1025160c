package rows

import "math/rand/v2"

// reluFrom is ReLU from number first on, as are the other functions of that kind.
func reluFrom(y, x []float32, first int) {
	for i := first; i < len(x); i++ {
		if y[i] = x[i]; x[i] <= 0 {
			y[i] = 0
		}
	}
}

func gateFrom(d, y []float32, first int) {
	for i := first; i < len(d); i++ {
		if !(y[i] > 0) {
			d[i] = 0
		}
	}
}

func multiplyFrom(y, x, k []float32, first int) {
	for i := first; i < len(x); i++ {
		y[i] = x[i] * k[i]
	}
}

// Draw sets what dropout multiplies with: 0 for about rate of the numbers, drawn
// from the seed and the row's place, and 1/(1−rate) for the others.
func Draw(kept []float32, rate float32, seed, place uint64) {
	scale, least := 1/(1-rate), uint64(float64(rate)*(1<<16))
	random, bits := rand.NewPCG(seed, place), uint64(0)
	for i := range kept {
		if i%4 == 0 {
			bits = random.Uint64()
		}
		if kept[i] = scale; bits&0xffff < least {
			kept[i] = 0
		}
		bits >>= 16
	}
}
