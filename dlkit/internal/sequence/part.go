package sequence

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// chunkRows is about how many rows of all steps' gradients are multiplied at a
// time: enough to keep tiles busy, few enough for the second cache.
const chunkRows = 128

// aheadRows is about how many rows of inputs are multiplied at a time, before
// their steps are worked on: a few examples then go through the weights once for
// several steps.
const aheadRows = 32

// part is the examples that one processor works on, with all that it writes to.
// What is kept of every step lies one step behind another, in order of the
// steps' working.
type part struct {
	*Layer
	first, rows int // examples
	slots       int // steps whose inputs and gates are kept
	ahead       int // steps whose inputs are multiplied at a time

	before []float32 // (slots, rows, In+units): the step's input and the state before; one more slot to train
	z      []float32 // (slots, rows, 4·units): gates, and then gradients
	cell   []float32 // (steps+1, rows, units), of LSTM, or (1, …) if nothing is kept; the first are zeros
	bent   []float32 // (steps, rows, units), or (1, …): tanh(cell)
	h      []float32 // (rows, units): the state, unless to train
	zeros  []float32 // (in)

	dh, dbefore, dcell []float32 // (rows, units)
	dx                 []float32 // (chunk, rows, in)
	dweights           []float32 // (In+units, 4·units)
	dbias              []float32 // (4·units)
}

func newPart(l *Layer, first, rows int) *part {
	p := &part{Layer: l, first: first, rows: rows, ahead: min(l.Steps, max(1, aheadRows/rows))}
	kept := 1
	p.slots = p.ahead
	inputs := p.slots
	if l.Train {
		p.slots, kept, inputs = l.Steps, l.Steps, l.Steps+1
	}
	state := rows * l.units
	p.zeros = make([]float32, l.in)
	p.before = make([]float32, inputs*rows*(l.In+l.units))
	p.z = make([]float32, p.slots*4*state)
	p.h = make([]float32, state)
	if l.Cell == LSTM {
		p.cell, p.bent = make([]float32, (kept+1)*state), make([]float32, kept*state)
	}
	if l.Train {
		p.dh, p.dbefore, p.dcell = make([]float32, state), make([]float32, state), make([]float32, state)
		p.dx = make([]float32, p.chunk()*rows*l.in)
		p.dweights, p.dbias = make([]float32, len(l.weights)), make([]float32, 4*l.units)
	}
	return p
}

// chunk is the number of steps whose gradients are multiplied at a time.
func (p *part) chunk() int { return min(p.Steps, max(1, chunkRows/p.rows)) }

// time is the step worked on as the k-th.
func (p *part) time(k int) int {
	if p.Backwards {
		return p.Steps - 1 - k
	}
	return k
}

// slot is where the k-th step's inputs and gates are kept.
func (p *part) slot(k int) int {
	if p.Train {
		return k
	}
	return k % p.slots
}

// counts reports whether the k-th step of example r counts.
func (p *part) counts(mask []float32, r, k int) bool {
	return mask == nil || mask[(p.first+r)*p.Steps+p.time(k)] != 0
}

// inputs are what is kept from the k-th step on: its inputs beside the states before.
func (p *part) inputs(k int) product.Matrix {
	return product.Rows(p.before, p.In+p.units).From(p.slot(k)*p.rows, 0)
}

// gatesOf are the gates of the k-th step and those after it.
func (p *part) gatesOf(k int) product.Matrix {
	return product.Rows(p.z, 4*p.units).From(p.slot(k)*p.rows, 0)
}

// row is row i of a list of states.
func (p *part) row(states []float32, i int) []float32 {
	return states[i*p.units : (i+1)*p.units : (i+1)*p.units]
}

// columns are the first gate and the number of gates that the input adds to, or
// the state.
func columns(gates []int) (first, n int) {
	first = gates[0]
	for _, g := range gates {
		first = min(first, g)
	}
	return first, len(gates)
}

func (p *part) forward(out, x, mask []float32) {
	clear(p.h)
	clear(p.cell[:min(len(p.cell), p.rows*p.units)])
	for k := range p.Steps {
		p.multiply(x, k)
		p.step(k, mask)
		if p.All {
			p.write(out, k, p.Steps, p.time(k))
		}
	}
	if !p.All {
		p.write(out, p.Steps-1, 1, 0)
	}
}

