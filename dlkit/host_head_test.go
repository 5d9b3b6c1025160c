package dlkit

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/product"
	"github.com/gofromzero/fromzero/tensor"
)

func denseClassifier(last ...DenseOption) *Model {
	return Sequential(tensor.Shape{400}, Dense(65, ReLU), Dropout(0), Dense(3, last...))
}

// A step whose end is outside the graph must be that of the graph: the loss, the
// metrics, the gradients and what is made of them.
func TestHostHeadIsThatOfTheGraph(t *testing.T) {
	if !product.Fast() {
		t.Skip("without vectors there are no chains")
	}
	weights := tensor.Must(tensor.New([]float32{0, 1, 2, 0.5}, 4))
	whole := randomData(85, 3, 400).All()
	whole.Weights = tensor.Must(weights.Take(inTurn(85, 4)...))
	weighted := tensor.Must(tensor.FromBatch(whole))
	plain := randomData(85, 3, 400) // batches of 37, 37 and 11
	logits := SparseCategoricalCrossEntropy{FromLogits: true}
	frozen := func() *Model {
		m := denseClassifier(Softmax)
		if err := m.Freeze("dense_1"); err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, c := range map[string]struct {
		config CompileConfig
		fit    FitConfig
		model  func() *Model
		data   tensor.Indexed
		graph  bool // the graph must do it all
	}{
		"Adam":          {config: CompileConfig{Optimizer: Adam{LearningRate: 0.01}}},
		"two metrics":   {config: CompileConfig{Metrics: []Metric{Accuracy{}, SparseCategoricalAccuracy{}}}},
		"no metrics":    {config: CompileConfig{NoMetrics: true}},
		"logits":        {config: CompileConfig{Loss: logits}, model: func() *Model { return denseClassifier() }},
		"clipped":       {config: CompileConfig{Clip: Clip{Norm: 0.1}}},
		"accumulated":   {config: CompileConfig{Accumulate: 2}},
		"averaged":      {config: CompileConfig{EMA: 0.9}},
		"loss's weight": {config: CompileConfig{LossWeights: []float64{0.25}}},
		"class weights": {fit: FitConfig{ClassWeights: map[int]float64{0: 3, 2: 0}}},
		"weights":       {data: weighted},
		"frozen":        {model: frozen},
		"embedded": {model: func() *Model {
			return Sequential(tensor.Shape{400}, Reshape(40, 10), Dense(11, Tanh), Flatten(), Dense(64, ReLU), Dense(3, Softmax))
		}},
		"yes or no": {config: CompileConfig{Loss: BinaryCrossEntropy{}}, data: yesOrNo(1), model: func() *Model {
			return Sequential(tensor.Shape{400}, Dense(65, ReLU), Dropout(0), Dense(1, Sigmoid))
		}},
		"several answers": {config: CompileConfig{Loss: BinaryCrossEntropy{FromLogits: true}}, data: yesOrNo(4), model: func() *Model {
			return Sequential(tensor.Shape{400}, Dense(65, ReLU), Dropout(0), Dense(4))
		}},
		"numbers": {data: quantities(3), model: func() *Model {
			return Sequential(tensor.Shape{400}, Dense(65, ReLU), Dropout(0), Dense(3))
		}},
		"small": {data: quantities(2), config: CompileConfig{Metrics: []Metric{MeanSquaredError{}, MeanAbsoluteError{}}}, model: func() *Model {
			return Sequential(tensor.Shape{400}, Dense(3, ReLU), Dropout(0), Dense(2, ReLU))
		}},
		"ReLU at the end": {model: func() *Model {
			return Sequential(tensor.Shape{400}, Dense(65, ReLU), Dropout(0), Dense(3, ReLU))
		}, config: CompileConfig{Loss: logits}},
		"hinge": {config: CompileConfig{Loss: Hinge{}}, data: yesOrNo(1), model: func() *Model {
			return Sequential(tensor.Shape{400}, Dense(65, ReLU), Dropout(0), Dense(1))
		}, graph: true},
		"threshold": {config: CompileConfig{Loss: BinaryCrossEntropy{}, Metrics: []Metric{BinaryAccuracy{Threshold: 0.3}}}, data: yesOrNo(1), model: func() *Model {
			return Sequential(tensor.Shape{400}, Dense(65, ReLU), Dropout(0), Dense(1, Sigmoid))
		}, graph: true},
		"smoothed":    {config: CompileConfig{Loss: SparseCategoricalCrossEntropy{LabelSmoothing: 0.1}}, graph: true},
		"ignoring":    {config: CompileConfig{Loss: SparseCategoricalCrossEntropy{IgnoreClass: new(1)}}, graph: true},
		"top 2":       {config: CompileConfig{Metrics: []Metric{SparseTopKCategoricalAccuracy{K: 2}}}, graph: true},
		"regularised": {model: func() *Model { return denseClassifier(Softmax, L2(0.01)) }, graph: true},
		"sequences":   {config: CompileConfig{WeightedMetrics: []Metric{Accuracy{}}}, data: weighted, graph: true},
	} {
		t.Run(name, func(t *testing.T) {
			if c.model == nil {
				c.model = func() *Model { return denseClassifier(Softmax) }
			}
			if c.data == nil {
				c.data = plain
			}
			c.fit.BatchSize, c.fit.Epochs = 37, 2
			checkHostWork(t, c.data, c.fit, c.config, c.model)
			var outside, inside []float64
			withLowerings(func() { outside = historyOf(t, c.data, c.fit, c.config, c.model, !c.graph) })
			withPlainOps(func() { inside = historyOf(t, c.data, c.fit, c.config, c.model, false) })
			for i, v := range outside {
				if math.Abs(v-inside[i]) > 1e-4 {
					t.Errorf("number %d of the history is %v, in the graph %v", i, v, inside[i])
				}
			}
		})
	}
}

// yesOrNo are examples with so many answers yes or no, as whole numbers, quantities
// such with numbers.
func yesOrNo(n int) *tensor.Memory {
	all := randomData(85, 2, 400).All()
	return tensor.Must(tensor.FromTensors(all.Inputs[0], tensor.Must(randomData(85*n, 2, 1).All().Targets[0].Reshape(85, n))))
}

func quantities(n int) *tensor.Memory {
	return tensor.Must(tensor.FromTensors(randomData(85, 2, 400).All().Inputs[0], randomData(85, 2, n).All().Inputs[0]))
}

func inTurn(n, period int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i % period
	}
	return at
}

