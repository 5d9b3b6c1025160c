package dlkit

import (
	"errors"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Every loss of this package is a metric too: its mean over all examples, in
// CompileConfig.Metrics as it is. LossMetric does the same for your own.

// valued is implemented by this package's losses.
type valued interface {
	// values are the loss before averaging: one per row of the output or one
	// per place, in any shape.
	values(b *Builder, yTrue, yPred *graph.Node) *graph.Node
}

func lossStats(l valued, b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.meanStats(l.values(b, yTrue, yPred), yPred)
}

// LossMetric makes a metric of a loss of your own: its mean over all examples.
type LossMetric struct {
	// Loss is what is measured.
	Loss Loss
}

// Name implements Metric: the loss' name.
func (m LossMetric) Name() string {
	if m.Loss == nil {
		return "loss metric"
	}
	return m.Loss.Name()
}

// CheckOutput implements OutputChecker: it asks the loss.
func (m LossMetric) CheckOutput(out Output) error {
	if m.Loss == nil {
		return errors.New("its Loss is nil; say which loss to measure")
	}
	if c, ok := m.Loss.(OutputChecker); ok {
		return c.CheckOutput(out)
	}
	return nil
}

// CheckTargets implements TargetChecker: it asks the loss.
func (m LossMetric) CheckTargets(y *tensor.Tensor, out Output) error {
	if c, ok := m.Loss.(TargetChecker); ok {
		return c.CheckTargets(y, out)
	}
	return sameShape(y, out)
}

// Update implements Metric.
func (m LossMetric) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return meanStatsOf(m.Loss.Loss(b, yTrue, yPred), b.weights)
}

// Result implements Metric.
func (LossMetric) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric: rows of the class to be ignored do not count.
func (l SparseCategoricalCrossEntropy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return meanStatsOf(l.values(b, yTrue, yPred), times(l.answered(yTrue, yPred), b.rowWeights(yPred)))
}

// Result implements Metric.
func (SparseCategoricalCrossEntropy) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l MeanSquaredError) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (MeanSquaredError) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l MeanAbsoluteError) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (MeanAbsoluteError) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l MeanAbsolutePercentageError) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (MeanAbsolutePercentageError) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l MeanSquaredLogarithmicError) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (MeanSquaredLogarithmicError) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l Huber) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (Huber) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l LogCosh) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (LogCosh) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l Poisson) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (Poisson) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l CategoricalCrossEntropy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (CategoricalCrossEntropy) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l BinaryCrossEntropy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (BinaryCrossEntropy) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l BinaryFocalCrossEntropy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (BinaryFocalCrossEntropy) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l CategoricalFocalCrossEntropy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (CategoricalFocalCrossEntropy) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l Hinge) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (Hinge) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l SquaredHinge) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (SquaredHinge) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l CategoricalHinge) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (CategoricalHinge) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l KLDivergence) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (KLDivergence) Result(sums []float64) float64 { return mean(sums) }

// Update implements Metric.
func (l CosineSimilarity) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return lossStats(l, b, yTrue, yPred)
}

// Result implements Metric.
func (CosineSimilarity) Result(sums []float64) float64 { return mean(sums) }
