//go:build goexperiment.simd

package pictures

import (
	"math"

	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// The operations of a chain: what each kind of step does with the weights that it is
// given.

// convStep is a convolution, and outside training perhaps a normalisation.
type convStep struct {
	*conv
	folded       *Layer
	scale, shift []float32 // of a folded normalisation
	peaks        *peaks    // of the outputs, if they are looked for
	kernel       []float32 // of the last forward
}

func newConvStep(s *step, x, y, dx, dy *plane, channels int) *convStep {
	c := &conv{Layer: s.Layer, x: x, y: y, dx: dx, dy: dy, relu: s.relu, channels: channels}
	c.bias = make([]float32, y.c)
	c.ahead = newSlide(s.Layer, channels, x, y, -s.Pad[0], -s.Pad[1], c.bias, s.relu)
	if dx != nil {
		top, left := s.Pad[0]-s.Window[0]+1, s.Pad[1]-s.Window[1]+1
		if down, right := s.stride(); down*right > 1 {
			c.back = newStrided(s.Layer, dy, dx)
		} else {
			c.back = newSlide(s.Layer, channels, dy, dx, top, left, nil, false)
		}
	}
	if s.folded != nil {
		c.scaled = make([]float32, s.Window[0]*s.Window[1]*channels*s.Filters)
	}
	tile := max(1, s.tileFor(channels, y.h, y.w))
	// Columns are a multiple of what tiles are wide.
	c.turned = turned{h: whole(y.h, tile), w: whole(y.w, tile), columns: whole(y.c, 16)}
	if dy != nil {
		if tile == 1 {
			c.narrow = newNarrow(c)
		}
		if tile == 1 && c.narrow == nil {
			c.dkernel = make([]float32, s.Window[0]*up8(s.Window[1]*x.c)*c.turned.columns)
		}
		c.lines, c.sums = make([]float64, y.groups*y.h*y.c), newWorkspace(y.c*lanes)
	}
	op := &convStep{conv: c, folded: s.folded}
	if s.folded != nil {
		op.scale, op.shift = make([]float32, s.Filters), make([]float32, s.Filters)
	}
	return op
}

func (c *convStep) forward(weights, _ [][]float32, _ uint64) {
	kernel, rest := weights[0], weights[1:]
	c.kernel = kernel
	var bias []float32
	if c.Bias {
		bias, rest = rest[0], rest[1:]
	}
	if c.folded == nil {
		c.prepare(kernel, bias, nil)
	} else {
		c.folded.line(c.scale, c.shift, rest)
		for f, v := range bias {
			c.shift[f] += v * c.scale[f]
		}
		c.prepare(kernel, c.shift, c.scale)
	}
	c.ahead.run()
}

func (c *convStep) backward(grads [][]float32) {
	var dbias []float32
	if c.Bias {
		dbias = grads[1]
	}
	if c.peaks != nil && c.peaks.few {
		c.peaks.backward(c.peaks.pool.rows, c.kernel, grads[0], dbias)
		return
	}
	c.conv.backward(grads[0], dbias)
}

// line is a normalisation with moving averages as x·scale + shift.
func (l *Layer) line(scale, shift []float32, weights [][]float32) {
	gamma, beta, rest := l.split(weights)
	mean, variance := rest[0], rest[1]
	for i := range mean {
		s := 1 / math.Sqrt(float64(variance[i])+float64(l.Epsilon))
		if gamma != nil {
			s *= float64(gamma[i])
		}
		t := -float64(mean[i]) * s
		if beta != nil {
			t += float64(beta[i])
		}
		scale[i], shift[i] = float32(s), float32(t)
	}
}

// split finds gamma and beta, nil where there is none.
func (l *Layer) split(weights [][]float32) (gamma, beta []float32, rest [][]float32) {
	if l.Scale {
		gamma, weights = weights[0], weights[1:]
	}
	if l.Center {
		beta, weights = weights[0], weights[1:]
	}
	return gamma, beta, weights
}

type normStep struct{ *norm }

func (n normStep) forward(weights, moments [][]float32, _ uint64) {
	gamma, beta, _ := n.split(weights)
	n.norm.forward(gamma, beta, moments[0], moments[1])
}

func (n normStep) backward(grads [][]float32) {
	dgamma, dbeta, _ := n.split(grads)
	n.norm.backward(dgamma, dbeta)
}

// fixedStep is a normalisation by moving averages.
type fixedStep struct{ *norm }

func (n fixedStep) forward(weights, _ [][]float32, _ uint64) {
	n.line(n.scale, n.shift, weights)
	eachLine(n.x, func(g, y int) { scaleLine(n.y.line(g, y), n.x.line(g, y), n.scale, n.shift, n.relu) })
}

func (fixedStep) backward([][]float32) {}

type reluStep struct{ x, y, dx, dy *plane }

func (r reluStep) forward([][]float32, [][]float32, uint64) {
	eachLine(r.y, func(g, y int) { rows.ReLU(r.y.line(g, y), r.x.line(g, y)) })
}

func (r reluStep) backward([][]float32) {
	eachLine(r.y, func(g, y int) {
		d := r.dy.line(g, y)
		rows.Gate(d, r.y.line(g, y))
		if r.dx != nil {
			copy(r.dx.line(g, y), d)
		}
	})
}

type poolStep struct{ *pool }

func (p poolStep) forward([][]float32, [][]float32, uint64) { p.pool.forward() }
func (p poolStep) backward([][]float32) {
	if p.dx != nil {
		p.pool.backward()
	}
}

type dropoutStep struct{ *dropout }

func (d dropoutStep) forward(_, _ [][]float32, seed uint64) { d.dropout.forward(seed) }
func (d dropoutStep) backward([][]float32) {
	if d.dx != nil {
		d.dropout.backward()
	}
}
