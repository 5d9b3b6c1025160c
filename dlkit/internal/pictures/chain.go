//go:build goexperiment.simd

package pictures

import (
	"math"

	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// Chain is a chain of layers that runs on batches of one size. What it needs for
// that, it keeps from one run to the next.
type Chain struct {
	Config
	steps   []step
	values  []*plane // the input, and what each operation makes
	slopes  []*plane // the gradients by them, nil where nobody asks
	work    []operation
	scratch scratch
}

// operation is the work of a layer, or of several that go together.
type operation interface {
	// forward is given the layers' weights, where to write the mean and the
	// variance of a batch, and a seed of random numbers.
	forward(weights, moments [][]float32, seed uint64)
	// backward is given where to write the gradients by the trained weights.
	backward(grads [][]float32)
}

// New makes a chain.
func New(c Config) *Chain {
	chain := &Chain{Config: c, steps: c.joined()}
	steps := chain.steps
	shape := [3]int{c.Height, c.Width, c.Channels}
	if steps[0].Kind != Conv { // which alone may change the number of channels
		shape[2] = up8(c.Channels)
	}
	chain.add(shape, nil, first(steps))
	for i, s := range steps {
		shape = s.out(shape)
		chain.add(shape, &steps[i], first(steps[i+1:]))
		chain.work = append(chain.work, chain.operation(s))
	}
	chain.share()
	return chain
}

// share gives convolutions memory that they use in turn.
func (c *Chain) share() {
	if !c.Train {
		return
	}
	var data []float32
	for _, op := range c.work {
		if conv, ok := op.(*convStep); ok {
			data = longer(data, conv.turned.size(conv.y.groups))
			if w, ok := conv.ahead.(*winograd); ok {
				conv.tiled = newFiltering(w, &conv.turned, &c.scratch)
			}
		}
	}
	for _, op := range c.work {
		if conv, ok := op.(*convStep); ok {
			conv.turned.data = data
		}
	}
}

// step is a layer with what is done along with it.
type step struct {
	Layer
	relu   bool
	folded *Layer // a normalisation that is part of the convolution, outside training
}

func first(steps []step) *step {
	if len(steps) == 0 {
		return nil
	}
	return &steps[0]
}

// joined puts together the layers that go together.
func (c Config) joined() []step {
	var out []step
	for i, l := range c.Layers {
		last := len(out) - 1
		switch {
		case l.Kind == Dropout && (!c.Train || l.Rate == 0):
		case l.Kind == Norm && !c.Train && last >= 0 && out[last].Kind == Conv && !out[last].relu && out[last].folded == nil:
			out[last].folded = &c.Layers[i]
		case l.Kind == ReLU && last >= 0 && (out[last].Kind == Conv || out[last].Kind == Norm):
			out[last].relu = true
		default:
			out = append(out, step{Layer: l})
		}
	}
	return out
}

// out is the height, width and channels of the layer's output.
func (l Layer) out(in [3]int) [3]int {
	switch l.Kind {
	case Conv:
		return [3]int{l.Out[0], l.Out[1], up8(l.Filters)}
	case Depthwise:
		return [3]int{l.Out[0], l.Out[1], in[2]}
	case MaxPool, AvgPool:
		return [3]int{in[0] / l.Window[0], in[1] / l.Window[1], in[2]}
	}
	return in
}

// add adds the planes of a value that one step makes and another takes.
func (c *Chain) add(shape [3]int, from, to *step) {
	h, w, channels := shape[0], shape[1], shape[2]
	var around margins
	if to != nil && to.convolves() {
		around = to.inputMargins(c.channelsBefore(len(c.values)), h, w)
	}
	c.values = append(c.values, newPlane(c.Rows, h, w, channels, around))
	if !c.Train || from == nil && !c.Input {
		c.slopes = append(c.slopes, nil)
		return
	}
	around = margins{}
	if before := len(c.values) - 2; from != nil && from.convolves() && c.slopes[before] != nil {
		around = from.outputMargins(c.channelsBefore(before), c.values[before].h, c.values[before].w)
	}
	if to != nil && to.Kind == Conv {
		channels = up8(channels)
	}
	c.slopes = append(c.slopes, newPlane(c.Rows, h, w, channels, around))
}

// operation makes the work of a step whose planes are those added last.
func (c *Chain) operation(s step) operation {
	n := len(c.values)
	x, y, dx, dy := c.values[n-2], c.values[n-1], c.slopes[n-2], c.slopes[n-1]
	switch s.Kind {
	case Conv:
		return newConvStep(s, x, y, dx, dy, c.channelsBefore(n-2))
	case Depthwise:
		return newDepthwise(s.Layer, x, y, dx, dy, c.channelsBefore(n-2))
	case Norm:
		norm := newNorm(s.Layer, x, y, c.Rows)
		norm.dx, norm.dy, norm.relu = dx, dy, s.relu
		if !c.Train {
			return fixedStep{norm}
		}
		return normStep{norm}
	case ReLU:
		return reluStep{x, y, dx, dy}
	case Dropout:
		return dropoutStep{&dropout{s.Layer, x, y, dx, dy, newPlane(c.Rows, y.h, y.w, y.c, margins{})}}
	default:
		return poolStep{&pool{s.Layer, x, y, dx, dy}}
	}
}

// channelsBefore is the number of channels of a value that count.
func (c *Chain) channelsBefore(value int) int {
	channels := c.Channels
	for _, s := range c.steps[:value] {
		if s.Kind == Conv {
			channels = s.Filters
		}
	}
	return channels
}

// Out is the height, width and channels of the output.
func (c *Chain) Out() [3]int {
	last := c.values[len(c.values)-1]
	return [3]int{last.h, last.w, c.channelsBefore(len(c.values) - 1)}
}

// Forward computes the outputs (rows, height, width, channels) from x, of the
// same order, and the weights: layer after layer those that Weights counts.
// While training, moments get the mean and the variance of each normalisation's
// batch, and seed says what drops out.
func (c *Chain) Forward(out, x []float32, weights, moments [][]float32, seed uint64) {
	in, last := c.values[0], c.values[len(c.values)-1]
	eachLine(in, func(g, y int) { in.load(x, c.Rows, c.Channels, g, y) })
	at, norms := 0, 0
	for i, s := range c.steps {
		all, _ := s.weights(c.Train)
		var m [][]float32
		if s.Kind == Norm && c.Train {
			m = moments[norms : norms+2]
			norms += 2
		}
		c.work[i].forward(weights[at:at+all], m, seed+uint64(i)<<32)
		at += all
	}
	channels := c.Out()[2]
	eachLine(last, func(g, y int) { last.store(out, c.Rows, channels, g, y) })
}

// Backward computes the gradients by the input, if dx is not nil, and by the
// trained weights, from that by the output of the last Forward.
func (c *Chain) Backward(dx []float32, grads [][]float32, dout []float32) {
	last := c.slopes[len(c.slopes)-1]
	channels := c.Out()[2]
	eachLine(last, func(g, y int) { last.load(dout, c.Rows, channels, g, y) })
	ends := []int{0}
	for i, s := range c.steps {
		_, trained := s.weights(c.Train)
		ends = append(ends, ends[i]+trained)
	}
	for i := len(c.work) - 1; i >= 0; i-- {
		c.work[i].backward(grads[ends[i]:ends[i+1]])
	}
	if first := c.slopes[0]; first != nil && dx != nil {
		eachLine(first, func(g, y int) { first.store(dx, c.Rows, c.Channels, g, y) })
	}
}

// weights counts those of the step as Layer.Weights does.
func (s step) weights(train bool) (all, trained int) {
	all, trained = s.Layer.Weights(train)
	if s.folded != nil {
		more, _ := s.folded.Weights(train)
		all += more
	}
	return all, trained
}

// convStep is a convolution, and outside training perhaps a normalisation.
type convStep struct {
	*conv
	folded       *Layer
	scale, shift []float32 // of a folded normalisation
}

func newConvStep(s step, x, y, dx, dy *plane, channels int) *convStep {
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
