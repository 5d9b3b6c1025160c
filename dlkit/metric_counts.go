package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Averaging says how a metric of several classes becomes one number.
type Averaging string

// The ways to average over classes.
const (
	// Micro counts the answers of all classes together.
	Micro Averaging = "micro"
	// Macro is the plain mean over classes: rare ones count as much as others.
	Macro Averaging = "macro"
	// Weighted is the mean over classes, each weighing as often as it is true.
	Weighted Averaging = "weighted"
)

// Precision is tp / (tp + fp): the share of right ones (true positives) among
// the answers yes; 0 if there is none. Classes are yes-or-no answers of their
// own. Targets are class numbers, or have the output's shape.
type Precision struct {
	// Threshold is the probability above which the answer is yes; 0.5 if zero.
	Threshold float64 `json:",omitempty"`
	// TopK, if above 0, answers yes for the TopK most likely classes, whatever
	// their probability. 1 is the class that the model decides for.
	TopK int `json:",omitempty"`
	// ClassID, such as new(2), looks at one class only. Nil looks at all.
	ClassID *int `json:",omitempty"`
	// Average makes one number of several classes; empty is Micro.
	Average Averaging `json:",omitempty"`
}

// Name implements Metric.
func (Precision) Name() string { return "precision" }

// CheckOutput implements OutputChecker.
func (m Precision) CheckOutput(out Output) error { return m.answers().check(out) }

// CheckTargets implements TargetChecker.
func (Precision) CheckTargets(y *tensor.Tensor, out Output) error { return checkClassTargets(y, out) }

func (Precision) wantsProbabilities() {}

func (m Precision) answers() answers { return answers{m.Threshold, m.TopK, m.ClassID, m.Average} }

// Update implements Metric.
func (m Precision) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return m.answers().stats(b, yTrue, yPred)
}

// Result implements Metric.
func (m Precision) Result(sums []float64) float64 {
	return countsOf(sums).average(m.Average, Micro, counts.precision)
}

// Array implements ArrayMetric: the precision of every class, shape (classes,).
func (m Precision) Array(sums []float64) (*tensor.Tensor, error) {
	return tensor.New(countsOf(sums).each(counts.precision))
}

// Recall is tp / (tp + fn): the share of what is truly yes that is found; 0 if
// there is none. Classes are yes-or-no answers of their own. Targets are class
// numbers, or have the output's shape.
type Recall struct {
	// Threshold is the probability above which the answer is yes; 0.5 if zero.
	Threshold float64 `json:",omitempty"`
	// TopK, if above 0, answers yes for the TopK most likely classes, whatever
	// their probability. 1 is the class that the model decides for.
	TopK int `json:",omitempty"`
	// ClassID, such as new(2), looks at one class only. Nil looks at all.
	ClassID *int `json:",omitempty"`
	// Average makes one number of several classes; empty is Micro.
	Average Averaging `json:",omitempty"`
}

// Name implements Metric.
func (Recall) Name() string { return "recall" }

// CheckOutput implements OutputChecker.
func (m Recall) CheckOutput(out Output) error { return m.answers().check(out) }

// CheckTargets implements TargetChecker.
func (Recall) CheckTargets(y *tensor.Tensor, out Output) error { return checkClassTargets(y, out) }

func (Recall) wantsProbabilities() {}

func (m Recall) answers() answers { return answers{m.Threshold, m.TopK, m.ClassID, m.Average} }

// Update implements Metric.
func (m Recall) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return m.answers().stats(b, yTrue, yPred)
}

// Result implements Metric.
func (m Recall) Result(sums []float64) float64 {
	return countsOf(sums).average(m.Average, Micro, counts.recall)
}

// Array implements ArrayMetric: the recall of every class, shape (classes,).
func (m Recall) Array(sums []float64) (*tensor.Tensor, error) {
	return tensor.New(countsOf(sums).each(counts.recall))
}

// F1Score is 2·precision·recall / (precision + recall), high only if both are;
// 0 if there is no true positive. The answer is the most likely class; for
// yes-or-no outputs, yes above 0.5. Targets are class numbers, or have the
// output's shape.
type F1Score struct {
	// Threshold, if above 0, answers yes for every class with a greater
	// probability instead.
	Threshold float64 `json:",omitempty"`
	// ClassID, such as new(2), looks at one class only. Nil looks at all.
	ClassID *int `json:",omitempty"`
	// Average makes one number of several classes; empty is Macro. (Keras'
	// None, a number for every class, is what Scores.Array gives.)
	Average Averaging `json:",omitempty"`
}

// Name implements Metric.
func (F1Score) Name() string { return "f1_score" }

// CheckOutput implements OutputChecker.
func (m F1Score) CheckOutput(out Output) error { return m.answers(out.classes()).check(out) }

// CheckTargets implements TargetChecker.
func (F1Score) CheckTargets(y *tensor.Tensor, out Output) error { return checkClassTargets(y, out) }

func (F1Score) wantsProbabilities() {}

// fitted reads several sigmoids as several yes-or-no answers, not as classes.
func (m F1Score) fitted(loss Loss, out Output) Metric {
	link := Linear
	if c, ok := loss.(classLoss); ok {
		link = c.link()
	}
	if m.Threshold == 0 && (out.Activation == Sigmoid || link == Sigmoid) {
		m.Threshold = 0.5
	}
	return m
}

func (m F1Score) answers(classes int) answers {
	a := answers{m.Threshold, 0, m.ClassID, m.Average}
	if m.Threshold == 0 && classes > 1 {
		a.topK = 1
	}
	return a
}

// Update implements Metric.
func (m F1Score) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	_, classes := rowsAndClasses(yPred)
	return m.answers(classes).stats(b, yTrue, yPred)
}

