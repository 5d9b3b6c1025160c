package dlkit

import "github.com/gomlx/gomlx/core/graph"

// gruLoop is what both forms of GRU have in common as a loopCell.
type gruLoop struct {
	units                   int
	act, gateAct            Activation
	kernel, recurrent, bias *graph.Node
	drop                    *graph.Node // nil, or what the state is multiplied with
}

func (l *GRULayer) loopCell(b *Builder, x *graph.Node) loopCell {
	if !l.Activation.loops() || !l.RecurrentActivation.loops() {
		return nil
	}
	c := gruLoop{units: l.Units, act: l.Activation, gateAct: l.RecurrentActivation}
	c.kernel, c.recurrent, c.bias = l.askForWeights(b, dims(x)[2])
	c.drop = l.dropped(b, dims(x)[1])
	if l.ResetBefore {
		return &resetBeforeLoop{c}
	}
	return &resetAfterLoop{c}
}

func (c *gruLoop) states() int { return 1 }

func (c *gruLoop) weights() []*graph.Node {
	return append([]*graph.Node{c.kernel, c.recurrent}, present(c.bias)...)
}

// gate is the value of block k of arguments, and its slope.
func (c *gruLoop) gate(z *graph.Node, k int) (y, slope *graph.Node) {
	act := c.gateAct
	if k == 2 {
		act = c.act
	}
	z = columnsOf(z, k, c.units)
	y = act.inLoop(z)
	return y, act.slopeOf(z, y)
}

// resetAfterLoop is the usual form. What it keeps are the arguments of z, r and
// g, and what the state gives to g before it is reset.
type resetAfterLoop struct{ gruLoop }

func (c *resetAfterLoop) width() int { return 4 * c.units }

// biasRow is a row of the bias, nil if there is none.
func (c *resetAfterLoop) biasRow(i int) *graph.Node {
	if c.bias == nil {
		return nil
	}
	return graph.Reshape(cropped(c.bias, 0, i, 1), 3*c.units)
}

func (c *resetAfterLoop) project(x *graph.Node) *graph.Node {
	return projected(x, c.kernel, c.biasRow(0))
}

func (c *resetAfterLoop) step(z *graph.Node, before []*graph.Node) (after []*graph.Node, kept *graph.Node) {
	ofState := projected(productOf(before[0], inside(c.drop)), c.recurrent, inside(c.biasRow(1)))
	gates := graph.Add(cropped(z, 1, 0, 2*c.units), cropped(ofState, 1, 0, 2*c.units))
	update, reset := c.gateAct.inLoop(columnsOf(gates, 0, c.units)), c.gateAct.inLoop(columnsOf(gates, 1, c.units))
	ofState = columnsOf(ofState, 2, c.units)
	candidate := graph.Add(columnsOf(z, 2, c.units), graph.Mul(reset, ofState))
	fresh := c.act.inLoop(candidate)
	h := graph.Add(fresh, graph.Mul(update, graph.Sub(before[0], fresh)))
	return []*graph.Node{h}, graph.Concatenate([]*graph.Node{gates, candidate, ofState}, 1)
}

func (c *resetAfterLoop) slopes(kept *graph.Node, before, _ []*graph.Node) []*graph.Node {
	update, updateSlope := c.gate(kept, 0)
	reset, resetSlope := c.gate(kept, 1)
	fresh, freshSlope := c.gate(kept, 2)
	byCandidate := graph.Mul(graph.OneMinus(update), freshSlope)
	return []*graph.Node{update, graph.Concatenate([]*graph.Node{
		graph.Mul(graph.Sub(before[0], fresh), updateSlope),
		graph.Mul(graph.Mul(byCandidate, columnsOf(kept, 3, c.units)), resetSlope),
		graph.Mul(byCandidate, reset), byCandidate}, 1)}
}

func (c *resetAfterLoop) back(slopes, d []*graph.Node) (dbefore []*graph.Node, part *graph.Node) {
	part = graph.Mul(slopes[1], graph.Concatenate([]*graph.Node{d[0], d[0], d[0], d[0]}, 1))
	dh := timesTurned(cropped(part, 1, 0, 3*c.units), c.recurrent)
	return []*graph.Node{graph.Add(graph.Mul(d[0], slopes[0]), productOf(dh, inside(c.drop)))}, part
}

