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
	// LabelSmoothing, in [0, 1), is the share of certainty taken from the true
	// class and spread evenly over all classes; 0.1 is usual. Szegedy et al.,
	// 2015.
	LabelSmoothing float64 `json:",omitempty"`
	// IgnoreClass, such as new(-1), is a class number that says that there is
	// no answer, as for padding: it does not count. Nil ignores none.
	IgnoreClass *int `json:",omitempty"`
}

// Name implements Loss and Metric: "sparse_categorical_crossentropy".
func (SparseCategoricalCrossEntropy) Name() string { return "sparse_categorical_crossentropy" }

// CheckOutput implements OutputChecker.
func (l SparseCategoricalCrossEntropy) CheckOutput(out Output) error {
	if err := checkSmoothing(l.LabelSmoothing); err != nil {
		return err
	}
	return checkProbabilities(out, Softmax, l.FromLogits, orLogits)
}

// CheckTargets implements TargetChecker.
func (l SparseCategoricalCrossEntropy) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassNumbers(y, out, l.IgnoreClass, "CategoricalCrossEntropy")
}

func (l SparseCategoricalCrossEntropy) values(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	rows, classes := rowsAndClasses(yPred)
	oneHot := graph.OneHot(graph.ConvertDType(graph.Reshape(yTrue, rows), int32DType), classes, yPred.DType())
	oneHot = smoothed(oneHot, l.LabelSmoothing, classes)
	if answered := l.answered(yTrue, yPred); answered != nil {
		// A row of zeros has loss 0 and gradient 0.
		oneHot = graph.Mul(oneHot, graph.Reshape(answered, rows, 1))
	}
	return crossEntropy(b, oneHot, yPred, l.FromLogits)
}

// answered is 1 for rows whose class is not the one ignored, else 0; nil where
// none is ignored.
func (l SparseCategoricalCrossEntropy) answered(yTrue, yPred *graph.Node) *graph.Node {
	if l.IgnoreClass == nil {
		return nil
	}
	return answered(yTrue, yPred, *l.IgnoreClass)
}

func answered(yTrue, yPred *graph.Node, ignore int) *graph.Node {
	rows, _ := rowsAndClasses(yPred)
	y := graph.Reshape(yTrue, rows)
	return graph.ConvertDType(graph.NotEqual(y, graph.ConstAs(y, float64(ignore))), yPred.DType())
}

// Loss implements Loss.
func (l SparseCategoricalCrossEntropy) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	values := l.values(b, yTrue, yPred) // one per row
	if counts := times(l.answered(yTrue, yPred), b.stepWeights(yPred)); counts != nil {
		return lossRowsOf(values, yPred, counts)
	}
	return perRow(graph.Reshape(values, batchOf(yPred), -1))
}

// CategoricalCrossEntropy is −sum(yTrue·log(yPred)), for targets that are
// probabilities themselves, such as one-hot rows. Targets have the output's
// shape; the model ends with Softmax.
type CategoricalCrossEntropy struct {
	// FromLogits is for a model that ends without Softmax.
	FromLogits bool `json:",omitempty"`
	// LabelSmoothing s, in [0, 1), makes targets yTrue·(1−s) + s/classes.
	// Szegedy et al., 2015.
	LabelSmoothing float64 `json:",omitempty"`
}

// Name implements Loss and Metric: "categorical_crossentropy".
func (CategoricalCrossEntropy) Name() string { return "categorical_crossentropy" }

// CheckOutput implements OutputChecker.
func (l CategoricalCrossEntropy) CheckOutput(out Output) error {
	if err := checkSmoothing(l.LabelSmoothing); err != nil {
		return err
	}
	return checkProbabilities(out, Softmax, l.FromLogits, orLogits)
}

// CheckTargets implements TargetChecker.
func (CategoricalCrossEntropy) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassShares(y, out, "SparseCategoricalCrossEntropy")
}

func (l CategoricalCrossEntropy) values(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	rows, classes := rowsAndClasses(yPred)
	targets := smoothed(graph.Reshape(like(yTrue, yPred), rows, classes), l.LabelSmoothing, classes)
	return crossEntropy(b, targets, yPred, l.FromLogits)
}

