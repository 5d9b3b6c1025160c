package tensor_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// numbers is a dataset of ten examples: x counts, y tells whether x is odd.
func numbers() *tensor.Memory {
	x := tensor.Must(tensor.Arange[float32](0, 10, 1))
	y := tensor.Must(x.ModScalar(2)).Convert(tensor.Int32)
	return tensor.Must(tensor.FromTensors(tensor.Must(x.Reshape(-1, 1)), y))
}

func show(d tensor.Dataset, size int) {
	for b, err := range d.Batches(context.Background(), size) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(b.X().Flatten(), b.Y())
	}
}

func ExampleFromTensors() {
	show(numbers(), 4)
	// Output:
	// [0. 1. 2. 3.] [0 1 0 1]
	// [4. 5. 6. 7.] [0 1 0 1]
	// [8. 9.] [0 1]
}

func ExampleSplit() {
	train, validation, err := tensor.Split(numbers(), 0.8, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	show(train, 10)
	show(validation, 10)
	// Output:
	// [6. 3. 1. 9. 7. 4. 8. 2.] [0 1 1 1 1 0 0 0]
	// [0. 5.] [0 1]
}

func ExampleSubset() {
	show(tensor.Subset(numbers(), []int{9, 0, 5}), 10)
	// Output:
	// [9. 0. 5.] [1 0 1]
}

func ExampleTake() {
	show(tensor.Take(numbers(), 3), 10)
	// Output:
	// [0. 1. 2.] [0 1 0]
}

func ExampleShuffle() {
	show(tensor.Must(tensor.Shuffle(numbers(), 7)), 10)
	// Output:
	// [0. 8. 6. 4. 3. 5. 7. 1. 9. 2.] [0 0 0 0 1 1 1 1 1 0]
}

// Of five messages one is spam: with balanced weights it counts as much as the
// four others together.
func ExampleBalancedWeights() {
	labels := tensor.Must(tensor.New([]int32{0, 0, 1, 0, 0}))
	weights := tensor.Must(tensor.BalancedWeights(labels))
	fmt.Println(weights)

	texts := tensor.Must(tensor.Zeros(tensor.Float32, 5, 8))
	d := tensor.Must(tensor.WithWeights(tensor.Must(tensor.FromTensors(texts, labels)), weights))
	for b, err := range d.Batches(context.Background(), 3) {
		fmt.Println(b.Weights, err)
	}
	// Output:
	// [0.625 0.625 2.5   0.625 0.625]
	// [0.625 0.625 2.5  ] <nil>
	// [0.625 0.625] <nil>
}

func ExampleTensor_MarshalJSON() {
	m := tensor.Must(tensor.FromRows([][]float32{{1, 2.5}, {3, 4}}))
	text, err := json.Marshal(m)
	fmt.Println(string(text), err)

	var back tensor.Tensor
	fmt.Println(json.Unmarshal(text, &back), back.Equal(m))
	// Output:
	// {"dtype":"float32","shape":[2,2],"data":[1,2.5,3,4]} <nil>
	// <nil> true
}
