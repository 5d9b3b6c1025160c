package attention

import "math"

// norm brings rows to mean 0 and variance 1, and then to a scale gamma and an
// offset beta of every place.
type norm struct {
	gamma, beta []float32
	epsilon     float32
}

// forward makes y of a row x, and puts what comes before gamma and beta in unit.
// It gives what the row was multiplied with. All may be the same memory but for
// unit and y.
func (n norm) forward(y, unit, x []float32) (inverse float32) {
	mean := sumRow(x) / float32(len(x))
	inverse = float32(1 / math.Sqrt(float64(spread(unit, x, mean)/float32(len(x))+n.epsilon)))
	unitRow(y, unit, n.gamma, n.beta, inverse)
	return inverse
}

// normSlopes are the gradients by gamma and beta.
type normSlopes struct{ gamma, beta []float32 }

func newNormSlopes(size int) normSlopes {
	return normSlopes{make([]float32, size), make([]float32, size)}
}

func (s normSlopes) clear() {
	clear(s.gamma)
	clear(s.beta)
}

func (s normSlopes) sum(other normSlopes) {
	add(s.gamma, other.gamma)
	add(s.beta, other.beta)
}

// backward makes the gradient by a row of that by its result, and adds to those
// by gamma and beta. dx and dy may be the same memory.
func (n norm) backward(s normSlopes, dx, dy, unit []float32, inverse float32) {
	sum, withUnit := normSums(s.gamma, s.beta, dy, unit, n.gamma)
	size := float32(len(dx))
	normSlope(dx, dy, unit, n.gamma, inverse, sum/size, withUnit/size)
}
