package tensor_test

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// grid is [[0 1 2 3] [4 5 6 7] [8 9 10 11]].
func grid() *tensor.Tensor {
	return tensor.Must(tensor.Must(tensor.Arange[int32](0, 12, 1)).Reshape(3, 4))
}

func ExampleTensor_At() {
	m := grid()
	fmt.Println(tensor.Must(m.At(1, 2)), tensor.Must(m.At(-1, -1)))
	_, err := m.At(3, 0)
	fmt.Println(err)
	// Output:
	// 6 11
	// tensor: index 3 on axis 0 of shape (3, 4); it goes from 0 to 2, or from -1 (the last) to -3
}

func ExampleTensor_Set() {
	m := grid()
	if err := m.Set(100, 0, -1); err != nil {
		fmt.Println(err)
	}
	fmt.Println(tensor.Must(m.Row(0)))
	fmt.Println(m.Set(3e9, 0, 0))
	// Output:
	// [  0   1   2 100]
	// tensor: cannot set element (0, 0) to 3e+09: int32 holds -2147483648 to 2147483647; convert the tensor with Convert(tensor.Float64) first
}

func ExampleTensor_Row() {
	fmt.Println(tensor.Must(grid().Row(-1)))
	// Output:
	// [ 8  9 10 11]
}

func ExampleTensor_Slice() {
	m := grid()
	fmt.Println("two rows, two columns")
	fmt.Println(tensor.Must(m.Slice(tensor.UpTo(2), tensor.Between(1, 3))))
	fmt.Println("one column")
	fmt.Println(tensor.Must(m.Slice(tensor.All(), tensor.Index(-1))))
	fmt.Println("every second column, turned round")
	fmt.Println(tensor.Must(m.Slice(tensor.From(1), tensor.All().By(-2))))
	// Output:
	// two rows, two columns
	// [[1 2]
	//  [5 6]]
	// one column
	// [ 3  7 11]
	// every second column, turned round
	// [[ 7  5]
	//  [11  9]]
}

func ExampleTensor_Take() {
	fmt.Println(tensor.Must(grid().Take(2, 0, 0)))
	// Output:
	// [[ 8  9 10 11]
	//  [ 0  1  2  3]
	//  [ 0  1  2  3]]
}

func ExampleTensor_Filter() {
	m := grid()
	odd := tensor.Must(m.ModScalar(2)).EqScalar(1)
	fmt.Println(odd)
	fmt.Println(tensor.Must(m.Filter(odd)))
	// Output:
	// [[False  True False  True]
	//  [False  True False  True]
	//  [False  True False  True]]
	// [ 1  3  5  7  9 11]
}

func ExampleWhere() {
	x := tensor.Must(tensor.New([]float32{-2, -1, 0, 1, 2}))
	fmt.Println(tensor.Must(tensor.Where(x.GtScalar(0), x, tensor.Scalar[float32](0))))
	// Output:
	// [0. 0. 0. 1. 2.]
}

func ExampleTensor_NonZero() {
	predicted := tensor.Must(tensor.New([]int32{7, 2, 1, 0, 4}))
	truth := tensor.Must(tensor.New([]int32{7, 3, 1, 0, 9}))
	fmt.Println("wrong at", tensor.Must(predicted.Ne(truth)).NonZero())
	// Output:
	// wrong at [1 4]
}
