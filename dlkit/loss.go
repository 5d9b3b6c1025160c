package dlkit

import (
	"fmt"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Loss says how far predictions are from the truth: the number that training
// makes small. Write your own exactly like this package's.
type Loss interface {
	// Name is what the loss is called in histories, if it is also a metric.
	Name() string
	// Loss returns the loss of every example, shape (n,). yTrue and yPred have
	// the batch as their first axis; yTrue has the type and shape that the
	// data gave it.
	Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node
}

// Output is what a loss or metric is told about a model's output when the
// model is compiled.
type Output struct {
	// Name is the name of the layer that makes the output.
	Name string
	// Shape is the shape of one output example.
	Shape tensor.Shape
	// Activation is the last thing that the output went through; Linear where
	// it is none.
	Activation Activation
}

// OutputChecker is implemented by losses and metrics that fit only some
// outputs. Compile returns the error.
type OutputChecker interface {
	CheckOutput(out Output) error
}

// TargetChecker is implemented by losses that take other targets than those of
// the output's own shape. Fit and Evaluate call CheckTargets with every batch
// of targets before it is used.
type TargetChecker interface {
	CheckTargets(targets *tensor.Tensor, out Output) error
}

// checkTargets asks the loss, or wants the output's own shape.
func checkTargets(loss Loss, targets *tensor.Tensor, out Output) error {
	if c, ok := loss.(TargetChecker); ok {
		return c.CheckTargets(targets, out)
	}
	return sameShape(loss, targets, out)
}

// sameShape wants targets of the output's shape; for outputs of one number,
// (n,) is as good as (n, 1).
func sameShape(loss Loss, targets *tensor.Tensor, out Output) error {
	got := targets.Shape()
	if len(got) == 0 {
		return fmt.Errorf("dlkit: loss %s: the targets are a scalar; want one row per example", loss.Name())
	}
	one := out.Shape.Size() == 1
	if got[1:].Equal(out.Shape) || (one && got[1:].Size() == 1) {
		return nil
	}
	return fmt.Errorf("dlkit: loss %s: targets of shape %v do not fit output %s of shape %v; want targets of shape %v, or another last layer",
		loss.Name(), perExample(got), out.Name, batched(out.Shape), batched(out.Shape))
}

// perExample writes a batch's shape with n for the number of examples:
// "(n, 10)".
func perExample(batch tensor.Shape) string { return batched(batch[1:]) }

// batched writes the shape of a batch of examples: "(n, 10)", "(n,)".
func batched(example tensor.Shape) string {
	if len(example) == 0 {
		return "(n,)"
	}
	return "(n, " + strings.Trim(example.String(), "(,)") + ")"
}

// perRow is the mean over all axes but the first: (n, …) becomes (n,).
func perRow(x *graph.Node) *graph.Node {
	d := dims(x)
	if len(d) == 1 {
		return x
	}
	rest := tensor.Shape(d[1:]).Size()
	return graph.MulScalar(graph.ReduceSum(graph.Reshape(x, d[0], rest), 1), 1/float64(rest))
}

// like gives targets the predictions' type and shape.
func like(yTrue, yPred *graph.Node) *graph.Node {
	return graph.Reshape(graph.ConvertDType(yTrue, yPred.DType()), dims(yPred)...)
}
