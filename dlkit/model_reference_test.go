package dlkit

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
)

// byName reads one value, or an object of values by name.
type byName[T any] struct {
	one   *T
	names map[string]T
}

func (b *byName[T]) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &b.names) == nil {
		return nil
	}
	b.names, b.one = nil, new(T)
	return json.Unmarshal(data, b.one)
}

// get is the value of a name, or the only one.
func (b byName[T]) get(name string) T {
	if b.one != nil {
		return *b.one
	}
	return b.names[name]
}

// refTensors is one tensor, or several by name.
type refTensors struct {
	refTensor
	names map[string]refTensor
}

func (r *refTensors) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &r.refTensor); err != nil || r.Shape != nil {
		return err
	}
	return json.Unmarshal(data, &r.names)
}

func (r *refTensors) get(name string) *refTensor {
	if t, ok := r.names[name]; ok {
		return &t
	}
	return &r.refTensor
}

type refModel struct {
	Name, Class string
	Layers      []struct {
		Name, Class string
		Config      map[string]any
		Inputs      []string
	}
	Optimizer   refOptimizer
	Loss        byName[string]
	LossWeights map[string]float64 `json:"loss_weights"`
	Epochs      int
	BatchSize   int `json:"batch_size"`
	X, Y        refTensors
	ClassWeight map[string]float64 `json:"class_weight"`
	SampleW     *refTensor         `json:"sample_weight"`
	Weights     []refTensor        `json:"initial_weights"`
	History     map[string][]float64
	Final       []refTensor `json:"final_weights"`
	Predictions *refTensors
}

var lossesByName = map[string]Loss{
	"sparse_categorical_crossentropy": SparseCategoricalCrossEntropy{},
	"categorical_crossentropy":        CategoricalCrossEntropy{},
	"binary_crossentropy":             BinaryCrossEntropy{},
	"mean_squared_error":              MeanSquaredError{},
}

// build makes the model with the reference's first weights, and lists its
// inputs' and outputs' names.
func (c refModel) build(t *testing.T, backend string) (m *Model, inputs, outputs []string) {
	t.Helper()
	values := map[string]*Value{}
	var in []*Value
	input := func(name string, x *refTensor) {
		values[name] = Input(x.Shape[1:])
		in, inputs = append(in, values[name]), append(inputs, name)
	}
	if len(c.X.names) == 0 {
		input("x", &c.X.refTensor)
	}
	for _, name := range slices.Sorted(maps.Keys(c.X.names)) {
		input(name, c.X.get(name))
	}
	last := inputs[0]
	for _, l := range c.Layers {
		maker, ok := layerMakers[l.Class]
		if !ok {
			t.Fatalf("no layer stands for Keras' %s", l.Class)
		}
		from := l.Inputs
		if from == nil {
			from = []string{last}
		}
		v := &Value{layer: maker(t, refLayer{Class: l.Class, Config: l.Config})}
		if n, ok := v.layer.(interface{ rename([]NameOption) }); ok {
			n.rename([]NameOption{Name(l.Name)})
		}
		for _, f := range from {
			v.from = append(v.from, values[f])
		}
		values[l.Name], last = v, l.Name
		if _, isOutput := c.Y.names[l.Name]; isOutput {
			outputs = append(outputs, l.Name)
		}
	}
	if outputs == nil {
		outputs = []string{last}
	}
	var out []*Value
	config := CompileConfig{Optimizer: optimizerMakers[c.Optimizer.Class](c.Optimizer), Backend: backend}
	for _, name := range outputs {
		out = append(out, values[name])
		loss := lossesByName[c.Loss.get(name)]
		if loss == nil {
			t.Fatalf("no loss stands for Keras' %q", c.Loss.get(name))
		}
		config.Losses = append(config.Losses, loss)
		if c.LossWeights != nil {
			config.LossWeights = append(config.LossWeights, c.LossWeights[name])
		}
	}
	m = Functional(in, out...)
	if c.exact() {
		m.dtype = dtypes.Float64
	}
	if err := m.Compile(config); err != nil {
		t.Fatal(err)
	}
	for _, v := range m.vars.list {
		if err := v.set(named32(t, c.Weights, v.name)); err != nil {
			t.Fatal(err)
		}
	}
	return m, inputs, outputs
}

// exact reports whether a model must be trained in float64 to end like the
// reference: the bias of a convolution under batch normalisation has a gradient
// of zero, and Adam would make steps of what float32 leaves of it.
func (c refModel) exact() bool { return c.Name == "convolution with batch normalization" }

// named32 is the tensor of a name in a list.
func named32(t *testing.T, list []refTensor, name string) *tensor.Tensor {
	t.Helper()
	for i := range list {
		if keras := strings.Split(strings.TrimPrefix(list[i].Name, "sequential/"), "/"); keras[0]+"/"+keras[len(keras)-1] == name {
			return list[i].tensor(tensor.Float32)
		}
	}
	t.Fatalf("the reference has no weight %q", name)
	return nil
}

// Whole models, trained as Keras' fit trains them: batches of 8, 8 and 4 in
// order, the history of every epoch, final weights and predictions.
func TestModelsTrainLikeKeras(t *testing.T) {
	for _, c := range readReference[refModel](t, "models.json") {
		for _, backend := range testBackends() {
			t.Run(c.Name+" on "+kindOf(backend), func(t *testing.T) { c.checkTraining(t, backend) })
		}
	}
}

func (c refModel) checkTraining(t *testing.T, backend string) {
	m, inputs, outputs := c.build(t, backend)
	batch := tensor.Batch{}
	for _, name := range inputs {
		batch.Inputs = append(batch.Inputs, c.X.get(name).tensor(tensor.Float32))
	}
	for _, name := range outputs {
		batch.Targets = append(batch.Targets, c.Y.get(name).tensor(tensor.Float32))
	}
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
	c.checkHistory(t, hist, outputs)
	for _, v := range m.vars.list {
		got, err := v.value()
		if err != nil {
			t.Fatal(err)
		}
		wantClose(t, v.name, tensor.Values[float64](got), tensor.Values[float64](named32(t, c.Final, v.name)), tolerance)
	}
	p, err := m.PredictAll(context.Background(), batch.Inputs...)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range outputs {
		wantClose(t, "predictions of "+name, tensor.Values[float64](p[i]), c.Predictions.get(name).values(), tolerance)
	}
}

func (c refModel) checkHistory(t *testing.T, hist *History, outputs []string) {
	t.Helper()
	wantClose(t, "losses", hist.Values("loss"), c.History["loss"], tolerance)
	accuracies := map[string]string{"": "accuracy"}
	for _, name := range outputs {
		if len(outputs) > 1 {
			wantClose(t, name+" losses", hist.Values(name+"_loss"), c.History[name+"_loss"], tolerance)
			accuracies[name+"_"] = name + "_accuracy"
		}
	}
	for prefix, ours := range accuracies {
		for _, kind := range []string{"sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy"} {
			if want, ok := c.History[prefix+kind]; ok {
				wantClose(t, prefix+kind, hist.Values(ours), want, tolerance)
			}
		}
		if want, ok := c.History[prefix+"mean_absolute_error"]; ok {
			wantClose(t, prefix+"mae", hist.Values(prefix+"mae"), want, tolerance)
		}
	}
}
