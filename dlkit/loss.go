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

// classes is the length of the last axis, 1 for a number per example.
func (o Output) classes() int {
	if len(o.Shape) == 0 {
		return 1
	}
	return o.Shape[len(o.Shape)-1]
}

// OutputChecker is implemented by losses and metrics that fit only some
// outputs. Compile returns the error, with the loss' or metric's name in front.
type OutputChecker interface {
	CheckOutput(out Output) error
}

// TargetChecker is implemented by losses that take other targets than those of
// the output's own shape, and by metrics that are particular about targets.
// Fit and Evaluate call CheckTargets with every batch of targets before it is
// used, and return the error with the loss' or metric's name in front.
type TargetChecker interface {
	CheckTargets(targets *tensor.Tensor, out Output) error
}

// checkOutput asks a loss or metric, kind, whether it fits an output.
func checkOutput(kind, name string, v any, out Output) error {
	c, ok := v.(OutputChecker)
	if !ok {
		return nil
	}
	if err := c.CheckOutput(out); err != nil {
		return fmt.Errorf("dlkit: %s %s: %w", kind, name, err)
	}
	return nil
}

// checkTargets asks a loss or metric, kind, whether targets fit it. A loss that
// does not say what it takes wants the output's own shape.
func checkTargets(kind, name string, v any, targets *tensor.Tensor, out Output) error {
	var err error
	if c, ok := v.(TargetChecker); ok {
		err = c.CheckTargets(targets, out)
	} else if _, ok := v.(Loss); ok {
		err = sameShape(targets, out)
		if shape := targets.Shape(); err != nil && len(shape) > 0 && shape.Size() == shape[0] {
			err = fmt.Errorf("%w: Dense(1) for one quantity per example; for class numbers there is the loss SparseCategoricalCrossEntropy", err)
		}
	}
	if err != nil {
		return fmt.Errorf("dlkit: %s %s: %w", kind, name, err)
	}
	return nil
}

// sameShape wants targets of the output's shape; for outputs of one number,
// (n,) is as good as (n, 1).
func sameShape(targets *tensor.Tensor, out Output) error {
	got := targets.Shape()
	if len(got) == 0 {
		return fmt.Errorf("the targets are a scalar; want one row per example")
	}
	one := out.Shape.Size() == 1
	if got[1:].Equal(out.Shape) || (one && got[1:].Size() == 1) {
		return nil
	}
	return fmt.Errorf("targets of shape %v do not fit output %s of shape %v; want targets of shape %v, or another last layer",
		perExample(got), out.Name, batched(out.Shape), batched(out.Shape))
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

// like gives targets the predictions' type and shape.
func like(yTrue, yPred *graph.Node) *graph.Node {
	return graph.Reshape(graph.ConvertDType(yTrue, yPred.DType()), dims(yPred)...)
}
