package dlkit

import (
	"context"
	"math"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Faults that were measured in GoMLX v0.28.16 on its Go backend and that a
// user of dlkit could meet. Each test would show the fault if dlkit passed it
// on: the model's gradient by its input is compared with finite differences,
// or the behaviour is looked at.

// checkInputGradient holds the gradient of output unit 0 against finite
// differences, in float32.
func checkInputGradient(t *testing.T, m *Model, x *tensor.Tensor) {
	t.Helper()
	ctx := context.Background()
	got, err := m.Gradient(ctx, x, GradientConfig{Probabilities: true})
	if err != nil {
		t.Fatal(err)
	}
	values := append([]float32{}, tensor.Values[float32](x)...)
	grad := tensor.Values[float64](got.Gradient)
	scale := 0.0
	for _, g := range grad {
		scale = math.Max(scale, math.Abs(g))
	}
	if scale == 0 {
		t.Fatal("the gradient is zero everywhere")
	}
	row := len(values) / x.Len()
	for k := range 12 {
		i := k * 37 % len(values)
		const h = 1e-2
		at := func(d float32) float64 {
			moved := append([]float32{}, values...)
			moved[i] += d
			p, err := m.Predict(ctx, tensor.Must(tensor.New(moved, x.Shape()...)))
			if err != nil {
				t.Fatal(err)
			}
			return tensor.Values[float64](p)[i/row*m.OutputShape().Size()]
		}
		if want := (at(h) - at(-h)) / (2 * h); math.Abs(want-grad[i]) > 0.02*scale {
			t.Errorf("gradient at %d is %v, finite differences give %v", i, grad[i], want)
		}
	}
}

func randomPictures(n, size, channels int) *tensor.Tensor {
	return randomData(n, 2, size, size, channels).All().X()
}

// Even-sized convolution kernels have wrong gradients on every backend.
func TestFaultEvenKernels(t *testing.T) {
	for _, kernel := range []int{2, 4} {
		for _, padding := range []Padding{Valid, Same} {
			m := Sequential(tensor.Shape{6, 6, 2}, Conv2D(3, kernel, padding, Tanh), Conv2D(2, kernel, Strides(2), Same), Flatten(), Dense(1))
			checkInputGradient(t, m, randomPictures(2, 6, 2))
		}
	}
}

// Grouped convolutions panic.
func TestFaultGroupedConvolution(t *testing.T) {
	m := Sequential(tensor.Shape{5, 5, 4}, Conv2D(6, 3, Groups(2), Tanh), Flatten(), Dense(1))
	checkInputGradient(t, m, randomPictures(2, 5, 4))
}

// The gradient of max-pooling was missing, that of padded average-pooling
// panicked.
func TestFaultPoolingGradients(t *testing.T) {
	m := Sequential(tensor.Shape{7, 7, 2}, Conv2D(3, 2, Tanh), MaxPool2D(2), AvgPool2D(3, Strides(2), Same), Flatten(), Dense(1))
	checkInputGradient(t, m, randomPictures(2, 7, 2))
}

// The gradient of transposed convolution was missing.
func TestFaultTransposedConvolution(t *testing.T) {
	m := Sequential(tensor.Shape{3, 3, 2}, Conv2DTranspose(3, 2, Strides(2), Tanh), Flatten(), Dense(1))
	checkInputGradient(t, m, randomPictures(2, 3, 2))
}

// The approximate GELU's gradient is off by up to 0.12 with simd.
func TestFaultApproximateGELU(t *testing.T) {
	checkInputGradient(t, Sequential(tensor.Shape{8}, Dense(16, GELUApproximate), Dense(1)), randomData(4, 2, 8).All().X())
}

// Cross-entropies of probabilities have no gradient.
func TestFaultCrossEntropyOfProbabilities(t *testing.T) {
	ctx := context.Background()
	// A Flatten after the softmax hides what went into it, so that the loss is
	// computed from the probabilities.
	m := Sequential(tensor.Shape{2}, Dense(3, Softmax), Flatten())
	if err := m.Compile(CompileConfig{Loss: uncheckedCrossEntropy{}, Optimizer: Adam{LearningRate: 0.05}, NoMetrics: true}); err != nil {
		t.Fatal(err)
	}
	hist := mustFit(t, m, blobs(60), FitConfig{Epochs: 40})
	if losses := hist.Values("loss"); !(losses[39] < 0.5*losses[0]) {
		t.Errorf("the loss went from %v to %v", losses[0], losses[39])
	}
	if _, err := m.Evaluate(ctx, blobs(10)); err != nil {
		t.Fatal(err)
	}
}

// uncheckedCrossEntropy is the cross-entropy without the check that the output
// is a softmax.
type uncheckedCrossEntropy struct{}

func (uncheckedCrossEntropy) Name() string { return "unchecked" }

func (uncheckedCrossEntropy) Loss(b *Builder, yTrue, yPred *graph.Node) *graph.Node {
	return SparseCategoricalCrossEntropy{}.Loss(b, yTrue, yPred)
}

func (uncheckedCrossEntropy) CheckTargets(y *tensor.Tensor, out Output) error {
	return SparseCategoricalCrossEntropy{}.CheckTargets(y, out)
}

// An evaluation or prediction graph that holds weights as constants answers
// with old ones: after training, setting weights, and loading.
func TestFaultStaleWeights(t *testing.T) {
	ctx := context.Background()
	m := Sequential(tensor.Shape{1}, Dense(1, NoBias, KernelInit(Ones)))
	one := tensor.Must(tensor.New([]float32{1}, 1, 1))
	answer := func() float64 { return tensor.Values[float64](tensor.Must(m.Predict(ctx, one)))[0] }
	if got := answer(); got != 1 {
		t.Fatalf("got %v, want 1", got)
	}
	if err := m.SetWeight("dense_1/kernel", tensor.Must(tensor.New([]float32{5}, 1, 1))); err != nil {
		t.Fatal(err)
	}
	if got := answer(); got != 5 {
		t.Errorf("after SetWeight: %v, want 5", got)
	}
	if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: 0.5}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		mustFit(t, m, tensor.Must(tensor.FromTensors(one, tensor.Must(tensor.New([]float32{2})))), FitConfig{})
		ws, err := m.Weights()
		if err != nil {
			t.Fatal(err)
		}
		if want := tensor.Values[float64](ws[0].Value)[0]; answer() != want {
			t.Errorf("after Fit: %v, want %v", answer(), want)
		}
	}
}

// SGD's default lets the learning rate decay.
func TestFaultDecayOfSGD(t *testing.T) {
	m := Sequential(tensor.Shape{1}, Dense(1, NoBias, KernelInit(Zeros)))
	if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: 0.1}, Loss: itsOutput{}, NoMetrics: true}); err != nil {
		t.Fatal(err)
	}
	one := tensor.Must(tensor.New([]float32{1}, 1, 1))
	mustFit(t, m, tensor.Must(tensor.FromTensors(one, one)), FitConfig{Epochs: 50})
	if got := weightsOf(t, m)[0]; math.Abs(got+5) > 1e-4 { // 50 steps of −0.1
		t.Errorf("after 50 steps of 0.1 the weight is %v, want -5", got)
	}
}
