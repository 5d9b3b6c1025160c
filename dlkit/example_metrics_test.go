package dlkit_test

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// scoresOf measures predictions.
func scoresOf(c dlkit.CompileConfig, last dlkit.Activation, predicted, truth *tensor.Tensor) dlkit.Scores {
	m, data := answering(predicted, truth, last, c)
	scores, err := m.Evaluate(context.Background(), data)
	if err != nil {
		fmt.Println(err)
	}
	return scores
}

// printMetrics prints what metrics, of models with the loss that fits the last
// activation, say of predictions.
func printMetrics(last dlkit.Activation, predicted, truth *tensor.Tensor, metrics ...dlkit.Metric) {
	c := dlkit.CompileConfig{Metrics: metrics}
	if last == dlkit.Softmax && truth.Rank() == 2 {
		c.Loss = dlkit.CategoricalCrossEntropy{}
	}
	scores := scoresOf(c, last, predicted, truth)
	for _, name := range scores.Names()[1:] {
		fmt.Printf("%s %.4f\n", name, scores.Get(name))
	}
}

// printArray prints a metric in full.
func printArray(scores dlkit.Scores, name string) {
	full, err := scores.Array(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(full)
}

var (
	// Four examples of three classes; all but the last are answered right.
	ofThree = rows([]float32{0.7, 0.2, 0.1}, []float32{0.1, 0.8, 0.1}, []float32{0.2, 0.2, 0.6}, []float32{0.3, 0.6, 0.1})
	// Five probabilities of yes, and whether it is.
	ofYes = rows([]float32{0.9}, []float32{0.8}, []float32{0.6}, []float32{0.3}, []float32{0.2})
	isYes = rows([]float32{1}, []float32{1}, []float32{0}, []float32{1}, []float32{0})
)

// Three of four are right. Accuracy fits itself to the loss and its targets.
func ExampleAccuracy() {
	printMetrics(dlkit.Softmax, ofThree, classNumbers(0, 1, 2, 0), dlkit.Accuracy{})
	// Output: accuracy 0.7500
}

func ExampleSparseCategoricalAccuracy() {
	printMetrics(dlkit.Softmax, ofThree, classNumbers(0, 1, 2, 0), dlkit.SparseCategoricalAccuracy{})
	// Output: sparse_categorical_accuracy 0.7500
}

func ExampleCategoricalAccuracy() {
	truth := rows([]float32{1, 0, 0}, []float32{0, 1, 0}, []float32{0, 0, 1}, []float32{1, 0, 0})
	printMetrics(dlkit.Softmax, ofThree, truth, dlkit.CategoricalAccuracy{})
	// Output: categorical_accuracy 0.7500
}

// The third and fourth answer are wrong. With a lower threshold the fourth is
// right.
func ExampleBinaryAccuracy() {
	printMetrics(dlkit.Sigmoid, ofYes, isYes,
		dlkit.BinaryAccuracy{},
		dlkit.RenamedMetric{Metric: dlkit.BinaryAccuracy{Threshold: 0.25}, As: "at_0.25"})
	// Output:
	// binary_accuracy 0.6000
	// at_0.25 0.8000
}

// The true class of the last example has the second highest probability.
func ExampleSparseTopKCategoricalAccuracy() {
	printMetrics(dlkit.Softmax, ofThree, classNumbers(0, 1, 2, 0), dlkit.SparseTopKCategoricalAccuracy{K: 2})
	// Output: sparse_top_k_categorical_accuracy 1.0000
}

func ExampleTopKCategoricalAccuracy() {
	truth := rows([]float32{1, 0, 0}, []float32{0, 1, 0}, []float32{0, 0, 1}, []float32{1, 0, 0})
	printMetrics(dlkit.Softmax, ofThree, truth, dlkit.TopKCategoricalAccuracy{K: 2})
	// Output: top_k_categorical_accuracy 1.0000
}

// Of three answers yes, two are right.
func ExamplePrecision() {
	printMetrics(dlkit.Sigmoid, ofYes, isYes, dlkit.Precision{})
	// Output: precision 0.6667
}

// Of three that are truly yes, two are found. Of several classes, ClassID looks
// at one: both examples of class 0 are asked for, one is found.
func ExampleRecall() {
	printMetrics(dlkit.Sigmoid, ofYes, isYes, dlkit.Recall{})
	printMetrics(dlkit.Softmax, ofThree, classNumbers(0, 1, 2, 0), dlkit.Recall{ClassID: new(0)})
	// Output:
	// recall 0.6667
	// recall 0.5000
}

// One number for all classes, and one for every class.
func ExampleF1Score() {
	c := dlkit.CompileConfig{Metrics: []dlkit.Metric{dlkit.F1Score{}}}
	scores := scoresOf(c, dlkit.Softmax, ofThree, classNumbers(0, 1, 2, 0))
	fmt.Printf("%.4f\n", scores.Get("f1_score"))
	full, err := scores.Array("f1_score")
	if err != nil {
		fmt.Println(err)
	}
	for class, v := range tensor.Values[float64](full) {
		fmt.Printf("class %d: %.4f\n", class, v)
	}
	// Output:
	// 0.7778
	// class 0: 0.6667
	// class 1: 0.6667
	// class 2: 1.0000
}

// There are six pairs of a yes and a no; in five the yes has the higher
// probability.
func ExampleAUC() {
	printMetrics(dlkit.Sigmoid, ofYes, isYes,
		dlkit.AUC{},
		dlkit.RenamedMetric{Metric: dlkit.AUC{Curve: dlkit.PR}, As: "pr"})
	// Output:
	// auc 0.8333
	// pr 0.9041
}

// The points of the ROC curve, to be drawn: with falling threshold, more no is
// taken for yes, and more yes is found.
func ExampleScores_Array() {
	auc := dlkit.AUC{Thresholds: []float64{0.25, 0.5, 0.75}}
	scores := scoresOf(dlkit.CompileConfig{Metrics: []dlkit.Metric{auc}}, dlkit.Sigmoid, ofYes, isYes)
	full, err := scores.Array("auc")
	if err != nil {
		fmt.Println(err)
	}
	points := tensor.Values[float64](full)
	for i := 0; i < len(points); i += 2 {
		fmt.Printf("%.2f %.2f\n", points[i], points[i+1])
	}
	// Output:
	// 0.00 0.00
	// 0.00 0.67
	// 0.50 0.67
	// 0.50 1.00
	// 1.00 1.00
}

// One example of class 0 is taken for class 1.
func ExampleConfusionMatrix() {
	c := dlkit.CompileConfig{Metrics: []dlkit.Metric{dlkit.ConfusionMatrix{}}}
	scores := scoresOf(c, dlkit.Softmax, ofThree, classNumbers(0, 1, 2, 0))
	printArray(scores, "confusion_matrix")
	// Output:
	// [[1. 1. 0.]
	//  [0. 1. 0.]
	//  [0. 0. 1.]]
}

// Rows are true classes, columns predicted ones.
func ExampleModel_ConfusionMatrix() {
	m, data := answering(ofThree, classNumbers(0, 1, 2, 0), dlkit.Softmax, dlkit.CompileConfig{})
	matrix, err := m.ConfusionMatrix(context.Background(), data)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(matrix)
	// Output:
	// [[1 1 0]
	//  [0 1 0]
	//  [0 0 1]]
}

func ExampleTruePositives() {
	printMetrics(dlkit.Sigmoid, ofYes, isYes, dlkit.TruePositives{})
	// Output: true_positives 2.0000
}

func ExampleFalsePositives() {
	printMetrics(dlkit.Sigmoid, ofYes, isYes, dlkit.FalsePositives{})
	// Output: false_positives 1.0000
}

func ExampleTrueNegatives() {
	printMetrics(dlkit.Sigmoid, ofYes, isYes, dlkit.TrueNegatives{})
	// Output: true_negatives 1.0000
}

func ExampleFalseNegatives() {
	printMetrics(dlkit.Sigmoid, ofYes, isYes, dlkit.FalseNegatives{})
	// Output: false_negatives 1.0000
}

// The errors are 0 and 2: √2. The losses are metrics, too.
func ExampleRootMeanSquaredError() {
	printMetrics(dlkit.Linear, rows([]float32{1}, []float32{4}), rows([]float32{1}, []float32{2}),
		dlkit.RootMeanSquaredError{}, dlkit.MeanAbsoluteError{})
	// Output:
	// rmse 1.4142
	// mae 1.0000
}

// The squared errors' sum is 1 + 0 + 1; that of the distances from the mean, 3,
// is 4 + 0 + 4.
func ExampleR2Score() {
	printMetrics(dlkit.Linear, rows([]float32{2}, []float32{3}, []float32{4}), rows([]float32{1}, []float32{3}, []float32{5}), dlkit.R2Score{})
	// Output: r2_score 0.7500
}

// A loss of one's own as a metric, beside the loss that is trained on.
func ExampleLossMetric() {
	printMetrics(dlkit.Linear, rows([]float32{90}), rows([]float32{100}), dlkit.LossMetric{Loss: pinball{}})
	// Output: pinball 9.0000
}

// Two metrics of a kind need names of their own.
func ExampleRenamedMetric() {
	printMetrics(dlkit.Softmax, ofThree, classNumbers(0, 1, 2, 0),
		dlkit.RenamedMetric{Metric: dlkit.Recall{ClassID: new(0)}, As: "recall_cat"},
		dlkit.RenamedMetric{Metric: dlkit.Recall{ClassID: new(1)}, As: "recall_dog"})
	// Output:
	// recall_cat 0.5000
	// recall_dog 1.0000
}

// closeEnough is a metric as a program would write it: the share of predictions
// less than 5 away from the truth. Every batch gives two sums.
type closeEnough struct{}

func (closeEnough) Name() string { return "close_enough" }

func (closeEnough) Update(b *dlkit.Builder, yTrue, yPred *graph.Node) *graph.Node {
	off := graph.Abs(graph.Sub(yPred, graph.Reshape(yTrue, yPred.Shape().Dimensions...)))
	near := graph.ConvertDType(graph.LessThan(off, b.Scalar(5)), b.DType())
	return graph.Stack([]*graph.Node{graph.ReduceAllSum(near), b.Scalar(float64(near.Shape().Size()))}, 0)
}

func (closeEnough) Result(sums []float64) float64 { return sums[0] / sums[1] }

// A metric of one's own: 48 and 103 are close enough to 50 and 100, 60 is not.
func ExampleMetric() {
	printMetrics(dlkit.Linear, rows([]float32{48}, []float32{103}, []float32{60}), rows([]float32{50}, []float32{100}, []float32{50}), closeEnough{})
	// Output: close_enough 0.6667
}

// EvaluateWith measures something else than the model was compiled with.
func ExampleModel_EvaluateWith() {
	m, data := answering(ofYes, isYes, dlkit.Sigmoid, dlkit.CompileConfig{})
	scores, err := m.EvaluateWith(context.Background(), data, dlkit.EvaluateConfig{
		Metrics: []dlkit.Metric{dlkit.Precision{}, dlkit.Recall{}},
	})
	fmt.Println(scores, err)
	// Output: loss 0.5344, precision 0.6667, recall 0.6667 <nil>
}
