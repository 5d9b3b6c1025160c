package dlkit

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// recurrentCell is the arithmetic of one step of a recurrent layer. Its state
// is a list of (n, units); the first is the layer's output.
type recurrentCell interface {
	// states is the number of values in the state.
	states() int
	// step adds step t to the graph: from the input (n, in) and the state that
	// the step before left to the new state, and to the step's gradient.
	step(t int, x *graph.Node, before []*graph.Node) (after []*graph.Node, back stepGradient)
	// weights are the inputs of the layer's gradient beside x.
	weights() []*graph.Node
	// gradients are those by x (steps·n, in) and by the weights. parts are the
	// parts of all steps' gradients, each (steps·n, …), in order of time.
	gradients(x *graph.Node, parts []*graph.Node) (dx *graph.Node, dweights []*graph.Node)
}

// stepGradient makes of the gradients by a step's new state, nil where there
// is none, those by the state before, and the parts that the gradients by x
// and the weights are made of once all steps are done: one matrix product for
// all steps is much faster than one for each.
type stepGradient func(dafter []*graph.Node) (dbefore, parts []*graph.Node)

// unrolled runs a cell over a sequence, every step of which is in the graph.
// The gradient is written by hand, for all steps at once: automatic
// differentiation would add up a gradient as large as the whole sequence once
// for every step.
type unrolled struct {
	cell       recurrentCell
	backwards  bool        // from the last step to the first
	all        bool        // the outputs of all steps, not of the last alone
	keep, hold *graph.Node // (steps, n, 1): 1 and 0 for steps that count, 0 and 1 for others; nil if all do
}

// apply gives (steps, n, units) in order of time, or (n, units), for x (steps,
// n, in).
func (u *unrolled) apply(x *graph.Node) *graph.Node {
	steps := dims(x)[0]
	backs := make([]stepGradient, steps)
	outs := make([]*graph.Node, steps)
	var state []*graph.Node
	for k := range steps {
		t := u.time(k, steps)
		state, backs[t] = u.step(t, stepOf(x, t), state)
		outs[t] = state[0]
	}
	y := state[0]
	if u.all {
		y = stacked(outs)
	}
	backward := func(_, dy *graph.Node) []*graph.Node { return u.backward(x, dy, backs) }
	return customVJP(y, backward, append([]*graph.Node{x}, u.cell.weights()...)...)
}

// time is the step worked on as the k-th.
func (u *unrolled) time(k, steps int) int {
	if u.backwards {
		return steps - 1 - k
	}
	return k
}

// step is one step of the cell; a step that does not count keeps the state.
func (u *unrolled) step(t int, x *graph.Node, before []*graph.Node) ([]*graph.Node, stepGradient) {
	after, back := u.cell.step(t, x, before)
	if u.keep == nil {
		return after, back
	}
	keep, hold := stepOf(u.keep, t), stepOf(u.hold, t)
	blended := make([]*graph.Node, len(after))
	for i := range after {
		blended[i] = graph.Mul(after[i], keep)
		if before != nil {
			blended[i] = graph.Add(blended[i], graph.Mul(before[i], hold))
		}
	}
	return blended, func(d []*graph.Node) (dbefore, parts []*graph.Node) {
		dbefore, parts = back(scaled(d, keep))
		for i, held := range scaled(d, hold) {
			dbefore[i] = sumOf(dbefore[i], held)
		}
		return dbefore, parts
	}
}

// backward goes through the steps from the last one worked on to the first.
func (u *unrolled) backward(x, dy *graph.Node, backs []stepGradient) []*graph.Node {
	steps := len(backs)
	d := make([]*graph.Node, u.cell.states())
	if !u.all {
		d[0] = dy
	}
	var parts [][]*graph.Node // of every kind, those of all steps
	for k := steps - 1; k >= 0; k-- {
		t := u.time(k, steps)
		if u.all {
			d[0] = sumOf(d[0], stepOf(dy, t))
		}
		var pieces []*graph.Node
		d, pieces = backs[t](d)
		if parts == nil {
			parts = make([][]*graph.Node, len(pieces))
		}
		for i, p := range pieces {
			parts[i] = append(parts[i], p)
		}
	}
	joined := make([]*graph.Node, len(parts))
	for i, list := range parts {
		if !u.backwards { // collected from the end
			slices.Reverse(list)
		}
		joined[i] = graph.Concatenate(list, 0)
	}
	shape := dims(x)
	dx, dweights := u.cell.gradients(graph.Reshape(x, -1, shape[2]), joined)
	return append([]*graph.Node{graph.Reshape(dx, shape...)}, dweights...)
}

// stepOf takes step t of x (steps, …).
func stepOf(x *graph.Node, t int) *graph.Node {
	return graph.Gather(x, graph.Const(x.Graph(), []int32{int32(t)}))
}

// stacked puts nodes (n, units) on top of each other: (steps, n, units).
func stacked(list []*graph.Node) *graph.Node {
	d := dims(list[0])
	return graph.Reshape(graph.Concatenate(list, 0), len(list), d[0], d[1])
}

// sumOf is a + b, where nil is nothing.
func sumOf(a, b *graph.Node) *graph.Node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return graph.Add(a, b)
}

// productOf is a·b, where a nil factor b is 1.
func productOf(a, b *graph.Node) *graph.Node {
	if b == nil {
		return a
	}
	return graph.Mul(a, b)
}

// scaled are the values times a factor; nil stays nil.
func scaled(values []*graph.Node, factor *graph.Node) []*graph.Node {
	out := make([]*graph.Node, len(values))
	for i, v := range values {
		if v != nil {
			out[i] = graph.Mul(v, factor)
		}
	}
	return out
}
