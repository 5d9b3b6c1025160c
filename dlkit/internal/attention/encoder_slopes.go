package attention

import (
	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// encoderSlopes are the gradients by a block's weights.
type encoderSlopes struct {
	attention *headSlopes
	in, out   slopes
	norms     [2]normSlopes
}

func (b *Encoder) newSlopes() *encoderSlopes {
	return &encoderSlopes{
		b.attention.newSlopes(), b.in.newSlopes(), b.out.newSlopes(),
		[2]normSlopes{newNormSlopes(b.Features), newNormSlopes(b.Features)},
	}
}

func (s *encoderSlopes) clear() {
	s.attention.clear()
	s.in.clear()
	s.out.clear()
	for _, n := range s.norms {
		n.clear()
	}
}

// sum adds others.
func (s *encoderSlopes) sum(other *encoderSlopes) {
	s.attention.sum(other.attention)
	s.in.sum(other.in)
	s.out.sum(other.out)
	for i, n := range s.norms {
		n.sum(other.norms[i])
	}
}

// unload is load the other way round.
func (s *encoderSlopes) unload(w EncoderWeights) {
	s.attention.unload(w.Attention)
	s.in.unload(w.In, s.in.out, w.InBias)
	s.out.unload(w.Out, s.out.out, w.OutBias)
	for i, n := range s.norms {
		copy(w.Gamma[i], n.gamma)
		copy(w.Beta[i], n.beta)
	}
}

// Backward computes the gradients by x and by the weights, given dout by the
// output of the last Forward, whose x and masks it is given again.
func (b *Encoder) Backward(dx []float32, dw EncoderWeights, x, dout []float32, masks Masks) {
	for len(b.sums) < len(b.parts) {
		b.sums = append(b.sums, b.newSlopes())
	}
	parallel.EachBy(len(b.workers), len(b.parts), func(worker, i int) {
		w, s := b.workers[worker], b.sums[i]
		s.clear()
		for n := b.parts[i].first; n < b.parts[i].end; n++ {
			w.backward(s, b.of(dx, n), b.of(x, n), b.of(dout, n), n, masks)
		}
	})
	for _, s := range b.sums[1:] {
		b.sums[0].sum(s)
	}
	b.sums[0].unload(dw)
}

func (w *encoderScratch) backward(s *encoderSlopes, dx, x, dout product.Matrix, i int, masks Masks) {
	e, wide := w.memory(i), w.out.wide
	result, stream := product.Rows(w.result, wide), product.Rows(w.stream, wide)
	if w.NormFirst {
		inside := product.Rows(w.inside, wide)
		copyColumns(stream, dout, w.Steps, w.Features)
		w.open(i, 1)
		clear(w.inside)
		w.denseBack(s, e, inside, result)
		w.pass(s, e, 1)
		w.open(i, 0)
		clear(w.inside)
		w.attention.backward(threeTimes(inside), s.attention, w.example(i, w.plain(e.first), masks), result)
		w.pass(s, e, 0)
	} else {
		for r := range w.Steps {
			w.normBack(s, e, 1, r, w.row(stream, r), w.row(dout, r))
		}
		w.open(i, 1)
		w.denseBack(s, e, stream, result)
		for r := range w.Steps {
			w.normBack(s, e, 0, r, w.row(stream, r), w.row(stream, r))
		}
		w.open(i, 0)
		w.attention.backward(threeTimes(stream), s.attention, w.example(i, x, masks), result)
	}
	copyColumns(dx, stream, w.Steps, w.Features)
}

func threeTimes(m product.Matrix) [3]product.Matrix { return [3]product.Matrix{m, m, m} }

// normBack is the gradient of a part's norm for step r.
func (w *encoderScratch) normBack(s *encoderSlopes, e *encoded, part, r int, dx, dy []float32) {
	w.norms[part].backward(s.norms[part], dx, dy, w.row(w.plain(e.units[part]), r), e.inverses[part][r])
}

// open makes the gradient by a part's result of that by the stream.
func (w *encoderScratch) open(i, part int) {
	result, stream := product.Rows(w.result, w.out.wide), product.Rows(w.stream, w.out.wide)
	for r := range w.Steps {
		copy(w.row(result, r), w.row(stream, r))
		w.dropRow(w.row(result, r), i, part, r)
	}
}

// pass takes the gradient by what went into a part, normalised, back to the
// stream.
func (w *encoderScratch) pass(s *encoderSlopes, e *encoded, part int) {
	inside, stream := product.Rows(w.inside, w.out.wide), product.Rows(w.stream, w.out.wide)
	for r := range w.Steps {
		w.normBack(s, e, part, r, w.row(inside, r), w.row(inside, r))
		add(w.row(stream, r), w.row(inside, r))
	}
}

// denseBack adds the gradient of the second part to dx.
func (w *encoderScratch) denseBack(s *encoderSlopes, e *encoded, dx, dy product.Matrix) {
	s.out.addWeights(product.Rows(e.hidden, w.in.wide), dy, w.Steps)
	s.out.addBias(dy, w.Steps)
	dhidden := product.Rows(w.dhidden, w.in.wide)
	w.out.backward(dhidden, w.nothing, dy, w.Steps)
	w.Bend.backward(w.dhidden, e.hidden, e.raw)
	s.in.addWeights(w.plain(e.second), dhidden, w.Steps)
	s.in.addBias(dhidden, w.Steps)
	w.in.backward(dx, dx, dhidden, w.Steps)
}
