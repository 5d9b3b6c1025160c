package dlkit

import (
	"github.com/gofromzero/fromzero/dlkit/internal/sequence"
	"github.com/gomlx/gomlx/core/graph"
)

// wholeSequence runs a layer over x (n, steps, in) outside the graph, where all
// steps together take a third of the time. It is nil where that cannot be done:
// without the processor's vectors, on other backends than pure Go, in float64,
// and with unusual settings.
func wholeSequence(l Recurrent, b *Builder, x *graph.Node) *graph.Node {
	if !b.callsHost() {
		return nil
	}
	s := l.settings()
	n, steps, in := dims(x)[0], dims(x)[1], dims(x)[2]
	cell, weights, ok := l.sequence(b, in)
	if !ok {
		return nil
	}
	config := sequence.Config{
		Cell: cell, Rows: n, Steps: steps, In: in, Units: s.Units,
		Backwards: s.GoBackwards, All: s.ReturnSequences, Train: b.program.key.kind.trains(),
	}
	shape := []int{n, s.Units}
	if s.ReturnSequences {
		shape = []int{n, steps, s.Units}
	}
	work := func() hostWork { return &sequenceWork{sequence.New(config), len(weights) == 3} }
	return b.callHost(work, shape, append([]*graph.Node{x}, weights...), present(b.countedSteps(x))...)
}

// sequenceWork is a recurrent layer as hostWork: its inputs are x, the kernel,
// the recurrent kernel, the bias if there is one, and the mask if there is one.
type sequenceWork struct {
	layer *sequence.Layer
	bias  bool
}

// split finds the bias and the mask, nil where there is none.
func (w *sequenceWork) split(in [][]float32) (bias, mask []float32) {
	rest := in[3:]
	if w.bias {
		bias, rest = rest[0], rest[1:]
	}
	if len(rest) > 0 {
		mask = rest[0]
	}
	return bias, mask
}

func (w *sequenceWork) forward(out []float32, in [][]float32) {
	bias, mask := w.split(in)
	w.layer.Forward(out, in[0], mask, in[1], in[2], bias)
}

func (w *sequenceWork) backward(grads, in [][]float32, dout []float32) {
	_, mask := w.split(in)
	dbias, _ := w.split(grads)
	w.layer.Backward(grads[0], grads[1], grads[2], dbias, dout, mask)
}

// hasUsualSettings reports whether a layer is one that can run outside the graph,
// and gains by it.
func (s *RecurrentSettings) hasUsualSettings(gate Activation) bool {
	return sequence.Fast() && s.Activation == Tanh && gate == Sigmoid && s.RecurrentDropout == 0
}
