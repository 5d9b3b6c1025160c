package look

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// moments gathers range, mean and standard deviation of a stream of values.
type moments struct {
	n, missing, infinite int64
	low, high            float64
	// Sums of value - shift and its square: with a shift near the mean, no
	// digits are lost.
	shift, sum, squares float64
}

func (m *moments) add(v float64) {
	d := v - v
	if d != 0 { // NaN: v is NaN or infinite
		if math.IsNaN(v) {
			m.missing++
		} else {
			m.infinite++
		}
		return
	}
	if m.n == 0 {
		m.shift, m.low, m.high = v, v, v
	}
	m.n++
	if v < m.low {
		m.low = v
	}
	if v > m.high {
		m.high = v
	}
	d = v - m.shift
	m.sum += d
	m.squares += d * d
}

func (m *moments) stats() (low, high, mean, std float64) {
	if m.n == 0 {
		nan := math.NaN()
		return nan, nan, nan, nan
	}
	n := float64(m.n)
	return m.low, m.high, m.shift + m.sum/n, math.Sqrt(max(0, m.squares/n-m.sum/n*(m.sum/n)))
}

// mix adds a value to a hash. Collisions of 64 bits are too rare to matter.
func mix(h uint64, v float64) uint64 {
	b := math.Float64bits(v)
	if v != v {
		b = 0x7ff8000000000001 // all NaN are the same
	} else if v == 0 {
		b = 0 // so are 0 and -0
	}
	high, low := bits.Mul64(h^b^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return high ^ low
}

// sample keeps some rows of a stream, each with the same probability (Vitter's
// algorithm R), or all if they are few.
type sample struct {
	each, room, seen int
	values           []float64
	random           *rand.Rand
}

func newSample(each int) *sample {
	room := min(20000, max(16, (1<<20)/max(1, each)))
	return &sample{each: each, room: room, random: rand.New(rand.NewPCG(1, 1))}
}

func (s *sample) add(row []float64) {
	s.seen++
	if s.seen <= s.room {
		s.values = append(s.values, row...)
		return
	}
	if i := s.random.IntN(s.seen); i < s.room {
		copy(s.values[i*s.each:], row)
	}
}

func (s *sample) rows() int { return min(s.seen, s.room) }

// finite are the sampled values of column j, or all if j is below 0, without NaN
// and infinite ones.
func (s *sample) finite(j int) []float64 {
	start, step := 0, 1
	if j >= 0 {
		start, step = j, s.each
	}
	var out []float64
	for i := start; i < len(s.values); i += step {
		if v := s.values[i]; v-v == 0 {
			out = append(out, v)
		}
	}
	return out
}

// quartiles sorts the values; NaN if there are none. They interpolate linearly,
// as NumPy's quantile does.
func quartiles(values []float64) (q [3]float64) {
	slices.Sort(values)
	for i := range q {
		q[i] = quantile(values, float64(i+1)/4)
	}
	return q
}

// quantile is that of sorted values.
func quantile(sorted []float64, part float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := part * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
