package dlkit_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// strip is a picture of one row and one channel.
func strip(values ...float32) *tensor.Tensor {
	return tensor.Must(tensor.New(values, 1, 1, len(values), 1))
}

// augment prints the different versions that a layer makes of a picture in
// training, out of a hundred.
func augment(x *tensor.Tensor, layer dlkit.Layer) {
	versions, err := dlkit.Augment(context.Background(), x, 100, 1, layer)
	if err != nil {
		fmt.Println(err)
		return
	}
	var lines []string
	values := tensor.Values[float64](versions)
	for version := range slices.Chunk(values, len(values)/100) {
		lines = append(lines, fmt.Sprintf("%.2f", version))
	}
	slices.Sort(lines)
	fmt.Println(strings.Join(slices.Compact(lines), "\n"))
}

// In training RandomFlip mirrors half of the pictures. A prediction sees them
// as they are.
func ExampleRandomFlip() {
	picture := strip(1, 2, 3, 4)
	augment(picture, dlkit.RandomFlip(dlkit.Horizontal))
	show(dlkit.Sequential(tensor.Shape{1, 4, 1}, dlkit.RandomFlip(dlkit.Horizontal), dlkit.Flatten()), picture)
	// Output:
	// [1.00 2.00 3.00 4.00]
	// [4.00 3.00 2.00 1.00]
	// [[1. 2. 3. 4.]]
}

// Pictures of 32×32 are moved by up to 4 pixels, as usual for CIFAR-10; here a
// strip of 4 pixels by up to 2.
func ExampleRandomCrop() {
	m := dlkit.Sequential(tensor.Shape{32, 32, 3}, dlkit.RandomCrop(32, dlkit.Margin(4)))
	fmt.Println(m.OutputShape())
	augment(strip(1, 2, 3, 4), dlkit.RandomCrop(dlkit.HW{1, 4}, dlkit.Margin(dlkit.HW{0, 2})))
	// Output:
	// (32, 32, 3)
	// [0.00 0.00 1.00 2.00]
	// [0.00 1.00 2.00 3.00]
	// [1.00 2.00 3.00 4.00]
	// [2.00 3.00 4.00 0.00]
	// [3.00 4.00 0.00 0.00]
}

// A quarter of the width to the right, with what was at the edge repeated.
func ExampleRandomTranslation() {
	augment(strip(1, 2, 3, 4), dlkit.RandomTranslation(0, dlkit.Range{0.25, 0.25}, dlkit.FillNearest))
	augment(strip(1, 2, 3, 4), dlkit.RandomTranslation(0, dlkit.Range{0.25, 0.25}, dlkit.FillReflect))
	augment(strip(1, 2, 3, 4), dlkit.RandomTranslation(0, dlkit.Range{0.125, 0.125}, dlkit.FillConstant))
	// Output:
	// [1.00 1.00 2.00 3.00]
	// [1.00 1.00 2.00 3.00]
	// [0.50 1.50 2.50 3.50]
}

// A quarter of a turn, counter-clockwise.
func ExampleRandomRotation() {
	picture := tensor.Must(tensor.New([]float32{1, 2, 3, 4}, 1, 2, 2, 1))
	augment(picture, dlkit.RandomRotation(dlkit.Range{0.25, 0.25}))
	// Output:
	// [2.00 4.00 1.00 3.00]
}

// Half as much is seen, twice as large.
func ExampleRandomZoom() {
	augment(strip(1, 2, 3, 4, 5), dlkit.RandomZoom(dlkit.Range{-0.5, -0.5}))
	// Output:
	// [2.00 2.50 3.00 3.50 4.00]
}

// Values go away from their mean, here by half, or come nearer to it.
func ExampleRandomContrast() {
	augment(strip(0.2, 0.4, 0.6), dlkit.RandomContrast(dlkit.Range{0.5, 0.5}))
	augment(strip(0.2, 0.4, 0.6), dlkit.RandomContrast(dlkit.Range{-0.5, -0.5}))
	// Output:
	// [0.10 0.40 0.70]
	// [0.30 0.40 0.50]
}

// Pictures of bytes say what their brightest value is.
func ExampleRandomBrightness() {
	augment(strip(100, 200), dlkit.RandomBrightness(dlkit.Range{0.1, 0.1}, dlkit.ValueRange(0, 255)))
	augment(strip(100, 200), dlkit.RandomBrightness(dlkit.Range{-0.5, -0.5}, dlkit.ValueRange(0, 255)))
	// Output:
	// [125.50 225.50]
	// [0.00 72.50]
}

// A quarter of the picture is wiped out: half of its rows and half of its
// columns.
func ExampleRandomErasing() {
	picture := tensor.Must(tensor.New([]float32{1, 1, 1, 1}, 1, 2, 2, 1))
	augment(picture, dlkit.RandomErasing(dlkit.FillValue(0), dlkit.ErasingScale(0.25, 0.25)))
	// Output:
	// [0.00 1.00 1.00 1.00]
	// [1.00 0.00 1.00 1.00]
	// [1.00 1.00 0.00 1.00]
	// [1.00 1.00 1.00 0.00]
	// [1.00 1.00 1.00 1.00]
}

// The hole may lie partly outside.
func ExampleCutout() {
	augment(strip(1, 1, 1, 1, 1, 1), dlkit.Cutout(2))
	// Output:
	// [0.00 0.00 1.00 1.00 1.00 1.00]
	// [0.00 1.00 1.00 1.00 1.00 1.00]
	// [1.00 0.00 0.00 1.00 1.00 1.00]
	// [1.00 1.00 0.00 0.00 1.00 1.00]
	// [1.00 1.00 1.00 0.00 0.00 1.00]
	// [1.00 1.00 1.00 1.00 0.00 0.00]
}

// Eight versions of each of three pictures, one after another.
func ExampleAugment() {
	pictures := tensor.Must(tensor.Zeros(tensor.Float32, 3, 28, 28, 1))
	versions, err := dlkit.Augment(context.Background(), pictures, 8, 1, dlkit.RandomRotation(0.05), dlkit.RandomCrop(24))
	fmt.Println(versions.Shape(), err)
	// Output:
	// (24, 24, 24, 1) <nil>
}

// What the rest of the model sees while it is trained.
func ExampleModel_Augmented() {
	m := dlkit.Sequential(tensor.Shape{28, 28, 1},
		dlkit.RandomCrop(28, dlkit.Margin(2)),
		dlkit.Flatten(), dlkit.Dense(10, dlkit.Softmax))
	versions, err := m.Augmented(context.Background(), tensor.Must(tensor.Zeros(tensor.Float32, 1, 28, 28, 1)), 6)
	fmt.Println(versions.Shape(), err)
	// Output:
	// (6, 28, 28, 1) <nil>
}
