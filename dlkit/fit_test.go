package dlkit

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func xor(t *testing.T) *tensor.Memory {
	t.Helper()
	x := tensor.Must(tensor.New([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2))
	y := tensor.Must(tensor.New([]int32{0, 1, 1, 0}, 4))
	return tensor.Must(tensor.FromTensors(x, y))
}

func TestXORIsLearnt(t *testing.T) {
	ctx := context.Background()
	m := Sequential(tensor.Shape{2}, Dense(8, Tanh), Dense(2, Softmax))
	if err := m.Compile(CompileConfig{Optimizer: Adam{LearningRate: 0.05}}); err != nil {
		t.Fatal(err)
	}
	hist, err := m.Fit(ctx, xor(t), FitConfig{Epochs: 100, BatchSize: 4})
	if err != nil {
		t.Fatal(err)
	}
	scores, err := m.Evaluate(ctx, xor(t))
	if err != nil {
		t.Fatal(err)
	}
	if scores.Get("accuracy") != 1 {
		t.Errorf("accuracy %v after %d epochs, want 1; %v", scores.Get("accuracy"), hist.Epochs(), scores)
	}
}

func TestRegressionIsFitted(t *testing.T) {
	ctx := context.Background()
	x := make([]float32, 64)
	y := make([]float32, 64)
	for i := range x {
		x[i] = float32(i)/32 - 1
		y[i] = 3*x[i] - 2
	}
	data := tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(x, 64, 1)), tensor.Must(tensor.New(y))))
	m := Sequential(tensor.Shape{1}, Dense(1))
	if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: 0.1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(ctx, data, FitConfig{Epochs: 100, BatchSize: 8}); err != nil {
		t.Fatal(err)
	}
	p, err := m.Predict(ctx, tensor.Must(tensor.New([]float32{0, 1}, 2, 1)))
	if err != nil {
		t.Fatal(err)
	}
	got := tensor.Values[float64](p)
	if math.Abs(got[0]+2) > 1e-2 || math.Abs(got[1]-1) > 1e-2 {
		t.Errorf("predictions at 0 and 1 are %v, want -2 and 1", got)
	}
}

func TestInterruptedFitKeepsItsHistory(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m := Sequential(tensor.Shape{2}, Dense(2, Softmax))
	hist, err := m.Fit(ctx, xor(t), FitConfig{Epochs: 10, BatchSize: 4, Callbacks: []Callback{
		EpochFunc(func(epoch int, _ map[string]float64) error {
			if epoch == 2 {
				cancel()
			}
			return nil
		})}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if hist.Epochs() != 3 || len(hist.Values("loss")) != 3 {
		t.Errorf("history has %d epochs, want the 3 finished ones", hist.Epochs())
	}
}

// Check sees what is trained and validated on, after the split, and its error
// keeps Fit from training.
func TestFitAsksCheck(t *testing.T) {
	ctx := context.Background()
	refuse := errors.New("not this data")
	m := Sequential(tensor.Shape{2}, Dense(2, Softmax))
	if err := m.Compile(CompileConfig{}); err != nil {
		t.Fatal(err)
	}
	before := tensor.Must(m.Weights())[0].Value
	calls, begun := 0, false
	config := FitConfig{ValidationSplit: 0.25, ClassWeights: map[int]float64{1: 5},
		Callbacks: []Callback{CallbackFunc(func(*Event) error { begun = true; return nil })},
		Check: func(_ context.Context, train, validation tensor.Dataset) error {
			if calls++; train.Len() != 3 || validation.Len() != 1 {
				t.Errorf("%d examples to train and %d to validate on, want 3 and 1", train.Len(), validation.Len())
			}
			return refuse
		}}
	hist, err := m.Fit(ctx, xor(t), config)
	if !errors.Is(err, refuse) || calls != 1 || begun || hist.Epochs() != 0 {
		t.Errorf("error %v after %d checks, training begun: %v", err, calls, begun)
	}
	if !before.Equal(tensor.Must(m.Weights())[0].Value) {
		t.Error("the weights have changed")
	}
	config.ValidationSplit, config.Callbacks = 0, nil
	config.Check = func(_ context.Context, _, validation tensor.Dataset) error {
		if validation != nil {
			t.Error("there is validation data")
		}
		return nil
	}
	if _, err := m.Fit(ctx, xor(t), config); err != nil { // and Fit can be called again
		t.Error(err)
	}
}
