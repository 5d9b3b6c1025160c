package dlkit_test

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// The larger of every two steps.
func ExampleMaxPool1D() {
	m := dlkit.Sequential(tensor.Shape{4, 1}, dlkit.MaxPool1D(2))
	x := tensor.Must(tensor.New([]float32{1, 7, 3, 2}, 1, 4, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2, 1) [7 3]
}

// The largest of every 2×2 window.
func ExampleMaxPool2D() {
	m := dlkit.Sequential(tensor.Shape{4, 4, 1}, dlkit.MaxPool2D(2))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 1, 4, 4, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2, 2, 1) [6 8 14 16]
}

// The mean of every two steps.
func ExampleAvgPool1D() {
	m := dlkit.Sequential(tensor.Shape{4, 1}, dlkit.AvgPool1D(2))
	x := tensor.Must(tensor.New([]float32{1, 7, 3, 2}, 1, 4, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2, 1) [4 2.5]
}

// The mean of every 2×2 window.
func ExampleAvgPool2D() {
	m := dlkit.Sequential(tensor.Shape{4, 4, 1}, dlkit.AvgPool2D(2))
	x := tensor.Must(tensor.New([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 1, 4, 4, 1))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2, 2, 1) [3.5 5.5 11.5 13.5]
}

// The largest of each of two channels.
func ExampleGlobalMaxPool1D() {
	m := dlkit.Sequential(tensor.Shape{3, 2}, dlkit.GlobalMaxPool1D())
	x := tensor.Must(tensor.New([]float32{1, 20, 3, 10, 2, 30}, 1, 3, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2) [3 30]
}

// The largest of each of two channels.
func ExampleGlobalMaxPool2D() {
	m := dlkit.Sequential(tensor.Shape{2, 2, 2}, dlkit.GlobalMaxPool2D())
	x := tensor.Must(tensor.New([]float32{1, 10, 2, 20, 3, 30, 4, 40}, 1, 2, 2, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2) [4 40]
}

// The mean of each of two channels.
func ExampleGlobalAvgPool1D() {
	m := dlkit.Sequential(tensor.Shape{3, 2}, dlkit.GlobalAvgPool1D())
	x := tensor.Must(tensor.New([]float32{1, 20, 3, 10, 2, 30}, 1, 3, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2) [2 20]
}

// The mean of each of two channels.
func ExampleGlobalAvgPool2D() {
	m := dlkit.Sequential(tensor.Shape{2, 2, 2}, dlkit.GlobalAvgPool2D())
	x := tensor.Must(tensor.New([]float32{1, 10, 2, 20, 3, 30, 4, 40}, 1, 2, 2, 2))
	y := tensor.Must(m.Predict(context.Background(), x))
	fmt.Println(y.Shape(), tensor.Values[float32](y))
	// Output: (1, 2) [2.5 25]
}