// multiply computes the arguments of a step's gates.
func (p *part) multiply(x []float32, k int) {
	if p.Train && p.Cell == LSTM { // input and state lie side by side, and go to the same gates
		p.read(x, k)
		product.Put(p.gatesOf(k), product.EveryRow(p.bias), p.inputs(k), product.Rows(p.weights, 4*p.units), p.rows, 4*p.units, p.In+p.units)
		return
	}
	if k%p.ahead == 0 {
		p.project(x, k, min(p.ahead, p.Steps-k))
	}
	if k > 0 { // the first state is zeros
		p.addState(k)
	}
}

// read puts a step's input in its place.
func (p *part) read(x []float32, k int) {
	in := p.inputs(k)
	for r := range p.rows {
		at := ((p.first+r)*p.Steps + p.time(k)) * p.In
		copy(in.Data[r*in.Row:], x[at:at+p.In])
	}
}

// write copies the state after the k-th step to the outputs, of which every
// example has each.
func (p *part) write(out []float32, k, each, at int) {
	h := p.states(k + 1)
	for r := range p.rows {
		copy(out[((p.first+r)*each+at)*p.Units:][:p.Units], h.Data[r*h.Row:])
	}
}

// project begins the arguments of the gates of some steps, from the k-th on, with
// what the inputs and the bias give.
func (p *part) project(x []float32, k, steps int) {
	in, z := p.inputs(k), p.gatesOf(k)
	input, _ := p.gates()
	first, n := columns(input)
	for s := range steps {
		p.read(x, k+s)
		for r := range p.rows {
			copy(z.Data[(s*p.rows+r)*z.Row+n*p.units:][:(4-n)*p.units], p.bias[n*p.units:])
		}
	}
	bias := product.EveryRow(p.bias[first*p.units:])
	w := product.Rows(p.weights, 4*p.units).From(0, first*p.units)
	product.Put(z.From(0, first*p.units), bias, in, w, steps*p.rows, n*p.units, p.In)
}

// addState adds what the state gives to the arguments of a step's gates.
func (p *part) addState(k int) {
	_, state := p.gates()
	first, n := columns(state)
	z := p.gatesOf(k).From(0, first*p.units)
	h := p.states(k)
	w := product.Rows(p.weights, 4*p.units).From(p.In, first*p.units)
	if p.rows > turningRows || k%2 == 0 {
		product.Add(z, h, w, p.rows, n*p.units, p.units)
		return
	}
	for at := n * p.units; at > 0; {
		width := min(at, turningColumns)
		at -= width
		product.Add(z.From(0, at), h, w.From(0, at), p.rows, width, p.units)
	}
}

// So few examples go through the weights faster than these come from the second
// cache. Every other step then takes them from their end, so many columns at a
// time, the last of which the step before has left in the first cache.
const turningRows, turningColumns = 4, 64

// step makes the new states.
func (p *part) step(k int, mask []float32) {
	for r, n := 0, 0; r < p.rows; r += n {
		var counts bool
		switch n, counts = p.alike(mask, r, k); {
		case !counts:
			p.keep(k, r, n)
		case p.Cell == LSTM:
			before, after, bent := p.cells(k)
			h := p.states(k+1).From(r, 0)
			lstmForward(p.gatesOf(k).From(r, 0).Data, p.from(before, r), p.from(after, r), p.from(bent, r), h.Data, h.Row, p.units, n, p.further(k+1))
		default:
			before, h := p.states(k).From(r, 0), p.states(k+1).From(r, 0)
			gruForward(p.gatesOf(k).From(r, 0).Data, before.Data, h.Data, h.Row, p.units, n, p.further(k+1))
		}
	}
}

// further is how many rows the k-th step's lie behind those of the step before.
func (p *part) further(k int) int {
	if !p.Train || k == 0 || k == p.Steps {
		return 0
	}
	return p.rows
}

// alike is for how many examples, from the r-th on, the k-th step counts, or for
// how many it does not.
func (p *part) alike(mask []float32, r, k int) (n int, counts bool) {
	if mask == nil {
		return p.rows - r, true
	}
	counts = p.counts(mask, r, k)
	for n = 1; r+n < p.rows && p.counts(mask, r+n, k) == counts; n++ {
	}
	return n, counts
}

// keep leaves the states of n examples, from the r-th on, as they are.
func (p *part) keep(k, r, n int) {
	before, after := p.states(k), p.states(k+1)
	for i := r; i < r+n; i++ {
		copy(after.Data[i*after.Row:][:p.units], before.Data[i*before.Row:])
	}
	if p.Cell == LSTM {
		before, after, _ := p.cells(k)
		copy(p.from(after, r)[:n*p.units], p.from(before, r))
	}
}

