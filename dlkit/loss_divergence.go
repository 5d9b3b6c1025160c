package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// KLDivergence is sum(yTrue·log(yTrue / yPred)) along the last axis: how far
// predicted probabilities are from true ones, 0 where they are the same
// (Kullback & Leibler, 1951). Targets are probabilities of the output's shape;
// the model ends with Softmax, and the loss is computed from what went into it.
type KLDivergence struct{}

// Name implements Loss and Metric: "kl_divergence".
func (KLDivergence) Name() string { return "kl_divergence" }

// CheckOutput implements OutputChecker.
func (KLDivergence) CheckOutput(out Output) error {
	return checkProbabilities(out, Softmax, false, "")
}

// CheckTargets implements TargetChecker.
func (KLDivergence) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassShares(y, out, "SparseCategoricalCrossEntropy")
}

func (KLDivergence) values(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	rows, classes := rowsAndClasses(yPred)
	t := clipped(graph.Reshape(like(yTrue, yPred), rows, classes), tiny, 1)
	negEntropy := graph.ReduceSum(graph.Mul(t, graph.Log(t)), -1)
	if x, ok := b.logits(yPred, Softmax); ok {
		return graph.Add(negEntropy, softmaxCrossEntropy(t, graph.Reshape(x, rows, classes)))
	}
	p := clipped(graph.Reshape(yPred, rows, classes), tiny, 1)
	return graph.Sub(negEntropy, graph.ReduceSum(graph.Mul(t, graph.Log(p)), -1))
}

// Loss implements Loss.
func (l KLDivergence) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(graph.Reshape(l.values(b, yTrue, yPred), batchOf(yPred), -1), yPred)
}

// CosineSimilarity as a metric is the cosine of the angle between yTrue and
// yPred along the last axis: 1 where they point the same way, −1 where the
// opposite way; lengths do not matter. As a loss it is that times −1, since
// training makes a loss small. Targets have the output's shape.
type CosineSimilarity struct{}

// Name implements Loss and Metric: "cosine_similarity".
func (CosineSimilarity) Name() string { return "cosine_similarity" }

// CheckOutput implements OutputChecker.
func (CosineSimilarity) CheckOutput(out Output) error {
	if out.classes() < 2 {
		return fmt.Errorf("output %s has shape %v: single numbers have no direction but their sign; use MeanSquaredError", out.Name, out.Shape)
	}
	return nil
}

// values is the cosine of every row, not yet negative.
func (CosineSimilarity) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return graph.ReduceSum(graph.Mul(direction(like(yTrue, yPred)), direction(yPred)), -1)
}

// Loss implements Loss: the cosine, negative.
func (l CosineSimilarity) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(graph.Neg(l.values(b, yTrue, yPred)), yPred)
}

// direction divides rows by their length; a row of zeros stays zeros.
func direction(x *graph.Node) *graph.Node {
	// The least square is far below what shows, and keeps the root's gradient
	// finite at 0.
	square := graph.MaxScalar(graph.ReduceAndKeep(graph.Mul(x, x), graph.ReduceSum, -1), tiny*tiny)
	return graph.Div(x, graph.Sqrt(square))
}
