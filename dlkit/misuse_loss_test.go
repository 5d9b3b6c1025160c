package dlkit

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// compiledWith compiles a model of one layer with three outputs.
func compiledWith(act Activation, c CompileConfig) error {
	return Sequential(tensor.Shape{2}, Dense(3, act)).Compile(c)
}

func lossError(act Activation, l Loss) error { return compiledWith(act, CompileConfig{Loss: l}) }

func metricError(act Activation, m Metric) error {
	return compiledWith(act, CompileConfig{Metrics: []Metric{m}})
}

// trainedOn trains a model of one layer with three outputs on targets.
func trainedOn(act Activation, c CompileConfig, y *tensor.Tensor) error {
	m := Sequential(tensor.Shape{2}, Dense(3, act))
	if err := m.Compile(c); err != nil {
		return err
	}
	return fitError(m, floats(y.Len(), 2), y)
}

func targetError(act Activation, l Loss, values ...float32) error {
	return trainedOn(act, CompileConfig{Loss: l}, tensor.Must(tensor.New(values, 2, 3)))
}

// TestMisuseOfLossesAndMetrics lists wrong calls with the words that their
// errors must hold.
func TestMisuseOfLossesAndMetrics(t *testing.T) {
	one := func(act Activation, l Loss) error {
		return Sequential(tensor.Shape{2}, Dense(1, act)).Compile(CompileConfig{Loss: l})
	}
	_, arrayErr := Scores{}.Array("f1_score")
	measuring := func(m Metric) error {
		_, err := classifier().EvaluateWith(context.Background(), blobs(4), EvaluateConfig{Metrics: []Metric{m}})
		return err
	}
	cases := []struct {
		name string
		err  error
		want []string
	}{
		{"KL on linear", lossError(Linear, KLDivergence{}), []string{"loss kl_divergence", "dense_1", "linear", "Softmax"}},
		{"KL on sigmoid", lossError(Sigmoid, KLDivergence{}), []string{"sigmoid", "Softmax"}},
		{"Poisson on linear", lossError(Linear, Poisson{}), []string{"loss poisson", "dense_1", "below 0", "Softplus"}},
		{"Poisson on tanh", lossError(Tanh, Poisson{}), []string{"tanh", "Softplus"}},
		{"hinge on sigmoid", lossError(Sigmoid, Hinge{}), []string{"loss hinge", "sigmoid", "below 0", "Tanh"}},
		{"squared hinge on softmax", lossError(Softmax, SquaredHinge{}), []string{"softmax", "Tanh"}},
		{"categorical hinge of one unit", one(Linear, CategoricalHinge{}), []string{"one unit", "Hinge"}},
		{"cosine of one number", one(Linear, CosineSimilarity{}), []string{"cosine_similarity", "sign", "MeanSquaredError"}},
		{"focal on linear", lossError(Linear, CategoricalFocalCrossEntropy{}), []string{"linear", "Softmax", "FromLogits"}},
		{"binary focal on softmax", lossError(Softmax, BinaryFocalCrossEntropy{}), []string{"softmax", "Sigmoid"}},
		{"categorical loss of one sigmoid", one(Sigmoid, CategoricalCrossEntropy{}), []string{"yes-or-no", "BinaryCrossEntropy"}},
		{"one logit of softmax", one(Linear, SparseCategoricalCrossEntropy{FromLogits: true}), []string{"one unit", "always 1"}},
		{"logits of a sigmoid", lossError(Sigmoid, BinaryFocalCrossEntropy{FromLogits: true}), []string{"FromLogits", "sigmoid"}},
		{"all smoothed away", lossError(Softmax, CategoricalCrossEntropy{LabelSmoothing: 1}), []string{"LabelSmoothing is 1", "below 1"}},
		{"negative smoothing", lossError(Sigmoid, BinaryCrossEntropy{LabelSmoothing: -0.1}), []string{"LabelSmoothing is -0.1"}},
		{"sparse smoothing", lossError(Softmax, SparseCategoricalCrossEntropy{LabelSmoothing: 2}), []string{"LabelSmoothing is 2"}},
		{"negative delta", lossError(Linear, Huber{Delta: -1}), []string{"loss huber", "Delta -1", "above 0"}},
		{"NaN for gamma", lossError(Softmax, CategoricalFocalCrossEntropy{Gamma: math.NaN()}), []string{"Gamma NaN"}},
		{"alpha of all", lossError(Sigmoid, BinaryFocalCrossEntropy{Alpha: 1}), []string{"Alpha 1", "below 1"}},
		{"negative alpha", lossError(Softmax, CategoricalFocalCrossEntropy{Alpha: -1}), []string{"Alpha -1"}},

		{"per cent of 0", targetError(Linear, MeanAbsolutePercentageError{}, 1, 2, 0, 1, 2, 3), []string{"loss mape", "target value ", "is 0", "MeanAbsoluteError"}},
		{"logarithm of less than 0", targetError(Linear, MeanSquaredLogarithmicError{}, 1, 2, 3, -4, 5, 6), []string{"target value ", "-4", "MeanSquaredError"}},
		{"events below 0", targetError(Softplus, Poisson{}, -1, 0, 0, 0, 0, 0), []string{"target value ", "-1", "at least 0"}},
		{"hinge of 2", targetError(Linear, Hinge{}, 1, 2, 1, 1, 1, 1), []string{"target value ", "is 2", "−1 for no"}},
		{"hinge of −1, 0 and 1", targetError(Linear, Hinge{}, 1, -1, 0, 1, 1, 1), []string{"target value ", "is 0", "−1 for no"}},
		{"KL of no shares", targetError(Softmax, KLDivergence{}, 1, 0, 0, 2, 0, 0), []string{"2", "between 0 and 1"}},
		{"focal of class numbers", trainedOn(Softmax, CompileConfig{Loss: CategoricalFocalCrossEntropy{}}, ints([]int32{0, 1}, 2)), []string{"(n,)", "(n, 3)", "SparseCategoricalCrossEntropy"}},
		{"Huber of another shape", trainedOn(Linear, CompileConfig{Loss: Huber{}}, floats(2, 2)), []string{"loss huber", "(n, 2)", "(n, 3)"}},
		{"ignored class and another", trainedOn(Softmax, CompileConfig{Loss: SparseCategoricalCrossEntropy{IgnoreClass: new(-1)}}, ints([]int32{-1, -2}, 2)), []string{"-2", "0 to 2"}},

		{"binary accuracy on softmax", metricError(Softmax, BinaryAccuracy{}), []string{"metric binary_accuracy", "softmax", "Accuracy"}},
		{"binary accuracy on linear", metricError(Linear, BinaryAccuracy{}), []string{"linear", "Threshold: 0.5"}},
		{"precision on linear", metricError(Linear, Precision{}), []string{"metric precision", "linear", "Threshold", "Sigmoid"}},
		{"true positives on tanh", metricError(Tanh, TruePositives{}), []string{"true_positives", "tanh", "Threshold"}},
		{"all classes on top", metricError(Softmax, SparseTopKCategoricalAccuracy{}), []string{"K 5", "3 classes", "smaller K"}},
		{"K below 1", metricError(Softmax, TopKCategoricalAccuracy{K: -1}), []string{"K -1", "at least 1"}},
		{"TopK of all", metricError(Softmax, Recall{TopK: 3}), []string{"TopK is 3", "3 classes"}},
		{"no such class", metricError(Softmax, Precision{ClassID: new(3)}), []string{"ClassID is 3", "0 to 2"}},
		{"unknown average", metricError(Softmax, F1Score{Average: "median"}), []string{`"median"`, "macro"}},
		{"area on linear", metricError(Linear, AUC{}), []string{"metric auc", "linear", "Thresholds"}},
		{"unknown curve", metricError(Sigmoid, AUC{Curve: "DET"}), []string{`"DET"`, "ROC"}},
		{"one threshold", metricError(Sigmoid, AUC{NumThresholds: 1}), []string{"NumThresholds is 1", "at least 2"}},
		{"threshold NaN", metricError(Sigmoid, AUC{Thresholds: []float64{math.NaN()}}), []string{"threshold 0", "NaN"}},
		{"confusion of answers", metricError(Sigmoid, ConfusionMatrix{}), []string{"confusion_matrix", "3 yes-or-no", "Precision"}},
		{"probability loss as metric", metricError(Linear, CategoricalCrossEntropy{}), []string{"metric categorical_crossentropy", "linear"}},
		{"nil metric", metricError(Softmax, nil), []string{"metric 0", "nil"}},
		{"renamed nothing", metricError(Softmax, RenamedMetric{As: "x"}), []string{"metric x", "Metric is nil"}},
		{"renamed to nothing", metricError(Softmax, RenamedMetric{Metric: Accuracy{}}), []string{"name is empty", "As"}},
		{"loss metric of nothing", metricError(Softmax, LossMetric{}), []string{"Loss is nil"}},
		{"called loss", metricError(Softmax, RenamedMetric{Accuracy{}, "loss"}), []string{`"loss"`, "RenamedMetric"}},
		{"two of a name", compiledWith(Softmax, CompileConfig{Metrics: []Metric{Recall{}, Recall{ClassID: new(1)}}}), []string{`"recall"`, "RenamedMetric"}},
		{"metrics and none", compiledWith(Softmax, CompileConfig{Metrics: []Metric{Accuracy{}}, NoMetrics: true}), []string{"NoMetrics"}},
		{"two kinds of lists", compiledWith(Softmax, CompileConfig{Metrics: []Metric{}, OutputMetrics: [][]Metric{nil}}), []string{"OutputMetrics", "one of them"}},
		{"lists for more outputs", compiledWith(Softmax, CompileConfig{OutputMetrics: [][]Metric{nil, nil}}), []string{"2 OutputMetrics", "1 output"}},
		{"one-hot metric on class numbers", trainedOn(Softmax, CompileConfig{Metrics: []Metric{CategoricalAccuracy{}}}, ints([]int32{0, 1}, 2)),
			[]string{"metric categorical_accuracy", "SparseCategoricalAccuracy"}},
		{"sparse metric on one-hot", trainedOn(Softmax, CompileConfig{Loss: CategoricalCrossEntropy{}, Metrics: []Metric{SparseCategoricalAccuracy{}}}, floats(2, 3)),
			[]string{"metric sparse_categorical_accuracy", "one-hot", "CategoricalAccuracy"}},
		{"squared error with class numbers", trainedOn(Softmax, CompileConfig{Loss: MeanSquaredError{}}, ints([]int32{0, 1}, 2)),
			[]string{"loss mse", "(n,)", "(n, 3)", "Dense(1)", "SparseCategoricalCrossEntropy"}},
		{"quantities as classes", trainedOn(Softmax, CompileConfig{}, tensor.Must(tensor.New([]float32{0.5, 1}, 2))),
			[]string{"0.5", "not a whole number", "MeanSquaredError"}},
		{"a convolution after Dense", Sequential(tensor.Shape{4}, Dense(3), Conv2D(2, 1)).Err(), []string{"conv2d_1", "(3,)", "before Flatten and Dense", "Reshape"}},
		{"error of class numbers", trainedOn(Softmax, CompileConfig{Metrics: []Metric{MeanSquaredError{}}}, ints([]int32{0, 1}, 2)),
			[]string{"metric mse", "(n,)", "(n, 3)"}},
		{"renamed error of class numbers", trainedOn(Softmax, CompileConfig{Metrics: []Metric{RenamedMetric{R2Score{}, "r2"}}}, ints([]int32{0, 1}, 2)),
			[]string{"metric r2", "(n,)", "(n, 3)"}},
		{"measuring another way", measuring(BinaryAccuracy{}), []string{"binary_accuracy", "softmax"}},
		{"measuring nothing", measuring(nil), []string{"nil"}},
		{"array of no scores", arrayErr, []string{"f1_score", "not measured"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.err == nil {
				t.Fatal("no error")
			}
			for _, w := range append(c.want, "dlkit: ") {
				if !strings.Contains(c.err.Error(), w) {
					t.Errorf("error %q does not say %q", c.err, w)
				}
			}
		})
	}
}
