//go:build goexperiment.simd

package pictures

import (
	"slices"
)

// Chain is a chain of layers, of which some may take what earlier ones have made,
// that runs on batches of one size. What it needs for that, it keeps from one run
// to the next.
type Chain struct {
	Config
	steps    []step
	values   []*plane // the input, and what each step makes
	channels []int    // of each value that count
	// slopes are the gradients by the values, nil where nobody asks. A value that
	// several steps take has its gradient in several parts, which are added up in
	// the first of them.
	slopes  [][]*plane
	given   []int // parts of them that steps have been given to write to
	work    []operation
	after   []*activation // what is done to the result of each, nil for nothing
	peaks   *peaks        // of the first step, if they are looked for
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
	chain := &Chain{Config: c, steps: c.joined(), channels: []int{c.Channels}}
	shape := [3]int{c.Height, c.Width, c.Channels}
	if chain.taken(0, func(s *step) bool { return s.Kind != Conv }) { // which alone may change the number of channels
		shape[2] = up8(c.Channels)
	}
	chain.add(shape, nil)
	for i := range chain.steps {
		s := &chain.steps[i]
		x := chain.values[s.in[0]]
		channels := chain.channels[s.in[0]]
		if s.Kind == Conv {
			channels = s.Filters
		}
		chain.channels = append(chain.channels, channels)
		chain.add(s.out([3]int{x.h, x.w, x.c}), s)
		chain.work = append(chain.work, chain.operation(s))
		chain.after = append(chain.after, chain.activation(s))
	}
	chain.share()
	chain.findPeaks()
	return chain
}

// taken reports whether a step of some kind takes the value.
func (c *Chain) taken(value int, kind func(s *step) bool) bool {
	for i := range c.steps {
		if slices.Contains(c.steps[i].in, value) && kind(&c.steps[i]) {
			return true
		}
	}
	return false
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

// add adds the planes of a value that a step makes, nil for the input.
func (c *Chain) add(shape [3]int, from *step) {
	value, h, w, channels := len(c.values), shape[0], shape[1], shape[2]
	var around margins
	uses := 0
	for _, to := range c.steps {
		for _, v := range to.in {
			if v != value {
				continue
			}
			uses++
			if to.Convolves() {
				around = around.with(to.inputMargins(c.channels[value], h, w))
			}
		}
	}
	c.values = append(c.values, newPlane(c.Rows, h, w, channels, around))
	c.slopes, c.given = append(c.slopes, nil), append(c.given, 0)
	if !c.Train || from == nil && !c.Input {
		return
	}
	around = margins{}
	if from != nil && from.Convolves() && c.slopes[from.in[0]] != nil {
		x := c.values[from.in[0]]
		around = from.outputMargins(c.channels[from.in[0]], x.h, x.w)
	}
	for part := range max(1, uses) {
		if part > 0 {
			around = margins{}
		}
		c.slopes[value] = append(c.slopes[value], newPlane(c.Rows, h, w, up8(channels), around))
	}
}

// slope is the gradient by a value, nil if nobody asks for it.
func (c *Chain) slope(value int) *plane {
	if c.slopes[value] == nil {
		return nil
	}
	return c.slopes[value][0]
}

// part is the part of it that the next step that takes the value writes.
func (c *Chain) part(value int) *plane {
	if c.slopes[value] == nil {
		return nil
	}
	c.given[value]++
	return c.slopes[value][c.given[value]-1]
}

// addParts adds up the parts of the gradient by a value.
func (c *Chain) addParts(value int) {
	for i := 1; i < len(c.slopes[value]); i++ {
		more := c.slopes[value][i]
		eachLine(more, func(g, y int) { addLine(c.slopes[value][0].line(g, y), more.line(g, y)) })
	}
}

// operation makes the work of a step whose output's planes are those added last.
func (c *Chain) operation(s *step) operation {
	n := len(c.values) - 1
	if s.Kind == Add {
		return c.sum(s, n)
	}
	from := s.in[0]
	x, y, dx, dy := c.values[from], c.values[n], c.part(from), c.slope(n)
	switch s.Kind {
	case Conv:
		return newConvStep(s, x, y, dx, dy, c.channels[from])
	case Depthwise:
		return newDepthwise(s.Layer, x, y, dx, dy, c.channels[from])
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
	case Activation:
		return activation{s.Layer, x, y, dx, dy}
	case GlobalMaxPool, GlobalAvgPool:
		return &global{Layer: s.Layer, x: x, y: y, dx: dx, dy: dy, rows: c.Rows}
	default:
		return poolStep{&pool{s.Layer, x, y, dx, dy}}
	}
}

// activation is what is done to the result of a step whose planes are those added
// last.
func (c *Chain) activation(s *step) *activation {
	if s.bend == nil {
		return nil
	}
	last := len(c.values) - 1
	y, dy := c.values[last], c.slope(last)
	return &activation{*s.bend, y, y, dy, dy}
}

// Out is the height, width and channels of the output.
func (c *Chain) Out() [3]int {
	end := len(c.values) - 1
	return [3]int{c.values[end].h, c.values[end].w, c.channels[end]}
}

// Forward computes the outputs (rows, height, width, channels) from x, of the
// same order, and the weights: layer after layer those that Weights counts.
// While training, moments get the mean and the variance of each normalisation's
// batch, and seed says what drops out.
func (c *Chain) Forward(out, x []float32, weights, moments [][]float32, seed uint64) {
	in, last := c.values[0], c.values[len(c.values)-1]
	eachLine(in, func(g, y int) { in.load(x, c.Rows, c.Channels, g, y) })
	if c.peaks != nil {
		c.peaks.x = x
	}
	at, norms := 0, 0
	for i, s := range c.steps {
		all, _ := s.weights(c.Train)
		var m [][]float32
		if s.Kind == Norm && c.Train {
			m = moments[norms : norms+2]
			norms += 2
		}
		c.work[i].forward(weights[at:at+all], m, seed+uint64(i)<<32)
		if bend := c.after[i]; bend != nil {
			bend.forward(nil, nil, 0)
		}
		at += all
	}
	channels := c.Out()[2]
	eachLine(last, func(g, y int) { last.store(out, c.Rows, channels, g, y) })
}

// Backward computes the gradients by the input, if dx is not nil, and by the
// trained weights, from that by the output of the last Forward.
func (c *Chain) Backward(dx []float32, grads [][]float32, dout []float32) {
	last, channels := c.slope(len(c.slopes)-1), c.Out()[2]
	eachLine(last, func(g, y int) { last.load(dout, c.Rows, channels, g, y) })
	if c.peaks != nil {
		c.peaks.dx = dx
	}
	ends := []int{0}
	for i, s := range c.steps {
		_, trained := s.weights(c.Train)
		ends = append(ends, ends[i]+trained)
	}
	for i := len(c.work) - 1; i >= 0; i-- {
		c.addParts(i + 1)
		if bend := c.after[i]; bend != nil {
			bend.backward(nil)
		}
		c.work[i].backward(grads[ends[i]:ends[i+1]])
	}
	c.addParts(0)
	if first := c.slope(0); first != nil && dx != nil && (c.peaks == nil || !c.peaks.few) {
		eachLine(first, func(g, y int) { first.store(dx, c.Rows, c.Channels, g, y) })
	}
}
