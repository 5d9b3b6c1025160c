package sequence

import (
	"runtime"

	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// Cell is the arithmetic of a step.
type Cell int

const (
	// LSTM has the gates i, f, g and o.
	LSTM Cell = iota
	// GRU has the gates z, r and g, and resets after the matrix product.
	GRU
)

// Config says what a layer is run on.
type Config struct {
	Cell
	Rows, Steps, In, Units int
	// Backwards goes from the last step to the first.
	Backwards bool
	// All gives the outputs of all steps, not of the last alone.
	All bool
	// Train keeps what Backward needs.
	Train bool
}

// gates are the places of the weights' gates among the four that are worked on
// at a step: those that the input adds to, and those that the state does.
func (c Cell) gates() (input, state []int) {
	if c == GRU {
		return []int{1, 2, 0}, []int{1, 2, 3}
	}
	return []int{0, 1, 2, 3}, []int{0, 1, 2, 3}
}

// Layer is a recurrent layer that runs over sequences of one shape. What it
// needs for that, it keeps from one run to the next.
//
// Units are padded to what tiles are wide; the padding holds zeros throughout.
type Layer struct {
	Config
	units   int       // padded
	in      int       // padded
	weights []float32 // (In+units, 4·units), gates as gates says
	turned  []float32 // (4·units, units+in), of state and input
	bias    []float32 // (4·units)
	parts   []*part
}

// New makes a layer. The examples are divided among as many parts as the
// program may use processors, always in the same way.
func New(c Config) *Layer {
	l := &Layer{Config: c, units: product.Padded(c.Units), in: product.Padded(c.In)}
	l.weights = make([]float32, (c.In+l.units)*4*l.units)
	l.bias = make([]float32, 4*l.units)
	if c.Train {
		l.turned = make([]float32, 4*l.units*(l.units+l.in))
	}
	each := (c.Rows + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0)
	each = (each + 3) / 4 * 4 // tiles are four rows high
	for first := 0; first < c.Rows; first += each {
		l.parts = append(l.parts, newPart(l, first, min(each, c.Rows-first)))
	}
	return l
}

// Forward computes the outputs, (Rows, Units), or (Rows, Steps, Units) of all
// steps in order of time, from x (Rows, Steps, In) and the weights as they are
// saved: kernel (In, gates·Units), recurrent (Units, gates·Units) and bias
// (gates·Units) of LSTM, (2, gates·Units) of GRU, which may be nil. Steps where
// mask (Rows, Steps) is 0 keep the state; nil is ones.
func (l *Layer) Forward(out, x, mask, kernel, recurrent, bias []float32) {
	l.load(kernel, recurrent, bias)
	l.each(func(p *part) { p.forward(out, x, mask) })
}

// Backward computes the gradients by x and the weights, given dout by the output
// of the last Forward, whose mask it is given again. dbias may be nil.
func (l *Layer) Backward(dx, dkernel, drecurrent, dbias, dout, mask []float32) {
	l.each(func(p *part) { p.backward(dx, dout, mask) })
	sum := l.parts[0]
	for _, p := range l.parts[1:] {
		add(sum.dweights, p.dweights)
		add(sum.dbias, p.dbias)
	}
	l.unload(dkernel, drecurrent, dbias, sum)
}

// each works on all parts at a time.
func (l *Layer) each(work func(p *part)) {
	parallel.EachBy(len(l.parts), len(l.parts), func(_, i int) { work(l.parts[i]) })
}

// load brings the weights into the layout that is worked with.
func (l *Layer) load(kernel, recurrent, bias []float32) {
	input, state := l.gates()
	for g, at := range input {
		l.loadBlock(kernel[g*l.Units:], l.In, len(input)*l.Units, 0, l.units, at)
	}
	for g, at := range state {
		l.loadBlock(recurrent[g*l.Units:], l.Units, len(state)*l.Units, l.In, 0, at)
	}
	if bias == nil {
		return
	}
	clear(l.bias)
	for g, at := range input {
		add(l.bias[at*l.units:][:l.Units], bias[g*l.Units:])
	}
	if l.Cell == GRU {
		for g, at := range state {
			add(l.bias[at*l.units:][:l.Units], bias[(3+g)*l.Units:])
		}
	}
}

// loadBlock copies the weights of one gate, height rows that lie stride apart,
// to a place among weights and turned.
func (l *Layer) loadBlock(w []float32, height, stride, row, column, gate int) {
	for i := range height {
		copy(l.weights[(row+i)*4*l.units+gate*l.units:], w[i*stride:][:l.Units])
	}
	if l.Train {
		turned := product.Rows(l.turned, l.units+l.in).From(gate*l.units, column)
		product.Turn(turned, product.Rows(w, stride), height, l.Units)
	}
}

// unload brings the weights' gradients into the layout that they are saved in.
func (l *Layer) unload(dkernel, drecurrent, dbias []float32, sum *part) {
	input, state := l.gates()
	stride := len(input) * l.Units
	for g, at := range input {
		for i := range l.In {
			copy(dkernel[i*stride+g*l.Units:][:l.Units], sum.dweights[i*4*l.units+at*l.units:])
		}
	}
	for g, at := range state {
		for i := range l.Units {
			copy(drecurrent[i*stride+g*l.Units:][:l.Units], sum.dweights[(l.In+i)*4*l.units+at*l.units:])
		}
	}
	if dbias == nil {
		return
	}
	for g, at := range input {
		copy(dbias[g*l.Units:][:l.Units], sum.dbias[at*l.units:])
	}
	if l.Cell == GRU {
		for g, at := range state {
			copy(dbias[(3+g)*l.Units:][:l.Units], sum.dbias[at*l.units:])
		}
	}
}
