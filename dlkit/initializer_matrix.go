package dlkit

import (
	"math"
	"math/rand/v2"

	"github.com/gofromzero/fromzero/tensor"
)

// Orthogonal makes a random matrix that turns vectors without stretching them:
// its columns, or its rows if there are fewer of them, have length Gain and are
// at right angles to each other. Keras' default for the recurrent kernels of
// SimpleRNN, LSTM and GRU. All axes but the last count as one. A Gain of 0 is
// 1. Saxe et al., 2013.
type Orthogonal struct{ Gain float64 }

// Init implements Initializer.
func (o Orthogonal) Init(values []float64, shape tensor.Shape, rng *rand.Rand) {
	if len(values) == 0 {
		return
	}
	gain := o.Gain
	if gain == 0 {
		gain = 1
	}
	columns := 1
	if len(shape) > 0 {
		columns = shape[len(shape)-1]
	}
	rows := len(values) / columns
	vectors := orthonormal(min(rows, columns), max(rows, columns), rng)
	for i := range rows {
		for j := range columns {
			v, at := j, i // vectors are columns
			if rows < columns {
				v, at = i, j
			}
			values[i*columns+j] = gain * vectors[v][at]
		}
	}
}

// orthonormal makes n random vectors of a size of at least n, of length 1 and
// at right angles, by Gram and Schmidt's method.
func orthonormal(n, size int, rng *rand.Rand) [][]float64 {
	vectors := make([][]float64, n)
	for i := range vectors {
		v := make([]float64, size)
		for k := range v {
			v[k] = rng.NormFloat64()
		}
		for _, u := range vectors[:i] {
			along := dot(u, v)
			for k := range v {
				v[k] -= along * u[k]
			}
		}
		length := math.Sqrt(dot(v, v))
		for k := range v {
			v[k] /= length
		}
		vectors[i] = v
	}
	return vectors
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// Identity makes a matrix of Gain on the diagonal and zeros elsewhere, for
// weights of two axes. A Gain of 0 is 1.
type Identity struct{ Gain float64 }

// Init implements Initializer.
func (d Identity) Init(values []float64, shape tensor.Shape, _ *rand.Rand) {
	gain := d.Gain
	if gain == 0 {
		gain = 1
	}
	columns := shape[len(shape)-1]
	for i := range values {
		values[i] = 0
		if i/columns == i%columns {
			values[i] = gain
		}
	}
}

// LecunUniform draws from [-l, l], l = sqrt(3 / fanIn). LeCun et al., 1998.
type LecunUniform struct{}

// Init implements Initializer.
func (LecunUniform) Init(values []float64, shape tensor.Shape, rng *rand.Rand) {
	in, _ := fans(shape)
	uniform(values, math.Sqrt(3/in), rng)
}

// LecunNormal draws from a normal distribution cut at two standard deviations,
// of variance 1 / fanIn: fit for SELU. LeCun et al., 1998.
type LecunNormal struct{}

// Init implements Initializer.
func (LecunNormal) Init(values []float64, shape tensor.Shape, rng *rand.Rand) {
	in, _ := fans(shape)
	truncatedNormal(values, math.Sqrt(1/in)/cutSigma, rng)
}

// VarianceScaling draws numbers of variance Scale / fan, the general form of
// the initializers named after Glorot, He and LeCun.
type VarianceScaling struct {
	// Scale is the factor of the variance; 0 is 1.
	Scale float64
	// Mode is the fan: "fan_in", also if empty, "fan_out" or "fan_avg", their
	// mean.
	Mode string
	// Uniform draws from an interval instead of a cut normal distribution.
	Uniform bool
}

// Init implements Initializer.
func (s VarianceScaling) Init(values []float64, shape tensor.Shape, rng *rand.Rand) {
	in, out := fans(shape)
	fan := map[string]float64{"": in, "fan_in": in, "fan_out": out, "fan_avg": (in + out) / 2}[s.Mode]
	scale := s.Scale
	if scale == 0 {
		scale = 1
	}
	variance := scale / fan // an unknown Mode gives infinity, which is refused
	if s.Uniform {
		uniform(values, math.Sqrt(3*variance), rng)
		return
	}
	truncatedNormal(values, math.Sqrt(variance)/cutSigma, rng)
}
