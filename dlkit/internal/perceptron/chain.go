package perceptron

import (
	"math"
	"slices"

	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/product"
	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// Layer is a fully connected layer, x·kernel + bias.
type Layer struct {
	Units int
	// Bias tells that there is a bias.
	Bias bool
	// ReLU sets negative results to zero.
	ReLU bool
	// Rate is the share of the results that is set to zero at random while
	// training; the rest is scaled.
	Rate float32
}

// Config says what a chain is run on.
type Config struct {
	// Rows is the number of examples in a batch, In the features of each.
	Rows, In int
	Layers   []Layer
	// Train keeps what Backward needs, and drops out.
	Train bool
	// Input tells that Backward computes the gradient by the input.
	Input bool
	// Final is what becomes of the results of Forward. It has no Backward.
	Final Final
}

// Chain runs batches of one size. What it needs for that, it keeps from one run
// to the next.
type Chain struct {
	Config
	// Version is a number of the weights' values: as long as it is the same, and
	// not 0, Forward keeps what it made of them.
	Version uint64
	layers  []*layer
	scratch [][]float32 // of each worker, for a piece of a kernel's gradient
}

// rowsAtOnce is how many examples a worker takes at a time, through all layers,
// of a large batch.
const rowsAtOnce = 16

// atOnce is how many examples a worker takes at a time: of a small batch fewer,
// so that all workers have some.
func (c *Chain) atOnce() int {
	if c.Rows > 4*rowsAtOnce {
		return rowsAtOnce
	}
	return rowsAtOnce / 4
}

// leastShared is the number of multiplications of a batch that are worth sharing:
// five microseconds of work.
const leastShared = 1 << 18

// workers is how many work on so many pieces.
func (c *Chain) workers(pieces int) int {
	products, in := 0, c.In
	for _, l := range c.Layers {
		products += c.Rows * in * l.Units
		in = l.Units
	}
	if products < leastShared {
		return 1
	}
	return parallel.Workers(pieces)
}

// pieces is the number of pieces that the examples are cut into.
func (c *Chain) pieces() int { return (c.Rows + c.atOnce() - 1) / c.atOnce() }

// New makes a chain.
func New(c Config) *Chain {
	chain := &Chain{Config: c}
	in := c.In
	for i, l := range c.Layers {
		chain.layers = append(chain.layers, newLayer(l, c, in, i > 0 || c.Input))
		in = l.Units
	}
	return chain
}

// Out is the number of features that come out.
func (c *Chain) Out() int { return c.Layers[len(c.Layers)-1].Units }

// Forward computes the outputs (Rows, units of the last layer) from x (Rows, In)
// and the kernel (in, units) and bias of every layer. seed says what drops out.
func (c *Chain) Forward(out, x []float32, weights [][]float32, seed uint64) {
	for _, l := range c.layers {
		weights = l.take(weights, c.Version)
	}
	parallel.EachBy(c.workers(c.pieces()), c.pieces(), func(_, i int) {
		first := i * c.atOnce()
		n := min(c.atOnce(), c.Rows-first)
		y := c.forwardRows(x, seed, first, n)
		for r := range n {
			result := out[(first+r)*c.Out():][:c.Out()]
			copy(result, y.Data[r*y.Row:])
			c.Final.apply(result)
		}
	})
}

// Final is an activation of a row of numbers.
type Final uint8

const (
	// Nothing leaves numbers as they are.
	Nothing Final = iota
	// Softmax makes probabilities of them that add up to 1.
	Softmax
	// Sigmoid makes a probability of each.
	Sigmoid
)

func (f Final) apply(row []float32) {
	switch f {
	case Softmax:
		softmax(row)
	case Sigmoid:
		for i, x := range row {
			row[i] = float32(1 / (1 + math.Exp(-float64(x))))
		}
	}
}

// softmax makes probabilities of a row of numbers, of which the largest may be
// any.
func softmax(row []float32) {
	most, sum := slices.Max(row), 0.0
	for i, x := range row {
		e := math.Exp(float64(x - most))
		row[i] = float32(e)
		sum += e
	}
	for i := range row {
		row[i] = float32(float64(row[i]) / sum)
	}
}

// forwardRows takes n examples, from the first on, through all layers.
func (c *Chain) forwardRows(x []float32, seed uint64, first, n int) product.Matrix {
	in := product.Rows(x, c.In).From(first, 0)
	for k, l := range c.layers {
		in = l.forward(in, first, n, seed+uint64(k)<<32)
	}
	return in
}

// Backward computes the gradients by x, if the chain has Input, and by the
// weights, from that by the output of the last Forward, whose x it is given again.
func (c *Chain) Backward(dx []float32, grads [][]float32, x, dout []float32) {
	parallel.EachBy(c.workers(c.pieces()), c.pieces(), func(_, i int) {
		first := i * c.atOnce()
		n := min(c.atOnce(), c.Rows-first)
		last := c.layers[len(c.layers)-1]
		for r := range n {
			copy(last.dy[(first+r)*last.wide:][:last.Units], dout[(first+r)*c.Out():])
		}
		c.backwardRows(dx, first, n)
	})
	in := product.Rows(x, c.In)
	for _, l := range c.layers {
		grads = l.weigh(grads, in)
		in = product.Rows(l.y, l.wide)
	}
}

// backwardRows takes the gradient by the outputs of n examples, from the first on,
// back through all layers.
func (c *Chain) backwardRows(dx []float32, first, n int) {
	for k := len(c.layers) - 1; k >= 0; k-- {
		l := c.layers[k]
		l.gate(first, n)
		if k > 0 {
			l.below(product.Rows(c.layers[k-1].dy, c.layers[k-1].wide), first, n)
		}
	}
	if c.Input {
		c.writeInput(dx, first, n)
	}
}

// widest is the width of the widest layer, padded.
func (c *Chain) widest() int {
	n := 0
	for _, l := range c.layers {
		n = max(n, l.wide)
	}
	return n
}

// writeInput computes the gradient by some rows of x.
func (c *Chain) writeInput(dx []float32, first, n int) {
	l := c.layers[0]
	if l.tall == c.In {
		l.below(product.Rows(dx, c.In), first, n)
		return
	}
	l.below(product.Rows(l.dx, l.tall), first, n)
	for r := first; r < first+n; r++ {
		copy(dx[r*c.In:][:c.In], l.dx[r*l.tall:])
	}
}

// layer is a Layer at work. Columns are padded to what tiles are wide; the
// padding holds zeros.
type layer struct {
	Layer
	in         int
	tall, wide int       // in and Units padded
	rows       int       // examples
	w          []float32 // (in, wide): the caller's kernel where that needs no padding
	padded     []float32 // the copy of a kernel that does
	version    uint64    // of that
	bias       []float32 // (wide)
	turned     []float32 // (wide, tall), nil if nobody asks for the gradient by the input
	y, dy      []float32 // (rows, wide)
	dx         []float32 // (rows, tall), of a first layer whose input needs padding
	kept       []float32 // (rows, wide): what dropout multiplies with, nil for nothing
	dw         []float32 // (in, wide), of a kernel that needs padding
	sums       []float32 // (wide)
	zeros      zeros
}

func newLayer(l Layer, c Config, in int, input bool) *layer {
	out := &layer{Layer: l, in: in, rows: c.Rows, tall: product.Padded(in), wide: product.Padded(l.Units)}
	out.y, out.bias = make([]float32, c.Rows*out.wide), make([]float32, out.wide)
	if out.wide != l.Units {
		out.padded = make([]float32, in*out.wide)
	}
	if !c.Train {
		return out
	}
	out.dy, out.sums = make([]float32, c.Rows*out.wide), make([]float32, out.wide)
	out.zeros = make(zeros, max(out.wide, out.tall))
	if out.wide != l.Units {
		out.dw = make([]float32, in*out.wide)
	}
	if input {
		out.turned = make([]float32, out.wide*out.tall)
	}
	if input && out.tall != in {
		out.dx = make([]float32, c.Rows*out.tall)
	}
	if l.Rate > 0 {
		out.kept = make([]float32, c.Rows*out.wide)
	}
	return out
}

// take takes the layer's weights, of that version, and returns the others.
func (l *layer) take(weights [][]float32, version uint64) [][]float32 {
	known := version != 0 && version == l.version
	l.version = version
	l.w, weights = weights[0], weights[1:]
	if l.padded != nil && !known {
		for i := range l.in {
			copy(l.padded[i*l.wide:], l.w[i*l.Units:(i+1)*l.Units])
		}
	}
	if l.padded != nil {
		l.w = l.padded
	}
	if l.Bias {
		copy(l.bias, weights[0])
		weights = weights[1:]
	}
	if l.turned != nil && !known {
		product.Turn(product.Rows(l.turned, l.tall), product.Rows(l.w, l.wide), l.in, l.wide)
	}
	return weights
}

// forward computes n rows from the first on, of rows of x.
func (l *layer) forward(x product.Matrix, first, n int, seed uint64) product.Matrix {
	y := product.Rows(l.y, l.wide).From(first, 0)
	product.Put(y, product.EveryRow(l.bias), x, product.Rows(l.w, l.wide), n, l.wide, l.in)
	result := y.Data[:n*l.wide]
	if l.ReLU {
		rows.ReLU(result, result)
	}
	if l.kept == nil {
		return y
	}
	for r := first; r < first+n; r++ {
		rows.Draw(l.kept[r*l.wide:][:l.Units], l.Rate, seed, uint64(r))
	}
	rows.Multiply(result, result, l.kept[first*l.wide:])
	return y
}

// gate takes the gradient of some rows back through dropout and ReLU.
func (l *layer) gate(first, n int) {
	d := l.dy[first*l.wide:][:n*l.wide]
	if l.kept != nil {
		rows.Multiply(d, d, l.kept[first*l.wide:])
	}
	if l.ReLU {
		rows.Gate(d, l.y[first*l.wide:])
	}
}

// below writes the gradient by the layer's input, of some rows.
func (l *layer) below(dx product.Matrix, first, n int) {
	l.zeros.put(dx.From(first, 0), product.Rows(l.dy, l.wide).From(first, 0), product.Rows(l.turned, l.tall), n, l.tall, l.Units)
}

// zeros are those that a product begins with, in a row.
type zeros []float32

// put makes c the product of a and b, of n rows, so many columns and so deep.
func (z zeros) put(c, a, b product.Matrix, n, columns, depth int) {
	product.Put(c, product.EveryRow(z), a, b, n, columns, depth)
}

// featuresAtOnce is how many rows of a kernel's gradient a worker takes at a time.
const featuresAtOnce = 32

// blocks is the number of pieces that the gradient by the kernel is cut into.
func (l *layer) blocks() int { return (l.in + featuresAtOnce - 1) / featuresAtOnce }

// weigh writes the gradients by the weights, and returns the places of those that
// are left.
func (l *layer) weigh(grads [][]float32, x product.Matrix) [][]float32 {
	dw := grads[0]
	if l.dw != nil {
		dw = l.dw
	}
	parallel.Each(l.blocks(), func(i int) {
		first := i * featuresAtOnce
		n := min(featuresAtOnce, l.in-first)
		to := product.Rows(dw, l.wide).From(first, 0)
		l.weighRows(to, x, first, n)
		if l.dw != nil {
			for r := range n {
				copy(grads[0][(first+r)*l.Units:][:l.Units], to.Data[r*l.wide:])
			}
		}
	})
	grads = grads[1:]
	if !l.Bias {
		return grads
	}
	copy(grads[0], l.sumRows(l.sums))
	return grads[1:]
}

// weighRows makes dw the gradient by n rows of the kernel from the first on, where
// x is the layer's input.
func (l *layer) weighRows(dw, x product.Matrix, first, n int) {
	l.zeros.put(dw, x.From(0, first).Turned(), product.Rows(l.dy, l.wide), n, l.wide, l.rows)
}

// sumRows is the gradient by the bias, in sum, which has place for a padded row.
func (l *layer) sumRows(sum []float32) []float32 {
	ones := product.Matrix{Data: one} // everywhere the same
	l.zeros.put(product.Rows(sum, l.wide), ones, product.Rows(l.dy, l.wide), 1, l.wide, l.rows)
	return sum[:l.Units]
}

var one = []float32{1}
