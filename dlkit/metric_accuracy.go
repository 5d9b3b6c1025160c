package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Accuracy is the share of right answers. It becomes
// SparseCategoricalAccuracy, CategoricalAccuracy or BinaryAccuracy by the
// model's loss and output when the model is compiled.
type Accuracy struct{}

// Name implements Metric.
func (Accuracy) Name() string { return "accuracy" }

// Update implements Metric: by the shapes alone, classes if the last axis has
// more than one number, yes-or-no otherwise.
func (Accuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	switch _, classes := rowsAndClasses(yPred); {
	case classes == 1:
		return BinaryAccuracy{}.Update(b, yTrue, yPred)
	case yTrue.Shape().Size() == yPred.Shape().Size():
		return CategoricalAccuracy{}.Update(b, yTrue, yPred)
	default:
		return SparseCategoricalAccuracy{}.Update(b, yTrue, yPred)
	}
}

// Result implements Metric.
func (Accuracy) Result(sums []float64) float64 { return mean(sums) }

// fitted chooses the kind of accuracy for a loss.
func (m Accuracy) fitted(loss Loss, _ Output) Metric {
	if c, ok := loss.(classLoss); ok {
		return c.accuracy()
	}
	return m
}

// SparseCategoricalAccuracy is the share of examples whose most likely class
// is the true one. Targets are class numbers, of shape (n,), (n, 1) or (n,
// steps).
type SparseCategoricalAccuracy struct {
	// IgnoreClass, such as new(-1), is a class number that says that there is
	// no answer, as for padding: it does not count. Nil ignores none.
	IgnoreClass *int `json:",omitempty"`
}

// Name implements Metric.
func (SparseCategoricalAccuracy) Name() string { return "sparse_categorical_accuracy" }

// CheckTargets implements TargetChecker.
func (m SparseCategoricalAccuracy) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassNumbers(y, out, m.IgnoreClass, "CategoricalAccuracy")
}

// Update implements Metric.
func (m SparseCategoricalAccuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	rows, classes := rowsAndClasses(yPred)
	best := graph.ArgMax(graph.Reshape(yPred, rows, classes), -1, int32DType)
	right := agree(b, best, graph.ConvertDType(graph.Reshape(yTrue, rows), int32DType))
	weights := b.rowWeights(yPred)
	if m.IgnoreClass != nil {
		weights = times(answered(yTrue, yPred, *m.IgnoreClass), weights)
	}
	return meanStatsOf(right, weights)
}

// Result implements Metric.
func (SparseCategoricalAccuracy) Result(sums []float64) float64 { return mean(sums) }

// CategoricalAccuracy is the share of examples whose most likely class is the
// true one. Targets are one-hot rows of the output's shape.
type CategoricalAccuracy struct{}

// Name implements Metric.
func (CategoricalAccuracy) Name() string { return "categorical_accuracy" }

// CheckTargets implements TargetChecker.
func (CategoricalAccuracy) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassShares(y, out, "SparseCategoricalAccuracy")
}

// Update implements Metric.
func (CategoricalAccuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	right := agree(b, graph.ArgMax(yPred, -1, int32DType), graph.ArgMax(like(yTrue, yPred), -1, int32DType))
	return meanStatsOf(right, b.rowWeights(yPred))
}

// Result implements Metric.
func (CategoricalAccuracy) Result(sums []float64) float64 { return mean(sums) }

// BinaryAccuracy is the share of yes-or-no answers that are right. Targets have
// the output's shape; yes is above 0.5.
type BinaryAccuracy struct {
	// Threshold is the probability above which the answer is yes; 0.5 if zero.
	Threshold float64 `json:",omitempty"`
}

// Name implements Metric.
func (BinaryAccuracy) Name() string { return "binary_accuracy" }

// CheckOutput implements OutputChecker.
func (m BinaryAccuracy) CheckOutput(out Output) error {
	if out.Activation == Softmax {
		return fmt.Errorf("output %s goes through softmax, of whose probabilities most are a right no whatever the model says; use Accuracy", out.Name)
	}
	return checkThreshold(out, m.Threshold)
}

// CheckTargets implements TargetChecker.
func (BinaryAccuracy) CheckTargets(y *tensor.Tensor, out Output) error { return sameShape(y, out) }

