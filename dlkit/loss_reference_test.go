package dlkit

import (
	"context"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

type refLoss struct {
	refLayer
	YTrue  refTensor  `json:"y_true"`
	YPred  refTensor  `json:"y_pred"`
	Weight *refTensor `json:"sample_weight"`
	Value  float64
	Grad   refTensor
}

// lossMakers turn a Keras class and its arguments into a loss.
var lossMakers = map[string]func(c refLoss) Loss{
	"MeanSquaredError":            func(refLoss) Loss { return MeanSquaredError{} },
	"MeanAbsoluteError":           func(refLoss) Loss { return MeanAbsoluteError{} },
	"MeanAbsolutePercentageError": func(refLoss) Loss { return MeanAbsolutePercentageError{} },
	"MeanSquaredLogarithmicError": func(refLoss) Loss { return MeanSquaredLogarithmicError{} },
	"Huber":                       func(c refLoss) Loss { return Huber{Delta: c.float("delta")} },
	"LogCosh":                     func(refLoss) Loss { return LogCosh{} },
	"Poisson":                     func(refLoss) Loss { return Poisson{} },
	"CosineSimilarity":            func(refLoss) Loss { return CosineSimilarity{} },
	"KLDivergence":                func(refLoss) Loss { return KLDivergence{} },
	"Hinge":                       func(refLoss) Loss { return Hinge{} },
	"SquaredHinge":                func(refLoss) Loss { return SquaredHinge{} },
	"CategoricalHinge":            func(refLoss) Loss { return CategoricalHinge{} },
	"SparseCategoricalCrossentropy": func(c refLoss) Loss {
		l := SparseCategoricalCrossEntropy{FromLogits: c.bool("from_logits")}
		if ignore, ok := c.Config["ignore_class"].(float64); ok {
			l.IgnoreClass = new(int(ignore))
		}
		return l
	},
	"CategoricalCrossentropy": func(c refLoss) Loss {
		return CategoricalCrossEntropy{FromLogits: c.bool("from_logits"), LabelSmoothing: c.float("label_smoothing")}
	},
	"BinaryCrossentropy": func(c refLoss) Loss {
		return BinaryCrossEntropy{FromLogits: c.bool("from_logits"), LabelSmoothing: c.float("label_smoothing")}
	},
	"CategoricalFocalCrossentropy": func(c refLoss) Loss {
		return CategoricalFocalCrossEntropy{Gamma: c.float("gamma"), Alpha: c.float("alpha"),
			FromLogits: c.bool("from_logits"), LabelSmoothing: c.float("label_smoothing")}
	},
	"BinaryFocalCrossentropy": func(c refLoss) Loss {
		return BinaryFocalCrossEntropy{Gamma: c.float("gamma"), Alpha: c.float("alpha"), ApplyClassBalancing: c.bool("apply_class_balancing"),
			FromLogits: c.bool("from_logits"), LabelSmoothing: c.float("label_smoothing")}
	},
}

// lossLayer makes a layer of a loss, so that layerRun can run it: inputs are
// the predictions, the targets and perhaps weights.
type lossLayer struct{ loss Loss }

func (l lossLayer) OutShapeOf([]tensor.Shape) (tensor.Shape, error) { return tensor.Shape{}, nil }

func (l lossLayer) ApplyAll(b *Builder, xs []*graph.Node) *graph.Node {
	rows := l.loss.Loss(b, xs[1], xs[0])
	if len(xs) == 3 {
		rows = graph.Mul(rows, xs[2])
	}
	return graph.MulScalar(graph.ReduceAllSum(rows), 1/float64(batchOf(rows)))
}

func TestLossesAgreeWithKeras(t *testing.T) {
	for _, c := range readReference[refLoss](t, "losses.json") {
		t.Run(c.Name, func(t *testing.T) {
			maker, ok := lossMakers[c.Class]
			if !ok {
				t.Fatalf("dlkit has no %s", c.Class)
			}
			loss := maker(c)
			in := []*tensor.Tensor{c.YPred.tensor(tensor.Float32), c.YTrue.tensor(tensor.Float32)}
			if c.Weight != nil {
				in = append(in, c.Weight.tensor(tensor.Float32))
			}
			for _, d := range testDevices(t) {
				c.check(t, d, loss, in)
			}
			withPlainOps(func() { c.check(t, goDevice(t), loss, in) })
		})
	}
}

func (c refLoss) check(t *testing.T, d *device, loss Loss, in []*tensor.Tensor) {
	t.Helper()
	one := tensor.Scalar(float32(1))
	res, err := layerRun{layer: lossLayer{loss}, dtype: graphDTypes[tensor.Float32], inputs: in, upstream: one}.run(d)
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, "value", tensor.Values[float64](res.output), []float64{c.Value}, tolerance)
	wantClose(t, "gradient", tensor.Values[float64](res.inputGrads[0]), c.Grad.values(), tolerance)
}

// The loss of a model that ends in an activation is computed from what went
// into it; the value is the same as from the probabilities.
func TestStableCrossEntropies(t *testing.T) {
	x := tensor.Must(tensor.New([]float32{200, -300, 50, 0, 1, 2}, 2, 3))
	y := ints([]int32{1, 0}, 2)
	m := Sequential(tensor.Shape{3}, Softmax)
	if err := m.Compile(CompileConfig{}); err != nil {
		t.Fatal(err)
	}
	s, err := m.Evaluate(context.Background(), tensor.Must(tensor.FromTensors(x, y)))
	if err != nil {
		t.Fatal(err)
	}
	// log-softmax by hand: 500 for the first row, 2.4076059644 for the second.
	wantClose(t, "loss", []float64{s.Loss}, []float64{(500 + 2.4076059644) / 2}, 1e-6)
}