// from is what is left of rows of units from the r-th on.
func (p *part) from(rows []float32, r int) []float32 { return rows[r*p.units:] }

// states are the outputs of the step before the k-th, which are those of no step
// but the last unless to train.
func (p *part) states(k int) product.Matrix {
	if p.Train {
		return p.inputs(k).From(0, p.In)
	}
	return product.Rows(p.h, p.units)
}

// cells are LSTM's cells before the k-th step and after it, and tanh of these.
func (p *part) cells(k int) (before, after, bent []float32) {
	if !p.Train {
		return p.cell, p.cell, p.bent
	}
	return p.from(p.cell, k*p.rows), p.from(p.cell, (k+1)*p.rows), p.from(p.bent, k*p.rows)
}

func (p *part) backward(dx, dout, mask []float32) {
	clear(p.dh)
	clear(p.dcell)
	clear(p.dweights)
	clear(p.dbias)
	if !p.All {
		p.receive(dout, 1, 0)
	}
	last := p.Steps
	for k := p.Steps - 1; k >= 0; k-- {
		if p.All {
			p.receive(dout, p.Steps, p.time(k))
		}
		p.stepBack(k, mask)
		if k > 0 {
			_, state := p.gates()
			first, n := columns(state)
			turned := product.Rows(p.turned, p.units+p.in).From(first*p.units, 0)
			product.Add(product.Rows(p.dbefore, p.units), p.gatesOf(k).From(0, first*p.units), turned, p.rows, p.units, n*p.units)
		}
		p.dh, p.dbefore = p.dbefore, p.dh
		if last-k == p.chunk() || k == 0 {
			p.collect(dx, k, last-k)
			last = k
		}
	}
}

// receive adds the gradient by the outputs to that by the state.
func (p *part) receive(dout []float32, each, at int) {
	for r := range p.rows {
		add(p.row(p.dh, r)[:p.Units], dout[((p.first+r)*each+at)*p.Units:])
	}
}

// stepBack makes of the gradients by the new states those by the gates' arguments
// and, but for what goes through them, by the states before.
func (p *part) stepBack(k int, mask []float32) {
	for r, n := 0, 0; r < p.rows; r += n {
		var counts bool
		n, counts = p.alike(mask, r, k)
		z := p.gatesOf(k).From(r, 0).Data
		dh, dbefore := p.from(p.dh, r), p.from(p.dbefore, r)
		switch {
		case !counts:
			clear(z[:4*n*p.units])
			copy(dbefore[:n*p.units], dh)
		case p.Cell == LSTM:
			clear(dbefore[:n*p.units])
			before, _, bent := p.cells(k)
			lstmBackward(z, p.from(before, r), p.from(bent, r), dh, p.from(p.dcell, r), p.dbias, p.units, n, -p.further(k))
		default:
			before := p.states(k).From(r, 0)
			gruBackward(z, before.Data, before.Row, dh, dbefore, p.dbias, p.units, n, -p.further(k))
		}
	}
}

// collect makes of the gradients by the gates' arguments of some steps, from the
// k-th on, those by the inputs, and adds up those by the weights.
func (p *part) collect(dx []float32, k, steps int) {
	n := steps * p.rows
	in, z := p.inputs(k), p.gatesOf(k)
	input, state := p.gates()
	first, count := columns(input)
	dz, dw := z.From(0, first*p.units), product.Rows(p.dweights, 4*p.units)
	product.Add(dw.From(0, first*p.units), in.Turned(), dz, p.In, count*p.units, n)
	if dx != nil {
		turned := product.Rows(p.turned, p.units+p.in).From(first*p.units, p.units)
		product.Put(product.Rows(p.dx, p.in), product.EveryRow(p.zeros), dz, turned, n, p.in, count*p.units)
		p.writeInputs(dx, k, steps)
	}
	first, count = columns(state)
	product.Add(dw.From(p.In, first*p.units), in.From(0, p.In).Turned(), z.From(0, first*p.units), p.units, count*p.units, n)
}

// writeInputs copies the gradients by some steps' inputs to where they belong.
func (p *part) writeInputs(dx []float32, k, steps int) {
	for s := range steps {
		for r := range p.rows {
			at := ((p.first+r)*p.Steps + p.time(k+s)) * p.In
			copy(dx[at:at+p.In], p.dx[(s*p.rows+r)*p.in:])
		}
	}
}
