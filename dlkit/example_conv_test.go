package dlkit_test

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// A kernel of ones sums neighbouring steps.
func ExampleConv1D() {
	m := dlkit.Sequential(tensor.Shape{5, 1}, dlkit.Conv1D(1, 3, dlkit.KernelInit(dlkit.Constant{Value: 1})))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5}, 1, 5, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 3, 1) [6 9 12]
}

// With Causal no step sees a later one, and none is lost.
func ExampleConv1D_causal() {
	m := dlkit.Sequential(tensor.Shape{5, 1}, dlkit.Conv1D(1, 3, dlkit.Causal, dlkit.KernelInit(dlkit.Constant{Value: 1})))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5}, 1, 5, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 5, 1) [1 3 6 9 12]
}

// A kernel of ones sums every 2×2 window.
func ExampleConv2D() {
	m := dlkit.Sequential(tensor.Shape{3, 3, 1}, dlkit.Conv2D(1, 2, dlkit.KernelInit(dlkit.Constant{Value: 1})))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2, 2, 1) [12 16 24 28]
}

// Same adds a margin of zeros, so the picture keeps its size.
func ExampleConv2D_same() {
	m := dlkit.Sequential(tensor.Shape{3, 3, 1}, dlkit.Conv2D(1, 3, dlkit.Same, dlkit.KernelInit(dlkit.Constant{Value: 1})))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 3, 3, 1) [12 21 16 27 45 33 24 39 28]
}

// Each of the two channels is summed on its own.
func ExampleDepthwiseConv2D() {
	m := dlkit.Sequential(tensor.Shape{2, 2, 2}, dlkit.DepthwiseConv2D(2, dlkit.KernelInit(dlkit.Constant{Value: 1})))
	x := tensor.Must(tensor.New([]float32{1, 10, 2, 20, 3, 30, 4, 40}, 1, 2, 2, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 1, 1, 2) [10 100]
}

// Each channel is summed on its own; then the sums are added.
func ExampleSeparableConv2D() {
	m := dlkit.Sequential(tensor.Shape{2, 2, 2}, dlkit.SeparableConv2D(1, 2, dlkit.KernelInit(dlkit.Constant{Value: 1})))
	x := tensor.Must(tensor.New([]float32{1, 10, 2, 20, 3, 30, 4, 40}, 1, 2, 2, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 1, 1, 1) [110]
}

// Every pixel stamps a 2×2 square of its value.
func ExampleConv2DTranspose() {
	m := dlkit.Sequential(tensor.Shape{1, 2, 1}, dlkit.Conv2DTranspose(1, 2, dlkit.Strides(2), dlkit.KernelInit(dlkit.Constant{Value: 1})))
	x := tensor.Must(tensor.New([]float32{3, 5}, 1, 1, 2, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2, 4, 1) [3 3 5 5 3 3 5 5]
}

// A small network for pictures of digits. Layers' shapes are checked at once.
func ExampleSequential_pictures() {
	m := dlkit.Sequential(tensor.Shape{28, 28, 1},
		dlkit.Conv2D(32, 3, dlkit.ReLU), dlkit.MaxPool2D(2),
		dlkit.Conv2D(64, 3, dlkit.ReLU), dlkit.MaxPool2D(2),
		dlkit.Flatten(), dlkit.Dense(10, dlkit.Softmax),
	)
	fmt.Println(m.OutputShape())

	m = dlkit.Sequential(tensor.Shape{2, 2, 32}, dlkit.Conv2D(64, 3))
	fmt.Println(m.Err())
	// Output:
	// (10,)
	// dlkit: layer 1 conv2d_1 (Conv2D 64, 3×3): input (2, 2, 32) is smaller than the 3×3 window; drop one MaxPool2D before it, use a smaller window, or dlkit.Same
}
