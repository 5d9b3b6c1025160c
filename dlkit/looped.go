package dlkit

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// loopCell is the arithmetic of a recurrent layer, cut so that little is left
// to do step by step. Its state is a list of (n, units); the first is the
// layer's output.
type loopCell interface {
	// states is the number of values in the state, and width that of the columns
	// that a step keeps, and that its part of the gradient has.
	states() int
	width() int
	// weights are the inputs of the layer's gradient beside x.
	weights() []*graph.Node
	// project is what the inputs x (steps·n, in) give to the gates' arguments.
	project(x *graph.Node) *graph.Node
	// step makes a step's new state from what its input gives, (n, …), and the
	// state before, and what its gradient is made of, (n, …).
	step(z *graph.Node, before []*graph.Node) (after []*graph.Node, kept *graph.Node)
	// slopes are what the gradient of a step multiplies with, for all steps at
	// once: from what they kept and the states before and after, (steps·n, …).
	slopes(kept *graph.Node, before, after []*graph.Node) []*graph.Node
	// back makes of a step's slopes and the gradients by its new state those by
	// the state before, and the part that the gradients by x and the weights are
	// made of.
	back(slopes, dafter []*graph.Node) (dbefore []*graph.Node, part *graph.Node)
	// gradients are those by x (steps·n, in) and by the weights, from what all
	// steps kept, their parts and the states before them.
	gradients(x, kept, parts *graph.Node, before []*graph.Node) (dx *graph.Node, dweights []*graph.Node)
}

// looped runs a cell over a sequence as a loop in the graph, whose size is then
// the same for any number of steps: XLA compiles two hundred steps in a graph for
// minutes. The gradient is a second loop, written by hand.
type looped struct {
	cell  loopCell
	steps int
	n     int
	units int
	all   bool        // the outputs of all steps, not of the last alone
	train bool        // with a gradient
	keep  *graph.Node // (steps, n, 1): 1 for steps that count, 0 for others; nil if all do
}

// canLoop reports whether a node's graph is for a backend that has loops and that
// has not something better. XLA's list of operations leaves While out; backends
// with functions have it.
func canLoop(x *graph.Node) bool {
	if onGo(x) {
		return false
	}
	has := x.Graph().Backend().Capabilities()
	return has.Functions && has.Operations[compute.OpTypeDynamicUpdateSlice]
}

// inLoop runs a layer over x (n, steps, in) in a loop; nil where that cannot be
// done.
func inLoop(r Recurrent, b *Builder, x *graph.Node) *graph.Node {
	s, n, steps := r.settings(), dims(x)[0], dims(x)[1]
	if !canLoop(x) {
		return nil
	}
	// The steps lie in the order in which they are worked on.
	inOrder := func(x *graph.Node) *graph.Node {
		if s.GoBackwards {
			return graph.Reverse(x, 0)
		}
		return x
	}
	xt := inOrder(stepsFirst(x))
	cell := r.loopCell(b, xt)
	if cell == nil {
		return nil
	}
	run := looped{cell: cell, steps: steps, n: n, units: s.Units, all: s.ReturnSequences,
		train: b.program == nil || b.program.key.kind.trains()}
	if keep := b.countedSteps(x); keep != nil {
		run.keep = inOrder(stepsFirst(keep))
	}
	y := run.apply(xt)
	if s.ReturnSequences {
		y = stepsFirst(inOrder(y))
	}
	return y
}

// apply gives (steps, n, units), or (n, units), for x (steps, n, in). Steps are
// worked on in order.
func (l *looped) apply(x *graph.Node) *graph.Node {
	shape := dims(x)
	flat := graph.Reshape(x, -1, shape[2])
	y, arrays := l.forward(l.perStep(l.cell.project(flat)))
	if !l.train {
		return y
	}
	return customVJP(y, func(_, dy *graph.Node) []*graph.Node {
		dx, dweights := l.backward(flat, dy, arrays)
		return append([]*graph.Node{graph.Reshape(dx, shape...)}, dweights...)
	}, append([]*graph.Node{x}, l.cell.weights()...)...)
}

