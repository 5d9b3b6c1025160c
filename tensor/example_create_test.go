package tensor_test

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

func ExampleNew() {
	m, err := tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	fmt.Println(m, m.Shape(), m.DType(), err)

	_, err = tensor.New([]float32{1, 2, 3, 4, 5}, 2, 3)
	fmt.Println(err)
	// Output:
	// [[1. 2. 3.]
	//  [4. 5. 6.]] (2, 3) float32 <nil>
	// tensor: 5 values cannot fill shape (2, 3), which needs 6; check the dims, or the length of the data
}

func ExampleFromRows() {
	m := tensor.Must(tensor.FromRows([][]int32{
		{1, 2, 3},
		{4, 5, 6},
	}))
	fmt.Println(m)
	// Output:
	// [[1 2 3]
	//  [4 5 6]]
}

func ExampleFull() {
	fmt.Println(tensor.Must(tensor.Full(7.5, 2, 2)))
	fmt.Println(tensor.Must(tensor.Ones(tensor.Int32, 3)))
	fmt.Println(tensor.Must(tensor.Zeros(tensor.Bool, 2)))
	fmt.Println(tensor.Must(tensor.Eye(tensor.Float32, 2)))
	// Output:
	// [[7.5 7.5]
	//  [7.5 7.5]]
	// [1 1 1]
	// [False False]
	// [[1. 0.]
	//  [0. 1.]]
}

func ExampleArange() {
	fmt.Println(tensor.Must(tensor.Arange[int32](0, 10, 3)))
	fmt.Println(tensor.Must(tensor.Arange(0, 1, 0.25)))
	// Output:
	// [0 3 6 9]
	// [0.   0.25 0.5  0.75]
}

func ExampleLinspace() {
	fmt.Println(tensor.Must(tensor.Linspace(-1, 1, 5)))
	// Output:
	// [-1.  -0.5  0.   0.5  1. ]
}

func ExampleRandom() {
	r := tensor.NewRandom(42)
	fmt.Println(tensor.Must(r.Normal(0, 1, 2, 3)).Text(tensor.PrintOptions{Precision: 2}))
	fmt.Println(tensor.Must(r.Uniform(0, 10, 4)).Text(tensor.PrintOptions{Precision: 1}))
	fmt.Println(tensor.Must(r.Integers(1, 7, 8)), "eight throws of a die")
	fmt.Println(r.Permutation(5))
	// Output:
	// [[-0.7   1.18 -0.63]
	//  [-0.07  0.62  1.03]]
	// [8.  0.4 3.3 8.6]
	// [4 2 2 5 4 4 2 3] eight throws of a die
	// [1 0 4 2 3]
}

func ExampleTensor_Convert() {
	x := tensor.Must(tensor.New([]float64{-1.7, 0, 2.9, 300}))
	fmt.Println(x.Convert(tensor.Int32))
	fmt.Println(x.Convert(tensor.Uint8))
	fmt.Println(x.Convert(tensor.Bool))
	// Output:
	// [ -1   0   2 300]
	// [  0   0   2 255]
	// [ True False  True  True]
}

func ExampleTensor_Text() {
	x := tensor.Must(tensor.Linspace(0, 1, 7))
	fmt.Println(x)
	fmt.Println(x.Text(tensor.PrintOptions{Precision: 2}))
	fmt.Println(x.Text(tensor.PrintOptions{Precision: 2, Threshold: 5, EdgeItems: 2}))
	fmt.Println(tensor.Must(tensor.Zeros(tensor.Uint8, 100, 100)))
	// Output:
	// [0.         0.16666667 0.33333333 0.5        0.66666667 0.83333333
	//  1.        ]
	// [0.   0.17 0.33 0.5  0.67 0.83 1.  ]
	// [0.   0.17 ... 0.83 1.  ]
	// [[0 0 0 ... 0 0 0]
	//  [0 0 0 ... 0 0 0]
	//  [0 0 0 ... 0 0 0]
	//  ...
	//  [0 0 0 ... 0 0 0]
	//  [0 0 0 ... 0 0 0]
	//  [0 0 0 ... 0 0 0]]
}
