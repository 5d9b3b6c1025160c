package dlkit

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// fitError trains a model on x (n rows) and y and returns the error.
func fitError(m *Model, x, y *tensor.Tensor) error {
	data, err := tensor.FromTensors(x, y)
	if err != nil {
		return err
	}
	_, err = m.Fit(context.Background(), data, FitConfig{BatchSize: 4})
	return err
}

func floats(dims ...int) *tensor.Tensor { return tensor.Must(tensor.Zeros(tensor.Float32, dims...)) }

func ints(values []int32, dims ...int) *tensor.Tensor {
	return tensor.Must(tensor.New(values, dims...))
}

func compileError(m *Model, c CompileConfig) error { return m.Compile(c) }

// TestMisuse lists wrong calls with the words that their errors must hold.
func TestMisuse(t *testing.T) {
	soft := func() *Model { return Sequential(tensor.Shape{2}, Dense(3, Softmax)) }
	nan := floats(4, 2)
	tensor.Values[float32](nan)[5] = float32(math.NaN())
	shared := Dense(2)
	cases := []struct {
		name string
		err  error
		want []string
	}{
		{"no layers", Sequential(tensor.Shape{2}).Err(), []string{"no layers"}},
		{"nil layer", Sequential(tensor.Shape{2}, nil).Err(), []string{"layer 1", "nil"}},
		{"negative input", Sequential(tensor.Shape{-1}, Dense(1)).Err(), []string{"-1"}},
		{"no units", Sequential(tensor.Shape{2}, Dense(8), Dense(0)).Err(), []string{"layer 2", "dense_2", "units is 0"}},
		{"scalar input to Dense", Sequential(tensor.Shape{}, Dense(1)).Err(), []string{"dense_1", "scalar"}},
		{"dropout of all", Sequential(tensor.Shape{2}, Dropout(1.5)).Err(), []string{"dropout_1", "1.5", "below 1"}},
		{"NaN rate", Sequential(tensor.Shape{2}, Dropout(math.NaN())).Err(), []string{"dropout_1", "NaN"}},
		{"negative L2", Sequential(tensor.Shape{2}, Dense(1, L2(-1))).Err(), []string{"dense_1", "L2 is -1"}},
		{"layer used twice", Sequential(tensor.Shape{2}, shared, shared).Err(), []string{"layer 2", "already layer 1"}},
		{"name used twice", Sequential(tensor.Shape{2}, Dense(1, Name("a")), Dense(1, Name("a"))).Err(), []string{`"a"`, "taken"}},
		{"name with a slash", Sequential(tensor.Shape{2}, Dense(1, Name("a/b"))).Err(), []string{"a/b"}},
		{"broken custom layer", Sequential(tensor.Shape{2}, brokenLayer{}).Compile(CompileConfig{}), []string{"broken", "OutShape promises"}},
		{"panicking custom layer", Sequential(tensor.Shape{2}, panickyLayer{}).Err(), []string{"panicky", "oops"}},
		{"linear output, probability loss", compileError(Sequential(tensor.Shape{2}, Dense(3)), CompileConfig{Loss: SparseCategoricalCrossEntropy{}}), []string{"dense_1", "linear", "Softmax", "FromLogits"}},
		{"logits of a softmax", compileError(soft(), CompileConfig{Loss: SparseCategoricalCrossEntropy{FromLogits: true}}), []string{"FromLogits", "softmax"}},
		{"relu before cross-entropy", compileError(Sequential(tensor.Shape{2}, Dense(3, ReLU)), CompileConfig{Loss: CategoricalCrossEntropy{}}), []string{"relu", "Softmax"}},
		{"softmax of one unit", compileError(Sequential(tensor.Shape{2}, Dense(1, Softmax)), CompileConfig{}), []string{"one unit", "Sigmoid"}},
		{"softmax with binary loss", compileError(soft(), CompileConfig{Loss: BinaryCrossEntropy{}}), []string{"softmax", "Sigmoid"}},
		{"negative learning rate", compileError(soft(), CompileConfig{Optimizer: Adam{LearningRate: -1}}), []string{"learning rate -1"}},
		{"beta above 1", compileError(soft(), CompileConfig{Optimizer: Adam{Beta1: 1.5}}), []string{"Beta1", "1.5"}},
		{"Nesterov without momentum", compileError(soft(), CompileConfig{Optimizer: SGD{Nesterov: true}}), []string{"Nesterov", "Momentum"}},
		{"momentum of 1", compileError(soft(), CompileConfig{Optimizer: SGD{Momentum: 1}}), []string{"Momentum", "below 1"}},
		{"two metrics of one name", compileError(soft(), CompileConfig{Metrics: []Metric{Accuracy{}, Accuracy{}}}), []string{"accuracy", "two metrics"}},
		{"unknown backend", compileError(soft(), CompileConfig{Backend: "tpu"}), []string{`"tpu"`, "go"}},
		{"labels too large", fitError(soft(), floats(4, 2), ints([]int32{0, 1, 2, 3}, 4)), []string{"is 3", "0 to 2"}},
		{"labels below zero", fitError(soft(), floats(2, 2), ints([]int32{-1, 1}, 2)), []string{"-1", "0 to 2"}},
		{"labels not whole", fitError(soft(), floats(2, 2), tensor.Must(tensor.New([]float32{0.5, 1}))), []string{"0.5", "whole"}},
		{"one-hot labels", fitError(soft(), floats(2, 2), floats(2, 3)), []string{"(n, 3)", "one-hot", "CategoricalCrossEntropy"}},
		{"targets of another shape", fitError(Sequential(tensor.Shape{2}, Dense(3)), floats(2, 2), floats(2, 2)), []string{"(n, 2)", "(n, 3)"}},
		{"column against row", fitError(Sequential(tensor.Shape{2}, Dense(3)), floats(2, 2), floats(2, 1)), []string{"(n, 1)", "(n, 3)"}},
		{"binary targets out of range", fitError(Sequential(tensor.Shape{2}, Dense(1, Sigmoid)), floats(2, 2), ints([]int32{0, 2}, 2)), []string{"2", "between 0 and 1"}},
		{"inputs of another shape", fitError(soft(), floats(4, 3), ints([]int32{0, 0, 0, 0}, 4)), []string{"(2,)", "(4, 3)"}},
		{"inputs to be flattened", fitError(Sequential(tensor.Shape{4}, Dense(1)), floats(3, 2, 2), floats(3)), []string{"(3, 2, 2)", "Flatten"}},
		{"whole numbers into Dense", fitError(soft(), ints([]int32{1, 2, 3, 4}, 2, 2), ints([]int32{0, 1}, 2)), []string{"int32", "Convert", "dense_1"}},
		{"no validation data", func() error {
			_, err := soft().Fit(t.Context(), tensor.Must(tensor.FromTensors(floats(2, 2), ints([]int32{0, 1}, 2))),
				FitConfig{Validation: tensor.Must(tensor.FromTensors(floats(0, 2), ints(nil, 0)))})
			return err
		}(), []string{"Validation", "without a single example"}},
		{"no data", fitError(soft(), floats(0, 2), ints(nil, 0)), []string{"without a single example"}},
		{"no targets", fitError(soft(), floats(4, 2), nil), []string{"0 targets", "1 output"}},
		{"mismatched lengths", fitError(soft(), floats(4, 2), ints([]int32{0}, 1)), []string{"1 rows", "4"}},
		{"NaN in the data", fitError(soft(), nan, ints([]int32{0, 1, 2, 0}, 4)), []string{"NaN", "example"}},
		{"negative epochs", fitConfigError(FitConfig{Epochs: -1}), []string{"-1 epochs"}},
		{"negative batch", fitConfigError(FitConfig{BatchSize: -4}), []string{"batches of -4"}},
		{"split of all", fitConfigError(FitConfig{ValidationSplit: 1}), []string{"ValidationSplit", "below 1"}},
		{"split of too little", fitConfigError(FitConfig{ValidationSplit: 0.001}), []string{"0.001", "at least 1"}},
		{"split and validation", fitConfigError(FitConfig{ValidationSplit: 0.5, Validation: blobs(3)}), []string{"both"}},
		{"nil callback", fitConfigError(FitConfig{Callbacks: []Callback{nil}}), []string{"callback 0", "nil"}},
		{"one example without batch", predictError(soft(), floats(2)), []string{"(2,)", "batch axis"}},
		{"nil input", predictError(soft(), nil), []string{"nil"}},
		{"unknown activation", nameError("rleu"), []string{"rleu", "relu"}},
		{"unknown initializer", initError("xavier"), []string{"xavier", "glorot_uniform"}},
		{"weight of another shape", soft().SetWeight("dense_1/kernel", floats(3, 3)), []string{"(2, 3)", "(3, 3)"}},
		{"unknown weight", soft().SetWeight("dense_9/kernel", floats(3, 3)), []string{"dense_9/kernel", "dense_1/kernel"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.err == nil {
				t.Fatal("no error")
			}
			for _, w := range c.want {
				if !strings.Contains(c.err.Error(), w) {
					t.Errorf("error %q does not say %q", c.err, w)
				}
			}
		})
	}
}

func fitConfigError(c FitConfig) error {
	_, err := classifier().Fit(context.Background(), blobs(20), c)
	return err
}

func predictError(m *Model, x *tensor.Tensor) error {
	_, err := m.Predict(context.Background(), x)
	return err
}

func nameError(name string) error {
	_, err := ActivationByName(name)
	return err
}

func initError(name string) error {
	_, err := InitializerByName(name)
	return err
}

func TestLayerErrorTellsItsLayer(t *testing.T) {
	err := Sequential(tensor.Shape{2}, Dense(8), Dense(0)).Compile(CompileConfig{})
	var layer *LayerError
	if !errors.As(err, &layer) {
		t.Fatalf("error %v is no LayerError", err)
	}
	if layer.Index != 2 || layer.Name != "dense_2" || !layer.In[0].Equal(tensor.Shape{8}) {
		t.Errorf("got %+v", layer)
	}
}
