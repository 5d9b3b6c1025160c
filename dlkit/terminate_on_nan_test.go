package dlkit

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// divergedError trains until training ends with a *DivergedError.
func divergedError(t *testing.T, m *Model, data tensor.Dataset, c FitConfig) *DivergedError {
	t.Helper()
	before := weightsOf(t, m)
	_, err := m.Fit(context.Background(), data, c)
	var diverged *DivergedError
	if !errors.As(err, &diverged) || !errors.Is(err, ErrDiverged) {
		t.Fatalf("error %v", err)
	}
	for _, w := range weightsOf(t, m) {
		if !finite(w) {
			t.Fatal("the model has a weight that is not a number")
		}
	}
	if diverged.Epoch == 1 && !equal(before, weightsOf(t, m)) {
		t.Error("the model does not have the weights of the epoch's start")
	}
	return diverged
}

// logLayer is a user's layer that takes the logarithm.
type logLayer struct{}

func (logLayer) OutShape(in tensor.Shape) (tensor.Shape, error) { return in, nil }
func (logLayer) Apply(_ *Builder, x *graph.Node) *graph.Node    { return graph.Log(x) }

// rootLayer is a user's layer whose value at 0 is 0, and whose slope there is
// infinite.
type rootLayer struct{}

func (rootLayer) OutShape(in tensor.Shape) (tensor.Shape, error) { return in, nil }
func (rootLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return graph.Mul(graph.Sqrt(x), b.Weight("scale", tensor.Shape{1, 1}, Ones))
}

// logLoss is a user's loss that takes the logarithm of what may be 0.
type logLoss struct{}

func (logLoss) Name() string { return "log_loss" }
func (logLoss) Loss(_ *Builder, yTrue, yPred *graph.Node) *graph.Node {
	n := batchOf(yPred)
	return graph.Mul(graph.Reshape(yTrue, n), graph.Neg(graph.Log(graph.Reshape(yPred, n))))
}

// points are n examples of two values, 1 each but for those given.
func points(n int, other map[int]float32) *tensor.Memory {
	x := make([]float32, 2*n)
	for i := range x {
		x[i] = 1
	}
	for i, v := range other {
		x[i] = v
	}
	y := make([]float32, n)
	for i := range y {
		y[i] = 1
	}
	return tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(x, n, 2)), tensor.Must(tensor.New(y, n, 1))))
}

func compiledFor(t *testing.T, backend string, c CompileConfig, layers ...Layer) *Model {
	t.Helper()
	m := Sequential(tensor.Shape{2}, layers...)
	c.Backend = backend
	if err := m.Compile(c); err != nil {
		t.Fatal(err)
	}
	return m
}