func (c *resetAfterLoop) gradients(x, _, parts *graph.Node, before []*graph.Node) (dx *graph.Node, dweights []*graph.Node) {
	byState := cropped(parts, 1, 0, 3*c.units)
	byInput := graph.Concatenate([]*graph.Node{cropped(parts, 1, 0, 2*c.units), columnsOf(parts, 3, c.units)}, 1)
	h := droppedSteps(before[0], c.drop)
	dweights = []*graph.Node{transposedTimes(x, byInput), transposedTimes(h, byState)}
	if c.bias != nil {
		sums := []*graph.Node{summed(byInput), summed(byState)}
		dweights = append(dweights, graph.Reshape(graph.Concatenate(sums, 0), dims(c.bias)...))
	}
	return timesTransposed(byInput, c.kernel), dweights
}

// resetBeforeLoop is the form first published. It keeps the arguments of z, r
// and g.
type resetBeforeLoop struct{ gruLoop }

func (c *resetBeforeLoop) width() int { return 3 * c.units }

func (c *resetBeforeLoop) project(x *graph.Node) *graph.Node { return projected(x, c.kernel, c.bias) }

// ofGates and ofCandidate are the recurrent kernels of z and r, and of g.
func (c *resetBeforeLoop) ofGates() *graph.Node     { return cropped(c.recurrent, 1, 0, 2*c.units) }
func (c *resetBeforeLoop) ofCandidate() *graph.Node { return columnsOf(c.recurrent, 2, c.units) }

func (c *resetBeforeLoop) step(z *graph.Node, before []*graph.Node) (after []*graph.Node, kept *graph.Node) {
	h := productOf(before[0], inside(c.drop))
	gates := graph.Add(cropped(z, 1, 0, 2*c.units), graph.Dot(h, c.ofGates()).Product())
	update, reset := c.gateAct.inLoop(columnsOf(gates, 0, c.units)), c.gateAct.inLoop(columnsOf(gates, 1, c.units))
	candidate := graph.Add(columnsOf(z, 2, c.units), graph.Dot(graph.Mul(reset, h), c.ofCandidate()).Product())
	fresh := c.act.inLoop(candidate)
	after = []*graph.Node{graph.Add(fresh, graph.Mul(update, graph.Sub(before[0], fresh)))}
	return after, graph.Concatenate([]*graph.Node{gates, candidate}, 1)
}

func (c *resetBeforeLoop) slopes(kept *graph.Node, before, _ []*graph.Node) []*graph.Node {
	update, updateSlope := c.gate(kept, 0)
	reset, resetSlope := c.gate(kept, 1)
	fresh, freshSlope := c.gate(kept, 2)
	return []*graph.Node{
		update, graph.Mul(graph.Sub(before[0], fresh), updateSlope), graph.Mul(graph.OneMinus(update), freshSlope),
		reset, graph.Mul(droppedSteps(before[0], c.drop), resetSlope)}
}

func (c *resetBeforeLoop) back(slopes, d []*graph.Node) (dbefore []*graph.Node, part *graph.Node) {
	dg := graph.Mul(d[0], slopes[2])
	byReset := timesTurned(dg, c.ofCandidate())
	gates := graph.Concatenate([]*graph.Node{graph.Mul(d[0], slopes[1]), graph.Mul(byReset, slopes[4])}, 1)
	dh := graph.Add(timesTurned(gates, c.ofGates()), graph.Mul(byReset, slopes[3]))
	dh = graph.Add(graph.Mul(d[0], slopes[0]), productOf(dh, inside(c.drop)))
	return []*graph.Node{dh}, graph.Concatenate([]*graph.Node{gates, dg}, 1)
}

func (c *resetBeforeLoop) gradients(x, kept, parts *graph.Node, before []*graph.Node) (dx *graph.Node, dweights []*graph.Node) {
	reset, _ := c.gate(kept, 1)
	h := droppedSteps(before[0], c.drop)
	gates, dg := cropped(parts, 1, 0, 2*c.units), columnsOf(parts, 2, c.units)
	drecurrent := graph.Concatenate([]*graph.Node{transposedTimes(h, gates), transposedTimes(graph.Mul(reset, h), dg)}, 1)
	dweights = []*graph.Node{transposedTimes(x, parts), drecurrent}
	if c.bias != nil {
		dweights = append(dweights, summed(parts))
	}
	return timesTransposed(parts, c.kernel), dweights
}
