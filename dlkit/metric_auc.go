package dlkit

import (
	"fmt"
	"math"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Curve is the curve whose area AUC measures.
type Curve string

// The curves of AUC.
const (
	// ROC draws the share of truly yes that is found (recall) over the share
	// of truly no that is taken for yes.
	ROC Curve = "ROC"
	// PR draws precision over recall: better where yes is rare.
	PR Curve = "PR"
)

// AUC is the area under a curve of a yes-or-no classifier over all thresholds:
// for ROC, the chance that an example that is yes gets a higher probability
// than one that is no; 1 is perfect, 0.5 guessing. The curve is drawn at fixed
// thresholds, so the result is a close estimate; between them, ROC is
// interpolated in straight lines and PR as Davis & Goadrich, 2006, say. It is
// NaN while the data has no yes or no no. Targets have the output's shape, or
// are class numbers; classes are yes-or-no answers of their own, taken together.
type AUC struct {
	// Curve is ROC if empty.
	Curve Curve `json:",omitempty"`
	// NumThresholds is how many thresholds there are, evenly from 0 to 1; 200
	// if zero.
	NumThresholds int `json:",omitempty"`
	// Thresholds are others to use instead, for outputs that do not lie
	// between 0 and 1.
	Thresholds []float64 `json:",omitempty"`
	// MultiLabel is the mean of the areas of the output's answers, instead of
	// the area of all of them together.
	MultiLabel bool `json:",omitempty"`
}

// Name implements Metric.
func (AUC) Name() string { return "auc" }

// CheckOutput implements OutputChecker.
func (m AUC) CheckOutput(out Output) error {
	switch {
	case m.Curve != "" && m.Curve != ROC && m.Curve != PR:
		return fmt.Errorf("Curve is %q; known are %q and %q", m.Curve, ROC, PR)
	case m.Thresholds == nil && m.NumThresholds != 0 && m.NumThresholds < 2:
		return fmt.Errorf("NumThresholds is %d; a curve needs at least 2", m.NumThresholds)
	case m.Thresholds == nil && !out.probable():
		return fmt.Errorf("output %s goes through %v and need not lie between 0 and 1, where the thresholds are; end the model with dlkit.Sigmoid, or choose Thresholds",
			out.Name, out.Activation)
	}
	for i, t := range m.Thresholds {
		if math.IsNaN(t) || math.IsInf(t, 0) {
			return fmt.Errorf("threshold %d is %v; want finite numbers", i, t)
		}
	}
	return nil
}

// CheckTargets implements TargetChecker.
func (AUC) CheckTargets(y *tensor.Tensor, out Output) error { return checkClassTargets(y, out) }

func (AUC) wantsProbabilities() {}

// thresholds are rising, from one that all answers exceed to one that none
// does.
func (m AUC) thresholds() []float64 {
	inner := slices.Sorted(slices.Values(m.Thresholds))
	if m.Thresholds == nil {
		last := m.count() - 1
		for i := 1; i < last; i++ {
			inner = append(inner, float64(i)/float64(last))
		}
	}
	return slices.Concat([]float64{-math.MaxFloat32}, inner, []float64{math.MaxFloat32})
}

// count is the number of thresholds.
func (m AUC) count() int {
	switch {
	case m.Thresholds != nil:
		return len(m.Thresholds) + 2
	case m.NumThresholds == 0:
		return 200
	}
	return m.NumThresholds
}

// Update implements Metric: for every threshold and answer (or for all answers
// together), how much is truly yes and above it, then how much is no and above.
func (m AUC) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	truth, p := classTable(yTrue, yPred)
	yes, no := truth, graph.OneMinus(truth)
	if w := b.rowWeights(yPred); w != nil {
		w = graph.Reshape(w, -1, 1)
		yes, no = graph.Mul(yes, w), graph.Mul(no, w)
	}
	if !m.MultiLabel { // one column
		p, yes, no = graph.Reshape(p, -1, 1), graph.Reshape(yes, -1, 1), graph.Reshape(no, -1, 1)
	}
	rows, labels := dims(p)[0], dims(p)[1]
	limits := graph.Reshape(graph.ConvertDType(graph.Const(p.Graph(), m.thresholds()), p.DType()), -1, 1, 1)
	above := graph.ConvertDType(graph.GreaterThan(graph.Reshape(p, 1, rows, labels), limits), p.DType())
	count := func(x *graph.Node) *graph.Node {
		return graph.Reshape(graph.ReduceSum(graph.Mul(above, graph.Reshape(x, 1, rows, labels)), 1), -1)
	}
	return graph.Concatenate([]*graph.Node{count(yes), count(no)}, 0)
}

