package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// MeanSquaredError is mean((yTrue − yPred)²), for numbers such as a price.
// Targets have the output's shape.
type MeanSquaredError struct{}

// Name implements Loss and Metric: "mse".
func (MeanSquaredError) Name() string { return "mse" }

func (MeanSquaredError) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	d := graph.Sub(yPred, like(yTrue, yPred))
	return graph.Mul(d, d)
}

// Loss implements Loss.
func (l MeanSquaredError) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// MeanAbsoluteError is mean(|yTrue − yPred|): less swayed by outliers than the
// squared error. Targets have the output's shape.
type MeanAbsoluteError struct{}

// Name implements Loss and Metric: "mae".
func (MeanAbsoluteError) Name() string { return "mae" }

func (MeanAbsoluteError) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return absOf(graph.Sub(yPred, like(yTrue, yPred)))
}

// Loss implements Loss.
func (l MeanAbsoluteError) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// MeanAbsolutePercentageError is 100·mean(|yTrue − yPred| / |yTrue|): errors in
// per cent of the truth. Targets have the output's shape and are not 0.
type MeanAbsolutePercentageError struct{}

// Name implements Loss and Metric: "mape".
func (MeanAbsolutePercentageError) Name() string { return "mape" }

// CheckTargets implements TargetChecker.
func (MeanAbsolutePercentageError) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkValues(y, out, func(v float64) bool { return math.Abs(v) > tiny },
		"errors in per cent of 0 have no meaning; leave such examples out, or use MeanAbsoluteError")
}

func (MeanAbsolutePercentageError) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	t := like(yTrue, yPred)
	d := absOf(graph.Sub(yPred, t))
	return graph.MulScalar(graph.Div(d, graph.MaxScalar(graph.Abs(t), tiny)), 100.0)
}

// Loss implements Loss.
func (l MeanAbsolutePercentageError) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// MeanSquaredLogarithmicError is mean((log(1 + yTrue) − log(1 + yPred))²), for
// numbers from 0 upwards that differ by orders of magnitude: it looks at
// ratios. Targets have the output's shape and are at least 0; outputs below 0
// count as 0 and learn nothing, so a last layer with Softplus fits best.
type MeanSquaredLogarithmicError struct{}

// Name implements Loss and Metric: "msle".
func (MeanSquaredLogarithmicError) Name() string { return "msle" }

// CheckTargets implements TargetChecker.
func (MeanSquaredLogarithmicError) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkValues(y, out, func(v float64) bool { return v >= 0 },
		"the logarithm wants targets of at least 0; use MeanSquaredError for numbers below")
}

func (MeanSquaredLogarithmicError) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	log := func(x *graph.Node) *graph.Node { return graph.Log1p(graph.MaxScalar(x, tiny)) }
	d := graph.Sub(log(yPred), log(like(yTrue, yPred)))
	return graph.Mul(d, d)
}

// Loss implements Loss.
func (l MeanSquaredLogarithmicError) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// Huber is the squared error for small errors and the absolute error for large
// ones, so that outliers do not rule: with e = |yTrue − yPred|, the mean of
// e²/2 where e ≤ Delta and of Delta·e − Delta²/2 elsewhere. Targets have the
// output's shape. Huber, 1964.
type Huber struct {
	// Delta is the error from which on the loss is a straight line; 1 if zero.
	Delta float64 `json:",omitempty"`
}

// Name implements Loss and Metric: "huber".
func (Huber) Name() string { return "huber" }

// CheckOutput implements OutputChecker: it looks at Delta.
func (l Huber) CheckOutput(Output) error {
	if !(l.Delta >= 0) || math.IsInf(l.Delta, 1) {
		return fmt.Errorf("with Delta %v, but it must be above 0, 1 is usual", l.Delta)
	}
	return nil
}

func (l Huber) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	delta := orDefault(l.Delta, 1)
	e := absOf(graph.Sub(yPred, like(yTrue, yPred)))
	// The part within Delta counts squared, the part beyond it in full.
	within := graph.MinScalar(e, delta)
	return graph.Add(graph.MulScalar(graph.Mul(within, within), 0.5), graph.MulScalar(graph.Sub(e, within), delta))
}

// Loss implements Loss.
func (l Huber) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// LogCosh is mean(log(cosh(yPred − yTrue))), a smooth loss that is e²/2 for
// small errors e and |e| − log 2 for large ones. Targets have the output's
// shape.
type LogCosh struct{}

// Name implements Loss and Metric: "log_cosh".
func (LogCosh) Name() string { return "log_cosh" }

func (LogCosh) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	d := graph.Sub(yPred, like(yTrue, yPred))
	e := graph.Abs(d)
	// cosh itself would overflow for errors of 90.
	y := graph.AddScalar(graph.Add(e, graph.Log1p(graph.Exp(graph.MulScalar(e, -2.0)))), -math.Ln2)
	return customVJP(y, func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{graph.Mul(dy, graph.Tanh(d))}
	}, d)
}

// Loss implements Loss.
func (l LogCosh) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// Poisson is mean(yPred − yTrue·log(yPred)), for counts, such as visitors a
// day: up to a constant, −log of the probability that a Poisson distribution
// with mean yPred gives yTrue. Targets have the output's shape and are at least
// 0; so must the output be: end the model with Softplus.
type Poisson struct{}

// Name implements Loss and Metric: "poisson".
func (Poisson) Name() string { return "poisson" }

// CheckOutput implements OutputChecker.
func (Poisson) CheckOutput(out Output) error {
	if out.Activation.positive() {
		return nil
	}
	return fmt.Errorf("output %s goes through %v and can be below 0, where a number of events cannot be; end the model with dlkit.Softplus", out.Name, out.Activation)
}

// CheckTargets implements TargetChecker.
func (Poisson) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkValues(y, out, func(v float64) bool { return v >= 0 }, "numbers of events are at least 0")
}

func (Poisson) values(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return graph.Sub(yPred, graph.Mul(like(yTrue, yPred), graph.Log(graph.AddScalar(yPred, tiny))))
}

// Loss implements Loss.
func (l Poisson) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// absOf is |x| with gradient 0 at 0, where GoMLX's is 1 and would push away a
// prediction that is right.
func absOf(x *graph.Node) *graph.Node {
	return customVJP(graph.Abs(x), func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{graph.Mul(dy, graph.Sign(x))}
	}, x)
}

// positive reports whether an activation gives no number below 0.
func (a Activation) positive() bool {
	switch a.kind {
	case relu, sigmoid, hardSigmoid, softmax, softplus:
		return true
	}
	return false
}

// checkValues wants targets of the output's shape whose values are fine; why
// says what else to do.
func checkValues(y *tensor.Tensor, out Output, fine func(v float64) bool, why string) error {
	if err := sameShape(y, out); err != nil {
		return err
	}
	for i, v := range tensor.Values[float64](y) {
		// What is not a number is Fit's to report, with its place in the data.
		if !fine(v) && !math.IsNaN(v) && !math.IsInf(v, 0) {
			return fmt.Errorf("target value %d of the batch is %v; %s", i, v, why)
		}
	}
	return nil
}
