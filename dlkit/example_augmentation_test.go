package dlkit_test

import (
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// RandomFlip mirrors half of the pictures in training. A prediction sees them
// as they are.
func ExampleRandomFlip() {
	m := dlkit.Sequential(tensor.Shape{1, 4, 1}, dlkit.RandomFlip(dlkit.Horizontal), dlkit.Flatten())
	show(m, tensor.Must(tensor.New([]float32{1, 2, 3, 4}, 1, 1, 4, 1)))
	// Output:
	// [[1. 2. 3. 4.]]
}

// Pictures of 32×32 are moved by up to 4 pixels, as usual for CIFAR-10.
func ExampleRandomCrop() {
	m := dlkit.Sequential(tensor.Shape{32, 32, 3}, dlkit.RandomCrop(32, dlkit.Margin(4)))
	fmt.Println(m.OutputShape())
	// Output:
	// (32, 32, 3)
}
