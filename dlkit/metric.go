package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

const int32DType = dtypes.Int32

// Metric measures predictions in numbers made for people, over a whole data
// set: every batch gives statistics that can be added up, and the result is
// computed from their sums. Write your own exactly like this package's.
type Metric interface {
	// Name is the metric's name in histories and scores: "accuracy".
	Name() string
	// Update returns the batch's statistics, shape (k,), to be summed over
	// batches.
	Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node
	// Result computes the metric from the summed statistics.
	Result(sums []float64) float64
}

// meanOfRows are the statistics of a mean over examples: the sum of per-row
// values and their number.
func meanOfRows(values *graph.Node) *graph.Node {
	n := float64(values.Shape().Size())
	sum := graph.Reshape(graph.ReduceAllSum(values), 1)
	return graph.Concatenate([]*graph.Node{sum, graph.AddScalar(graph.ZerosLike(sum), n)}, 0)
}

func mean(sums []float64) float64 { return sums[0] / sums[1] }

// Accuracy is the share of right answers. It becomes
// SparseCategoricalAccuracy, CategoricalAccuracy or BinaryAccuracy by the
// model's loss and output when the model is compiled.
type Accuracy struct{}

// Name implements Metric.
func (Accuracy) Name() string { return "accuracy" }

// Update implements Metric: by the shapes alone, classes if the last axis has
// more than one number, yes-or-no otherwise.
func (Accuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	d := dims(yPred)
	switch {
	case len(d) < 2 || d[len(d)-1] == 1:
		return BinaryAccuracy{}.Update(b, yTrue, yPred)
	case yTrue.Shape().Size() == yPred.Shape().Size():
		return CategoricalAccuracy{}.Update(b, yTrue, yPred)
	default:
		return SparseCategoricalAccuracy{}.Update(b, yTrue, yPred)
	}
}

// Result implements Metric.
func (Accuracy) Result(sums []float64) float64 { return mean(sums) }

// fitted chooses the kind of accuracy for a loss.
func (Accuracy) fitted(loss Loss) Metric {
	switch loss.(type) {
	case SparseCategoricalCrossEntropy:
		return renamed{SparseCategoricalAccuracy{}, "accuracy"}
	case CategoricalCrossEntropy:
		return renamed{CategoricalAccuracy{}, "accuracy"}
	case BinaryCrossEntropy:
		return renamed{BinaryAccuracy{}, "accuracy"}
	}
	return Accuracy{}
}

// renamed is a metric under another name.
type renamed struct {
	Metric
	name string
}

func (r renamed) Name() string { return r.name }

// SparseCategoricalAccuracy is the share of examples whose most likely class
// is the true one. Targets are class numbers.
type SparseCategoricalAccuracy struct{}

// Name implements Metric.
func (SparseCategoricalAccuracy) Name() string { return "sparse_categorical_accuracy" }

// Update implements Metric.
func (SparseCategoricalAccuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	d := dims(yPred)
	rows := tensor.Shape(d[:len(d)-1]).Size()
	best := graph.ArgMax(graph.Reshape(yPred, rows, d[len(d)-1]), -1, int32DType)
	return meanOfRows(agree(b, best, graph.ConvertDType(graph.Reshape(yTrue, rows), int32DType)))
}

// Result implements Metric.
func (SparseCategoricalAccuracy) Result(sums []float64) float64 { return mean(sums) }

// CategoricalAccuracy is the share of examples whose most likely class is the
// true one. Targets are one-hot rows.
type CategoricalAccuracy struct{}

// Name implements Metric.
func (CategoricalAccuracy) Name() string { return "categorical_accuracy" }

// Update implements Metric.
func (CategoricalAccuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return meanOfRows(agree(b, graph.ArgMax(yPred, -1, int32DType), graph.ArgMax(like(yTrue, yPred), -1, int32DType)))
}

// Result implements Metric.
func (CategoricalAccuracy) Result(sums []float64) float64 { return mean(sums) }

// BinaryAccuracy is the share of yes-or-no answers that are right.
type BinaryAccuracy struct {
	// Threshold is the least probability that counts as yes; 0.5 if zero.
	Threshold float64 `json:",omitempty"`
}

// Name implements Metric.
func (BinaryAccuracy) Name() string { return "binary_accuracy" }

// Update implements Metric.
func (m BinaryAccuracy) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	t := graph.ConstAs(yPred, orDefault(m.Threshold, 0.5))
	said := graph.ConvertDType(graph.GreaterThan(yPred, t), int32DType)
	// The truth is compared as it is: an answer of 0.5 is neither yes nor no.
	truth := graph.ConvertDType(graph.GreaterThan(like(yTrue, yPred), graph.ConstAs(yPred, 0.5)), int32DType)
	return meanOfRows(agree(b, said, truth))
}

// Result implements Metric.
func (BinaryAccuracy) Result(sums []float64) float64 { return mean(sums) }

// agree is 1 where both are equal, else 0, flat.
func agree(b *Builder, x, y *graph.Node) *graph.Node {
	return graph.Reshape(graph.ConvertDType(graph.Equal(x, y), b.DType()), -1)
}

// MeanSquaredErrorMetric is mean((yTrue − yPred)²) over all examples.
type MeanSquaredErrorMetric struct{}

// Name implements Metric.
func (MeanSquaredErrorMetric) Name() string { return "mse" }

// Update implements Metric.
func (MeanSquaredErrorMetric) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return meanOfRows(MeanSquaredError{}.Loss(b, yTrue, yPred))
}

// Result implements Metric.
func (MeanSquaredErrorMetric) Result(sums []float64) float64 { return mean(sums) }

// MeanAbsoluteErrorMetric is mean(|yTrue − yPred|) over all examples.
type MeanAbsoluteErrorMetric struct{}

// Name implements Metric.
func (MeanAbsoluteErrorMetric) Name() string { return "mae" }

// Update implements Metric.
func (MeanAbsoluteErrorMetric) Update(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return meanOfRows(MeanAbsoluteError{}.Loss(b, yTrue, yPred))
}

// Result implements Metric.
func (MeanAbsoluteErrorMetric) Result(sums []float64) float64 { return mean(sums) }

// accumulator sums the statistics of a loss and metrics over batches.
type accumulator struct {
	metrics []Metric
	widths  []int // statistics of each metric
	sums    []float64
	loss    float64 // sum over examples
	n       int     // examples
}

func newAccumulator(metrics []Metric, widths []int) *accumulator {
	total := 0
	for _, w := range widths {
		total += w
	}
	return &accumulator{metrics: metrics, widths: widths, sums: make([]float64, total)}
}

func (a *accumulator) reset() { clear(a.sums); a.loss, a.n = 0, 0 }

// add takes a batch's statistics: its mean loss, then those of the metrics.
func (a *accumulator) add(stats []float32, n int) error {
	if len(stats) != len(a.sums)+1 {
		return fmt.Errorf("dlkit: internal: %d statistics, want %d", len(stats), len(a.sums)+1)
	}
	a.loss += float64(stats[0]) * float64(n)
	a.n += n
	for i, s := range stats[1:] {
		a.sums[i] += float64(s)
	}
	return nil
}

// values are the loss and metrics so far, in order, into dst.
func (a *accumulator) values(dst []float64) []float64 {
	dst = append(dst[:0], a.loss/float64(max(a.n, 1)))
	at := 0
	for i, m := range a.metrics {
		dst = append(dst, m.Result(a.sums[at:at+a.widths[i]]))
		at += a.widths[i]
	}
	return dst
}
