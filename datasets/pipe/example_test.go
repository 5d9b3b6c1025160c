package pipe_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/pipe"
	"github.com/gofromzero/fromzero/tensor"
)

// ten is the numbers 0 to 9 and their squares.
func ten() *tensor.Memory {
	return tensor.Must(datasets.FromSlices([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 4, 9, 16, 25, 36, 49, 64, 81}))
}

func printAll(d tensor.Dataset, size int) {
	for b, err := range d.Batches(context.Background(), size) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(b.X(), b.Y())
	}
}

func ExampleTake() {
	printAll(pipe.Take(pipe.Skip(ten(), 2), 3), 10)
	// Output:
	// [2 3 4] [ 4  9 16]
}

func ExampleMap() {
	halves := pipe.Map(ten(), func(b tensor.Batch) (tensor.Batch, error) {
		b.Inputs[0] = b.X().DivScalar(2)
		return b, nil
	})
	printAll(pipe.Take(halves, 4), 10)
	// Output:
	// [0.  0.5 1.  1.5] [0 1 4 9]
}

// Weights say how much the loss of an example counts: here that of ones a tenth.
func ExampleMap_weights() {
	weighted := pipe.Map(pipe.Take(ten(), 4), func(b tensor.Batch) (tensor.Batch, error) {
		weights := make([]float32, b.Len())
		for i, y := range tensor.Values[int32](b.Y()) {
			if weights[i] = 1; y == 1 {
				weights[i] = 0.1
			}
		}
		var err error
		b.Weights, err = tensor.New(weights)
		return b, err
	})
	for b, err := range weighted.Batches(context.Background(), 10) {
		fmt.Println(b.Y(), b.Weights, err)
	}
	// Output:
	// [0 1 4 9] [1.  0.1 1.  1. ] <nil>
}

func ExampleFilter() {
	odd := pipe.Filter(ten(), func(b tensor.Batch, i int) bool { return tensor.Values[int32](b.X())[i]%2 == 1 })
	fmt.Println(odd.Len())
	printAll(odd, 3)
	// Output:
	// 5
	// [1 3 5] [ 1  9 25]
	// [7 9] [49 81]
}

func ExampleRepeat() {
	d, err := pipe.Repeat(pipe.Take(ten(), 3), 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	printAll(d, 4)
	// Output:
	// [0 1 2 0] [0 1 4 0]
	// [1 2] [1 4]
}

// Every pass has another order; the same seed gives the same ones.
func ExampleShuffle() {
	d := pipe.Shuffle(ten(), 42)
	printAll(d, 10)
	printAll(d, 10)
	// Output:
	// [3 6 9 2 7 8 4 0 5 1] [ 9 36 81  4 49 64 16  0 25  1]
	// [4 7 5 2 3 0 6 9 8 1] [16 49 25  4  9  0 36 81 64  1]
}

func ExampleConcat() {
	d, err := pipe.Concat(pipe.Take(ten(), 2), pipe.Skip(ten(), 8))
	if err != nil {
		fmt.Println(err)
		return
	}
	printAll(d, 10)
	// Output:
	// [0 1 8 9] [ 0  1 64 81]
}

// Two inputs, for a model that takes two.
func ExampleZip() {
	d, err := pipe.Zip(pipe.Take(ten(), 3), pipe.Skip(ten(), 7))
	if err != nil {
		fmt.Println(err)
		return
	}
	for b := range d.Batches(context.Background(), 10) {
		fmt.Println(b.Inputs[0], b.Inputs[1], b.Targets[0], b.Targets[1])
	}
	// Output:
	// [0 1 2] [7 8 9] [0 1 4] [49 64 81]
}

func ExamplePair() {
	x := tensor.Must(datasets.FromSlices([]float64{1, 2}, []datasets.None(nil)))
	y := tensor.Must(datasets.FromSlices([][2]int{{3, 4}, {5, 6}}, []datasets.None(nil)))
	d, err := pipe.Pair(x, y)
	if err != nil {
		fmt.Println(err)
		return
	}
	printAll(d, 10)
	// Output:
	// [1. 2.] [[3 4]
	//  [5 6]]
}

// To predict the next value of a series from the last three. Split a series in
// time first: the first part for training, the rest for validation.
func ExampleWindow() {
	series := tensor.Must(datasets.FromSlices([]int{10, 11, 12, 13, 14, 15, 16}, []datasets.None(nil)))
	train, err := pipe.Window(pipe.Take(series, 5), pipe.WindowConfig{Size: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	for b := range train.Batches(context.Background(), 1) {
		fmt.Println(tensor.Values[int32](b.X()), b.X().Shape(), tensor.Values[int32](b.Y()))
	}
	// Output:
	// [10 11 12] (1, 3, 1) [13]
	// [11 12 13] (1, 3, 1) [14]
}

// The slow part is done once, and several goroutines read ahead.
func ExamplePrefetch() {
	calls := 0
	slow := pipe.Map(ten(), func(b tensor.Batch) (tensor.Batch, error) { calls++; return b, nil })
	kept := pipe.Cache(slow)
	for range 3 {
		n := 0
		for b, err := range pipe.Prefetch(pipe.Shuffle(kept, 1), 2).Batches(context.Background(), 4) {
			if err != nil {
				fmt.Println(err)
				return
			}
			n += b.Len()
		}
		fmt.Println(n, "examples,", calls, "call")
	}
	// Output:
	// 10 examples, 1 call
	// 10 examples, 1 call
	// 10 examples, 1 call
}

// For data that is slow to make and larger than memory.
func ExampleCacheFile() {
	dir, err := os.MkdirTemp("", "rows")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	d := pipe.CacheFile(ten(), filepath.Join(dir, "ten.bin"), "squares, version 1")
	defer d.Close()
	b, err := d.Rows(context.Background(), []int{9, 3}, tensor.Batch{})
	fmt.Println(d.Len(), b.X(), b.Y(), err)
	// Output:
	// 10 [9 3] [81  9] <nil>
}
