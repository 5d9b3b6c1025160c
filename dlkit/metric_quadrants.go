package dlkit

import (
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// TruePositives counts the answers yes that are right. Targets have the
// output's shape, or are class numbers.
type TruePositives struct {
	// Threshold is the probability above which the answer is yes; 0.5 if zero.
	Threshold float64 `json:",omitempty"`
}

// FalsePositives counts the answers yes that are wrong. Targets have the
// output's shape, or are class numbers.
type FalsePositives struct {
	// Threshold is the probability above which the answer is yes; 0.5 if zero.
	Threshold float64 `json:",omitempty"`
}

// TrueNegatives counts the answers no that are right. Targets have the output's
// shape, or are class numbers.
type TrueNegatives struct {
	// Threshold is the probability above which the answer is yes; 0.5 if zero.
	Threshold float64 `json:",omitempty"`
}

// FalseNegatives counts the answers no that are wrong. Targets have the
// output's shape, or are class numbers.
type FalseNegatives struct {
	// Threshold is the probability above which the answer is yes; 0.5 if zero.
	Threshold float64 `json:",omitempty"`
}

// quadrantStats is the number of answers whose truth and answer are as said.
func quadrantStats(b *Builder, threshold float64, truth, said bool, yTrue, yPred *graph.Node) *graph.Node {
	t, p := classTable(yTrue, yPred)
	s := answers{threshold: threshold}.said(p)
	if !truth {
		t = graph.OneMinus(t)
	}
	if !said {
		s = graph.OneMinus(s)
	}
	hits := graph.ReduceSum(graph.Mul(t, s), -1)
	return graph.Reshape(graph.ReduceAllSum(times(hits, b.rowWeights(yPred))), 1)
}

// Name implements Metric.
func (TruePositives) Name() string { return "true_positives" }

// CheckOutput implements OutputChecker.
func (m TruePositives) CheckOutput(out Output) error { return checkThreshold(out, m.Threshold) }

// CheckTargets implements TargetChecker.
func (TruePositives) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassTargets(y, out)
}

func (TruePositives) wantsProbabilities() {}

// Update implements Metric.
func (m TruePositives) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return quadrantStats(b, m.Threshold, true, true, yTrue, yPred)
}

// Result implements Metric.
func (TruePositives) Result(sums []float64) float64 { return sums[0] }

// Name implements Metric.
func (FalsePositives) Name() string { return "false_positives" }

// CheckOutput implements OutputChecker.
func (m FalsePositives) CheckOutput(out Output) error { return checkThreshold(out, m.Threshold) }

// CheckTargets implements TargetChecker.
func (FalsePositives) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassTargets(y, out)
}

func (FalsePositives) wantsProbabilities() {}

// Update implements Metric.
func (m FalsePositives) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return quadrantStats(b, m.Threshold, false, true, yTrue, yPred)
}

// Result implements Metric.
func (FalsePositives) Result(sums []float64) float64 { return sums[0] }

// Name implements Metric.
func (TrueNegatives) Name() string { return "true_negatives" }

// CheckOutput implements OutputChecker.
func (m TrueNegatives) CheckOutput(out Output) error { return checkThreshold(out, m.Threshold) }

// CheckTargets implements TargetChecker.
func (TrueNegatives) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassTargets(y, out)
}

func (TrueNegatives) wantsProbabilities() {}

// Update implements Metric.
func (m TrueNegatives) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return quadrantStats(b, m.Threshold, false, false, yTrue, yPred)
}

// Result implements Metric.
func (TrueNegatives) Result(sums []float64) float64 { return sums[0] }

// Name implements Metric.
func (FalseNegatives) Name() string { return "false_negatives" }

// CheckOutput implements OutputChecker.
func (m FalseNegatives) CheckOutput(out Output) error { return checkThreshold(out, m.Threshold) }

// CheckTargets implements TargetChecker.
func (FalseNegatives) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassTargets(y, out)
}

func (FalseNegatives) wantsProbabilities() {}

// Update implements Metric.
func (m FalseNegatives) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return quadrantStats(b, m.Threshold, true, false, yTrue, yPred)
}

// Result implements Metric.
func (FalseNegatives) Result(sums []float64) float64 { return sums[0] }
