package dlkit_test

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

func ExampleUpSampling1D() {
	m := dlkit.Sequential(tensor.Shape{2, 1}, dlkit.UpSampling1D(2))
	x := tensor.Must(tensor.New([]float32{1, 2}, 1, 2, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 4, 1) [1 1 2 2]
}

// Every pixel becomes a 2×2 square.
func ExampleUpSampling2D() {
	m := dlkit.Sequential(tensor.Shape{1, 2, 1}, dlkit.UpSampling2D(2))
	x := tensor.Must(tensor.New([]float32{1, 2}, 1, 1, 2, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2, 4, 1) [1 1 2 2 1 1 2 2]
}

// Half the way between 1 and 5, in four steps.
func ExampleUpSampling2D_bilinear() {
	m := dlkit.Sequential(tensor.Shape{1, 2, 1}, dlkit.UpSampling2D(dlkit.HW{1, 2}, dlkit.Bilinear))
	x := tensor.Must(tensor.New([]float32{1, 5}, 1, 1, 2, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 1, 4, 1) [1 2 4 5]
}

func ExampleZeroPadding1D() {
	m := dlkit.Sequential(tensor.Shape{2, 1}, dlkit.ZeroPadding1D(1, 2))
	x := tensor.Must(tensor.New([]float32{1, 2}, 1, 2, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 5, 1) [0 1 2 0 0]
}

func ExampleZeroPadding2D() {
	m := dlkit.Sequential(tensor.Shape{1, 1, 1}, dlkit.ZeroPadding2D(1))
	x := tensor.Must(tensor.New([]float32{7}, 1, 1, 1, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 3, 3, 1) [0 0 0 0 7 0 0 0 0]
}

func ExampleCropping2D() {
	m := dlkit.Sequential(tensor.Shape{3, 3, 1}, dlkit.Cropping2D(1))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 1, 1, 1) [5]
}

func ExampleReshape() {
	m := dlkit.Sequential(tensor.Shape{6}, dlkit.Reshape(2, -1))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5, 6}, 1, 6))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2, 3) [1 2 3 4 5 6]
}

// Rows become columns.
func ExamplePermute() {
	m := dlkit.Sequential(tensor.Shape{2, 3}, dlkit.Permute(2, 1))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5, 6}, 1, 2, 3))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 3, 2) [1 4 2 5 3 6]
}

func ExampleRepeatVector() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.RepeatVector(3))
	x := tensor.Must(tensor.New([]float32{1, 2}, 1, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 3, 2) [1 2 1 2 1 2]
}

// Outside training nothing is dropped.
func ExampleSpatialDropout1D() {
	m := dlkit.Sequential(tensor.Shape{2, 2}, dlkit.SpatialDropout1D(0.5))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4}, 1, 2, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2, 2) [1 2 3 4]
}

// Outside training nothing is dropped.
func ExampleSpatialDropout2D() {
	m := dlkit.Sequential(tensor.Shape{1, 2, 2}, dlkit.SpatialDropout2D(0.5))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4}, 1, 1, 2, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 1, 2, 2) [1 2 3 4]
}

// Outside training there is no noise.
func ExampleGaussianNoise() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.GaussianNoise(0.1))
	x := tensor.Must(tensor.New([]float32{1, 2}, 1, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2) [1 2]
}

// A new PReLU is a ReLU; what it does below 0 it learns.
func ExamplePReLU() {
	m := dlkit.Sequential(tensor.Shape{2}, dlkit.PReLU(dlkit.Name("bend")))
	x := tensor.Must(tensor.New([]float32{-2, 3}, 1, 2))
	fmt.Println(tensor.Values[float32](tensor.Must(m.Predict(context.Background(), x))))
	if err := m.SetWeight("bend/alpha", tensor.Must(tensor.New([]float32{0.5, 0.5}))); err != nil {
		fmt.Println(err)
	}
	fmt.Println(tensor.Values[float32](tensor.Must(m.Predict(context.Background(), x))))
	// Output:
	// [0 3]
	// [-1 3]
}
