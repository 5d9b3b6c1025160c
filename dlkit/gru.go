package dlkit

import (
	"github.com/gofromzero/fromzero/dlkit/internal/sequence"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// GRULayer is made by GRU.
type GRULayer struct {
	RecurrentSettings
	// RecurrentActivation is that of the gates; Sigmoid unless another was
	// given.
	RecurrentActivation Activation
	// ResetBefore applies the reset gate before the matrix product.
	ResetBefore bool
}

// GRU is a recurrent layer with gates like LSTM's and no cell beside its
// output h: smaller and often as good.
//
//	z, r = σ(x·kernel + h·recurrent_kernel + bias)       update and reset gate
//	g    = tanh(x·kernel + r·(h·recurrent_kernel) + …)   the candidate, with weights of its own
//	h    = z·h + (1−z)·g
//
// Input (steps, features), output (units,), or (steps, units) with
// ReturnSequences. Weights kernel (features, 3·units), recurrent_kernel (units,
// 3·units) and bias (2, 3·units), in order z, r, g; the first row of the bias
// goes with x, the second with h. Cho et al., 2014.
func GRU(units int, options ...GRUOption) *GRULayer {
	l := &GRULayer{RecurrentSettings: RecurrentSettings{Units: units, Activation: Tanh}, RecurrentActivation: Sigmoid}
	for _, o := range options {
		o.applyGRU(l)
	}
	return l
}

// GRUOption is an option of GRU: an Activation, RecurrentActivation,
// ResetBefore, ReturnSequences, GoBackwards, InputDropout, RecurrentDropout,
// RecurrentInit, Name, NoBias, KernelInit, BiasInit, L1, L2, BiasL2, MaxNorm.
type GRUOption interface{ applyGRU(*GRULayer) }

// ResetBeforeOption is the type of ResetBefore.
type ResetBeforeOption struct{}

// ResetBefore makes GRU as it was first published: the candidate is tanh(x·kernel
// + (r·h)·recurrent_kernel + bias), and the bias is (3·units,). In Keras it is
// reset_after=False. Slower than the usual form.
var ResetBefore ResetBeforeOption

func (a Activation) applyGRU(l *GRULayer)                { l.Activation = a }
func (o NameOption) applyGRU(l *GRULayer)                { l.Name = o.name }
func (o KernelOption) applyGRU(l *GRULayer)              { o(&l.kernelOptions) }
func (o RecurrentOption) applyGRU(l *GRULayer)           { o(&l.RecurrentSettings) }
func (o RecurrentActivationOption) applyGRU(l *GRULayer) { l.RecurrentActivation = o.act }
func (ResetBeforeOption) applyGRU(l *GRULayer)           { l.ResetBefore = true }

// String describes the layer: "GRU 64, sequences".
func (l *GRULayer) String() string { return l.describe("GRU") }

// OutShape implements Layer.
func (l *GRULayer) OutShape(in tensor.Shape) (tensor.Shape, error) { return l.outShape("GRU", in) }

// Apply implements Layer.
func (l *GRULayer) Apply(b *Builder, x *graph.Node) *graph.Node { return applyRecurrent(l, b, x) }

func (l *GRULayer) clone() Recurrent { c := *l; return &c }

// flops implements flopsCounter.
func (l *GRULayer) flops(in []tensor.Shape, _ tensor.Shape) int64 { return l.stepFlops(in[0], 3) }

// prefersSequential implements sequential.
func (l *GRULayer) prefersSequential() bool { return !l.runsOnHost() }

func (l *GRULayer) runsOnHost() bool {
	return !l.ResetBefore && l.hasUsualSettings(l.RecurrentActivation)
}

func (l *GRULayer) sequence(b *Builder, in int) (sequence.Cell, []*graph.Node, bool) {
	if !l.runsOnHost() {
		return 0, nil, false
	}
	kernel, recurrent, bias := l.askForWeights(b, in)
	return sequence.GRU, append([]*graph.Node{kernel, recurrent}, present(bias)...), true
}

func (l *GRULayer) askForWeights(b *Builder, in int) (kernel, recurrent, bias *graph.Node) {
	biasShape := tensor.Shape{2, 3 * l.Units}
	if l.ResetBefore {
		biasShape = tensor.Shape{3 * l.Units}
	}
	return l.weights(b, in, 3*l.Units, biasShape, l.biasInit())
}

func (l *GRULayer) cell(b *Builder, x *graph.Node) recurrentCell {
	n, in := dims(x)[1], dims(x)[2]
	c := gruCell{units: l.Units, act: l.Activation, gateAct: l.RecurrentActivation}
	c.kernel, c.recurrent, c.bias = l.askForWeights(b, in)
	joined := graph.Concatenate([]*graph.Node{c.kernel, c.recurrent}, 0)
	c.update, c.reset = columnsOf(joined, 0, l.Units), columnsOf(joined, 1, l.Units)
	c.drop = l.dropped(b, n)
	if l.ResetBefore {
		return newResetBefore(c, joined)
	}
	return newResetAfter(c)
}

// gruCell is what both forms of GRU have in common: the gates z and r are
// matrix products of [x, h] with the activation fused in.
type gruCell struct {
	units                   int
	act, gateAct            Activation
	kernel, recurrent, bias *graph.Node
	update, reset           *graph.Node // kernels of z and r, kernel above recurrent kernel
	updateBias, resetBias   *graph.Node
	drop                    *graph.Node // nil, or what the state is multiplied with
}

func (c *gruCell) states() int { return 1 }

func (c *gruCell) weights() []*graph.Node {
	return append([]*graph.Node{c.kernel, c.recurrent}, present(c.bias)...)
}

// blend is z·h + (1−z)·g as g + z·(h − g), and its gradients by z, h and g
// given dh by the result.
func (c *gruCell) blend(z, g *graph.Node, before []*graph.Node) (h *graph.Node, back func(d *graph.Node) (dz, dh, dg *graph.Node)) {
	difference := graph.Neg(g)
	if before != nil {
		difference = graph.Sub(before[0], g)
	}
	return graph.Add(g, graph.Mul(z, difference)), func(d *graph.Node) (dz, dh, dg *graph.Node) {
		dh = graph.Mul(d, z)
		return graph.Mul(d, difference), dh, graph.Sub(d, dh)
	}
}

// resetAfter is the usual step of GRU.
type resetAfter struct {
	gruCell
	fresh, freshState         *graph.Node // kernels of the candidate, for x and for h
	freshBias, freshStateBias *graph.Node
}

func newResetAfter(c gruCell) *resetAfter {
	a := &resetAfter{gruCell: c, fresh: columnsOf(c.kernel, 2, c.units), freshState: columnsOf(c.recurrent, 2, c.units)}
	if c.bias != nil {
		width := 3 * c.units
		row := func(i int) *graph.Node { return graph.Reshape(cropped(c.bias, 0, i, 1), width) }
		forX, forH := row(0), row(1)
		both := graph.Add(forX, forH)
		a.updateBias, a.resetBias = columnsOf(both, 0, c.units), columnsOf(both, 1, c.units)
		a.freshBias, a.freshStateBias = columnsOf(forX, 2, c.units), columnsOf(forH, 2, c.units)
	}
	return a
}

func (c *resetAfter) step(_ int, x *graph.Node, before []*graph.Node) ([]*graph.Node, stepGradient) {
	h := stateBefore(x, before, c.units, c.drop)
	xh := graph.Concatenate([]*graph.Node{x, h}, 1)
	z, zBack := gate(xh, c.update, c.updateBias, c.gateAct)
	r, rBack := gate(xh, c.reset, c.resetBias, c.gateAct)
	ofState, _ := gate(h, c.freshState, c.freshStateBias, Linear)
	ofInput, _ := gate(x, c.fresh, c.freshBias, Linear)
	g, gBack := bend(graph.Add(ofInput, graph.Mul(r, ofState)), c.act)
	after, blendBack := c.blend(z, g, before)
	return []*graph.Node{after}, func(d []*graph.Node) (dbefore, parts []*graph.Node) {
		dz, dkept, dg := blendBack(d[0])
		dz, dg = zBack(dz), gBack(dg)
		dr := rBack(graph.Mul(dg, ofState))
		byInput := graph.Concatenate([]*graph.Node{dz, dr, dg}, 1)
		byState := graph.Concatenate([]*graph.Node{dz, dr, graph.Mul(dg, r)}, 1)
		dh := productOf(timesTransposed(byState, c.recurrent), c.drop)
		return []*graph.Node{graph.Add(dkept, dh)}, []*graph.Node{byInput, byState, h}
	}
}

func (c *resetAfter) gradients(x *graph.Node, parts []*graph.Node) (*graph.Node, []*graph.Node) {
	byInput, byState, h := parts[0], parts[1], parts[2]
	dweights := []*graph.Node{transposedTimes(x, byInput), transposedTimes(h, byState)}
	if c.bias != nil {
		sums := []*graph.Node{graph.ReduceSum(byInput, 0), graph.ReduceSum(byState, 0)}
		dweights = append(dweights, graph.Reshape(graph.Concatenate(sums, 0), dims(c.bias)...))
	}
	return timesTransposed(byInput, c.kernel), dweights
}

// resetBefore is the step of GRU as first published.
type resetBefore struct {
	gruCell
	gates      *graph.Node // recurrent kernel of z and r
	freshState *graph.Node // recurrent kernel of the candidate
	fresh      *graph.Node // kernel of the candidate above its recurrent kernel
	freshBias  *graph.Node
}

func newResetBefore(c gruCell, joined *graph.Node) *resetBefore {
	c.updateBias, c.resetBias = columnsOf(c.bias, 0, c.units), columnsOf(c.bias, 1, c.units)
	return &resetBefore{
		gruCell: c, gates: cropped(c.recurrent, 1, 0, 2*c.units), freshState: columnsOf(c.recurrent, 2, c.units),
		fresh: columnsOf(joined, 2, c.units), freshBias: columnsOf(c.bias, 2, c.units),
	}
}

func (c *resetBefore) step(_ int, x *graph.Node, before []*graph.Node) ([]*graph.Node, stepGradient) {
	h := stateBefore(x, before, c.units, c.drop)
	xh := graph.Concatenate([]*graph.Node{x, h}, 1)
	z, zBack := gate(xh, c.update, c.updateBias, c.gateAct)
	r, rBack := gate(xh, c.reset, c.resetBias, c.gateAct)
	rh := graph.Mul(r, h)
	g, gBack := gate(graph.Concatenate([]*graph.Node{x, rh}, 1), c.fresh, c.freshBias, c.act)
	after, blendBack := c.blend(z, g, before)
	return []*graph.Node{after}, func(d []*graph.Node) (dbefore, parts []*graph.Node) {
		dz, dkept, dg := blendBack(d[0])
		dz, dg = zBack(dz), gBack(dg)
		drh := timesTransposed(dg, c.freshState)
		gates := graph.Concatenate([]*graph.Node{dz, rBack(graph.Mul(drh, h))}, 1)
		dh := graph.Add(timesTransposed(gates, c.gates), graph.Mul(drh, r))
		return []*graph.Node{graph.Add(dkept, productOf(dh, c.drop))}, []*graph.Node{gates, dg, h, rh}
	}
}

func (c *resetBefore) gradients(x *graph.Node, parts []*graph.Node) (*graph.Node, []*graph.Node) {
	gates, dg, h, rh := parts[0], parts[1], parts[2], parts[3]
	all := graph.Concatenate([]*graph.Node{gates, dg}, 1)
	drecurrent := graph.Concatenate([]*graph.Node{transposedTimes(h, gates), transposedTimes(rh, dg)}, 1)
	dweights := []*graph.Node{transposedTimes(x, all), drecurrent}
	if c.bias != nil {
		dweights = append(dweights, graph.ReduceSum(all, 0))
	}
	return timesTransposed(all, c.kernel), dweights
}
