package tensor_test

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

func ExampleTensor_Reshape() {
	v := tensor.Must(tensor.Arange[int32](0, 6, 1))
	fmt.Println(tensor.Must(v.Reshape(2, 3)))
	fmt.Println(tensor.Must(v.Reshape(3, -1)).Shape())
	_, err := v.Reshape(4, -1)
	fmt.Println(err)
	// Output:
	// [[0 1 2]
	//  [3 4 5]]
	// (3, 2)
	// tensor: cannot reshape (6,) to (4, -1): its 6 elements cannot be divided by 4
}

func ExampleTensor_Flatten() {
	fmt.Println(grid().Flatten())
	// Output:
	// [ 0  1  2  3  4  5  6  7  8  9 10 11]
}

func ExampleTensor_Transpose() {
	m := grid()
	fmt.Println(tensor.Must(m.Transpose()))
	pictures := tensor.Must(tensor.Zeros(tensor.Float32, 10, 28, 28, 3))
	fmt.Println(tensor.Must(pictures.Transpose(0, 3, 1, 2)).Shape())
	// Output:
	// [[ 0  4  8]
	//  [ 1  5  9]
	//  [ 2  6 10]
	//  [ 3  7 11]]
	// (10, 3, 28, 28)
}

func ExampleTensor_ExpandDims() {
	picture := tensor.Must(tensor.Zeros(tensor.Float32, 28, 28))
	batch := tensor.Must(picture.ExpandDims(0))
	fmt.Println(batch.Shape(), tensor.Must(batch.Squeeze()).Shape())
	// Output:
	// (1, 28, 28) (28, 28)
}

func ExampleConcatenate() {
	a := tensor.Must(tensor.FromRows([][]int32{{1, 2}, {3, 4}}))
	b := tensor.Must(tensor.FromRows([][]int32{{5, 6}}))
	fmt.Println(tensor.Must(tensor.Concatenate(0, a, b)))
	_, err := tensor.Concatenate(1, a, b)
	fmt.Println(err)
	// Output:
	// [[1 2]
	//  [3 4]
	//  [5 6]]
	// tensor: cannot concatenate along axis 1: tensor 0 has shape (2, 2), tensor 1 has (1, 2); all other axes must be equal
}

func ExampleStack() {
	a := tensor.Must(tensor.New([]int32{1, 2, 3}))
	b := tensor.Must(tensor.New([]int32{4, 5, 6}))
	fmt.Println(tensor.Must(tensor.Stack(0, a, b)))
	fmt.Println(tensor.Must(tensor.Stack(1, a, b)))
	// Output:
	// [[1 2 3]
	//  [4 5 6]]
	// [[1 4]
	//  [2 5]
	//  [3 6]]
}

func ExampleTensor_Split() {
	for _, part := range tensor.Must(grid().Split(2, 1)) {
		fmt.Println(part)
	}
	// Output:
	// [[0 1]
	//  [4 5]
	//  [8 9]]
	// [[ 2  3]
	//  [ 6  7]
	//  [10 11]]
}

func ExampleTensor_BroadcastTo() {
	row := tensor.Must(tensor.New([]int32{1, 2, 3}))
	fmt.Println(tensor.Must(row.BroadcastTo(2, 3)))
	// Output:
	// [[1 2 3]
	//  [1 2 3]]
}
