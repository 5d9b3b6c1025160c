package dlkit

import (
	"context"
	"iter"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// refMetric is a metric over several batches of unequal size.
type refMetric struct {
	refLayer
	Batches []struct {
		YTrue  refTensor  `json:"y_true"`
		YPred  refTensor  `json:"y_pred"`
		Weight *refTensor `json:"sample_weight"`
	}
	Result refResult
}

// refResult is one number or an array of them.
type refResult struct{ refTensors }

func (r *refResult) UnmarshalJSON(data []byte) error {
	var one refNumber
	if one.UnmarshalJSON(data) == nil {
		r.Data = []refNumber{one}
		return nil
	}
	return r.refTensors.UnmarshalJSON(data)
}

// metricMakers turn a Keras class and its arguments into metrics, one for each
// threshold where there are several.
var metricMakers = map[string]func(c refMetric) []Metric{
	"SparseCategoricalAccuracy":     only(SparseCategoricalAccuracy{}),
	"CategoricalAccuracy":           only(CategoricalAccuracy{}),
	"SparseCategoricalCrossentropy": only(SparseCategoricalCrossEntropy{}),
	"CategoricalCrossentropy":       only(CategoricalCrossEntropy{}),
	"BinaryCrossentropy":            only(BinaryCrossEntropy{}),
	"MeanSquaredError":              only(MeanSquaredError{}),
	"MeanAbsoluteError":             only(MeanAbsoluteError{}),
	"RootMeanSquaredError":          only(RootMeanSquaredError{}),
	"MeanAbsolutePercentageError":   only(MeanAbsolutePercentageError{}),
	"MeanSquaredLogarithmicError":   only(MeanSquaredLogarithmicError{}),
	"CosineSimilarity":              only(CosineSimilarity{}),
	"LogCoshError":                  only(LogCosh{}),
	"ConfusionMatrix":               only(ConfusionMatrix{}),
	"TruePositives":                 only(TruePositives{}),
	"FalsePositives":                only(FalsePositives{}),
	"TrueNegatives":                 only(TrueNegatives{}),
	"FalseNegatives":                only(FalseNegatives{}),
	"BinaryAccuracy":                func(c refMetric) []Metric { return []Metric{BinaryAccuracy{Threshold: c.float("threshold")}} },
	"TopKCategoricalAccuracy":       func(c refMetric) []Metric { return []Metric{TopKCategoricalAccuracy{K: c.int("k")}} },
	"SparseTopKCategoricalAccuracy": func(c refMetric) []Metric { return []Metric{SparseTopKCategoricalAccuracy{K: c.int("k")}} },
	"Precision": func(c refMetric) (out []Metric) {
		for _, a := range c.answers() {
			out = append(out, Precision{Threshold: a.threshold, TopK: a.topK, ClassID: a.classID})
		}
		return out
	},
	"Recall": func(c refMetric) (out []Metric) {
		for _, a := range c.answers() {
			out = append(out, Recall{Threshold: a.threshold, TopK: a.topK, ClassID: a.classID})
		}
		return out
	},
	"F1Score": func(c refMetric) []Metric {
		return []Metric{F1Score{Threshold: c.float("threshold"), Average: Averaging(c.string("average"))}}
	},
	"AUC": func(c refMetric) []Metric {
		return []Metric{AUC{Curve: Curve(c.string("curve")), NumThresholds: c.int("num_thresholds"), MultiLabel: c.bool("multi_label")}}
	},
	"R2Score": func(c refMetric) []Metric {
		return []Metric{R2Score{VarianceWeighted: c.string("class_aggregation") == "variance_weighted_average"}}
	},
}

func only(m Metric) func(refMetric) []Metric {
	return func(refMetric) []Metric { return []Metric{m} }
}

// answers are one for each of the reference's thresholds.
func (c refMetric) answers() []answers {
	a := answers{topK: c.int("top_k")}
	if id, ok := c.Config["class_id"].(float64); ok {
		a.classID = new(int(id))
	}
	switch v := c.Config["thresholds"].(type) {
	case float64:
		a.threshold = v
	case []any:
		var out []answers
		for _, t := range v {
			a.threshold = t.(float64)
			out = append(out, a)
		}
		return out
	}
	return []answers{a}
}

// anyTargets is a loss for the outputs and targets of every metric.
type anyTargets struct{ MeanSquaredError }

func (anyTargets) CheckTargets(*tensor.Tensor, Output) error { return nil }

func (anyTargets) Loss(_ *Builder, _, yPred *graph.Node) *graph.Node { return perRow(yPred) }

// givenBatches is a data set that comes in batches of its own sizes, as data
// that is read from a stream does.
type givenBatches []tensor.Batch

func (g givenBatches) Len() int { return -1 }

func (g givenBatches) Batches(context.Context, int) iter.Seq2[tensor.Batch, error] {
	return func(yield func(tensor.Batch, error) bool) {
		for _, b := range g {
			if !yield(b, nil) {
				return
			}
		}
	}
}

func (c refMetric) batches() (g givenBatches, weighted bool) {
	for _, b := range c.Batches {
		batch := tensor.Batch{
			Inputs:  []*tensor.Tensor{b.YPred.tensor(tensor.Float32)},
			Targets: []*tensor.Tensor{b.YTrue.tensor(tensor.Float32)},
		}
		if b.Weight != nil {
			weighted = true
			batch.Weights = b.Weight.tensor(tensor.Float32)
		}
		g = append(g, batch)
	}
	return g, weighted
}

// unchecked is a metric that takes any targets.
type unchecked struct{ Metric }

// measure evaluates metrics on data whose inputs are the outputs too. Nothing
// is checked.
func measure(t *testing.T, data givenBatches, backend string, metrics []Metric, weighted bool) Scores {
	t.Helper()
	m := Sequential(data[0].X().Shape()[1:], Linear)
	if err := m.Compile(CompileConfig{Loss: anyTargets{}, NoMetrics: true, Backend: backend}); err != nil {
		t.Fatal(err)
	}
	h := m.compiled.heads[0]
	for _, metric := range metrics {
		h.metrics = append(h.metrics, measured{metric: unchecked{metric}, name: metric.Name(), weighted: weighted})
	}
	s, err := m.evaluateAs(context.Background(), data, 0, nil, &scoring{heads: []head{h}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every case is run through Evaluate's own way: a program for every size of
// batch, statistics added up over them.
func TestMetricsAgreeWithKeras(t *testing.T) {
	for _, c := range readReference[refMetric](t, "metrics.json") {
		t.Run(c.Name, func(t *testing.T) {
			maker, ok := metricMakers[c.Class]
			if !ok {
				t.Fatalf("dlkit has no %s", c.Class)
			}
			data, weighted := c.batches()
			for _, backend := range testBackends() {
				metrics := maker(c)
				s := measure(t, data, backend, metrics, weighted)
				got := s.values[1:]
				if len(c.Result.Data) > len(got) { // an array out of one metric
					full, err := metrics[0].(ArrayMetric).Array(s.acc.sumsOf(0))
					if err != nil {
						t.Fatal(err)
					}
					got = tensor.Values[float64](full)
				}
				wantClose(t, "result", got, c.Result.values(), tolerance)
			}
		})
	}
}