// forward gives the output, and arrays (steps, n, …) to train with: the states
// after all steps, and what the steps kept.
func (l *looped) forward(z *graph.Node) (y *graph.Node, arrays []*graph.Node) {
	count := l.cell.states()
	start := make([]*graph.Node, count)
	for i := range start {
		start[i] = zerosOf(z, l.n, l.units)
	}
	switch {
	case l.train:
		for range count {
			start = append(start, l.empty(z, l.units))
		}
		start = append(start, l.empty(z, l.cell.width()))
	case l.all:
		start = append(start, l.empty(z, l.units))
	}
	out := loop(l.steps, start, func(k *graph.Node, now []*graph.Node) []*graph.Node {
		after, kept := l.step(readStep(z, k), l.keepOf(k), now[:count])
		made := append(append([]*graph.Node{}, after...), kept)
		for i, array := range now[count:] {
			now[count+i] = writeStep(array, k, made[i])
		}
		return append(after, now[count:]...)
	})
	y = out[0]
	if l.all {
		y = out[count]
	}
	// GoMLX's Go backend, on which tests run loops too, fails where an output is
	// used by nothing.
	return graph.OptimizationBarriers(append([]*graph.Node{y}, out...)...)[0], out[count:]
}

// step is one step of the cell; a step that does not count keeps the state.
func (l *looped) step(z, keep *graph.Node, before []*graph.Node) (after []*graph.Node, kept *graph.Node) {
	after, kept = l.cell.step(z, before)
	if keep != nil {
		for i := range after {
			after[i] = graph.Add(before[i], graph.Mul(keep, graph.Sub(after[i], before[i])))
		}
	}
	return after, kept
}

// backward goes through the steps from the last one to the first.
func (l *looped) backward(x, dy *graph.Node, arrays []*graph.Node) (dx *graph.Node, dweights []*graph.Node) {
	count := l.cell.states()
	states := arrays[:count]
	var before, after []*graph.Node
	for _, s := range states {
		zeros := graph.Reshape(zerosOf(s, l.n, l.units), 1, l.n, l.units)
		earlier := zeros
		if l.steps > 1 {
			earlier = graph.Concatenate([]*graph.Node{zeros, cropped(s, 0, 0, l.steps-1)}, 0)
		}
		before, after = append(before, graph.Reshape(earlier, -1, l.units)), append(after, graph.Reshape(s, -1, l.units))
	}
	kept := graph.Reshape(arrays[count], l.steps*l.n, -1)
	slopes := l.cell.slopes(kept, before, after)
	for i, s := range slopes {
		slopes[i] = l.perStep(s)
	}
	d := make([]*graph.Node, count)
	for i := range d {
		d[i] = zerosOf(dy, l.n, l.units)
	}
	if !l.all {
		d[0] = dy
	}
	out := loop(l.steps, append(d, l.empty(dy, l.cell.width())), func(i *graph.Node, now []*graph.Node) []*graph.Node {
		k := graph.Sub(graph.Const(i.Graph(), int32(l.steps-1)), i)
		here := make([]*graph.Node, len(slopes))
		for i, s := range slopes {
			here[i] = readStep(s, k)
		}
		d := append([]*graph.Node{}, now[:count]...)
		if l.all {
			d[0] = graph.Add(d[0], readStep(dy, k))
		}
		d, part := l.back(here, l.keepOf(k), d)
		return append(d, writeStep(now[count], k, part))
	})
	return l.cell.gradients(x, kept, graph.Reshape(out[count], l.steps*l.n, -1), before)
}

