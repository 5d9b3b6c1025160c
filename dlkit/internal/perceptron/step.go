package perceptron

import (
	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// Step is a step of training: what Chain.Step works on.
type Step struct {
	// X is the batch (Rows, In), Weights are the kernel and bias of every layer.
	X       []float32
	Weights [][]float32
	// Seed says what drops out.
	Seed uint64
	// Fetch, which may be nil, writes n rows of X from the first on. It is called for
	// all rows, several times at a time.
	Fetch func(first, n int)
	// Loss makes of an example's output y the gradient by it, dy. It is called for
	// several examples at a time.
	Loss func(example int, y, dy []float32)
	// Losses, which may be nil, is called when Loss has seen all examples. If it
	// returns false, no gradients are computed.
	Losses func() bool
	// DX is where the gradient by X is written, if the chain has Input, and Grads
	// where those by the weights are.
	DX    []float32
	Grads [][]float32
	// Update, which may be nil, is given the gradients by weight k piece by piece:
	// g are those by its numbers from the at-th on. Grads[k] is left alone if it
	// returns true, which it does for all pieces or for none. It is called for
	// several pieces at a time, of which each has another worker.
	Update func(worker, k, at int, g []float32) bool
}

// Step goes forward and backward in one: a worker takes its examples through all
// layers and back, and only the gradients by the weights wait for all examples.
func (c *Chain) Step(s *Step) {
	weights := s.Weights
	for _, l := range c.layers {
		weights = l.take(weights, c.Version)
	}
	parallel.EachBy(c.workers(c.pieces()), c.pieces(), func(_, i int) {
		first := i * c.atOnce()
		c.thereAndBack(s, first, min(c.atOnce(), c.Rows-first))
	})
	if s.Losses != nil && !s.Losses() {
		return
	}
	workers := c.workers(c.blocks())
	for len(c.scratch) < workers {
		c.scratch = append(c.scratch, make([]float32, c.widest()*featuresAtOnce))
	}
	parallel.EachBy(workers, c.blocks(), func(worker, i int) { c.weighBlock(s, worker, i) })
}

// thereAndBack takes n examples forward, to the loss, and back.
func (c *Chain) thereAndBack(s *Step, first, n int) {
	if s.Fetch != nil {
		s.Fetch(first, n)
	}
	c.forwardRows(s.X, s.Seed, first, n)
	last := c.layers[len(c.layers)-1]
	for r := first; r < first+n; r++ {
		s.Loss(r, last.y[r*last.wide:][:last.Units], last.dy[r*last.wide:][:last.Units])
	}
	c.backwardRows(s.DX, first, n)
}

// blocks is the number of pieces that the gradients by the weights are cut into:
// of each layer so many features, and its bias with the last ones.
func (c *Chain) blocks() int {
	n := 0
	for _, l := range c.layers {
		n += l.blocks()
	}
	return n
}

// weighBlock computes a piece of the gradients by the weights.
func (c *Chain) weighBlock(s *Step, worker, block int) {
	x, at := product.Rows(s.X, c.In), 0
	for _, l := range c.layers {
		if block < l.blocks() {
			l.weighBlock(s, worker, x, at, block, c.scratch[worker])
			return
		}
		block -= l.blocks()
		at++
		if l.Bias {
			at++
		}
		x = product.Rows(l.y, l.wide)
	}
}

// weighBlock computes the gradient by some rows of the kernel, which is weight
// number at, and with the last ones that by the bias.
func (l *layer) weighBlock(s *Step, worker int, x product.Matrix, at, block int, scratch []float32) {
	first := block * featuresAtOnce
	n := min(featuresAtOnce, l.in-first)
	l.weighRows(product.Rows(scratch, l.wide), x, first, n)
	g := packed(scratch, n, l.wide, l.Units)
	if s.Update == nil || !s.Update(worker, at, first*l.Units, g) {
		copy(s.Grads[at][first*l.Units:], g)
	}
	if !l.Bias || block < l.blocks()-1 {
		return
	}
	sum := l.sumRows(scratch)
	if s.Update == nil || !s.Update(worker, at+1, 0, sum) {
		copy(s.Grads[at+1], sum)
	}
}

// packed moves rows that lie wide apart to one behind another.
func packed(rows []float32, n, wide, width int) []float32 {
	if wide != width {
		for r := 1; r < n; r++ {
			copy(rows[r*width:], rows[r*wide:][:width])
		}
	}
	return rows[:n*width]
}