// Loss implements Loss.
func (l CategoricalCrossEntropy) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(graph.Reshape(l.values(b, yTrue, yPred), batchOf(yPred), -1), yPred)
}

// smoothed are targets t·(1−s) + s/classes.
func smoothed(t *graph.Node, s float64, classes int) *graph.Node {
	if s == 0 {
		return t
	}
	return graph.AddScalar(graph.MulScalar(t, 1-s), s/float64(classes))
}

// crossEntropy is −sum(targets·log(softmax)) of every row. targets are (rows,
// classes); yPred holds as many probabilities or logits.
func crossEntropy(b *Builder, targets, yPred *graph.Node, fromLogits bool) *graph.Node {
	if logits, ok := b.logitsFor(yPred, Softmax, fromLogits); ok {
		return softmaxCrossEntropy(targets, graph.Reshape(logits, dims(targets)...))
	}
	p := graph.Reshape(yPred, dims(targets)...)
	p = graph.Div(p, graph.ReduceAndKeep(p, graph.ReduceSum, -1))
	return graph.Neg(graph.ReduceSum(graph.Mul(targets, graph.Log(clipped(p, tiny, 1-tiny))), -1))
}

// logitsFor is what went, or would go, into the activation that makes an
// output; false if only its result is known.
func (b *Builder) logitsFor(yPred *graph.Node, act Activation, fromLogits bool) (*graph.Node, bool) {
	if fromLogits {
		return yPred, true
	}
	return b.logits(yPred, act)
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
	// LabelSmoothing s, in [0, 1), makes targets yTrue·(1−s) + s/2.
	LabelSmoothing float64 `json:",omitempty"`
}

// Name implements Loss and Metric: "binary_crossentropy".
func (BinaryCrossEntropy) Name() string { return "binary_crossentropy" }

// CheckOutput implements OutputChecker.
func (l BinaryCrossEntropy) CheckOutput(out Output) error {
	if err := checkSmoothing(l.LabelSmoothing); err != nil {
		return err
	}
	return checkProbabilities(out, Sigmoid, l.FromLogits, orLogits)
}

// CheckTargets implements TargetChecker.
func (BinaryCrossEntropy) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkShares(y, out)
}

func (l BinaryCrossEntropy) values(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	t := smoothed(like(yTrue, yPred), l.LabelSmoothing, 2)
	if x, ok := b.logitsFor(yPred, Sigmoid, l.FromLogits); ok {
		return sigmoidCrossEntropy(t, x)
	}
	return binaryCrossEntropy(t, yPred)
}

// Loss implements Loss.
func (l BinaryCrossEntropy) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// sigmoidCrossEntropy is −t·log(p) − (1−t)·log(1−p) for p = sigmoid(x).
func sigmoidCrossEntropy(t, x *graph.Node) *graph.Node {
	return graph.Sub(softplusOf(x), graph.Mul(t, x))
}

// binaryCrossEntropy is −t·log(p) − (1−t)·log(1−p).
func binaryCrossEntropy(t, p *graph.Node) *graph.Node {
	p = clipped(p, tiny, 1-tiny)
	return graph.Neg(graph.Add(
		graph.Mul(t, graph.Log(p)),
		graph.Mul(graph.OneMinus(t), graph.Log(graph.OneMinus(p)))))
}

// clipped keeps values between low and high, with gradient 0 outside. Where
// and not Clip, whose gradient GoMLX does not have.
func clipped(p *graph.Node, low, high float64) *graph.Node {
	lo, hi := graph.ConstAs(p, low), graph.ConstAs(p, high)
	p = graph.Where(graph.LessThan(p, lo), graph.BroadcastToShape(lo, p.Shape()), p)
	return graph.Where(graph.GreaterThan(p, hi), graph.BroadcastToShape(hi, p.Shape()), p)
}

// checkSmoothing wants a share.
func checkSmoothing(s float64) error {
	if !(s >= 0 && s < 1) {
		return fmt.Errorf("LabelSmoothing is %v; it must be at least 0 and below 1, 0.1 is usual", s)
	}
	return nil
}
