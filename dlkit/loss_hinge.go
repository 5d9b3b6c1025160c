package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Hinge is mean(max(1 − yTrue·yPred, 0)), for yes-or-no answers that are to be
// right by a margin, as in support vector machines: the output is above 0 for
// yes and below for no. Targets are −1 and 1, or 0 and 1, which are read as −1
// and 1, of the output's shape. End the model without activation, or with Tanh.
type Hinge struct{}

// Name implements Loss and Metric: "hinge".
func (Hinge) Name() string { return "hinge" }

// CheckOutput implements OutputChecker.
func (Hinge) CheckOutput(out Output) error { return checkSides(out) }

// CheckTargets implements TargetChecker.
func (Hinge) CheckTargets(y *tensor.Tensor, out Output) error { return checkSigns(y, out) }

func (Hinge) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node { return margins(yTrue, yPred) }

// Loss implements Loss.
func (l Hinge) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// SquaredHinge is mean(max(1 − yTrue·yPred, 0)²): Hinge with a smooth bend.
// Targets are −1 and 1, or 0 and 1, of the output's shape. End the model
// without activation, or with Tanh.
type SquaredHinge struct{}

// Name implements Loss and Metric: "squared_hinge".
func (SquaredHinge) Name() string { return "squared_hinge" }

// CheckOutput implements OutputChecker.
func (SquaredHinge) CheckOutput(out Output) error { return checkSides(out) }

// CheckTargets implements TargetChecker.
func (SquaredHinge) CheckTargets(y *tensor.Tensor, out Output) error { return checkSigns(y, out) }

func (SquaredHinge) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	m := margins(yTrue, yPred)
	return graph.Mul(m, m)
}

// Loss implements Loss.
func (l SquaredHinge) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// margins are max(1 − yTrue·yPred, 0), with targets of 0 read as −1.
func margins(yTrue, yPred *graph.Node) *graph.Node {
	t := like(yTrue, yPred)
	t = graph.Where(graph.Equal(t, graph.ZerosLike(t)), graph.MulScalar(graph.OnesLike(t), -1.0), t)
	return reluOf(graph.OneMinus(graph.Mul(t, yPred)))
}

// CategoricalHinge is max(1 + largest output of a wrong class − output of the
// true class, 0), for one class out of several that is to win by a margin.
// Targets are one-hot rows of the output's shape. The output needs no
// activation. (The true class takes part in the largest as 0, as in Keras.)
type CategoricalHinge struct{}

// Name implements Loss and Metric: "categorical_hinge".
func (CategoricalHinge) Name() string { return "categorical_hinge" }

// CheckOutput implements OutputChecker.
func (CategoricalHinge) CheckOutput(out Output) error {
	if out.classes() < 2 {
		return fmt.Errorf("output %s has one unit; classes need one unit each, a yes-or-no answer needs Hinge", out.Name)
	}
	return nil
}

// CheckTargets implements TargetChecker.
func (CategoricalHinge) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassShares(y, out, "SparseCategoricalCrossEntropy")
}

func (CategoricalHinge) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	t := like(yTrue, yPred)
	right := graph.ReduceSum(graph.Mul(t, yPred), -1)
	wrong := graph.ReduceMax(graph.Mul(graph.OneMinus(t), yPred), -1)
	return reluOf(graph.AddScalar(graph.Sub(wrong, right), 1.0))
}

// Loss implements Loss.
func (l CategoricalHinge) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// checkSides wants an output that can be on both sides of 0.
func checkSides(out Output) error {
	if out.Activation.positive() {
		return fmt.Errorf("output %s goes through %v and cannot be below 0, which means no; leave the activation out, or use dlkit.Tanh", out.Name, out.Activation)
	}
	return nil
}

// checkSigns wants targets of −1 and 1, or of 0 and 1.
func checkSigns(y *tensor.Tensor, out Output) error {
	var zero, minus bool
	return checkValues(y, out, func(v float64) bool {
		zero, minus = zero || v == 0, minus || v == -1
		return (v == 0 || v == 1 || v == -1) && (!zero || !minus)
	}, "targets must be −1 for no and 1 for yes, or 0 for no and 1 for yes")
}