// back is the gradient of step.
func (l *looped) back(slopes []*graph.Node, keep *graph.Node, d []*graph.Node) (dbefore []*graph.Node, part *graph.Node) {
	if keep == nil {
		return l.cell.back(slopes, d)
	}
	counted := scaled(d, keep)
	dbefore, part = l.cell.back(slopes, counted)
	for i := range dbefore {
		dbefore[i] = graph.Add(dbefore[i], graph.Sub(d[i], counted[i]))
	}
	return dbefore, part
}

// keepOf is the mask of step k, nil if all steps count.
func (l *looped) keepOf(k *graph.Node) *graph.Node {
	if l.keep == nil {
		return nil
	}
	return readStep(l.keep, k)
}

// perStep turns (steps·n, …) into (steps, n, …).
func (l *looped) perStep(x *graph.Node) *graph.Node { return graph.Reshape(x, l.steps, l.n, -1) }

// empty is room for values (n, width) of all steps.
func (l *looped) empty(like *graph.Node, width int) *graph.Node {
	return graph.BroadcastToDims(graph.ScalarZero(like.Graph(), like.DType()), l.steps, l.n, width)
}

// loop runs body so many times, which makes of the number of the run and the
// values so far the next values, and gives the last ones.
func loop(times int, start []*graph.Node, body func(k *graph.Node, now []*graph.Node) []*graph.Node) []*graph.Node {
	g := start[0].Graph()
	start = append([]*graph.Node{graph.Const(g, int32(0))}, start...)
	parameters := func(g *graph.Graph) []*graph.Node {
		list := make([]*graph.Node, len(start))
		for i, s := range start {
			list[i] = graph.Parameter(g, fmt.Sprintf("in_loop_%d", i), shapes.Make(s.DType(), dims(s)...))
		}
		return list
	}
	more := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		return []*graph.Node{graph.LessThan(parameters(g)[0], graph.Const(g, int32(times)))}
	})
	next := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		now := parameters(g)
		return append([]*graph.Node{graph.Add(now[0], graph.Const(g, int32(1)))}, body(now[0], now[1:])...)
	})
	return graph.While(more, next, start...)[1:]
}

// readStep takes step k of x (steps, n, …), k being a number in the graph.
func readStep(x, k *graph.Node) *graph.Node {
	d := dims(x)
	if !x.Graph().Backend().Capabilities().Operations[compute.OpTypeDynamicSlice] {
		return graph.Reshape(graph.Gather(x, graph.Reshape(k, 1)), d[1:]...)
	}
	return graph.Reshape(graph.DynamicSlice(x, placeOf(k), append([]int{1}, d[1:]...)), d[1:]...)
}

// writeStep puts values (n, …) in the place of step k of x (steps, n, …).
func writeStep(x, k, values *graph.Node) *graph.Node {
	return graph.DynamicUpdateSlice(x, graph.Reshape(values, append([]int{1}, dims(values)...)...), placeOf(k))
}

// placeOf is where step k starts in (steps, n, …).
func placeOf(k *graph.Node) []*graph.Node {
	zero := graph.Const(k.Graph(), int32(0))
	return []*graph.Node{k, zero, zero}
}

// inside makes a value from outside a loop one of its own: XLA's arithmetic wants
// both of its values to be. nil stays nil.
func inside(x *graph.Node) *graph.Node {
	if x == nil {
		return nil
	}
	return graph.Where(graph.Const(x.Graph(), true), x, x)
}

// loops reports whether an activation can be in a loop: it must work on every
// number for itself, and without numbers of its own, which would be from outside.
func (a Activation) loops() bool {
	return a.kind == linear || a.kind == relu || a.kind == sigmoid || a.kind == tanh
}

// inLoop is bare for those.
func (a Activation) inLoop(z *graph.Node) *graph.Node {
	if a.kind == relu {
		return graph.Where(positive(z), z, graph.ZerosLike(z))
	}
	return a.bare(z)
}

// slopeOf is the derivative by z of y = a(z), for those.
func (a Activation) slopeOf(z, y *graph.Node) *graph.Node {
	return a.gradient(z, y, graph.OnesLike(y))
}
