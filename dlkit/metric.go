package dlkit

import (
	"errors"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

const int32DType = dtypes.Int32

// Metric measures predictions in numbers made for people, over a whole data
// set: every batch gives statistics that can be added up, and the result is
// computed from their sums. Write your own exactly like this package's. The
// losses of this package are metrics too: their mean over all examples.
type Metric interface {
	// Name is the metric's name in histories and scores: "accuracy".
	Name() string
	// Update returns the batch's statistics, shape (k,), to be summed over
	// batches. A metric that can be weighted asks b for the SampleWeights:
	// they are there if it was given as one of WeightedMetrics.
	Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node
	// Result computes the metric from the summed statistics.
	Result(sums []float64) float64
}

// ArrayMetric is a Metric with more to say than one number: a number for every
// class, a curve, a matrix. Scores.Array gives it; histories have the number
// that Result makes of it.
type ArrayMetric interface {
	Metric
	// Array computes the metric in full from the summed statistics.
	Array(sums []float64) (*tensor.Tensor, error)
}

// RenamedMetric is a metric under another name, so that two of a kind can stand
// side by side:
//
//	RenamedMetric{Metric: Recall{ClassID: new(1)}, As: "recall_spam"}
type RenamedMetric struct {
	// Metric is what is measured.
	Metric Metric
	// As is the name it is shown by.
	As string
}

// Name implements Metric.
func (m RenamedMetric) Name() string { return m.As }

// CheckOutput implements OutputChecker.
func (m RenamedMetric) CheckOutput(out Output) error {
	switch {
	case m.Metric == nil:
		return errors.New("its Metric is nil; say what to measure")
	case m.As == "":
		return errors.New("its new name is empty; fill in As")
	}
	if c, ok := m.Metric.(OutputChecker); ok {
		return c.CheckOutput(out)
	}
	return nil
}

// CheckTargets implements TargetChecker.
func (m RenamedMetric) CheckTargets(y *tensor.Tensor, out Output) error {
	switch c := m.Metric.(type) {
	case TargetChecker:
		return c.CheckTargets(y, out)
	case Loss:
		return sameShape(y, out)
	}
	return nil
}

// Update implements Metric.
func (m RenamedMetric) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return m.Metric.Update(b, yTrue, yPred)
}

// Result implements Metric.
func (m RenamedMetric) Result(sums []float64) float64 { return m.Metric.Result(sums) }

// classLoss is implemented by losses for classes.
type classLoss interface {
	// accuracy is the accuracy that fits the loss' targets and outputs.
	accuracy() Metric
	// link is the activation that makes probabilities of the outputs that the
	// loss wants; Linear where they are probabilities, or make none.
	link() Activation
}

func logitsLink(fromLogits bool, act Activation) Activation {
	if fromLogits {
		return act
	}
	return Linear
}

func (l SparseCategoricalCrossEntropy) accuracy() Metric {
	return SparseCategoricalAccuracy{IgnoreClass: l.IgnoreClass}
}
func (l SparseCategoricalCrossEntropy) link() Activation { return logitsLink(l.FromLogits, Softmax) }
func (CategoricalCrossEntropy) accuracy() Metric         { return CategoricalAccuracy{} }
func (l CategoricalCrossEntropy) link() Activation       { return logitsLink(l.FromLogits, Softmax) }
func (CategoricalFocalCrossEntropy) accuracy() Metric    { return CategoricalAccuracy{} }
func (l CategoricalFocalCrossEntropy) link() Activation  { return logitsLink(l.FromLogits, Softmax) }
func (BinaryCrossEntropy) accuracy() Metric              { return BinaryAccuracy{} }
func (l BinaryCrossEntropy) link() Activation            { return logitsLink(l.FromLogits, Sigmoid) }
func (BinaryFocalCrossEntropy) accuracy() Metric         { return BinaryAccuracy{} }
func (l BinaryFocalCrossEntropy) link() Activation       { return logitsLink(l.FromLogits, Sigmoid) }
func (KLDivergence) accuracy() Metric                    { return CategoricalAccuracy{} }
func (KLDivergence) link() Activation                    { return Linear }
func (CategoricalHinge) accuracy() Metric                { return CategoricalAccuracy{} }
func (CategoricalHinge) link() Activation                { return Linear }
func (Hinge) accuracy() Metric                           { return BinaryAccuracy{} }
func (SquaredHinge) accuracy() Metric                    { return BinaryAccuracy{} }

// The outputs of hinge losses mean yes above 0, where the sigmoid is above 0.5.
func (Hinge) link() Activation        { return Sigmoid }
func (SquaredHinge) link() Activation { return Sigmoid }

// fitter is implemented by metrics that depend on the model's loss and output.
type fitter interface {
	fitted(loss Loss, out Output) Metric
}

// probabilistic is implemented by metrics that look at how large probabilities
// are. If the loss takes logits, they get probabilities made of them.
type probabilistic interface{ wantsProbabilities() }

// checkThreshold wants an output that a threshold between 0 and 1 is meant for,
// or one that was chosen for this output.
func checkThreshold(out Output, threshold float64) error {
	if threshold == 0 && !out.probable() {
		return fmt.Errorf("output %s goes through %v and need not lie between 0 and 1; say from which value on it means yes, such as Threshold: 0.5, or end the model with dlkit.Sigmoid",
			out.Name, out.Activation)
	}
	return nil
}

// probable reports whether an output lies between 0 and 1.
func (o Output) probable() bool {
	switch o.Activation.kind {
	case sigmoid, hardSigmoid, softmax:
		return true
	}
	return false
}
