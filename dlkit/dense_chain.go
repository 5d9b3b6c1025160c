package dlkit

import (
	"github.com/gofromzero/fromzero/dlkit/internal/perceptron"
	"github.com/gofromzero/fromzero/dlkit/internal/product"
	"github.com/gomlx/gomlx/core/graph"
)

// Fully connected layers that follow one another are left to the host as a chain,
// where they are work enough: see package perceptron.

// leastProducts is the number of multiplications of a batch of n examples that
// makes a chain worth the graphs around it. The graph's own product takes some
// eight times as long as the chain's for a few rows.
func leastProducts(n int, train bool) int {
	if n <= 8 && !train {
		return 1 << 13
	}
	return 1 << 18
}

// denseChain is a chain of steps in the making.
type denseChain struct {
	steps  int
	config perceptron.Config
	layers []*DenseLayer
	at     []int // the steps of layers
	after  Activation
}

// denseChainAt is the chain that starts at the i-th step for batches of n
// examples; it has no steps where there is none.
func (m *Model) denseChainAt(i, n int, train bool, wanted []int) denseChain {
	c := denseChain{config: perceptron.Config{Rows: n, In: m.steps[i].in[0].Size(), Train: train}}
	products, links := 0, m.newLinks(wanted)
	for end := i; end < len(m.steps) && c.after == Linear; end++ {
		s := &m.steps[end]
		if end > i && !links.follows(end) || !c.add(s, end) {
			break
		}
		if l, ok := s.layer.(*DenseLayer); ok {
			products += n * s.in[0].Size() * l.Units
		}
		c.steps = end - i + 1
	}
	if len(c.layers) == 0 || !product.Fast() || products < leastProducts(n, train) && !(c.steps == len(m.steps) && m.leftAlone(c, train)) {
		return denseChain{}
	}
	return c
}

// leftAlone reports whether a chain of all layers needs no graph at all, and is
// worth it however small it is.
func (m *Model) leftAlone(c denseChain, train bool) bool {
	if !train {
		return c.after == Linear || finals[c.after] != perceptron.Nothing
	}
	for _, l := range c.layers {
		if l.L1 != 0 || l.L2 != 0 || l.BiasL2 != 0 || l.MaxNorm != 0 {
			return false
		}
	}
	loss, _ := m.hostLoss()
	return loss != nil && loss.last == c.after
}

// finals are the activations that a chain can end a prediction with.
var finals = map[Activation]perceptron.Final{Softmax: perceptron.Softmax, Sigmoid: perceptron.Sigmoid}

// add adds a step to the chain, if it can be part of it.
func (c *denseChain) add(s *step, at int) bool {
	last := len(c.config.Layers) - 1
	switch l := s.layer.(type) {
	case *FlattenLayer:
		return last < 0
	case *DenseLayer:
		if len(s.in[0]) != 1 {
			return false
		}
		c.config.Layers = append(c.config.Layers, perceptron.Layer{Units: l.Units, Bias: !l.NoBias, ReLU: l.Activation == ReLU})
		c.layers, c.at = append(c.layers, l), append(c.at, at)
		if l.Activation != ReLU {
			c.after = l.Activation // the chain's end, unless it is none
		}
		return true
	case *DropoutLayer:
		if last < 0 || c.config.Layers[last].Rate > 0 {
			return false
		}
		c.config.Layers[last].Rate = float32(l.Rate)
		return true
	}
	return false
}

// denseChained applies the chain of steps that starts at the i-th to x, and
// returns how many they are, 0 if the graph is to do them one by one.
func (b *Builder) denseChained(m *Model, i int, x *graph.Node) (y *graph.Node, steps int) {
	n := batchOf(x)
	c := m.denseChainAt(i, n, b.training, b.wanted)
	if c.steps == 0 {
		return nil, 0
	}
	c.config.Input = b.trains()
	var weights []*graph.Node
	for k, l := range c.layers {
		s := &m.steps[c.at[k]]
		b.layer = s.name
		kernel := l.kernel(b, "kernel", []int{s.in[0].Size(), l.Units})
		weights = append(append(weights, kernel), present(l.bias(b, l.Units))...)
	}
	inputs, fixed := weights, []*graph.Node{x}
	if final := finals[c.after]; b.predicting && final != perceptron.Nothing {
		c.config.Final, c.after = final, Linear
	}
	if c.config.Input {
		inputs, fixed = append([]*graph.Node{x}, weights...), nil
	}
	work := func() hostWork { return &denseWork{chain: perceptron.New(c.config)} }
	if i+c.steps == len(m.steps) && b.head.follows(c.after) && len(b.penalties) == 0 {
		return b.callStep(work, inputs, fixed...), c.steps
	}
	y = b.callHost(work, []int{n, c.layers[len(c.layers)-1].Units}, inputs, fixed...)
	return b.activate(y, c.after), c.steps
}

// denseWork is a chain as hostWork: its inputs are the weights, behind x if the
// gradient by it is asked for, and before it if not.
type denseWork struct {
	chain *perceptron.Chain
	seed  uint64
	rows  *hostRows // to fetch before the next step, nil for none
}

// fetchFrom implements fetchingWork.
func (w *denseWork) fetchFrom(rows *hostRows) { w.rows = rows }

// weightsAt implements packingWork.
func (w *denseWork) weightsAt(version uint64) { w.chain.Version = version }

// reseed sets what drops out.
func (w *denseWork) reseed(seed uint64) { w.seed = seed }

func (w *denseWork) split(in [][]float32) (x []float32, weights [][]float32) {
	if w.chain.Input {
		return in[0], in[1:]
	}
	last := len(in) - 1
	return in[last], in[:last]
}

func (w *denseWork) forward(out []float32, in [][]float32) {
	x, weights := w.split(in)
	w.chain.Forward(out, x, weights, w.seed)
}

// step implements steppingWork.
func (w *denseWork) step(s hostStep) {
	x, weights := w.split(s.in)
	step := perceptron.Step{X: x, Weights: weights, Seed: w.seed, Loss: s.head.example, Losses: s.head.end, Grads: s.grads, Update: s.update}
	if w.chain.Input {
		step.DX, step.Grads = s.grads[0], s.grads[1:]
		step.Update = func(worker, k, at int, g []float32) bool { return s.update(worker, k+1, at, g) }
	}
	if w.rows != nil {
		step.Fetch = func(first, n int) { w.rows.fetch(x, first, n) }
	}
	w.chain.Step(&step)
	w.rows = nil // and so not keep the data, if this was the last step
}

func (w *denseWork) backward(grads, in [][]float32, dout []float32) {
	x, _ := w.split(in)
	if w.chain.Input {
		w.chain.Backward(grads[0], grads[1:], x, dout)
		return
	}
	w.chain.Backward(nil, grads, x, dout)
}
