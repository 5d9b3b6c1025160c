package dlkit

import (
	"context"
	"math"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// endedLoss is a loss behind the last activation of a model, as training
// computes it: in the stable form, where there is one.
type endedLoss struct {
	loss Loss
	act  Activation
}

func (l endedLoss) OutShapeOf([]tensor.Shape) (tensor.Shape, error) { return tensor.Shape{}, nil }

func (l endedLoss) ApplyAll(b *Builder, xs []*graph.Node) *graph.Node {
	return graph.ReduceAllMean(l.loss.Loss(b, xs[1], b.activate(xs[0], l.act)))
}

// run computes the loss of x and its gradient by x, in float64.
func (l endedLoss) run(t *testing.T, x []float64, y *tensor.Tensor) (value float64, gradient []float64) {
	t.Helper()
	in := []*tensor.Tensor{tensor.Must(tensor.New(x, y.Len(), len(x)/y.Len())), y}
	r := layerRun{layer: l, dtype: dtypes.Float64, inputs: in, upstream: tensor.Scalar(1.0)}
	res, err := r.run(testDevices(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	return tensor.Values[float64](res.output)[0], tensor.Values[float64](res.inputGrads[0])
}

var (
	oneHotRows = tensor.Must(tensor.FromRows([][]float64{{0, 1, 0}, {1, 0, 0}}))
	sharesRows = tensor.Must(tensor.FromRows([][]float64{{0.2, 0.7, 0.1}, {0.5, 0.3, 0.2}}))
	labels2    = tensor.Must(tensor.New([]int32{1, 0}))
	signRows   = tensor.Must(tensor.FromRows([][]float64{{-1, 1, 1}, {1, -1, -1}}))
	answerRows = tensor.Must(tensor.FromRows([][]float64{{0, 1, 1}, {1, 0, 0}}))
	numberRows = tensor.Must(tensor.FromRows([][]float64{{0.3, 2, 1.1}, {4, 0.5, 1}}))
)

// lossesOfModels are all losses as the end of a model.
var lossesOfModels = map[string]struct {
	endedLoss
	y *tensor.Tensor
}{
	"sparse":                {endedLoss{SparseCategoricalCrossEntropy{}, Softmax}, labels2},
	"sparse, smoothed":      {endedLoss{SparseCategoricalCrossEntropy{LabelSmoothing: 0.2}, Softmax}, labels2},
	"sparse, ignoring":      {endedLoss{SparseCategoricalCrossEntropy{IgnoreClass: new(0)}, Softmax}, labels2},
	"categorical":           {endedLoss{CategoricalCrossEntropy{}, Softmax}, sharesRows},
	"categorical, smoothed": {endedLoss{CategoricalCrossEntropy{LabelSmoothing: 0.2}, Softmax}, oneHotRows},
	"categorical focal":     {endedLoss{CategoricalFocalCrossEntropy{}, Softmax}, oneHotRows},
	"focal, small gamma":    {endedLoss{CategoricalFocalCrossEntropy{Gamma: 0.5, Alpha: 1}, Softmax}, oneHotRows},
	"KL":                    {endedLoss{KLDivergence{}, Softmax}, sharesRows},
	"binary":                {endedLoss{BinaryCrossEntropy{}, Sigmoid}, answerRows},
	"binary, smoothed":      {endedLoss{BinaryCrossEntropy{LabelSmoothing: 0.2}, Sigmoid}, answerRows},
	"binary focal":          {endedLoss{BinaryFocalCrossEntropy{ApplyClassBalancing: true}, Sigmoid}, answerRows},
	"binary focal, gamma 1": {endedLoss{BinaryFocalCrossEntropy{Gamma: 1, LabelSmoothing: 0.1}, Sigmoid}, answerRows},
	"binary focal, small":   {endedLoss{BinaryFocalCrossEntropy{Gamma: 0.5}, Sigmoid}, answerRows},
	"hinge":                 {endedLoss{Hinge{}, Linear}, signRows},
	"squared hinge":         {endedLoss{SquaredHinge{}, Tanh}, answerRows},
	"categorical hinge":     {endedLoss{CategoricalHinge{}, Linear}, oneHotRows},
	"MSE":                   {endedLoss{MeanSquaredError{}, Linear}, numberRows},
	"MAE":                   {endedLoss{MeanAbsoluteError{}, Linear}, numberRows},
	"MAPE":                  {endedLoss{MeanAbsolutePercentageError{}, Linear}, numberRows},
	"MSLE":                  {endedLoss{MeanSquaredLogarithmicError{}, Softplus}, numberRows},
	"Huber":                 {endedLoss{Huber{Delta: 0.75}, Linear}, numberRows},
	"log-cosh":              {endedLoss{LogCosh{}, Linear}, numberRows},
	"Poisson":               {endedLoss{Poisson{}, Softplus}, numberRows},
	"cosine":                {endedLoss{CosineSimilarity{}, Linear}, numberRows},
}

func TestLossesByFiniteDifferences(t *testing.T) {
	for name, c := range lossesOfModels {
		t.Run(name, func(t *testing.T) {
			x := []float64{0.4, -1.3, 0.8, 1.7, -0.2, 0.1}
			_, gradient := c.run(t, x, c.y)
			for i := range x {
				const h = 1e-5
				old := x[i]
				x[i] = old + h
				up, _ := c.run(t, x, c.y)
				x[i] = old - h
				down, _ := c.run(t, x, c.y)
				x[i] = old
				if want := (up - down) / (2 * h); math.Abs(gradient[i]-want) > 1e-7 {
					t.Errorf("gradient by x[%d] is %v, finite differences give %v", i, gradient[i], want)
				}
			}
		})
	}
}

// However sure a model is, right or wrong, losses and gradients are numbers,
// and a model that is wrong still learns.
func TestLossesOfExtremeOutputs(t *testing.T) {
	for name, c := range lossesOfModels {
		for _, size := range []float64{40, 300, 1e4} {
			x := []float64{size, -size, 0, -size, size, 0} // wrong for labels 1 and 0
			value, gradient := c.run(t, x, c.y)
			if math.IsNaN(value) || math.IsInf(value, 0) {
				t.Errorf("%s: the loss of outputs ±%v is %v", name, size, value)
			}
			sum := 0.0
			for _, g := range gradient {
				sum += math.Abs(g)
			}
			if math.IsNaN(sum) || math.IsInf(sum, 0) {
				t.Errorf("%s: the gradient at outputs ±%v is %v", name, size, gradient)
			}
			if sum == 0 && c.act != Tanh && name != "cosine" {
				t.Errorf("%s: the gradient at outputs ±%v is 0, though the answers are wrong", name, size)
			}
		}
	}
}

// The stable forms are the plain formulas, rewritten: both agree.
func TestStableFormsAreTheFormulas(t *testing.T) {
	for name, c := range lossesOfModels {
		if c.act != Softmax && c.act != Sigmoid {
			continue
		}
		x := []float64{0.4, -1.3, 0.8, 1.7, -0.2, 0.1}
		stable, sg := c.run(t, x, c.y)
		plain, pg := endedLoss{hidden{c.loss}, c.act}.run(t, x, c.y)
		wantClose(t, name, []float64{stable}, []float64{plain}, 1e-6)
		wantClose(t, name+", gradient", sg, pg, 1e-6)
	}
}

// hidden keeps a loss from seeing what made its outputs.
type hidden struct{ inner Loss }

func (h hidden) Name() string { return h.inner.Name() }

func (h hidden) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return h.inner.Loss(b, yTrue, graph.MulScalar(yPred, 1.0))
}

func TestGradientsAtKinks(t *testing.T) {
	same := tensor.Must(tensor.FromRows([][]float64{{1, 2, 0.5}}))
	for _, l := range []Loss{MeanAbsoluteError{}, MeanAbsolutePercentageError{}, Huber{}, LogCosh{}, MeanSquaredError{}} {
		if _, g := (endedLoss{l, Linear}).run(t, []float64{1, 2, 0.5}, same); g[0] != 0 || g[1] != 0 || g[2] != 0 {
			t.Errorf("%s: the gradient of exact predictions is %v, want 0", l.Name(), g)
		}
	}
	// A fresh model with zeros for weights starts at logits 0.
	_, g := endedLoss{BinaryCrossEntropy{}, Sigmoid}.run(t, []float64{0, 0}, tensor.Must(tensor.FromRows([][]float64{{0, 1}})))
	wantClose(t, "gradient of the binary cross-entropy at 0", g, []float64{0.25, -0.25}, 1e-9)
	value, g := endedLoss{CosineSimilarity{}, Linear}.run(t, []float64{0, 0, 0}, same)
	if value != 0 || math.IsNaN(g[0]) || math.IsInf(g[0], 0) {
		t.Errorf("cosine similarity of a vector of zeros is %v with gradient %v", value, g)
	}
}

// maskedModel gives 2, 4 and 9 for the words 1, 2 and padding, −1 for word 3.
func maskedModel(t *testing.T, c CompileConfig) *Model {
	t.Helper()
	m := Sequential(tensor.Shape{3}, Embedding(4, 1, MaskZero))
	if err := m.Compile(c); err != nil {
		t.Fatal(err)
	}
	if err := m.SetWeight("embedding_1/embeddings", tensor.Must(tensor.New([]float32{9, 2, 4, -1}, 4, 1))); err != nil {
		t.Fatal(err)
	}
	return m
}

// Padding counts neither in losses nor in metrics. The numbers are Keras'.
func TestPaddingDoesNotCount(t *testing.T) {
	batch := tensor.Batch{
		Inputs:  []*tensor.Tensor{ints([]int32{1, 2, 0, 3, 0, 0}, 2, 3)},
		Targets: []*tensor.Tensor{tensor.Must(tensor.New([]float32{1, 0, 1, 0, 1, 1}, 2, 3, 1))},
	}
	m := maskedModel(t, CompileConfig{
		Metrics:         []Metric{MeanAbsoluteError{}, BinaryAccuracy{Threshold: 0.5}},
		WeightedMetrics: []Metric{MeanAbsoluteError{}},
	})
	for _, c := range []struct {
		weights *tensor.Tensor
		want    []float64
	}{
		{nil, []float64{6, 2, 2.0 / 3, 2}},
		{tensor.Must(tensor.New([]float32{1, 3})), []float64{20.0 / 3, 2, 2.0 / 3, 1.6}},
	} {
		batch.Weights = c.weights
		s, err := m.Evaluate(context.Background(), tensor.Must(tensor.FromBatch(batch)))
		if err != nil {
			t.Fatal(err)
		}
		wantClose(t, s.String(), s.values, c.want, 1e-6)
	}
}

func TestIgnoredClassDoesNotCount(t *testing.T) {
	x := floats(4, 2)
	copy(tensor.Values[float32](x), []float32{0, 3, 5, 0, 0, 0, 1, 0})
	m := Sequential(tensor.Shape{2}, Softmax)
	if err := m.Compile(CompileConfig{Loss: SparseCategoricalCrossEntropy{IgnoreClass: new(-1)},
		Metrics: []Metric{Accuracy{}, SparseCategoricalCrossEntropy{IgnoreClass: new(-1)}}}); err != nil {
		t.Fatal(err)
	}
	s, err := m.Evaluate(context.Background(), tensor.Must(tensor.FromTensors(x, ints([]int32{1, -1, -1, 1}, 4))))
	if err != nil {
		t.Fatal(err)
	}
	want := (math.Log1p(math.Exp(-3)) + math.Log1p(math.Exp(1))) / 2
	wantClose(t, s.String(), s.values, []float64{want, 0.5, want}, 1e-6)
}
