package attention

import (
	"math"
	"runtime"

	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// MultiHead is attention of several heads that runs over sequences of one shape,
// with the projections before and behind. What it needs for that, it keeps from
// one run to the next.
type MultiHead struct {
	Config
	// Seed decides what is dropped.
	Seed uint64

	to, keySize, valueSize int // padded
	block                  int // steps that look, worked on at a time
	scale                  float32
	drop                   *dropout
	heads                  []head
	bias                   []float32      // of the result, padded
	nothing                product.Matrix // zeros, as many as any row is long
	split                  bool           // heads are worked on side by side, for there are few examples
	kept                   []kept         // of every example's heads, for gradients or if split
	workers                []*scratch
	parts                  []part
	sums                   []*headSlopes // of every part
}

// Weights are those of an attention as they are saved, or the gradients by them:
// the kernels of Query, Key and Value (features, Heads, size) and of Output
// (Heads, ValueSize, Out), and the biases (Heads, size) and (Out), nil for none.
type Weights struct {
	Query, QueryBias, Key, KeyBias, Value, ValueBias, Output, OutputBias []float32
}

// NewMultiHead makes an attention.
func NewMultiHead(c Config) *MultiHead {
	m := &MultiHead{Config: c, to: product.Padded(c.To), keySize: product.Padded(c.KeySize), valueSize: product.Padded(c.ValueSize)}
	m.block = min(c.From, max(8, blockNumbers/m.to/4*4))
	m.scale = float32(1 / math.Sqrt(float64(c.KeySize)))
	m.bias = make([]float32, product.Padded(c.Out))
	m.nothing = product.EveryRow(make([]float32, max(m.to, m.keySize, m.valueSize)))
	for range c.Heads {
		h := head{
			newDense(c.Features[0], c.KeySize, c.Train), newDense(c.Features[1], c.KeySize, c.Train),
			newDense(c.Features[2], c.ValueSize, c.Train), newDense(c.ValueSize, c.Out, c.Train),
		}
		m.heads = append(m.heads, h)
	}
	if c.Train {
		m.drop = newDropout(c.Rate)
	}
	m.split = !c.Train && c.Heads > 1 && c.Rows < runtime.GOMAXPROCS(0)
	if c.Train || m.split {
		for range c.Rows * c.Heads {
			m.kept = append(m.kept, m.newKept())
		}
	}
	m.parts = partsOf(c.Rows, m.weightCount())
	return m
}

// weightCount is the number of weights, with their padding.
func (m *MultiHead) weightCount() (n int) {
	for i := range m.heads {
		h := &m.heads[i]
		n += len(h.query.w) + len(h.key.w) + len(h.value.w) + len(h.output.w)
	}
	return n
}

// newKept makes the memory for one head of one example.
func (m *MultiHead) newKept() kept {
	return kept{
		make([]float32, m.From*m.keySize), make([]float32, m.To*m.keySize),
		make([]float32, m.To*m.valueSize), make([]float32, m.From*m.valueSize), make([]float32, m.From), make([]float32, m.From),
	}
}

// Load takes the weights that the next runs are done with.
func (m *MultiHead) Load(w Weights) {
	part := func(bias []float32, at, size int) []float32 {
		if bias == nil {
			return nil
		}
		return bias[at*size:][:size]
	}
	for i := range m.heads {
		h, keys, values := &m.heads[i], m.KeySize, m.ValueSize
		h.query.load(w.Query[i*keys:], m.Heads*keys, part(w.QueryBias, i, keys))
		h.key.load(w.Key[i*keys:], m.Heads*keys, part(w.KeyBias, i, keys))
		h.value.load(w.Value[i*values:], m.Heads*values, part(w.ValueBias, i, values))
		h.output.load(w.Output[i*values*m.Out:], m.Out, nil)
	}
	if w.OutputBias != nil {
		copy(m.bias, w.OutputBias)
	}
}

// example is one of the examples that an attention runs over.
type example struct {
	number int
	in     [3]product.Matrix // what queries, keys and values are made from
	masks  Masks
}

// memory is where a head's numbers of an example are.
func (w *scratch) memory(e *example, head int) *kept {
	if w.kept != nil {
		return &w.kept[e.number*w.Heads+head]
	}
	return &w.alone
}

// forward makes the result y of one example, as wide as the padded bias.
func (w *scratch) forward(y product.Matrix, e *example) {
	for i := range w.heads {
		w.handOn(e, i)
		w.join(y, e, i)
	}
}

// handOn makes what a head hands on.
func (w *scratch) handOn(e *example, head int) {
	h, k := &w.heads[head], w.memory(e, head)
	w.bar(e.masks.Keys)
	h.query.forward(product.Rows(k.q, w.keySize), e.in[0], w.From)
	h.key.forward(product.Rows(k.k, w.keySize), e.in[1], w.To)
	h.value.forward(product.Rows(k.v, w.valueSize), e.in[2], w.To)
	w.look(k, e.number, head, e.masks)
}

// join adds what a head hands on to the result, which the first one begins.
func (w *scratch) join(y product.Matrix, e *example, head int) {
	start := y
	if head == 0 {
		start = product.EveryRow(w.bias)
	}
	w.heads[head].output.put(y, start, product.Rows(w.memory(e, head).y, w.valueSize), w.From)
}

// headSlopes are the gradients by the weights of all heads.
type headSlopes struct {
	query, key, value, output []slopes
	bias                      []float32
}

func (m *MultiHead) newSlopes() *headSlopes {
	s := &headSlopes{bias: make([]float32, len(m.bias))}
	for i := range m.heads {
		h := &m.heads[i]
		s.query, s.key = append(s.query, h.query.newSlopes()), append(s.key, h.key.newSlopes())
		s.value, s.output = append(s.value, h.value.newSlopes()), append(s.output, h.output.newSlopes())
	}
	return s
}

// lists are all slopes but the bias.
func (s *headSlopes) lists() [][]slopes { return [][]slopes{s.query, s.key, s.value, s.output} }

func (s *headSlopes) clear() {
	clear(s.bias)
	for _, list := range s.lists() {
		for _, one := range list {
			one.clear()
		}
	}
}

// sum adds others.
func (s *headSlopes) sum(other *headSlopes) {
	add(s.bias, other.bias)
	others := other.lists()
	for k, list := range s.lists() {
		for i, one := range list {
			one.sum(others[k][i])
		}
	}
}

// unload is Load the other way round.
func (s *headSlopes) unload(w Weights) {
	part := func(bias []float32, at, size int) []float32 {
		if bias == nil {
			return nil
		}
		return bias[at*size:][:size]
	}
	heads := len(s.query)
	for i := range heads {
		keys, values, out := s.query[i].out, s.value[i].out, s.output[i].out
		s.query[i].unload(w.Query[i*keys:], heads*keys, part(w.QueryBias, i, keys))
		s.key[i].unload(w.Key[i*keys:], heads*keys, part(w.KeyBias, i, keys))
		s.value[i].unload(w.Value[i*values:], heads*values, part(w.ValueBias, i, values))
		s.output[i].unload(w.Output[i*values*out:], out, nil)
	}
	if w.OutputBias != nil {
		copy(w.OutputBias, s.bias)
	}
}

// backward adds to dx the gradients by what queries, keys and values were made
// from, which may be the same memory, and to s those by the weights, given that
// by the result. dx are as wide as padded features.
func (w *scratch) backward(dx [3]product.Matrix, s *headSlopes, e *example, dout product.Matrix) {
	w.bar(e.masks.Keys)
	for i := range w.From {
		add(s.bias, dout.Data[i*dout.Row:])
	}
	for i := range w.heads {
		h, k := &w.heads[i], w.memory(e, i)
		s.output[i].addWeights(product.Rows(k.y, w.valueSize), dout, w.From)
		h.output.backward(product.Rows(w.dy, w.valueSize), w.nothing, dout, w.From)
		w.lookBack(k, e.number, i, e.masks)
		w.project(dx[0], e.in[0], &h.query, s.query[i], product.Rows(w.dq, w.keySize), w.From)
		w.project(dx[1], e.in[1], &h.key, s.key[i], product.Rows(w.dk, w.keySize), w.To)
		w.project(dx[2], e.in[2], &h.value, s.value[i], product.Rows(w.dv, w.valueSize), w.To)
	}
}

// project adds the gradients of a projection.
func (w *scratch) project(dx, x product.Matrix, d *dense, s slopes, dy product.Matrix, steps int) {
	s.addWeights(x, dy, steps)
	s.addBias(dy, steps)
	d.backward(dx, dx, dy, steps)
}
