package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// tiny keeps logarithms of probabilities finite, as Keras' epsilon does.
const tiny = 1e-7

// SparseCategoricalCrossEntropy is −log(probability of the true class), for
// one class out of several. Targets are class numbers 0 … classes−1, of shape
// (n,) or (n, 1), or (n, steps) for sequences. The output holds probabilities
// along its last axis: end the model with Softmax, and the loss is computed
// from what went into it, which stays exact however sure the model is.
type SparseCategoricalCrossEntropy struct {
	// FromLogits is for a model that ends without Softmax.
	FromLogits bool `json:",omitempty"`
}

// Name implements Loss.
func (SparseCategoricalCrossEntropy) Name() string { return "sparse_categorical_crossentropy" }

// CheckOutput implements OutputChecker.
func (l SparseCategoricalCrossEntropy) CheckOutput(out Output) error {
	return checkProbabilities(l.Name(), out, Softmax, l.FromLogits)
}

// CheckTargets implements TargetChecker.
func (l SparseCategoricalCrossEntropy) CheckTargets(y *tensor.Tensor, out Output) error {
	classes := out.Shape[len(out.Shape)-1]
	want := append(tensor.Shape{y.Len()}, out.Shape[:len(out.Shape)-1]...)
	got := y.Shape()
	if !got.Equal(want) && !got.Equal(append(want.Clone(), 1)) {
		hint := ""
		if len(got) == len(want)+1 && got[len(got)-1] == classes {
			hint = "; these look like one-hot targets, for which CategoricalCrossEntropy is made"
		}
		return fmt.Errorf("dlkit: loss %s: targets of shape %v do not fit output %s with %d classes; want class numbers of shape %v%s",
			l.Name(), perExample(got), out.Name, classes, perExample(want), hint)
	}
	return checkLabels(l.Name(), y, classes)
}

// checkLabels wants whole numbers from 0 to classes−1.
func checkLabels(loss string, y *tensor.Tensor, classes int) error {
	bad := func(i int, v any, why string) error {
		return fmt.Errorf("dlkit: loss %s: target %d of the batch is %v; %s: class numbers go from 0 to %d, since the last layer has %d outputs; number the classes from 0, or give the last layer more units",
			loss, i, v, why, classes-1, classes)
	}
	if labels, ok := tensor.Flat[int32](y); ok { // the usual type, checked without copying
		for i, v := range labels {
			if v < 0 || int(v) >= classes {
				return bad(i, v, "out of range")
			}
		}
		return nil
	}
	for i, v := range tensor.Values[float64](y) {
		switch {
		case v != float64(int64(v)):
			return bad(i, v, "not a whole number")
		case v < 0 || int(v) >= classes:
			return bad(i, v, "out of range")
		}
	}
	return nil
}

// Loss implements Loss.
func (l SparseCategoricalCrossEntropy) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	d := dims(yPred)
	classes := d[len(d)-1]
	rows := tensor.Shape(d[:len(d)-1]).Size()
	oneHot := graph.OneHot(graph.ConvertDType(graph.Reshape(yTrue, rows), int32DType), classes, yPred.DType())
	return perRow(graph.Reshape(crossEntropy(b, oneHot, yPred, l.FromLogits), d[:len(d)-1]...))
}

// CategoricalCrossEntropy is −sum(yTrue·log(yPred)), for targets that are
// probabilities themselves, such as one-hot rows. Targets have the output's
// shape; the model ends with Softmax.
type CategoricalCrossEntropy struct {
	// FromLogits is for a model that ends without Softmax.
	FromLogits bool `json:",omitempty"`
}

// Name implements Loss.
func (CategoricalCrossEntropy) Name() string { return "categorical_crossentropy" }

// CheckOutput implements OutputChecker.
func (l CategoricalCrossEntropy) CheckOutput(out Output) error {
	return checkProbabilities(l.Name(), out, Softmax, l.FromLogits)
}

// CheckTargets implements TargetChecker.
func (l CategoricalCrossEntropy) CheckTargets(y *tensor.Tensor, out Output) error {
	if err := sameShape(l, y, out); err != nil {
		if y.Shape()[1:].Size() == 1 {
			return fmt.Errorf("%w; for class numbers there is SparseCategoricalCrossEntropy", err)
		}
		return err
	}
	return checkUnitRange(l.Name(), y)
}

// Loss implements Loss.
func (l CategoricalCrossEntropy) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	d := dims(yPred)
	rows := tensor.Shape(d[:len(d)-1]).Size()
	targets := graph.Reshape(like(yTrue, yPred), rows, d[len(d)-1])
	return perRow(graph.Reshape(crossEntropy(b, targets, yPred, l.FromLogits), d[:len(d)-1]...))
}

// crossEntropy is −sum(targets·log(softmax)) of every row. targets are (rows,
// classes); yPred holds as many probabilities or logits.
func crossEntropy(b *Builder, targets, yPred *graph.Node, fromLogits bool) *graph.Node {
	rows, classes := dims(targets)[0], dims(targets)[1]
	logits := yPred
	if !fromLogits {
		var ok bool
		if logits, ok = b.logits(yPred, Softmax); !ok {
			p := graph.Reshape(yPred, rows, classes)
			p = graph.Div(p, graph.ReduceAndKeep(p, graph.ReduceSum, -1))
			return graph.Neg(graph.ReduceSum(graph.Mul(targets, graph.Log(clipped(p))), -1))
		}
	}
	return softmaxCrossEntropy(targets, graph.Reshape(logits, rows, classes))
}

