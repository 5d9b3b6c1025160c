package dlkit

import (
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// RootMeanSquaredError is the square root of the mean of (yTrue − yPred)² over
// all examples: an error in the targets' own unit. Targets have the output's
// shape.
type RootMeanSquaredError struct{}

// Name implements Metric.
func (RootMeanSquaredError) Name() string { return "rmse" }

// CheckTargets implements TargetChecker.
func (RootMeanSquaredError) CheckTargets(y *tensor.Tensor, out Output) error {
	return sameShape(y, out)
}

// Update implements Metric.
func (RootMeanSquaredError) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return MeanSquaredError{}.Update(b, yTrue, yPred)
}

// Result implements Metric.
func (RootMeanSquaredError) Result(sums []float64) float64 { return math.Sqrt(mean(sums)) }

// R2Score is 1 − sum((yTrue − yPred)²) / sum((yTrue − mean(yTrue))²), the share
// of the targets' variance that the model explains: 1 is perfect, 0 as good as
// always saying the mean, below 0 worse. Targets have the output's shape; the
// scores of several numbers per example are averaged. Targets that are all the
// same have score 1 if they are met exactly, else 0.
type R2Score struct {
	// VarianceWeighted averages the scores of several numbers weighted by the
	// variance of their targets, instead of evenly.
	VarianceWeighted bool `json:",omitempty"`
}

// Name implements Metric.
func (R2Score) Name() string { return "r2_score" }

// CheckTargets implements TargetChecker.
func (R2Score) CheckTargets(y *tensor.Tensor, out Output) error { return sameShape(y, out) }

// Update implements Metric: for every number of an output's row, the weighted
// sums of the squared errors, of the targets and of their squares; then the sum
// of the weights. In float64, since the variance is a small difference of large
// sums where targets lie far from 0, such as years.
func (R2Score) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	rows, columns := rowsAndClasses(yPred)
	table := func(x *graph.Node) *graph.Node {
		return graph.Reshape(graph.ConvertDType(x, dtypes.Float64), rows, columns)
	}
	y, p := table(yTrue), table(yPred)
	w := graph.OnesLike(graph.ReduceSum(y, -1))
	if weights := b.rowWeights(yPred); weights != nil {
		w = graph.ConvertDType(weights, dtypes.Float64)
	}
	sum := func(x *graph.Node) *graph.Node { return graph.ReduceSum(graph.Mul(x, graph.Reshape(w, rows, 1)), 0) }
	e := graph.Sub(y, p)
	return graph.Concatenate([]*graph.Node{sum(graph.Mul(e, e)), sum(y), sum(graph.Mul(y, y)), graph.Reshape(graph.ReduceAllSum(w), 1)}, 0)
}

// Result implements Metric.
func (m R2Score) Result(sums []float64) float64 {
	scores, variances := r2Scores(sums)
	var plain, weighted, total float64
	for i, s := range scores {
		plain, weighted, total = plain+s, weighted+s*variances[i], total+variances[i]
	}
	if m.VarianceWeighted {
		return weighted / total
	}
	return plain / float64(len(scores))
}

// Array implements ArrayMetric: the score of every number of the output's last
// axis.
func (R2Score) Array(sums []float64) (*tensor.Tensor, error) {
	scores, _ := r2Scores(sums)
	return tensor.New(scores)
}

// r2Scores are the scores of the columns, and the targets' variances times the
// number of examples.
func r2Scores(sums []float64) (scores, variances []float64) {
	n := (len(sums) - 1) / 3
	count := sums[3*n]
	for i := range n {
		residual, sum, squares := sums[i], sums[n+i], sums[2*n+i]
		total := squares - sum*sum/count
		if total < 1e-12*squares { // no more than rounding
			total = 0
		}
		variances = append(variances, total)
		switch {
		case total > 0:
			scores = append(scores, 1-residual/total)
		case residual == 0:
			scores = append(scores, 1)
		default:
			scores = append(scores, 0)
		}
	}
	return scores, variances
}
