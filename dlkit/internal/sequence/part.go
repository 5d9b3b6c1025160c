package sequence

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// chunkRows is about how many rows of all steps' gradients are multiplied at a
// time: enough to keep tiles busy, few enough for the second cache.
const chunkRows = 128

// part is the examples that one processor works on, with all that it writes to.
// What is kept of every step lies one step behind another, in order of the
// steps' working.
type part struct {
	*Layer
	first, rows int // examples
	slots       int // steps that are kept

	before []float32 // (slots, rows, In+units): the step's input and the state before
	z      []float32 // (slots, rows, 4·units): gates, and then gradients
	cell   []float32 // (slots+1, rows, units), of LSTM; the first are zeros
	bent   []float32 // (slots, rows, units): tanh(cell)
	h      []float32 // (rows, units): the state after a step

	dh, dbefore, dcell []float32 // (rows, units)
	dx                 []float32 // (chunk, rows, in)
	dweights           []float32 // (In+units, 4·units)
	dbias              []float32 // (4·units)
}

func newPart(l *Layer, first, rows int) *part {
	p := &part{Layer: l, first: first, rows: rows, slots: 1}
	if l.Train {
		p.slots = l.Steps
	}
	state := rows * l.units
	p.before = make([]float32, p.slots*rows*(l.In+l.units))
	p.z = make([]float32, p.slots*4*state)
	p.h = make([]float32, state)
	if l.Cell == LSTM {
		p.cell, p.bent = make([]float32, (p.slots+1)*state), make([]float32, p.slots*state)
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

// slot is where the k-th step is kept.
func (p *part) slot(k int) int { return min(k, p.slots-1) }

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
		p.read(x, k)
		p.multiply(k)
		for r := range p.rows {
			p.step(k, r, p.counts(mask, r, k))
		}
		if p.All {
			p.write(out, p.Steps, p.time(k))
		}
	}
	if !p.All {
		p.write(out, 1, 0)
	}
}

// read puts a step's input beside the state before it.
func (p *part) read(x []float32, k int) {
	to := p.inputs(k)
	for r := range p.rows {
		at := ((p.first+r)*p.Steps + p.time(k)) * p.In
		copy(to.Data[r*to.Row:], x[at:at+p.In])
		copy(to.Data[r*to.Row+p.In:], p.row(p.h, r))
	}
}

// write copies the state to the outputs, of which every example has each.
func (p *part) write(out []float32, each, at int) {
	for r := range p.rows {
		copy(out[((p.first+r)*each+at)*p.Units:][:p.Units], p.row(p.h, r))
	}
}

// multiply computes the arguments of a step's gates.
func (p *part) multiply(k int) {
	in, z, w := p.inputs(k), p.gatesOf(k), product.Rows(p.weights, 4*p.units)
	for r := range p.rows {
		copy(z.Data[r*z.Row:], p.bias)
	}
	input, state := p.gates()
	first, n := columns(input)
	product.Add(z.From(0, first*p.units), in, w.From(0, first*p.units), p.rows, n*p.units, p.In)
	if k > 0 { // the first state is zeros
		first, n = columns(state)
		product.Add(z.From(0, first*p.units), in.From(0, p.In), w.From(p.In, first*p.units), p.rows, n*p.units, p.units)
	}
}

// step makes the new state of one example.
func (p *part) step(k, r int, counts bool) {
	z := p.gatesOf(k)
	gates := z.Data[r*z.Row:][:z.Row]
	before := p.inputs(k).From(r, p.In).Data[:p.units]
	if p.Cell == GRU {
		if counts {
			gruForward(gates, before, p.row(p.h, r))
		}
		return
	}
	s := p.slot(k)
	was, is := p.row(p.cell, s*p.rows+r), p.row(p.cell, (s+1)*p.rows+r)
	if !p.Train {
		is = was
	}
	if !counts {
		copy(is, was)
		return
	}
	lstmForward(gates, was, is, p.row(p.bent, s*p.rows+r), p.row(p.h, r))
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
		for r := range p.rows {
			p.stepBack(k, r, p.counts(mask, r, k))
		}
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

// stepBack makes of the gradient by one example's new state those by the gates'
// arguments and, but for what goes through them, by the state before.
func (p *part) stepBack(k, r int, counts bool) {
	z := p.gatesOf(k)
	gates := z.Data[r*z.Row:][:z.Row]
	dh, dbefore := p.row(p.dh, r), p.row(p.dbefore, r)
	if !counts {
		clear(gates)
		copy(dbefore, dh)
		return
	}
	if p.Cell == GRU {
		gruBackward(gates, p.inputs(k).From(r, p.In).Data[:p.units], dh, dbefore)
	} else {
		clear(dbefore)
		lstmBackward(gates, p.row(p.cell, k*p.rows+r), p.row(p.bent, k*p.rows+r), dh, p.row(p.dcell, r))
	}
	add(p.dbias, gates)
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
		clear(p.dx)
		turned := product.Rows(p.turned, p.units+p.in).From(first*p.units, p.units)
		product.Add(product.Rows(p.dx, p.in), dz, turned, n, p.in, count*p.units)
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