// Result implements Metric.
func (m F1Score) Result(sums []float64) float64 {
	return countsOf(sums).average(m.Average, Macro, counts.f1)
}

// Array implements ArrayMetric: the score of every class, shape (classes,).
func (m F1Score) Array(sums []float64) (*tensor.Tensor, error) {
	return tensor.New(countsOf(sums).each(counts.f1))
}

// answers says how probabilities become answers yes and no.
type answers struct {
	threshold float64
	topK      int
	classID   *int
	average   Averaging
}

func (a answers) check(out Output) error {
	classes := out.classes()
	switch {
	case a.topK < 0 || a.topK > 0 && a.topK >= classes:
		return fmt.Errorf("TopK is %d and output %s has %d classes; it must be below that", a.topK, out.Name, classes)
	case a.classID != nil && (*a.classID < 0 || *a.classID >= classes):
		return fmt.Errorf("ClassID is %d; output %s has classes 0 to %d", *a.classID, out.Name, classes-1)
	}
	switch a.average {
	case "", Micro, Macro, Weighted:
	default:
		return fmt.Errorf("Average is %q; known are %q, %q and %q", a.average, Micro, Macro, Weighted)
	}
	if a.topK > 0 {
		return nil
	}
	return checkThreshold(out, a.threshold)
}

// stats are, for every class: how often it is true and said, said, and true.
func (a answers) stats(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	truth, p := classTable(yTrue, yPred)
	said := a.said(p)
	if a.classID != nil {
		truth, said = column(truth, *a.classID), column(said, *a.classID)
	}
	weights := b.rowWeights(yPred)
	sum := func(x *graph.Node) *graph.Node {
		if weights != nil {
			x = graph.Mul(x, graph.Reshape(weights, -1, 1))
		}
		return graph.ReduceSum(x, 0)
	}
	return graph.Concatenate([]*graph.Node{sum(graph.Mul(truth, said)), sum(said), sum(truth)}, 0)
}

// said is 1 for the answer yes, else 0, of probabilities (rows, classes).
func (a answers) said(p *graph.Node) *graph.Node {
	classes := dims(p)[1]
	switch {
	case a.topK == 1: // of equals the first
		return above(a.threshold, p, graph.OneHot(graph.ArgMax(p, -1, int32DType), classes, p.DType()))
	case a.topK > 1:
		rows := dims(p)[0]
		// Every number beside every other of its row.
		each, others := graph.Reshape(p, rows*classes, 1), graph.BroadcastToDims(graph.Reshape(p, rows, 1, classes), rows, classes, classes)
		top := fewerThan(a.topK, graph.Reshape(others, rows*classes, classes), each)
		return above(a.threshold, p, graph.Reshape(top, rows, classes))
	}
	return above(orDefault(a.threshold, 0.5), p, nil)
}

// above is chosen where p is above a threshold, else 0; a threshold of 0 lets
// all pass, and nil chooses all.
func above(threshold float64, p, chosen *graph.Node) *graph.Node {
	if threshold == 0 {
		return chosen
	}
	return times(chosen, graph.ConvertDType(graph.GreaterThan(p, graph.ConstAs(p, threshold)), p.DType()))
}

// column is one column of (rows, classes), shape (rows, 1).
func column(x *graph.Node, at int) *graph.Node {
	return graph.Slice(x, graph.AxisRange(), graph.AxisRange(at, at+1))
}

// classTable brings targets and outputs to the form (rows, classes), targets as
// 0 and 1: class numbers become one-hot.
func classTable(yTrue, yPred *graph.Node) (truth, p *graph.Node) {
	rows, classes := rowsAndClasses(yPred)
	if yTrue.Shape().Size() == yPred.Shape().Size() {
		truth = graph.ConvertDType(isYes(yTrue, yPred), yPred.DType())
	} else {
		truth = graph.OneHot(graph.ConvertDType(graph.Reshape(yTrue, rows), int32DType), classes, yPred.DType())
	}
	return graph.Reshape(truth, rows, classes), graph.Reshape(yPred, rows, classes)
}

// checkClassTargets wants class numbers, or targets of the output's shape.
func checkClassTargets(y *tensor.Tensor, out Output) error {
	if out.classes() == 1 || sameShape(y, out) == nil {
		return sameShape(y, out)
	}
	return checkClassNumbers(y, out, nil, "")
}

// counts are the answers of one class, or of several together.
type counts struct{ right, said, truth float64 }

func (c counts) precision() float64 { return share(c.right, c.said) }
func (c counts) recall() float64    { return share(c.right, c.truth) }
func (c counts) f1() float64        { return share(2*c.right, c.said+c.truth) }

// share is part of whole, 0 of nothing.
func share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}

// classCounts are the counts of every class.
type classCounts []counts

// countsOf reads the sums of answers.stats.
func countsOf(sums []float64) classCounts {
	n := len(sums) / 3
	out := make(classCounts, n)
	for i := range out {
		out[i] = counts{sums[i], sums[n+i], sums[2*n+i]}
	}
	return out
}

func (c classCounts) each(of func(counts) float64) []float64 {
	out := make([]float64, len(c))
	for i, k := range c {
		out[i] = of(k)
	}
	return out
}

// average makes one number of all classes; an empty way is usual.
func (c classCounts) average(way, usual Averaging, of func(counts) float64) float64 {
	var all counts
	var macro, weighted float64
	for i, v := range c.each(of) {
		all.right, all.said, all.truth = all.right+c[i].right, all.said+c[i].said, all.truth+c[i].truth
		macro, weighted = macro+v, weighted+v*c[i].truth
	}
	if way == "" {
		way = usual
	}
	switch way {
	case Macro:
		return macro / float64(len(c))
	case Weighted:
		return share(weighted, all.truth)
	}
	return of(all)
}