// Result implements Metric.
func (m AUC) Result(sums []float64) float64 {
	curves := m.curves(sums)
	total := 0.0
	for _, c := range curves {
		total += c.area(m.Curve)
	}
	return total / float64(len(curves))
}

// Array implements ArrayMetric: the points of the curve to draw, from the
// highest threshold to the lowest, shape (thresholds, 2), x first: for ROC the
// share of no taken for yes and recall, for PR recall and precision. With
// MultiLabel there is a curve for every answer, shape (answers, thresholds, 2).
func (m AUC) Array(sums []float64) (*tensor.Tensor, error) {
	curves := m.curves(sums)
	points := make([]float64, 0, len(sums))
	for _, c := range curves {
		for i := len(c.yes) - 1; i >= 0; i-- {
			x, y := c.point(m.Curve, i)
			points = append(points, x, y)
		}
	}
	shape := []int{m.count(), 2}
	if m.MultiLabel {
		shape = append([]int{len(curves)}, shape...)
	}
	return tensor.New(points, shape...)
}

// curves takes the summed statistics apart.
func (m AUC) curves(sums []float64) []rocCounts {
	n := m.count()
	labels := len(sums) / (2 * n)
	out := make([]rocCounts, labels)
	for k := range out {
		for i := range n {
			out[k].yes = append(out[k].yes, sums[i*labels+k])
			out[k].no = append(out[k].no, sums[(n+i)*labels+k])
		}
	}
	return out
}

// rocCounts are how much is truly yes, and no, above every threshold. The first
// threshold has all.
type rocCounts struct{ yes, no []float64 }

// point is the curve's point at a threshold.
func (c rocCounts) point(curve Curve, i int) (x, y float64) {
	recall := c.yes[i] / c.yes[0]
	if curve != PR {
		return c.no[i] / c.no[0], recall
	}
	if said := c.yes[i] + c.no[i]; said > 0 {
		return recall, c.yes[i] / said
	}
	return recall, 1 // nothing said is nothing said wrong
}

func (c rocCounts) area(curve Curve) float64 {
	if c.yes[0] == 0 || c.no[0] == 0 {
		return math.NaN()
	}
	area := 0.0
	for i := range len(c.yes) - 1 {
		if curve == PR {
			area += c.prStrip(i)
			continue
		}
		x1, y1 := c.point(ROC, i)
		x0, y0 := c.point(ROC, i+1)
		area += (x1 - x0) * (y1 + y0) / 2
	}
	return area
}

// prStrip is the area under the precision-recall curve between two thresholds.
// True and false positives, not the precision, are taken to grow evenly there
// (Davis & Goadrich, 2006): with slope s of true positives in positives p, the
// precision s + (tp − s·p)/p is integrated over recall.
func (c rocCounts) prStrip(i int) float64 {
	more, few := c.yes[i]+c.no[i], c.yes[i+1]+c.no[i+1]
	gained := c.yes[i] - c.yes[i+1]
	if more <= few {
		return 0
	}
	slope := gained / (more - few)
	log := 0.0
	if few > 0 {
		log = math.Log(more / few)
	}
	return slope * (gained + (c.yes[i+1]-slope*few)*log) / c.yes[0]
}
