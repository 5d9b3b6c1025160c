package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// BinaryFocalCrossEntropy is (1−pt)^Gamma times the binary cross-entropy, pt
// being the probability given to the right answer: examples that the model is
// sure about hardly count, so that the many easy ones do not drown the few hard
// ones. Targets between 0 and 1, of the output's shape; the model ends with
// Sigmoid, and the loss is computed from what went into it. Lin et al., 2017.
type BinaryFocalCrossEntropy struct {
	// Gamma is how little easy examples count; 2 if zero. (Without such a
	// factor the loss is BinaryCrossEntropy.)
	Gamma float64 `json:",omitempty"`
	// ApplyClassBalancing multiplies the loss by Alpha where the answer is yes
	// and by 1−Alpha where it is no.
	ApplyClassBalancing bool `json:",omitempty"`
	// Alpha, in (0, 1), is the weight of the answer yes; 0.25 if zero.
	Alpha float64 `json:",omitempty"`
	// FromLogits is for a model that ends without Sigmoid.
	FromLogits bool `json:",omitempty"`
	// LabelSmoothing s, in [0, 1), makes targets yTrue·(1−s) + s/2.
	LabelSmoothing float64 `json:",omitempty"`
}

// Name implements Loss and Metric: "binary_focal_crossentropy".
func (BinaryFocalCrossEntropy) Name() string { return "binary_focal_crossentropy" }

// CheckOutput implements OutputChecker.
func (l BinaryFocalCrossEntropy) CheckOutput(out Output) error {
	if !(l.Alpha >= 0 && l.Alpha < 1) {
		return fmt.Errorf("with Alpha %v, but it is the weight of the answer yes and must be above 0 and below 1", l.Alpha)
	}
	if err := firstError(checkGamma(l.Gamma), checkSmoothing(l.LabelSmoothing)); err != nil {
		return err
	}
	return checkProbabilities(out, Sigmoid, l.FromLogits, orLogits)
}

// CheckTargets implements TargetChecker.
func (BinaryFocalCrossEntropy) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkShares(y, out)
}

func (l BinaryFocalCrossEntropy) values(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	t := smoothed(like(yTrue, yPred), l.LabelSmoothing, 2)
	var entropy, yes, no *graph.Node
	if x, ok := b.logitsFor(yPred, Sigmoid, l.FromLogits); ok {
		// sigmoid(−x), not 1 − sigmoid(x), which loses its digits near 0.
		entropy, yes, no = sigmoidCrossEntropy(t, x), graph.Sigmoid(x), graph.Sigmoid(graph.Neg(x))
	} else {
		entropy, yes, no = binaryCrossEntropy(t, yPred), yPred, graph.OneMinus(yPred)
	}
	wrong := graph.Add(graph.Mul(t, no), graph.Mul(graph.OneMinus(t), yes)) // 1 − pt
	loss := graph.Mul(powerOf(wrong, orDefault(l.Gamma, 2)), entropy)
	if l.ApplyClassBalancing {
		alpha := orDefault(l.Alpha, 0.25)
		loss = graph.Mul(loss, graph.AddScalar(graph.MulScalar(t, 2*alpha-1), 1-alpha))
	}
	return loss
}

// Loss implements Loss.
func (l BinaryFocalCrossEntropy) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(l.values(b, yTrue, yPred), yPred)
}

// CategoricalFocalCrossEntropy is −sum(Alpha·(1−yPred)^Gamma·yTrue·log(yPred)):
// the categorical cross-entropy in which examples that the model is sure about
// hardly count. Targets are one-hot rows of the output's shape; the model ends
// with Softmax, and the loss is computed from what went into it. Lin et al.,
// 2017.
type CategoricalFocalCrossEntropy struct {
	// Gamma is how little easy examples count; 2 if zero. (Without such a
	// factor the loss is CategoricalCrossEntropy.)
	Gamma float64 `json:",omitempty"`
	// Alpha multiplies the loss; 0.25 if zero.
	Alpha float64 `json:",omitempty"`
	// FromLogits is for a model that ends without Softmax.
	FromLogits bool `json:",omitempty"`
	// LabelSmoothing s, in [0, 1), makes targets yTrue·(1−s) + s/classes.
	LabelSmoothing float64 `json:",omitempty"`
}

// Name implements Loss and Metric: "categorical_focal_crossentropy".
func (CategoricalFocalCrossEntropy) Name() string { return "categorical_focal_crossentropy" }

// CheckOutput implements OutputChecker.
func (l CategoricalFocalCrossEntropy) CheckOutput(out Output) error {
	if !(l.Alpha >= 0) || math.IsInf(l.Alpha, 1) {
		return fmt.Errorf("with Alpha %v, but it multiplies the loss and must be above 0", l.Alpha)
	}
	if err := firstError(checkGamma(l.Gamma), checkSmoothing(l.LabelSmoothing)); err != nil {
		return err
	}
	return checkProbabilities(out, Softmax, l.FromLogits, orLogits)
}

// CheckTargets implements TargetChecker.
func (CategoricalFocalCrossEntropy) CheckTargets(y *tensor.Tensor, out Output) error {
	return checkClassShares(y, out, "SparseCategoricalCrossEntropy")
}

func (l CategoricalFocalCrossEntropy) values(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	rows, classes := rowsAndClasses(yPred)
	t := smoothed(graph.Reshape(like(yTrue, yPred), rows, classes), l.LabelSmoothing, classes)
	var p, logP *graph.Node
	if x, ok := b.logitsFor(yPred, Softmax, l.FromLogits); ok {
		logP = logSoftmax(graph.Reshape(x, rows, classes))
		p = graph.Exp(logP)
	} else {
		p = graph.Reshape(yPred, rows, classes)
		p = clipped(graph.Div(p, graph.ReduceAndKeep(p, graph.ReduceSum, -1)), tiny, 1-tiny)
		logP = graph.Log(p)
	}
	terms := graph.Mul(powerOf(graph.OneMinus(p), orDefault(l.Gamma, 2)), graph.Mul(t, logP))
	return graph.MulScalar(graph.ReduceSum(terms, -1), -orDefault(l.Alpha, 0.25))
}

// Loss implements Loss.
func (l CategoricalFocalCrossEntropy) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return b.lossRows(graph.Reshape(l.values(b, yTrue, yPred), batchOf(yPred), -1), yPred)
}

// logSoftmax is log(softmax(x)) of every row.
func logSoftmax(x *graph.Node) *graph.Node {
	shifted := graph.Sub(x, graph.StopGradient(graph.ReduceAndKeep(x, graph.ReduceMax, -1)))
	return graph.Sub(shifted, graph.Log(graph.ReduceAndKeep(graph.Exp(shifted), graph.ReduceSum, -1)))
}

// powerOf is x^e for x of at least 0. x is kept above 0, where the gradient of
// an exponent below 1 would be infinite.
func powerOf(x *graph.Node, e float64) *graph.Node {
	switch e {
	case 1:
		return x
	case 2:
		return graph.Mul(x, x)
	}
	return graph.PowScalar(graph.MaxScalar(x, tiny), e)
}

func checkGamma(gamma float64) error {
	if !(gamma >= 0) || math.IsInf(gamma, 1) {
		return fmt.Errorf("with Gamma %v, but it must be above 0, 2 is usual", gamma)
	}
	return nil
}