// softmaxCrossEntropy is −sum(t·log(softmax(x))) of every row of x, with its
// gradient written by hand: softmax(x)·sum(t) − t.
func softmaxCrossEntropy(t, x *graph.Node) *graph.Node {
	shifted := graph.Sub(x, graph.StopGradient(graph.ReduceAndKeep(x, graph.ReduceMax, -1)))
	e := graph.Exp(shifted)
	sum := graph.ReduceAndKeep(e, graph.ReduceSum, -1)
	total := graph.ReduceAndKeep(t, graph.ReduceSum, -1)
	loss := graph.Sub(
		graph.Mul(graph.Reshape(graph.Log(sum), -1), graph.Reshape(total, -1)),
		graph.ReduceSum(graph.Mul(t, shifted), -1))
	return customVJP(loss, func(_, dl *graph.Node) []*graph.Node {
		dx := graph.Sub(graph.Mul(graph.Div(e, sum), total), t)
		return []*graph.Node{graph.Mul(dx, graph.Reshape(dl, -1, 1))}
	}, x)
}

// BinaryCrossEntropy is −y·log(p) − (1−y)·log(1−p), for yes-or-no answers, one
// or several per example. Targets between 0 and 1, of the output's shape; the
// model ends with Sigmoid, and the loss is computed from what went into it.
type BinaryCrossEntropy struct {
	// FromLogits is for a model that ends without Sigmoid.
	FromLogits bool `json:",omitempty"`
}

// Name implements Loss.
func (BinaryCrossEntropy) Name() string { return "binary_crossentropy" }

// CheckOutput implements OutputChecker.
func (l BinaryCrossEntropy) CheckOutput(out Output) error {
	return checkProbabilities(l.Name(), out, Sigmoid, l.FromLogits)
}

// CheckTargets implements TargetChecker.
func (l BinaryCrossEntropy) CheckTargets(y *tensor.Tensor, out Output) error {
	if err := sameShape(l, y, out); err != nil {
		return err
	}
	return checkUnitRange(l.Name(), y)
}

// Loss implements Loss.
func (l BinaryCrossEntropy) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	t := like(yTrue, yPred)
	x, ok := yPred, l.FromLogits
	if !ok {
		x, ok = b.logits(yPred, Sigmoid)
	}
	if !ok {
		p := clipped(yPred)
		return perRow(graph.Neg(graph.Add(
			graph.Mul(t, graph.Log(p)),
			graph.Mul(graph.OneMinus(t), graph.Log(graph.OneMinus(p))))))
	}
	return perRow(graph.Sub(softplusOf(x), graph.Mul(t, x)))
}

// clipped keeps probabilities away from 0 and 1. Where and not Clip, whose
// gradient GoMLX does not have.
func clipped(p *graph.Node) *graph.Node {
	low, high := graph.ConstAs(p, tiny), graph.ConstAs(p, 1-tiny)
	p = graph.Where(graph.LessThan(p, low), graph.BroadcastToShape(low, p.Shape()), p)
	return graph.Where(graph.GreaterThan(p, high), graph.BroadcastToShape(high, p.Shape()), p)
}

// checkProbabilities refuses an output that a cross-entropy cannot be meant
// for, since training on it would be training on nonsense.
func checkProbabilities(loss string, out Output, want Activation, fromLogits bool) error {
	if len(out.Shape) == 0 {
		return fmt.Errorf("dlkit: loss %s: output %s is a scalar per example; it needs an axis of probabilities", loss, out.Name)
	}
	switch {
	case fromLogits && (out.Activation == Softmax || out.Activation == Sigmoid):
		return fmt.Errorf("dlkit: loss %s with FromLogits: output %s already goes through %v; leave FromLogits out, or the activation", loss, out.Name, out.Activation)
	case fromLogits:
		return nil
	case want == Softmax && out.Activation == Softmax && out.Shape[len(out.Shape)-1] == 1:
		return fmt.Errorf("dlkit: loss %s: output %s has one unit with softmax, which is always 1; use two or more units, or one with Sigmoid and BinaryCrossEntropy", loss, out.Name)
	case out.Activation == want:
		return nil
	case want == Sigmoid && out.Activation == Softmax:
		return fmt.Errorf("dlkit: loss %s: output %s goes through softmax; yes-or-no answers need Sigmoid, classes need SparseCategoricalCrossEntropy", loss, out.Name)
	}
	return fmt.Errorf("dlkit: loss %s: output %s goes through %v, which does not give probabilities; end the model with dlkit.%s, or set FromLogits",
		loss, out.Name, out.Activation, map[Activation]string{Softmax: "Softmax", Sigmoid: "Sigmoid"}[want])
}

// checkUnitRange wants targets between 0 and 1.
func checkUnitRange(loss string, y *tensor.Tensor) error {
	for i, v := range tensor.Values[float32](y) {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("dlkit: loss %s: target value %d of the batch is %v; targets must lie between 0 and 1", loss, i, v)
		}
	}
	return nil
}
