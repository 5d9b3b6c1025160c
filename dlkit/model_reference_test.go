package dlkit

import (
	"context"
	"slices"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

type refModel struct {
	Name        string
	Layers      []refLayer
	Optimizer   refOptimizer
	Loss        string
	Metrics     []string
	Epochs      int
	BatchSize   int `json:"batch_size"`
	X, Y        refTensor
	ClassWeight map[string]float64 `json:"class_weight"`
	Weights     []refTensor        `json:"initial_weights"`
	SampleW     *refTensor         `json:"sample_weight"`
	ValidationX *refTensor         `json:"validation_x"`
	ValidationY *refTensor         `json:"validation_y"`
	History     map[string][]float64
	Evaluation  map[string]float64
	Final       []refTensor `json:"final_weights"`
	Predictions *refTensor
}

var lossesByName = map[string]Loss{
	"sparse_categorical_crossentropy": SparseCategoricalCrossEntropy{},
	"categorical_crossentropy":        CategoricalCrossEntropy{},
	"binary_crossentropy":             BinaryCrossEntropy{},
	"mse":                             MeanSquaredError{},
	"mean_squared_error":              MeanSquaredError{},
}

// Whole models, trained as Keras' fit trains them: batches of 8, 8 and 4 in
// order, the history of every epoch, final weights and predictions.
func TestModelsTrainLikeKeras(t *testing.T) {
	ran := 0
	for _, c := range readReference[refModel](t, "models.json") {
		t.Run(c.Name, func(t *testing.T) {
			maker, ok := optimizerMakers[c.Optimizer.Class]
			if !ok || lossesByName[c.Loss] == nil {
				t.Skip("dlkit has no such model yet")
			}
			ran++
			var layers []Layer
			for _, l := range c.Layers {
				layers = append(layers, layerMakers[l.Class](t, l).(Layer))
			}
			m := Sequential(c.X.Shape[1:], layers...)
			if err := m.Compile(CompileConfig{Optimizer: maker(c.Optimizer), Loss: lossesByName[c.Loss], NoMetrics: len(c.Metrics) == 0}); err != nil {
				t.Fatal(err)
			}
			for i, v := range m.vars.list {
				if err := v.set(c.Weights[i].tensor(tensor.Float32)); err != nil {
					t.Fatal(err)
				}
			}
			batch := tensor.Batch{Inputs: []*tensor.Tensor{c.X.tensor(tensor.Float32)}, Targets: []*tensor.Tensor{c.Y.tensor(tensor.Float32)}}
			if c.SampleW != nil {
				batch.Weights = c.SampleW.tensor(tensor.Float32)
			}
			config := FitConfig{Epochs: c.Epochs, BatchSize: c.BatchSize, NoShuffle: true}
			for class, w := range c.ClassWeight {
				if config.ClassWeights == nil {
					config.ClassWeights = map[int]float64{}
				}
				config.ClassWeights[int(class[0]-'0')] = w
			}
			hist := mustFit(t, m, tensor.Must(tensor.FromBatch(batch)), config)
			wantClose(t, "losses", hist.Values("loss"), c.History["loss"], tolerance)
			for name, want := range c.History {
				if i := slices.Index([]string{"sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy"}, name); i >= 0 {
					wantClose(t, name, hist.Values("accuracy"), want, tolerance)
				}
			}
			for i, v := range m.vars.list {
				got, err := v.value()
				if err != nil {
					t.Fatal(err)
				}
				wantClose(t, v.name, tensor.Values[float64](got), c.Final[i].values(), tolerance)
			}
			p, err := m.Predict(context.Background(), batch.X())
			if err != nil {
				t.Fatal(err)
			}
			wantClose(t, "predictions", tensor.Values[float64](p), c.Predictions.values(), tolerance)
		})
	}
	if ran < 4 {
		t.Errorf("only %d models were run", ran)
	}
}
