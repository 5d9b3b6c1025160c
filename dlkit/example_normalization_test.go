package dlkit_test

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// One step of training on values 0 and 4: their mean is 2 and their variance 4,
// and with a momentum of 0.5 the averages go half the way there.
func ExampleBatchNormalization() {
	m := dlkit.Sequential(tensor.Shape{1}, dlkit.BatchNormalization(dlkit.Momentum(0.5)))
	x := tensor.Must(tensor.New([]float32{0, 4}, 2, 1))
	if _, err := m.Fit(context.Background(), tensor.Must(tensor.FromTensors(x, x)), dlkit.FitConfig{}); err != nil {
		fmt.Println(err)
	}
	for _, w := range tensor.Must(m.Weights()) {
		if !w.Trainable {
			fmt.Println(w.Name, tensor.Values[float32](w.Value))
		}
	}
	// Output:
	// batch_normalization_1/moving_mean [1]
	// batch_normalization_1/moving_variance [2.5]
}

func ExampleMomentum() {
	fmt.Println(dlkit.BatchNormalization(dlkit.Momentum(0.9)))
	// Output: BatchNormalization, momentum 0.9
}

// Every example gets mean 0 and variance 1.
func ExampleLayerNormalization() {
	m := dlkit.Sequential(tensor.Shape{4}, dlkit.LayerNormalization(dlkit.Epsilon(1e-9)))
	x := tensor.Must(tensor.New([]float32{1, 1, 3, 3, 100, 100, 300, 300}, 2, 4))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Printf("%.2f\n", tensor.Values[float32](y))
	// Output: [-1.00 -1.00 1.00 1.00 -1.00 -1.00 1.00 1.00]
}

// Height, width and channels normalised together.
func ExampleAxes() {
	l := dlkit.LayerNormalization(dlkit.Axes(0, 1, 2))
	m := dlkit.Sequential(tensor.Shape{8, 8, 3}, l)
	fmt.Println(l, m.OutputShape())
	// Output: LayerNormalization, axes 0 1 2 (8, 8, 3)
}

// The mean square of (3, 4) is 12.5.
func ExampleRMSNormalization() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.RMSNormalization())
	y := tensor.Must(m.Predict(context.Background(), tensor.Must(tensor.New([]float32{3, 4}, 1, 2))))
	fmt.Printf("%.4f\n", tensor.Values[float32](y))
	// Output: [0.8485 1.1314]
}

// (3, 4) has length 5.
func ExampleUnitNormalization() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.UnitNormalization())
	y := tensor.Must(m.Predict(context.Background(), tensor.Must(tensor.New([]float32{3, 4}, 1, 2))))
	fmt.Printf("%.1f\n", tensor.Values[float32](y))
	// Output: [0.6 0.8]
}

// Two groups of two channels: each is normalised on its own.
func ExampleGroupNormalization() {
	m := dlkit.Sequential(tensor.Shape{1, 1, 4}, dlkit.GroupNormalization(2, dlkit.Epsilon(1e-9)))
	y := tensor.Must(m.Predict(context.Background(), tensor.Must(tensor.New([]float32{1, 3, 10, 30}, 1, 1, 1, 4))))
	fmt.Printf("%.2f\n", tensor.Values[float32](y))
	// Output: [-1.00 1.00 -1.00 1.00]
}

// Pictures of bytes become numbers from 0 to 1.
func ExampleRescaling() {
	m := dlkit.Sequential(tensor.Shape{3}, dlkit.Rescaling(1.0/255))
	y := tensor.Must(m.Predict(context.Background(), tensor.Must(tensor.New([]uint8{0, 51, 255}, 1, 3))))
	fmt.Printf("%.1f\n", tensor.Values[float32](y))
	// Output: [0.0 0.2 1.0]
}

// Heights in centimetres and weights in kilograms become comparable.
func ExampleNormalization() {
	x := tensor.Must(tensor.New([]float32{160, 50, 180, 90}, 2, 2))
	norm := dlkit.Normalization()
	if err := norm.AdaptTo(x); err != nil {
		fmt.Println(err)
	}
	m := dlkit.Sequential(tensor.Shape{2}, norm)
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Printf("%.1f\n", tensor.Values[float32](y))
	// Output: [-1.0 -1.0 1.0 1.0]
}

func ExampleNormalizationOf() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.NormalizationOf([]float64{170, 70}, []float64{100, 400}))
	y := tensor.Must(m.Predict(context.Background(), tensor.Must(tensor.New([]float32{180, 50}, 1, 2))))
	fmt.Printf("%.1f\n", tensor.Values[float32](y))
	// Output: [1.0 -1.0]
}
