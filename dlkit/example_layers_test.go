package dlkit_test

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// show prints what a model makes of one example.
func show(m *dlkit.Model, x *tensor.Tensor) {
	p, err := m.Predict(context.Background(), x)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p)
}

func row(values ...float32) *tensor.Tensor { return tensor.Must(tensor.New(values, 1, len(values))) }

// Dense adds its inputs up, each times a weight, then adds a bias.
func ExampleDense() {
	m := dlkit.Sequential(tensor.Shape{3},
		dlkit.Dense(2, dlkit.KernelInit(dlkit.Ones), dlkit.BiasInit(dlkit.Constant{Value: -4}), dlkit.ReLU))
	show(m, row(1, 2, 3))
	// Output:
	// [[2. 2.]]
}

func ExampleFlatten() {
	m := dlkit.Sequential(tensor.Shape{28, 28, 1}, dlkit.Flatten())
	fmt.Println(m.OutputShape())
	// Output:
	// (784,)
}

// Dropout does nothing outside training.
func ExampleDropout() {
	m := dlkit.Sequential(tensor.Shape{4}, dlkit.Dropout(0.5))
	show(m, row(1, 2, 3, 4))
	// Output:
	// [[1. 2. 3. 4.]]
}

// Every activation is a layer of its own, too.
func ExampleActivation() {
	for _, a := range []dlkit.Activation{
		dlkit.Linear, dlkit.ReLU, dlkit.LeakyReLU(0.1), dlkit.Sigmoid, dlkit.Tanh, dlkit.HardSigmoid, dlkit.Softsign,
	} {
		p, err := dlkit.Sequential(tensor.Shape{3}, a).Predict(context.Background(), row(-1, 0, 1))
		if err != nil {
			fmt.Println(err)
		}
		v := tensor.Values[float64](p)
		fmt.Printf("%-15v %6.3f %6.3f %6.3f\n", a, v[0], v[1], v[2])
	}
	// Output:
	// linear          -1.000  0.000  1.000
	// relu             0.000  0.000  1.000
	// leaky_relu(0.1) -0.100  0.000  1.000
	// sigmoid          0.269  0.500  0.731
	// tanh            -0.762  0.000  0.762
	// hard_sigmoid     0.333  0.500  0.667
	// softsign        -0.500  0.000  0.500
}

func ExampleActivationByName() {
	_, err := dlkit.ActivationByName("rleu")
	fmt.Println(err)
	// Output:
	// dlkit: unknown activation "rleu"; known are elu, gelu, gelu_approximate, hard_sigmoid, leaky_relu, linear, mish, relu, selu, sigmoid, silu, softmax, softplus, softsign, tanh
}

// merged joins two values of a plan and prints what comes out for 1 2 and 3 5.
func merged(join func(a, b *dlkit.Value) *dlkit.Value) {
	a, b := dlkit.Input(tensor.Shape{2}), dlkit.Input(tensor.Shape{2})
	m := dlkit.Functional([]*dlkit.Value{a, b}, join(a, b))
	out, err := m.PredictAll(context.Background(), row(1, 2), row(3, 5))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out[0])
}

func ExampleAdd() {
	merged(func(a, b *dlkit.Value) *dlkit.Value { return dlkit.Add(a, b) })
	// Output:
	// [[4. 7.]]
}

func ExampleSubtract() {
	merged(dlkit.Subtract)
	// Output:
	// [[-2. -3.]]
}

func ExampleMultiply() {
	merged(func(a, b *dlkit.Value) *dlkit.Value { return dlkit.Multiply(a, b) })
	// Output:
	// [[ 3. 10.]]
}

func ExampleAverage() {
	merged(func(a, b *dlkit.Value) *dlkit.Value { return dlkit.Average(a, b) })
	// Output:
	// [[2.  3.5]]
}

func ExampleMaximum() {
	merged(func(a, b *dlkit.Value) *dlkit.Value { return dlkit.Maximum(a, b) })
	// Output:
	// [[3. 5.]]
}

func ExampleMinimum() {
	merged(func(a, b *dlkit.Value) *dlkit.Value { return dlkit.Minimum(a, b) })
	// Output:
	// [[1. 2.]]
}

func ExampleConcatenate() {
	merged(func(a, b *dlkit.Value) *dlkit.Value { return dlkit.Concatenate(a, b) })
	// Output:
	// [[1. 2. 3. 5.]]
}
