package dlkit

import (
	"slices"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// LayerNormalizationLayer is made by LayerNormalization.
type LayerNormalizationLayer struct {
	named
	affine
	// Axes are normalised together, counted from 0 without the batch; negative
	// ones count from the end. None means the last one.
	Axes []int
}

// LayerNormalization brings the features of every example, or of every step
// of a sequence, to mean 0 and variance 1, and then to a learnt scale gamma
// and offset beta: gamma·(x − mean)/sqrt(variance + ε) + beta, where mean and
// variance go over the last axis, or over those given with Axes. Unlike
// BatchNormalization it does the same in training and later. Weights gamma,
// beta, of the size of the axes. ε is 0.001 if not given. Ba et al., 2016.
func LayerNormalization(options ...LayerNormalizationOption) *LayerNormalizationLayer {
	l := &LayerNormalizationLayer{affine: affine{Epsilon: 1e-3}}
	for _, o := range options {
		o.applyLayerNormalization(l)
	}
	return l
}

// LayerNormalizationOption is an option of LayerNormalization: Axes, Epsilon,
// NoScale, NoCenter, GammaInit, BetaInit, Name.
type LayerNormalizationOption interface {
	applyLayerNormalization(*LayerNormalizationLayer)
}

func (o AxesOption) applyLayerNormalization(l *LayerNormalizationLayer)    { l.Axes = o }
func (o EpsilonOption) applyLayerNormalization(l *LayerNormalizationLayer) { l.Epsilon = float64(o) }
func (o NormOption) applyLayerNormalization(l *LayerNormalizationLayer)    { o(&l.affine) }
func (o NameOption) applyLayerNormalization(l *LayerNormalizationLayer)    { l.Name = o.name }

// String describes the layer: "LayerNormalization, axes 0 1".
func (l *LayerNormalizationLayer) String() string {
	return "LayerNormalization" + describeAxes(l.Axes) + l.describe()
}

// OutShape implements Layer.
func (l *LayerNormalizationLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	_, err := axesOf(l.Axes, in)
	return in, firstError(l.check(), err)
}

// Apply implements Layer.
func (l *LayerNormalizationLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	axes := mustAxes(l.Axes, x)
	gamma, beta := l.weights(b, sizesOf(x, axes))
	return unitNorm{1, true, l.Epsilon}.along(b, x, axes, gamma, beta)
}

// flops implements flopsCounter: two passes for mean and variance, one for the
// result.
func (l *LayerNormalizationLayer) flops(_ []tensor.Shape, out tensor.Shape) int64 {
	return 7 * int64(out.Size())
}

// RMSNormalizationLayer is made by RMSNormalization.
type RMSNormalizationLayer struct {
	named
	// Epsilon is added to the mean square.
	Epsilon float64
	// Axes are normalised together, counted from 0 without the batch; negative
	// ones count from the end. None means the last one.
	Axes []int
}

// RMSNormalization divides by the root of the mean square along the last axis,
// or along those given with Axes, and multiplies by a learnt scale:
// scale·x/sqrt(mean(x²) + ε). It is LayerNormalization without the mean, and
// large language models prefer it. Weight scale, of the size of the axes. ε is
// 1e-6 if not given. Zhang & Sennrich, 2019.
func RMSNormalization(options ...RMSNormalizationOption) *RMSNormalizationLayer {
	l := &RMSNormalizationLayer{Epsilon: 1e-6}
	for _, o := range options {
		o.applyRMSNormalization(l)
	}
	return l
}

// RMSNormalizationOption is an option of RMSNormalization: Axes, Epsilon,
// Name.
type RMSNormalizationOption interface {
	applyRMSNormalization(*RMSNormalizationLayer)
}

func (o AxesOption) applyRMSNormalization(l *RMSNormalizationLayer)    { l.Axes = o }
func (o EpsilonOption) applyRMSNormalization(l *RMSNormalizationLayer) { l.Epsilon = float64(o) }
func (o NameOption) applyRMSNormalization(l *RMSNormalizationLayer)    { l.Name = o.name }

// String describes the layer: "RMSNormalization".
func (l *RMSNormalizationLayer) String() string { return "RMSNormalization" + describeAxes(l.Axes) }

// OutShape implements Layer.
func (l *RMSNormalizationLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	_, err := axesOf(l.Axes, in)
	return in, firstError(wantEpsilon(l.Epsilon), err)
}

// Apply implements Layer.
func (l *RMSNormalizationLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	axes := mustAxes(l.Axes, x)
	scale := b.Weight("scale", sizesOf(x, axes), Ones)
	return unitNorm{1, false, l.Epsilon}.along(b, x, axes, scale, nil)
}

// flops implements flopsCounter.
func (l *RMSNormalizationLayer) flops(_ []tensor.Shape, out tensor.Shape) int64 {
	return 4 * int64(out.Size())
}

// UnitNormalizationLayer is made by UnitNormalization.
type UnitNormalizationLayer struct {
	named
	// Axes are normalised together, counted from 0 without the batch; negative
	// ones count from the end. None means the last one.
	Axes []int
}

// UnitNormalization scales the features of every example, or of every step, to
// length 1: x/sqrt(sum(x²)) along the last axis, or along those given with
// Axes. Zeros stay zeros.
func UnitNormalization(options ...UnitNormalizationOption) *UnitNormalizationLayer {
	l := &UnitNormalizationLayer{}
	for _, o := range options {
		o.applyUnitNormalization(l)
	}
	return l
}

// UnitNormalizationOption is an option of UnitNormalization: Axes, Name.
type UnitNormalizationOption interface {
	applyUnitNormalization(*UnitNormalizationLayer)
}

func (o AxesOption) applyUnitNormalization(l *UnitNormalizationLayer) { l.Axes = o }
func (o NameOption) applyUnitNormalization(l *UnitNormalizationLayer) { l.Name = o.name }

// String describes the layer: "UnitNormalization".
func (l *UnitNormalizationLayer) String() string { return "UnitNormalization" + describeAxes(l.Axes) }

// OutShape implements Layer.
func (l *UnitNormalizationLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	_, err := axesOf(l.Axes, in)
	return in, err
}

// Apply implements Layer.
func (l *UnitNormalizationLayer) Apply(_ *Builder, x *graph.Node) *graph.Node {
	return unitLength(x, mustAxes(l.Axes, x))
}

// flops implements flopsCounter.
func (l *UnitNormalizationLayer) flops(_ []tensor.Shape, out tensor.Shape) int64 {
	return 3 * int64(out.Size())
}

// unitLength scales x to length 1 along axes of its examples.
func unitLength(x *graph.Node, axes []int) *graph.Node {
	at := make([]int, len(axes))
	for i, a := range axes {
		at[i] = a + 1
	}
	square := graph.ReduceAndKeep(graph.Mul(x, x), graph.ReduceSum, at...)
	return graph.Mul(x, inverseRoot(graph.MaxScalar(square, 1e-24)))
}

// mustAxes are the axes of x's examples, which OutShape has checked.
func mustAxes(axes []int, x *graph.Node) []int {
	out, err := axesOf(axes, dims(x)[1:])
	if err != nil {
		panic(err)
	}
	return out
}

// sizesOf are the sizes of axes of x's examples.
func sizesOf(x *graph.Node, axes []int) tensor.Shape {
	out := make(tensor.Shape, len(axes))
	for i, a := range axes {
		out[i] = dims(x)[a+1]
	}
	return out
}

// along normalises x along axes of its examples, in ascending order. gamma and
// beta, of the axes' sizes, may be nil. u's own axis does not matter.
func (u unitNorm) along(b *Builder, x *graph.Node, axes []int, gamma, beta *graph.Node) *graph.Node {
	if b.isInner(x) && len(axes) == 1 && axes[0] == x.Rank()-2 { // channels come first there
		inner := b.inner(x)
		u.axis = 0
		y := u.apply(graph.Reshape(inner, dims(inner)[0], -1), gamma, beta)
		return b.fromInner(graph.Reshape(y, dims(inner)...))
	}
	flat := func(v *graph.Node) *graph.Node {
		if v == nil {
			return nil
		}
		return graph.Reshape(v, -1)
	}
	turned, back := axesLast(x, axes)
	u.axis = 1
	y := u.apply(graph.Reshape(turned, -1, sizesOf(x, axes).Size()), flat(gamma), flat(beta))
	return back(graph.Reshape(y, dims(turned)...))
}

// axesLast moves axes of x's examples to the end, and returns the way back.
func axesLast(x *graph.Node, axes []int) (*graph.Node, func(*graph.Node) *graph.Node) {
	rank := x.Rank()
	var order []int
	for i := range rank {
		if !slices.Contains(axes, i-1) {
			order = append(order, i)
		}
	}
	for _, a := range axes {
		order = append(order, a+1)
	}
	if slices.IsSorted(order) {
		return x, func(y *graph.Node) *graph.Node { return y }
	}
	inverse := make([]int, rank)
	for to, from := range order {
		inverse[from] = to
	}
	return graph.TransposeAllAxes(x, order...), func(y *graph.Node) *graph.Node { return graph.TransposeAllAxes(y, inverse...) }
}