// historyOf trains anew, sees whether the head is on the host, and returns all
// numbers of the history.
func historyOf(t *testing.T, data tensor.Indexed, fit FitConfig, config CompileConfig, model func() *Model, onHost bool) []float64 {
	t.Helper()
	m := model()
	config.Backend = "go"
	if err := m.Compile(config); err != nil {
		t.Fatal(err)
	}
	history, err := m.Fit(context.Background(), data, fit)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.programs.list {
		if got := p.calls.head() != nil; got != onHost {
			t.Errorf("the head is on the host: %v, want %v", got, onHost)
		}
		if alone := onHost && config.Clip == (Clip{}) && config.Accumulate == 0 && config.EMA == 0; alone && len(m.steps) == 3 && !p.idle {
			t.Error("the graph computes something, though all is done on the host")
		}
	}
	var out []float64
	for _, name := range history.Names() {
		out = append(out, history.Values(name)...)
	}
	return out
}

// Where the loss is no number, nothing must have been changed by the time that it
// is known, though weights change while gradients are computed.
func TestHostHeadSeesNaNInTime(t *testing.T) {
	if !product.Fast() {
		t.Skip("without vectors there are no chains")
	}
	all := randomData(64, 3, 400).All()
	x, _ := tensor.Flat[float32](all.Inputs[0])
	x[40*400] = float32(math.NaN()) // in the second batch
	m := denseClassifier(Softmax)
	if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
		t.Fatal(err)
	}
	before := tensor.Must(m.Weights())[0].Value.Clone()
	_, err := m.Fit(context.Background(), tensor.Must(tensor.FromBatch(all)), FitConfig{BatchSize: 32, NoShuffle: true})
	var diverged *DivergedError
	if !errors.As(err, &diverged) || diverged.Step != 2 {
		t.Fatalf("error %v, want one of step 2", err)
	}
	if after := tensor.Must(m.Weights())[0].Value; !after.AllClose(before, 0, 0) {
		t.Error("the weights are not those of the epoch's start")
	}
}

func BenchmarkDenseStep(b *testing.B) {
	for _, batch := range []int{32, 128} {
		b.Run(map[int]string{32: "batch=32", 128: "batch=128"}[batch], func(b *testing.B) {
			m := Sequential(tensor.Shape{784}, Dense(64, ReLU), Dense(10, Softmax))
			if err := m.Compile(CompileConfig{Backend: "go"}); err != nil {
				b.Fatal(err)
			}
			benchmarkTraining(b, m, randomData(64*batch, 10, 784), batch)
		})
	}
}

// BenchmarkSmallStep measures the nets of a first lesson.
func BenchmarkSmallStep(b *testing.B) {
	for _, c := range []struct {
		name  string
		model *Model
		data  *tensor.Memory
	}{
		{"yes or no", Sequential(tensor.Shape{2}, Dense(16, ReLU), Dense(1, Sigmoid)), randomData(1024, 2, 2)},
		{"numbers", Sequential(tensor.Shape{13}, Dense(64, ReLU), Dense(64, ReLU), Dense(1)), randomData(1024, 5, 13)},
		{"classes", Sequential(tensor.Shape{4}, Dense(10, ReLU), Dense(3, Softmax)), randomData(1024, 3, 4)},
	} {
		b.Run(c.name, func(b *testing.B) {
			if err := c.model.Compile(CompileConfig{Backend: "go"}); err != nil {
				b.Fatal(err)
			}
			benchmarkTraining(b, c.model, c.data, 32)
		})
	}
}