func (BinaryAccuracy) wantsProbabilities() {}

// Update implements Metric.
func (m BinaryAccuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	said := graph.GreaterThan(yPred, graph.ConstAs(yPred, orDefault(m.Threshold, 0.5)))
	return b.meanStats(agree(b, graph.ConvertDType(said, int32DType), graph.ConvertDType(isYes(yTrue, yPred), int32DType)), yPred)
}

// Result implements Metric.
func (BinaryAccuracy) Result(sums []float64) float64 { return mean(sums) }

// isYes is whether targets of the output's size mean yes: true, 1, not 0 or −1.
func isYes(yTrue, yPred *graph.Node) *graph.Node {
	return graph.GreaterThan(like(yTrue, yPred), graph.ConstAs(yPred, 0.5))
}

// agree is 1 where both are equal, else 0, flat.
func agree(b *Builder, x, y *graph.Node) *graph.Node {
	return graph.Reshape(graph.ConvertDType(graph.Equal(x, y), b.DType()), -1)
}

// SparseTopKCategoricalAccuracy is the share of examples whose true class is
// among the K most likely ones. Targets are class numbers.
type SparseTopKCategoricalAccuracy struct {
	// K is how many classes are looked at; 5 if zero.
	K int `json:",omitempty"`
}

// Name implements Metric.
func (SparseTopKCategoricalAccuracy) Name() string { return "sparse_top_k_categorical_accuracy" }

// CheckOutput implements OutputChecker.
func (m SparseTopKCategoricalAccuracy) CheckOutput(out Output) error { return checkTopK(m.K, out) }

// CheckTargets implements TargetChecker.
func (SparseTopKCategoricalAccuracy) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassNumbers(y, out, nil, "TopKCategoricalAccuracy")
}

// Update implements Metric.
func (m SparseTopKCategoricalAccuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return topKStats(b, m.K, yTrue, yPred)
}

// Result implements Metric.
func (SparseTopKCategoricalAccuracy) Result(sums []float64) float64 { return mean(sums) }

// TopKCategoricalAccuracy is the share of examples whose true class is among
// the K most likely ones. Targets are one-hot rows.
type TopKCategoricalAccuracy struct {
	// K is how many classes are looked at; 5 if zero.
	K int `json:",omitempty"`
}

// Name implements Metric.
func (TopKCategoricalAccuracy) Name() string { return "top_k_categorical_accuracy" }

// CheckOutput implements OutputChecker.
func (m TopKCategoricalAccuracy) CheckOutput(out Output) error { return checkTopK(m.K, out) }

// CheckTargets implements TargetChecker.
func (TopKCategoricalAccuracy) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassShares(y, out, "SparseTopKCategoricalAccuracy")
}

// Update implements Metric.
func (m TopKCategoricalAccuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return topKStats(b, m.K, graph.ArgMax(like(yTrue, yPred), -1, int32DType), yPred)
}

// Result implements Metric.
func (TopKCategoricalAccuracy) Result(sums []float64) float64 { return mean(sums) }

// topKStats counts the rows in which fewer than k classes are more likely than
// the true one.
func topKStats(b *Builder, k int, labels, yPred *graph.Node) *graph.Node {
	truth, p := classTable(labels, yPred)
	score := graph.ReduceAndKeep(graph.Mul(truth, p), graph.ReduceSum, -1)
	return meanStatsOf(fewerThan(topK(k), p, score), b.rowWeights(yPred))
}

// fewerThan is 1 where fewer than k numbers of a row are above the row's limit,
// shape (rows, 1), flat.
func fewerThan(k int, p, limit *graph.Node) *graph.Node {
	above := graph.ReduceSum(graph.ConvertDType(graph.GreaterThan(p, limit), p.DType()), -1)
	return graph.ConvertDType(graph.LessThan(above, graph.ConstAs(above, float64(k))), p.DType())
}

func topK(k int) int {
	if k == 0 {
		return 5
	}
	return k
}

func checkTopK(k int, out Output) error {
	switch k = topK(k); {
	case k < 1:
		return fmt.Errorf("with K %d, but it must be at least 1", k)
	case k >= out.classes():
		return fmt.Errorf("with K %d for output %s of %d classes, where every answer would be right; choose a smaller K", k, out.Name, out.classes())
	}
	return nil
}
