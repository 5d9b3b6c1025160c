package datasets_test

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

// MiniSet keeps the examples independent of network and files; leave it out
// for the full MNIST.
func ExampleMNIST() {
	train, test := datasets.MNIST(datasets.MiniSet)
	fmt.Println(train.Len(), test.Len(), train.Shape())

	for batch, err := range train.Batches(context.Background(), 128) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(batch.X().Shape(), batch.X().DType(), batch.Y().Shape(), batch.Y().DType())
		break
	}
	// Output:
	// 2000 500 (28, 28, 1)
	// (128, 28, 28, 1) float32 (128,) int32
}

func ExampleFlag() {
	flat, _ := datasets.MNIST(datasets.MiniSet, datasets.Flatten)
	raw, _ := datasets.MNIST(datasets.MiniSet, datasets.Raw)
	for _, d := range []*datasets.Images{flat, raw} {
		b := tensor.Must(d.First(context.Background(), 2))
		fmt.Println(b.X().Shape(), b.X().DType())
	}
	// Output:
	// (2, 784) float32
	// (2, 28, 28, 1) uint8
}

// Look at the data before you train on it.
func ExampleImages_Counts() {
	ctx := context.Background()
	train, _ := datasets.MNIST(datasets.MiniSet)
	fmt.Println(tensor.Must(train.Counts(ctx)))
	fmt.Println(tensor.Must(train.Labels(ctx))[:5])

	stats := tensor.Must(train.PixelStats(ctx))
	fmt.Printf("mean %.3f std %.3f min %g max %g\n", stats.Mean[0], stats.Std[0], stats.Min, stats.Max)
	// Output:
	// [200 200 200 200 200 200 200 200 200 200]
	// [5 0 4 1 9]
	// mean 0.132 std 0.309 min 0 max 1
}

func ExampleImages_Image() {
	train, _ := datasets.MNIST(datasets.MiniSet)
	x := tensor.Must(train.Image(context.Background(), 0))
	pixels := tensor.Values[uint8](x)
	for row := 5; row < 26; row += 2 {
		line := make([]byte, 20)
		for column := range line {
			line[column] = " .:#"[pixels[row*28+column+4]/64]
		}
		fmt.Printf("|%s|\n", line)
	}
	// Output:
	// |            .:: :##.|
	// |    ##########...   |
	// |    .:.###   :      |
	// |       :#:          |
	// |         ##:.       |
	// |           :##:     |
	// |             ###.   |
	// |         :#####:    |
	// |     .######.       |
	// | :######:           |
	// |                    |
}

func ExampleImages_Source() {
	train, _ := datasets.MNIST(datasets.MiniSet)
	fmt.Println(train.Source())
	_ = train.Load(context.Background())
	fmt.Println(train.Source())
	fmt.Println(train)
	// Output:
	// MNIST: not read yet
	// MNIST: the embedded mini set of 2,000 + 500 images, not the full set: asked for by the option MiniSet
	// MNIST train (mini set): 2,000 images of (28, 28, 1), 10 classes
}
