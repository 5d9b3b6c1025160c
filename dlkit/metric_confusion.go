package dlkit

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// ConfusionMatrix counts what is taken for what: Scores.Array gives it, shape
// (classes, classes), true classes as rows, predicted ones as columns. As one
// number it is the share on the diagonal, the accuracy. Outputs of one unit
// have the classes 0 and 1. Targets are class numbers, or have the output's
// shape. Model.ConfusionMatrix is a short way to it.
type ConfusionMatrix struct {
	// Threshold is, for outputs of one unit, the probability above which the
	// answer is 1; 0.5 if zero.
	Threshold float64 `json:",omitempty"`
}

// Name implements Metric.
func (ConfusionMatrix) Name() string { return "confusion_matrix" }

// CheckOutput implements OutputChecker.
func (m ConfusionMatrix) CheckOutput(out Output) error {
	switch {
	case out.classes() == 1:
		return checkThreshold(out, m.Threshold)
	case out.Activation == Sigmoid:
		return fmt.Errorf("output %s has %d yes-or-no answers, not one class out of several; use Precision and Recall", out.Name, out.classes())
	}
	return nil
}

// CheckTargets implements TargetChecker.
func (ConfusionMatrix) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassTargets(y, out)
}

func (ConfusionMatrix) wantsProbabilities() {}

// Update implements Metric.
func (m ConfusionMatrix) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	truth, p := classTable(yTrue, yPred)
	var said *graph.Node
	if classes := dims(p)[1]; classes > 1 {
		said = graph.OneHot(graph.ArgMax(p, -1, int32DType), classes, p.DType())
		// Also soft targets have one class: the most likely.
		if yTrue.Shape().Size() == yPred.Shape().Size() {
			truth = graph.OneHot(graph.ArgMax(graph.Reshape(like(yTrue, yPred), dims(p)...), -1, int32DType), classes, p.DType())
		}
	} else {
		both := func(x *graph.Node) *graph.Node { return graph.Concatenate([]*graph.Node{graph.OneMinus(x), x}, 1) }
		truth, said = both(truth), both(answers{threshold: m.Threshold}.said(p))
	}
	if w := b.rowWeights(yPred); w != nil {
		said = graph.Mul(said, graph.Reshape(w, -1, 1))
	}
	return graph.Reshape(graph.Einsum("nt,np->tp", truth, said), -1)
}

// Result implements Metric: the share on the diagonal.
func (ConfusionMatrix) Result(sums []float64) float64 {
	n := side(sums)
	right, all := 0.0, 0.0
	for i, v := range sums {
		all += v
		if i/n == i%n {
			right += v
		}
	}
	return share(right, all)
}

// Array implements ArrayMetric: the matrix, rows true, columns predicted.
func (ConfusionMatrix) Array(sums []float64) (*tensor.Tensor, error) {
	n := side(sums)
	return tensor.New(append([]float64{}, sums...), n, n)
}

// side is the side of a square of so many numbers.
func side(sums []float64) int {
	n := 1
	for n*n < len(sums) {
		n++
	}
	return n
}

// ConfusionMatrix counts, over a data set, what the model takes for what: an
// int64 tensor of shape (classes, classes) whose row i and column j say how
// many examples of class i it took for class j. A model that ends in one
// Sigmoid unit has the classes 0 and 1. Sample weights are not looked at; with
// them, and for models with several outputs, use EvaluateWith and the metric
// ConfusionMatrix. The model is compiled with the zero CompileConfig if it is
// not compiled.
func (m *Model) ConfusionMatrix(ctx context.Context, data tensor.Dataset) (*tensor.Tensor, error) {
	if n := len(m.outputs); n > 1 {
		return nil, fmt.Errorf("dlkit: ConfusionMatrix of a model with %d outputs; call EvaluateWith with the metric ConfusionMatrix and read Scores.Array of the output's name", n)
	}
	s, err := m.EvaluateWith(ctx, data, EvaluateConfig{Metrics: []Metric{ConfusionMatrix{}}})
	if err != nil {
		return nil, err
	}
	matrix, err := s.Array(ConfusionMatrix{}.Name())
	if err != nil {
		return nil, err
	}
	return matrix.Convert(tensor.Int64), nil
}
