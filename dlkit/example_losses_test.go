package dlkit_test

import (
	"context"
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// answering is a data set and a model, compiled, that predicts the given rows:
// the model is only its last activation, and is fed with what gives them.
func answering(predicted, truth *tensor.Tensor, last dlkit.Activation, c dlkit.CompileConfig) (*dlkit.Model, *tensor.Memory) {
	x := predicted.Convert(tensor.Float32)
	values, _ := tensor.Flat[float32](x)
	for i, p := range values {
		switch last {
		case dlkit.Softmax:
			values[i] = float32(math.Log(float64(p)))
		case dlkit.Sigmoid:
			values[i] = float32(math.Log(float64(p / (1 - p))))
		}
	}
	m := dlkit.Sequential(x.Shape()[1:], last)
	if err := m.Compile(c); err != nil {
		fmt.Println(err)
	}
	return m, tensor.Must(tensor.FromTensors(x, truth))
}

// printLoss prints the loss of predictions.
func printLoss(loss dlkit.Loss, last dlkit.Activation, predicted, truth *tensor.Tensor) {
	m, data := answering(predicted, truth, last, dlkit.CompileConfig{Loss: loss})
	scores, err := m.Evaluate(context.Background(), data)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", scores.Loss)
}

func rows(values ...[]float32) *tensor.Tensor { return tensor.Must(tensor.FromRows(values)) }

func classNumbers(values ...int32) *tensor.Tensor { return tensor.Must(tensor.New(values)) }

// The errors are 0 and 2: (0² + 2²) / 2.
func ExampleMeanSquaredError() {
	printLoss(dlkit.MeanSquaredError{}, dlkit.Linear, rows([]float32{1}, []float32{4}), rows([]float32{1}, []float32{2}))
	// Output: 2.0000
}

// The errors are 0 and 2: (0 + 2) / 2.
func ExampleMeanAbsoluteError() {
	printLoss(dlkit.MeanAbsoluteError{}, dlkit.Linear, rows([]float32{1}, []float32{4}), rows([]float32{1}, []float32{2}))
	// Output: 1.0000
}

// 110 is 10 % off 100, and 4 is 20 % off 5.
func ExampleMeanAbsolutePercentageError() {
	printLoss(dlkit.MeanAbsolutePercentageError{}, dlkit.Linear, rows([]float32{110}, []float32{4}), rows([]float32{100}, []float32{5}))
	// Output: 15.0000
}

// Twice as much counts the same for small numbers and large ones: log(2)².
func ExampleMeanSquaredLogarithmicError() {
	printLoss(dlkit.MeanSquaredLogarithmicError{}, dlkit.Linear, rows([]float32{1}, []float32{1999}), rows([]float32{3}, []float32{999}))
	// Output: 0.4805
}

// An error of 0.5 counts 0.5²/2, one of 10 counts 10 − 1/2, not 10²/2.
func ExampleHuber() {
	printLoss(dlkit.Huber{}, dlkit.Linear, rows([]float32{0.5}), rows([]float32{0}))
	printLoss(dlkit.Huber{}, dlkit.Linear, rows([]float32{10}), rows([]float32{0}))
	// Output:
	// 0.1250
	// 9.5000
}

// An error of 0.1 counts about 0.1²/2, one of 10 about 10 − log 2.
func ExampleLogCosh() {
	printLoss(dlkit.LogCosh{}, dlkit.Linear, rows([]float32{0.1}), rows([]float32{0}))
	printLoss(dlkit.LogCosh{}, dlkit.Linear, rows([]float32{10}), rows([]float32{0}))
	// Output:
	// 0.0050
	// 9.3069
}

// Of all predictions for a day with 3 visitors, 3 has the least loss.
func ExamplePoisson() {
	for _, p := range []float32{2, 3, 4} {
		printLoss(dlkit.Poisson{}, dlkit.ReLU, rows([]float32{p}), rows([]float32{3}))
	}
	// Output:
	// -0.0794
	// -0.2958
	// -0.1589
}

// (3, 4) and (6, 8) point the same way; (4, −3) is at a right angle to them. As
// a loss, the best is −1.
func ExampleCosineSimilarity() {
	printLoss(dlkit.CosineSimilarity{}, dlkit.Linear, rows([]float32{6, 8}), rows([]float32{3, 4}))
	printLoss(dlkit.CosineSimilarity{}, dlkit.Linear, rows([]float32{4, -3}), rows([]float32{3, 4}))
	// Output:
	// -1.0000
	// 0.0000
}

// The true classes 0 and 1 have probabilities 0.5 and 0.25: (log 2 + log 4) / 2.
func ExampleSparseCategoricalCrossEntropy() {
	predicted := rows([]float32{0.5, 0.3, 0.2}, []float32{0.25, 0.25, 0.5})
	printLoss(dlkit.SparseCategoricalCrossEntropy{}, dlkit.Softmax, predicted, classNumbers(0, 1))
	// Without the second example, which has no answer.
	printLoss(dlkit.SparseCategoricalCrossEntropy{IgnoreClass: new(-1)}, dlkit.Softmax, predicted, classNumbers(0, -1))
	// Output:
	// 1.0397
	// 0.6931
}

// The same as one-hot rows; with smoothing, a model should not be too sure.
func ExampleCategoricalCrossEntropy() {
	predicted, truth := rows([]float32{0.98, 0.01, 0.01}), rows([]float32{1, 0, 0})
	printLoss(dlkit.CategoricalCrossEntropy{}, dlkit.Softmax, predicted, truth)
	printLoss(dlkit.CategoricalCrossEntropy{LabelSmoothing: 0.1}, dlkit.Softmax, predicted, truth)
	// Output:
	// 0.0202
	// 0.3259
}

// Yes with probability 0.5, and a right no with 1 − 0.25: (−log 0.5 − log 0.75) / 2.
func ExampleBinaryCrossEntropy() {
	printLoss(dlkit.BinaryCrossEntropy{}, dlkit.Sigmoid, rows([]float32{0.5}, []float32{0.25}), rows([]float32{1}, []float32{0}))
	// Output: 0.4904
}

// An easy example counts (1 − 0.9)² of its cross-entropy, a hard one (1 − 0.1)².
func ExampleBinaryFocalCrossEntropy() {
	printLoss(dlkit.BinaryFocalCrossEntropy{}, dlkit.Sigmoid, rows([]float32{0.9}), rows([]float32{1}))
	printLoss(dlkit.BinaryFocalCrossEntropy{}, dlkit.Sigmoid, rows([]float32{0.1}), rows([]float32{1}))
	// Output:
	// 0.0011
	// 1.8651
}

// An easy example counts 0.25·(1 − 0.9)² of its cross-entropy, a hard one
// 0.25·(1 − 0.1)².
func ExampleCategoricalFocalCrossEntropy() {
	printLoss(dlkit.CategoricalFocalCrossEntropy{}, dlkit.Softmax, rows([]float32{0.9, 0.1}), rows([]float32{1, 0}))
	printLoss(dlkit.CategoricalFocalCrossEntropy{}, dlkit.Softmax, rows([]float32{0.1, 0.9}), rows([]float32{1, 0}))
	// Output:
	// 0.0003
	// 0.4663
}

// Predicting the true probabilities has divergence 0; for others it is
// 0.5·log(0.5/0.25) + 0.5·log(0.5/0.75).
func ExampleKLDivergence() {
	truth := rows([]float32{0.5, 0.5})
	printLoss(dlkit.KLDivergence{}, dlkit.Softmax, rows([]float32{0.5, 0.5}), truth)
	printLoss(dlkit.KLDivergence{}, dlkit.Softmax, rows([]float32{0.25, 0.75}), truth)
	// Output:
	// 0.0000
	// 0.1438
}

// A right answer by a margin of 1 or more costs nothing; 0.4 is 0.6 short of it.
func ExampleHinge() {
	printLoss(dlkit.Hinge{}, dlkit.Linear, rows([]float32{2}, []float32{-3}), rows([]float32{1}, []float32{-1}))
	printLoss(dlkit.Hinge{}, dlkit.Linear, rows([]float32{0.4}), rows([]float32{1}))
	// Output:
	// 0.0000
	// 0.6000
}

// 0.4 is 0.6 short of the margin: 0.6². Targets may be 0 and 1, too.
func ExampleSquaredHinge() {
	printLoss(dlkit.SquaredHinge{}, dlkit.Linear, rows([]float32{0.4}, []float32{-3}), rows([]float32{1}, []float32{0}))
	// Output: 0.1800
}

// The true class leads by 2, and then by 0.5, which is 0.5 short of 1.
func ExampleCategoricalHinge() {
	printLoss(dlkit.CategoricalHinge{}, dlkit.Linear, rows([]float32{3, 1, 0}), rows([]float32{1, 0, 0}))
	printLoss(dlkit.CategoricalHinge{}, dlkit.Linear, rows([]float32{1.5, 1, 0}), rows([]float32{1, 0, 0}))
	// Output:
	// 0.0000
	// 0.5000
}

// pinball is a loss as a program would write it: predicting too little costs
// nine times as much as predicting too much, so that the model learns what nine
// of ten values stay below.
type pinball struct{}

func (pinball) Name() string { return "pinball" }

func (pinball) Loss(b *dlkit.Builder, yTrue, yPred *graph.Node) *graph.Node {
	missing := graph.Sub(graph.Reshape(yTrue, yPred.Shape().Dimensions...), yPred)
	cost := graph.Max(graph.Mul(missing, b.Scalar(0.9)), graph.Mul(missing, b.Scalar(-0.1)))
	return graph.ReduceMean(cost, -1)
}

// A loss of one's own: 10 too little costs 9, 10 too much costs 1.
func ExampleLoss() {
	printLoss(pinball{}, dlkit.Linear, rows([]float32{90}), rows([]float32{100}))
	printLoss(pinball{}, dlkit.Linear, rows([]float32{110}), rows([]float32{100}))
	// Output:
	// 9.0000
	// 1.0000
}
