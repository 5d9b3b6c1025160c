package dlkit

import "github.com/gomlx/gomlx/core/graph"

// lstmLoop is LSTM's loopCell. Its gates are worked on together, in the order
// of the weights: i, f, g, o.
type lstmLoop struct {
	units                   int
	act, gateAct            Activation
	kernel, recurrent, bias *graph.Node
	drop                    *graph.Node // nil, or what the state is multiplied with
	// doubled is nil, or what the arguments of the gates are multiplied with: 2 for
	// g, 1 for the others. Tanh(x) is 2σ(2x) − 1, and one sigmoid of all gates is
	// what XLA computes by vectors.
	doubled *graph.Node
}

func (l *LSTMLayer) loopCell(b *Builder, x *graph.Node) loopCell {
	if !l.Activation.loops() || !l.RecurrentActivation.loops() {
		return nil
	}
	c := &lstmLoop{units: l.Units, act: l.Activation, gateAct: l.RecurrentActivation}
	c.kernel, c.recurrent, c.bias = l.askForWeights(b, dims(x)[2])
	c.drop = l.dropped(b, dims(x)[1])
	if c.act == Tanh && c.gateAct == Sigmoid {
		ones := graph.BroadcastToDims(graph.ScalarOne(x.Graph(), x.DType()), 1, c.units)
		c.doubled = graph.Concatenate([]*graph.Node{ones, ones, graph.Add(ones, ones), ones}, 1)
	}
	return c
}

func (c *lstmLoop) states() int { return 2 }
func (c *lstmLoop) width() int  { return 4 * c.units }

func (c *lstmLoop) weights() []*graph.Node {
	return append([]*graph.Node{c.kernel, c.recurrent}, present(c.bias)...)
}

func (c *lstmLoop) project(x *graph.Node) *graph.Node {
	return productOf(projected(x, c.kernel, c.bias), c.doubled)
}

func (c *lstmLoop) step(z *graph.Node, before []*graph.Node) (after []*graph.Node, kept *graph.Node) {
	z = graph.Add(z, graph.Dot(productOf(before[0], inside(c.drop)), productOf(c.recurrent, c.doubled)).Product())
	if c.doubled != nil {
		kept = graph.OptimizationBarriers(graph.Sigmoid(z))[0]
		in, fresh := columnsOf(kept, 0, c.units), columnsOf(kept, 2, c.units)
		fresh = graph.Sub(graph.Mul(in, graph.Add(fresh, fresh)), in)
		return c.shown(columnsOf(kept, 1, c.units), fresh, columnsOf(kept, 3, c.units), before[1]), kept
	}
	kept = graph.OptimizationBarriers(z)[0]
	gates, _ := c.gatesOf(kept)
	return c.shown(gates[1], graph.Mul(gates[0], gates[2]), gates[3], before[1]), kept
}

// shown is the new state, given what is let in.
func (c *lstmLoop) shown(forget, fresh, out, cell *graph.Node) []*graph.Node {
	cell = graph.Add(graph.Mul(forget, cell), fresh)
	return []*graph.Node{graph.Mul(out, c.act.inLoop(cell)), cell}
}

// gatesOf are the gates of kept arguments, and these.
func (c *lstmLoop) gatesOf(kept *graph.Node) (gates, arguments [4]*graph.Node) {
	for k := range gates {
		arguments[k] = columnsOf(kept, k, c.units)
		gates[k] = c.actOf(k).inLoop(arguments[k])
	}
	return gates, arguments
}

func (c *lstmLoop) actOf(gate int) Activation {
	if gate == 2 {
		return c.act
	}
	return c.gateAct
}

func (c *lstmLoop) slopes(kept *graph.Node, before, after []*graph.Node) []*graph.Node {
	var gates, slope [4]*graph.Node
	if c.doubled != nil {
		for k := range gates {
			gates[k] = columnsOf(kept, k, c.units)
		}
		gates[2] = graph.Sub(graph.Add(gates[2], gates[2]), graph.OnesLike(gates[2]))
		for k := range gates {
			slope[k] = c.actOf(k).derivative(nil, gates[k])
		}
	} else {
		var arguments [4]*graph.Node
		gates, arguments = c.gatesOf(kept)
		for k := range gates {
			slope[k] = c.actOf(k).slopeOf(arguments[k], gates[k])
		}
	}
	shown := c.act.inLoop(after[1])
	byGate := graph.Concatenate([]*graph.Node{
		graph.Mul(gates[2], slope[0]), graph.Mul(before[1], slope[1]),
		graph.Mul(gates[0], slope[2]), graph.Mul(shown, slope[3])}, 1)
	return []*graph.Node{byGate, graph.Mul(gates[3], c.act.slopeOf(after[1], shown)), gates[1]}
}

func (c *lstmLoop) back(slopes, d []*graph.Node) (dbefore []*graph.Node, part *graph.Node) {
	dcell := graph.Add(graph.Mul(d[0], slopes[1]), d[1])
	part = graph.Mul(slopes[0], graph.Concatenate([]*graph.Node{dcell, dcell, dcell, d[0]}, 1))
	dh := productOf(timesTurned(part, c.recurrent), inside(c.drop))
	return []*graph.Node{dh, graph.Mul(dcell, slopes[2])}, part
}

func (c *lstmLoop) gradients(x, _, parts *graph.Node, before []*graph.Node) (dx *graph.Node, dweights []*graph.Node) {
	return loopGradients(x, parts, droppedSteps(before[0], c.drop), c.kernel, c.bias)
}

// projected is x·kernel + bias; bias may be nil.
func projected(x, kernel, bias *graph.Node) *graph.Node {
	z := graph.Dot(x, kernel).Product()
	if bias != nil {
		z = graph.Add(z, graph.Reshape(bias, 1, -1))
	}
	return z
}

// droppedSteps multiplies the states (steps·n, units) with drop (n, units), nil
// for nothing.
func droppedSteps(states, drop *graph.Node) *graph.Node {
	if drop == nil {
		return states
	}
	d := dims(drop)
	perStep := graph.Reshape(states, -1, d[0], d[1])
	return graph.Reshape(graph.Mul(perStep, graph.Reshape(drop, 1, d[0], d[1])), -1, d[1])
}

// loopGradients are the gradients by x and by kernel, recurrent kernel and bias,
// where steps computed z = x·kernel + h·recurrent + bias, given dz by z.
func loopGradients(x, dz, h, kernel, bias *graph.Node) (dx *graph.Node, dweights []*graph.Node) {
	dweights = []*graph.Node{transposedTimes(x, dz), transposedTimes(h, dz)}
	if bias != nil {
		dweights = append(dweights, summed(dz))
	}
	return timesTransposed(dz, kernel), dweights
}

// summed is the sum of the rows of x (rows, columns), as a matrix product: XLA's
// own sum down the columns goes number by number.
func summed(x *graph.Node) *graph.Node {
	ones := graph.BroadcastToDims(graph.ScalarOne(x.Graph(), x.DType()), 1, dims(x)[0])
	return graph.Reshape(graph.Dot(ones, x).Product(), -1)
}

// timesTurned is a·bᵀ in a loop, for b from outside, which is turned there: XLA
// packs what is to be turned slowly, and would at every step.
func timesTurned(a, b *graph.Node) *graph.Node {
	return graph.Dot(a, graph.Transpose(b, 0, 1)).Product()
}
