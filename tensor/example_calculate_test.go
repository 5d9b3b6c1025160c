package tensor_test

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
)

func ExampleTensor_Add() {
	m := grid()
	row := tensor.Must(tensor.New([]int32{100, 200, 300, 400}))
	fmt.Println(tensor.Must(m.Add(row)))

	column := tensor.Must(tensor.New([]float32{0.5, 1.5, 2.5}, 3, 1))
	fmt.Println(tensor.Must(m.Add(column)))

	_, err := m.Add(tensor.Must(tensor.New([]int32{1, 2, 3})))
	fmt.Println(err)
	// Output:
	// [[100 201 302 403]
	//  [104 205 306 407]
	//  [108 209 310 411]]
	// [[ 0.5  1.5  2.5  3.5]
	//  [ 5.5  6.5  7.5  8.5]
	//  [10.5 11.5 12.5 13.5]]
	// tensor: cannot add shapes (3, 4) and (3,): axis -1 has 4 and 3; axis sizes must be equal or 1 (broadcasting)
}

func ExampleTensor_Div() {
	a := tensor.Must(tensor.New([]int32{-7, 7, 1}))
	b := tensor.Must(tensor.New([]int32{2, 2, 0}))
	fmt.Println(tensor.Must(a.Div(b)))
	_, err := a.FloorDiv(b)
	fmt.Println(err)
	// Output:
	// [-3.5  3.5  inf]
	// tensor: cannot divide integers: the divisor int32 (3,) has a zero; use Div, which gives Inf, or convert to a float
}

func ExampleTensor_FloorDiv() {
	a := tensor.Must(tensor.New([]int32{-7, 7}))
	fmt.Println(tensor.Must(a.FloorDivScalar(2)), tensor.Must(a.ModScalar(2)))
	// Output:
	// [-4  3] [1 1]
}

func ExampleTensor_MulScalar() {
	pixels := tensor.Must(tensor.New([]uint8{0, 128, 255}))
	fmt.Println(pixels.DivScalar(255), "float64")
	fmt.Println(pixels.MulScalar(2), "wraps round in uint8")
	fmt.Println(pixels.MulScalar(300), "int64, as 300 is no uint8")
	fmt.Println(pixels.Convert(tensor.Float32).DivScalar(127.5).SubScalar(1).DType())
	// Output:
	// [0.         0.50196078 1.        ] float64
	// [  0   0 254] wraps round in uint8
	// [    0 38400 76500] int64, as 300 is no uint8
	// float32
}

func ExampleTensor_Gt() {
	height := tensor.Must(tensor.New([]float32{1.62, 1.85, 1.78}))
	fmt.Println(height.GtScalar(1.75))
	fmt.Println(tensor.Must(height.Gt(tensor.Must(height.Mean()))))
	// Output:
	// [False  True  True]
	// [False  True  True]
}

func ExampleTensor_And() {
	x := tensor.Must(tensor.Arange[int32](0, 8, 1))
	fmt.Println(tensor.Must(x.GtScalar(2).And(x.LeScalar(5))).NonZero())
	// Output:
	// [3 4 5]
}

func ExampleTensor_Map() {
	x := tensor.Must(tensor.Linspace(-4, 4, 5))
	sigmoid := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	fmt.Println(x.Map(sigmoid).Text(tensor.PrintOptions{Precision: 3}))
	fmt.Println(x.MaximumScalar(0))
	// Output:
	// [0.018 0.119 0.5   0.881 0.982]
	// [0. 0. 0. 2. 4.]
}

// The mean squared error, written as one would on paper.
func ExampleTensor_Square() {
	predicted := tensor.Must(tensor.New([]float32{2.5, 0, 2, 8}))
	truth := tensor.Must(tensor.New([]float32{3, -0.5, 2, 7}))
	fmt.Println(tensor.Must(tensor.Must(predicted.Sub(truth)).Square().Mean()))
	// Output:
	// 0.375
}