// Whatever the first value is that is no number, the error says where it was.
func TestDivergedTrainingNamesTheLayer(t *testing.T) {
	nan := float32(math.NaN())
	slow := CompileConfig{Optimizer: SGD{LearningRate: 1e-3}, Loss: MeanSquaredError{}, NoMetrics: true}
	wild := CompileConfig{Optimizer: SGD{LearningRate: 1e6}, Loss: MeanSquaredError{}, NoMetrics: true}
	plain := FitConfig{Epochs: 30, BatchSize: 4, NoShuffle: true}
	dense := func(options ...DenseOption) *DenseLayer { return Dense(2, append(options, KernelInit(Ones))...) }
	for _, c := range []struct {
		name   string
		config CompileConfig
		layers []Layer
		data   *tensor.Memory
		step   int // 0 is any
		layer  string
		found  []string
		advice string
	}{
		{"NaN in the data", slow, []Layer{dense(), Dense(1)}, points(8, map[int]float32{11: nan}), 2, "",
			[]string{"data", "NaN", "example 1 of the batch", "value 1"}, "fill in"},
		{"exploding weights", wild, []Layer{dense(Tanh), dense(), Dense(1)}, points(4, nil), 0, "",
			[]string{"dense_", "reach"}, "learning rate is 1e+06, and 0.0001 to 0.1 is usual"},
		{"exploding products", wild, []Layer{dense(), dense(), dense(), Dense(1)}, points(4, nil), 0, "",
			[]string{"dense_", "reach"}, "learning rate is 1e+06, and 0.0001 to 0.1 is usual"},
		{"logarithm in a layer", slow, []Layer{dense(NoBias, Name("before")), logLayer{}, Dense(1)}, points(8, map[int]float32{12: -1}), 2, "log_1",
			[]string{"log_1", "first whose output", "example 2 of the batch"}, "logarithm"},
		{"logarithm in the loss", CompileConfig{Optimizer: SGD{LearningRate: 1e-3}, Loss: logLoss{}, NoMetrics: true},
			[]Layer{Dense(1, ReLU, KernelInit(Ones))}, points(8, map[int]float32{14: -1, 15: -1}), 2, "",
			[]string{"log_loss", "example 3 of the batch", "dense_1 begins 0"}, "logarithm"},
		{"slope of a root at 0", slow, []Layer{dense(NoBias, Name("before")), dense(NoBias, Name("cut")), rootLayer{}, Dense(1)}, points(8, map[int]float32{2: 0, 3: 0}), 2, "cut",
			[]string{"cut/kernel", "NaN", "gradient"}, "root"},
	} {
		for _, backend := range testBackends() {
			t.Run(c.name+" on "+backend, func(t *testing.T) {
				e := divergedError(t, compiledFor(t, backend, c.config, c.layers...), c.data, plain)
				if c.step > 0 && (e.Epoch != 1 || e.Step != c.step) {
					t.Errorf("found in epoch %d, step %d, want epoch 1, step %d", e.Epoch, e.Step, c.step)
				}
				if c.layer != "" && e.Layer != c.layer {
					t.Errorf("layer %q, want %q", e.Layer, c.layer)
				}
				for _, word := range c.found {
					if !strings.Contains(e.Found, word) {
						t.Errorf("found %q does not say %q", e.Found, word)
					}
				}
				if !strings.Contains(e.Advice, c.advice) {
					t.Errorf("advice %q does not say %q", e.Advice, c.advice)
				}
				t.Log(e)
			})
		}
	}
}

// The callback finds weights that are no numbers after the step that made them
// so; Fit by itself a step later, or at the end of the epoch.
func TestTerminateOnNaNSeesTheStepItself(t *testing.T) {
	config := CompileConfig{Optimizer: SGD{LearningRate: 1e-3}, Loss: MeanSquaredError{}, NoMetrics: true}
	for _, c := range []struct {
		name      string
		data      *tensor.Memory
		callbacks []Callback
		step      int
	}{
		{"without it", points(12, map[int]float32{2: 0, 3: 0}), nil, 2},
		{"with it", points(12, map[int]float32{2: 0, 3: 0}), []Callback{&TerminateOnNaN{}}, 1},
		{"every other step", points(12, map[int]float32{2: 0, 3: 0}), []Callback{&TerminateOnNaN{Every: 2}}, 2},
		{"in the epoch's last step", points(12, map[int]float32{18: 0, 19: 0}), nil, 3},
	} {
		for _, backend := range testBackends() {
			m := compiledFor(t, backend, config, Dense(2, NoBias, KernelInit(Ones)), rootLayer{}, Dense(1))
			e := divergedError(t, m, c.data, FitConfig{Epochs: 3, BatchSize: 4, NoShuffle: true, Callbacks: c.callbacks})
			if e.Epoch != 1 || e.Step != c.step || e.Layer != "dense_1" || !finite(e.Loss) && c.step == 1 {
				t.Errorf("%s on %s: %v; want it in step %d, in dense_1", c.name, backend, e, c.step)
			}
		}
	}
	_, err := classifier().Fit(context.Background(), blobs(20), FitConfig{Callbacks: []Callback{&TerminateOnNaN{Every: -1}}})
	if err == nil || !strings.Contains(err.Error(), "-1") {
		t.Errorf("error %v", err)
	}
}
