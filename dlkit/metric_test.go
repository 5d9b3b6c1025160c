package dlkit

import (
	"bytes"
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// scored evaluates a model that ends in act, and is nothing else, on outputs x
// before act and targets y.
func scored(t *testing.T, act Activation, c CompileConfig, x, y *tensor.Tensor) Scores {
	t.Helper()
	m := Sequential(x.Shape()[1:], act)
	if err := m.Compile(c); err != nil {
		t.Fatal(err)
	}
	s, err := m.Evaluate(context.Background(), tensor.Must(tensor.FromTensors(x, y)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The accuracy and the metrics of probabilities are the same whether a model
// ends in probabilities or in logits that its loss takes.
func TestMetricsOfLogits(t *testing.T) {
	x := tensor.Must(tensor.New([]float32{0.3, -1, 2, -0.2, 0.4, 0.1}, 6, 1))
	y := ints([]int32{1, 0, 1, 1, 1, 0}, 6)
	metrics := []Metric{Accuracy{}, Precision{}, Recall{}, F1Score{}, AUC{}, ConfusionMatrix{}, TruePositives{}}
	probabilities := scored(t, Sigmoid, CompileConfig{Metrics: metrics}, x, y)
	wantClose(t, "accuracy, precision, recall", probabilities.values[1:4], []float64{4.0 / 6, 0.75, 0.75}, 1e-6)
	for _, loss := range []Loss{BinaryCrossEntropy{FromLogits: true}, BinaryFocalCrossEntropy{FromLogits: true}, Hinge{}, SquaredHinge{}} {
		logits := scored(t, Linear, CompileConfig{Loss: loss, Metrics: metrics}, x, y)
		wantClose(t, loss.Name(), logits.values[1:], probabilities.values[1:], 1e-6)
	}

	x3 := tensor.Must(tensor.New([]float32{2, 0, 0, 0, 0.4, 0.3, 0, 3, 0, 0, 0.1, 0}, 4, 3))
	y3 := ints([]int32{0, 2, 1, 1}, 4)
	metrics = []Metric{Accuracy{}, Precision{}, AUC{MultiLabel: true}, F1Score{Average: Micro}}
	probabilities = scored(t, Softmax, CompileConfig{Metrics: metrics}, x3, y3)
	wantClose(t, "accuracy, precision", probabilities.values[1:3], []float64{0.75, 1}, 1e-6)
	logits := scored(t, Linear, CompileConfig{Loss: SparseCategoricalCrossEntropy{FromLogits: true}, Metrics: metrics}, x3, y3)
	wantClose(t, "from logits", logits.values, probabilities.values, 1e-6)
}

// Accuracy fits itself to every loss of classes.
func TestAccuracyFitsTheLoss(t *testing.T) {
	x := tensor.Must(tensor.FromRows([][]float32{{3, 1, 0}, {0, 1, 2}}))
	oneHot := tensor.Must(tensor.FromRows([][]float32{{1, 0, 0}, {0, 1, 0}}))
	for _, c := range []struct {
		loss Loss
		last Activation
		y    *tensor.Tensor
		want float64
	}{
		{SparseCategoricalCrossEntropy{}, Softmax, ints([]int32{0, 1}, 2), 0.5},
		{CategoricalFocalCrossEntropy{}, Softmax, oneHot, 0.5},
		{KLDivergence{}, Softmax, oneHot, 0.5},
		{CategoricalHinge{}, Linear, oneHot, 0.5},
		{BinaryFocalCrossEntropy{}, Sigmoid, oneHot, 4.0 / 6}, // the logits 0 mean no
		{Hinge{}, Linear, oneHot, 4.0 / 6},
	} {
		if got := scored(t, c.last, CompileConfig{Loss: c.loss}, x, c.y).Get("accuracy"); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: accuracy %v, want %v", c.loss.Name(), got, c.want)
		}
	}
}

// Several sigmoids are several answers, not classes.
func TestF1OfSeveralAnswers(t *testing.T) {
	x := tensor.Must(tensor.FromRows([][]float32{{3, 1}, {-1, 2}, {-1, -2}}))
	y := tensor.Must(tensor.FromRows([][]float32{{1, 1}, {0, 1}, {0, 0}}))
	if got := scored(t, Sigmoid, CompileConfig{Metrics: []Metric{F1Score{}}}, x, y).Get("f1_score"); got != 1 {
		t.Errorf("F1 of right answers is %v, want 1", got)
	}
}

func TestConfusionMatrixOfAModel(t *testing.T) {
	ctx := context.Background()
	x := tensor.Must(tensor.New([]float32{3, 1, 0, 0, 1, 2, 0, 5, 0, 9, 0, 0}, 4, 3))
	data := tensor.Must(tensor.FromTensors(x, ints([]int32{0, 1, 1, 0}, 4)))
	m := Sequential(tensor.Shape{3}, Softmax)
	got, err := m.ConfusionMatrix(ctx, data)
	if err != nil {
		t.Fatal(err)
	}
	want := tensor.Must(tensor.New([]int64{2, 0, 0, 0, 1, 1, 0, 0, 0}, 3, 3))
	if !got.Equal(want) {
		t.Errorf("matrix is %v, want %v", got, want)
	}
	if n := len(m.programs.list); n != 0 {
		t.Errorf("%d programs stay behind", n)
	}

	yes := Sequential(tensor.Shape{1}, Sigmoid)
	got, err = yes.ConfusionMatrix(ctx, tensor.Must(tensor.FromTensors(
		tensor.Must(tensor.New([]float32{1, -1, 2, -3, 1}, 5, 1)), ints([]int32{1, 1, 0, 0, 1}, 5))))
	if err != nil {
		t.Fatal(err)
	}
	if want := tensor.Must(tensor.New([]int64{1, 1, 1, 2}, 2, 2)); !got.Equal(want) {
		t.Errorf("matrix of yes and no is %v, want %v", got, want)
	}
	if _, err := branched().ConfusionMatrix(ctx, data); err == nil || !strings.Contains(err.Error(), "EvaluateWith") {
		t.Errorf("error of a model with two outputs: %v", err)
	}
}

func TestEvaluateWithOtherMetrics(t *testing.T) {
	ctx := context.Background()
	x := tensor.Must(tensor.New([]float32{2, -1, 3, -2}, 4, 1))
	data := tensor.Must(tensor.FromBatch(tensor.Batch{Inputs: []*tensor.Tensor{x}, Targets: []*tensor.Tensor{ints([]int32{1, 1, 0, 0}, 4)},
		Weights: tensor.Must(tensor.New([]float32{1, 3, 1, 1}))}))
	m := Sequential(tensor.Shape{1}, Sigmoid)
	s, err := m.EvaluateWith(ctx, data, EvaluateConfig{BatchSize: 3, Metrics: []Metric{Recall{}}, WeightedMetrics: []Metric{Recall{}, Accuracy{}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"loss", "recall", "weighted_recall", "accuracy"}; !slices.Equal(s.Names(), want) {
		t.Errorf("names are %v, want %v", s.Names(), want)
	}
	wantClose(t, s.String(), s.values[1:], []float64{0.5, 0.25, 2.0 / 6}, 1e-6)
	again, err := m.Evaluate(ctx, data)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"loss", "accuracy"}; !slices.Equal(again.Names(), want) {
		t.Errorf("afterwards Evaluate measures %v, want %v", again.Names(), want)
	}
	if again.Get("accuracy") != 0.5 || math.Abs(again.Loss-s.Loss) > 1e-6 {
		t.Errorf("afterwards: %v, before: %v", again, s)
	}
	if _, err := s.Array("accuracy"); err == nil || !strings.Contains(err.Error(), "one number") || !strings.Contains(err.Error(), "recall") {
		t.Errorf("Array of a number: %v", err)
	}
	if _, err := s.Array("precision"); err == nil || !strings.Contains(err.Error(), "not measured") {
		t.Errorf("Array of what was not measured: %v", err)
	}
	if _, err := (Scores{}).Array("loss"); err == nil {
		t.Error("Array of no scores has no error")
	}
}

// Statistics in float32 would lose the variance of numbers such as years.
func TestR2OfLargeNumbers(t *testing.T) {
	n := 5000
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		y[i] = 60000 + float32(i%11)
		x[i] = y[i] + float32(i%3-1)
	}
	s := scored(t, Linear, CompileConfig{Metrics: []Metric{R2Score{}}}, tensor.Must(tensor.New(x, n, 1)), tensor.Must(tensor.New(y, n, 1)))
	mean, residual, total := 0.0, 0.0, 0.0
	for _, v := range y {
		mean += float64(v) / float64(n)
	}
	for i, v := range y {
		residual += math.Pow(float64(v-x[i]), 2)
		total += math.Pow(float64(v)-mean, 2)
	}
	wantClose(t, "R²", []float64{s.Get("r2_score")}, []float64{1 - residual/total}, 1e-6)

	same := tensor.Must(tensor.New([]float32{0.1, 0.1, 0.1}, 3, 1))
	for pred, want := range map[float32]float64{0.1: 1, 0.2: 0} {
		s := scored(t, Linear, CompileConfig{Metrics: []Metric{R2Score{}}}, tensor.Must(tensor.Full(pred, 3, 1)), same)
		if got := s.Get("r2_score"); got != want {
			t.Errorf("R² of targets that are all 0.1 and predictions %v is %v, want %v", pred, got, want)
		}
	}
}

func TestAUC(t *testing.T) {
	x := tensor.Must(tensor.New([]float32{-1, 0.5, 2, 3}, 4, 1))
	y := ints([]int32{0, 1, 0, 1}, 4)
	data := func(labels *tensor.Tensor) *tensor.Memory { return tensor.Must(tensor.FromTensors(x, labels)) }
	m := Sequential(tensor.Shape{1}, Linear)
	auc := AUC{Thresholds: []float64{2.5, 0, 1}}
	s, err := m.EvaluateWith(context.Background(), data(y), EvaluateConfig{Metrics: []Metric{auc, RenamedMetric{AUC{Thresholds: auc.Thresholds, Curve: PR}, "pr"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Get("auc"); got != 0.75 { // three of the four pairs are in order
		t.Errorf("area is %v, want 0.75", got)
	}
	for name, want := range map[string][]float64{
		"auc": {0, 0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1, 1},
		"pr":  {0, 1, 0.5, 1, 0.5, 0.5, 1, 2.0 / 3, 1, 0.5},
	} {
		points, err := s.Array(name)
		if err != nil {
			t.Fatal(err)
		}
		if !points.Shape().Equal(tensor.Shape{5, 2}) {
			t.Errorf("points of %s have shape %v, want (5, 2)", name, points.Shape())
		}
		wantClose(t, name, tensor.Values[float64](points), want, 1e-6)
	}
	s, err = m.EvaluateWith(context.Background(), data(ints([]int32{1, 1, 1, 1}, 4)), EvaluateConfig{Metrics: []Metric{auc}})
	if err != nil || !math.IsNaN(s.Get("auc")) {
		t.Errorf("the area without a no is %v (%v), want NaN", s.Get("auc"), err)
	}
}

// TopK counts the most likely classes, whatever their probability; equals share
// a place.
func TestPrecisionOfTheMostLikely(t *testing.T) {
	x := tensor.Must(tensor.FromRows([][]float32{{3, 2, 1, 0}, {0, 0, 0, 9}, {1, 1, 1, 1}}))
	y := ints([]int32{1, 3, 2}, 3)
	s := scored(t, Softmax, CompileConfig{Metrics: []Metric{
		Precision{TopK: 1},
		RenamedMetric{Recall{TopK: 2}, "recall_2"},
		RenamedMetric{Recall{TopK: 2, ClassID: new(1)}, "recall_of_1"},
		RenamedMetric{Recall{TopK: 2, Threshold: 0.5}, "sure"},
	}}, x, y)
	wantClose(t, s.String(), s.values[1:], []float64{1.0 / 3, 1, 1, 1.0 / 3}, 1e-6)
}

// weightSum is a metric of a user's that looks at weights.
type weightSum struct{}

func (weightSum) Name() string { return "weights" }

func (weightSum) Update(b *Builder, _, yPred *graph.Node) *graph.Node {
	if b.SampleWeights() == nil {
		return graph.Reshape(b.Scalar(float64(batchOf(yPred))), 1)
	}
	return graph.Reshape(graph.ReduceAllSum(b.SampleWeights()), 1)
}

func (weightSum) Result(sums []float64) float64 { return sums[0] }

// What a model measures is saved and cloned with it.
func TestMetricsAreSaved(t *testing.T) {
	two := Input(tensor.Shape{2})
	m := Functional([]*Value{two}, two.Then(Dense(3, Softmax, Name("kind"))), two.Then(Dense(1, Name("size"))))
	if err := m.Compile(CompileConfig{
		Losses: []Loss{SparseCategoricalCrossEntropy{LabelSmoothing: 0.1, IgnoreClass: new(0)}, Huber{Delta: 2}},
		OutputMetrics: [][]Metric{
			{Accuracy{}, RenamedMetric{SparseTopKCategoricalAccuracy{K: 2}, "top2"}, Precision{ClassID: new(0), Average: Macro}},
			{MeanSquaredError{}, LossMetric{quarticLoss{}}, AUC{Thresholds: []float64{1, 2}, Curve: PR}},
		},
		WeightedMetrics: []Metric{weightSum{}},
	}); err != nil {
		t.Fatal(err)
	}
	data := tensor.Must(tensor.FromBatch(tensor.Batch{
		Inputs:  []*tensor.Tensor{floats(3, 2)},
		Targets: []*tensor.Tensor{ints([]int32{1, 2, 0}, 3), floats(3, 1)},
		Weights: tensor.Must(tensor.New([]float32{1, 2, 4})),
	}))
	want, err := m.Evaluate(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"loss", "kind_loss", "kind_accuracy", "kind_top2", "kind_precision", "kind_weights",
		"size_loss", "size_mse", "size_quartic", "size_auc", "size_weights"}
	if !slices.Equal(want.Names(), names) {
		t.Fatalf("names are %v, want %v", want.Names(), names)
	}
	if got := want.Get("size_weights"); got != 7 {
		t.Errorf("the weighted metric saw weights of %v, want 7", got)
	}
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(&file, quarticLoss{}, weightSum{})
	if err != nil {
		t.Fatal(err)
	}
	clone, err := m.Clone()
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []*Model{loaded, clone} {
		got, err := other.Evaluate(context.Background(), data)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("the copy has %v, the model %v", got, want)
		}
	}
}
