package dlkit

import "github.com/gomlx/gomlx/core/graph"

// MeanSquaredError is mean((yTrue − yPred)²), for numbers such as a price.
// Targets have the output's shape.
type MeanSquaredError struct{}

// Name implements Loss.
func (MeanSquaredError) Name() string { return "mse" }

// Loss implements Loss.
func (MeanSquaredError) Loss(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	d := graph.Sub(yPred, like(yTrue, yPred))
	return perRow(graph.Mul(d, d))
}

// MeanAbsoluteError is mean(|yTrue − yPred|): less swayed by outliers than the
// squared error. Targets have the output's shape.
type MeanAbsoluteError struct{}

// Name implements Loss.
func (MeanAbsoluteError) Name() string { return "mae" }

// Loss implements Loss.
func (MeanAbsoluteError) Loss(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return perRow(graph.Abs(graph.Sub(yPred, like(yTrue, yPred))))
}