func ExampleTensor_MatMul() {
	a := tensor.Must(tensor.FromRows([][]float32{{1, 2}, {3, 4}}))
	b := tensor.Must(tensor.FromRows([][]float32{{5, 6, 7}, {8, 9, 10}}))
	fmt.Println(tensor.Must(a.MatMul(b)))
	fmt.Println(tensor.Must(a.MatMul(tensor.Must(tensor.New([]float32{1, -1})))))
	_, err := b.MatMul(a)
	fmt.Println(err)
	// Output:
	// [[21. 24. 27.]
	//  [47. 54. 61.]]
	// [-1. -1.]
	// tensor: cannot matrix-multiply shapes (2, 3) and (2, 2): the left has 3 columns and the right 2 rows; they must be equal, perhaps one wants Transpose
}

// One neuron: inputs times weights, added up, plus a bias.
func ExampleTensor_Dot() {
	inputs := tensor.Must(tensor.New([]float32{0.5, -1, 2}))
	weights := tensor.Must(tensor.New([]float32{2, 1, 0.25}))
	fmt.Println(tensor.Must(inputs.Dot(weights)) + 0.1)
	// Output:
	// 0.6
}

func ExampleTensor_Sum() {
	m := grid()
	fmt.Println(tensor.Must(m.Sum()), tensor.Must(m.Sum(0)), tensor.Must(m.Sum(1)))
	fmt.Println(tensor.Must(m.Mean(0)), tensor.Must(m.Max(1)))
	// Output:
	// 66 [12 15 18 21] [ 6 22 38]
	// [4. 5. 6. 7.] [ 3  7 11]
}

// Standardise the columns: subtract their mean, divide by their deviation.
func ExampleTensor_KeepDims() {
	x := tensor.Must(tensor.FromRows([][]float64{{1, 2, 3}, {10, 20, 60}}))
	rows := x.KeepDims()
	centred := tensor.Must(x.Sub(tensor.Must(rows.Mean(1))))
	z := tensor.Must(centred.Div(tensor.Must(rows.Std(1))))
	fmt.Println(z.Text(tensor.PrintOptions{Precision: 3}))
	// Output:
	// [[-1.225  0.     1.225]
	//  [-0.926 -0.463  1.389]]
}

func ExampleTensor_ArgMax() {
	probabilities := tensor.Must(tensor.FromRows([][]float32{{0.1, 0.7, 0.2}, {0.5, 0.2, 0.3}}))
	fmt.Println(tensor.Must(probabilities.ArgMax(1)))
	// Output:
	// [1 0]
}

func ExampleTensor_Any() {
	x := tensor.Must(tensor.FromRows([][]float64{{1, math.NaN()}, {3, 4}}))
	missing := tensor.Must(x.Ne(x)) // only NaN differs from itself
	fmt.Println(tensor.Must(missing.Any()), tensor.Must(missing.Sum(0)))
	// Output:
	// True [0 1]
}

func ExampleTensor_Softmax() {
	scores := tensor.Must(tensor.New([]float32{2, 1, 0.1}))
	p := tensor.Must(scores.Softmax(0))
	fmt.Println(p.Text(tensor.PrintOptions{Precision: 3}), tensor.Must(p.Sum()))
	// Output:
	// [0.659 0.242 0.099] 1.0
}

func ExampleOneHot() {
	labels := tensor.Must(tensor.New([]int32{2, 0}))
	fmt.Println(tensor.Must(tensor.OneHot(labels, 3)))
	_, err := tensor.OneHot(labels, 2)
	fmt.Println(err)
	// Output:
	// [[0. 0. 1.]
	//  [1. 0. 0.]]
	// tensor: one-hot with 2 classes: label 2 at position 0; labels go from 0 to 1
}

func ExampleTensor_AllClose() {
	tenth := tensor.Scalar(0.1)
	a := tensor.Must(tenth.Add(tensor.Scalar(0.2)))
	b := tensor.Scalar(0.3)
	fmt.Println(a, a.Equal(b), a.AllClose(b, 1e-5, 1e-8))
	// Output:
	// 0.30000000000000004 false true
}
