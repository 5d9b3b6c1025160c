package datasets_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

func ExampleFromSlices() {
	d, err := datasets.FromSlices([][]float64{{1, 2}, {3, 4}, {5, 6}}, []int{0, 1, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Len(), d.All().X().Shape(), d.All().X().DType(), d.All().Y())
	// Output:
	// 3 (3, 2) float32 [0 1 1]
}

// A million examples that take no memory: each is made when it is needed.
func ExampleFromFunc() {
	squares, err := datasets.FromFunc(1_000_000, func(_ context.Context, i int) (x, y int, err error) {
		return i, i * i, nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	b := tensor.Must(squares.Rows(context.Background(), []int{3, 99}, tensor.Batch{}))
	fmt.Println(b.X(), b.Y())
	// Output:
	// [ 3 99] [   9 9801]
}

// Lines of a file, one at a time.
func ExampleGenerate() {
	lines, err := datasets.Generate(func(_ context.Context, yield func(x [2]float64, y int) bool) error {
		in := bufio.NewScanner(strings.NewReader("1.5 2 0\n3 4 1\n5 6 1\n")) // an open file, perhaps
		for in.Scan() {
			var x [2]float64
			var y int
			if _, err := fmt.Sscan(in.Text(), &x[0], &x[1], &y); err != nil {
				return err
			}
			if !yield(x, y) {
				return nil
			}
		}
		return in.Err()
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for batch, err := range lines.Batches(context.Background(), 2) {
		fmt.Println(batch.X().Shape(), batch.Y(), err)
	}
	// Output:
	// (2, 2) [0 1] <nil>
	// (1, 2) [1] <nil>
}

// The reviews are read in place from the folder that unpacking the archive gives,
// or from the archive itself. Leave Dir out to have it found or downloaded.
func ExampleIMDB() {
	dir, err := os.MkdirTemp("", "imdb")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	for name, review := range map[string]string{
		"train/neg/0_2.txt": "Dull.", "train/pos/0_9.txt": "Great fun!<br />See it.",
		"test/neg/0_1.txt": "No.", "test/pos/0_10.txt": "Yes!",
	} {
		_ = os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755)
		_ = os.WriteFile(filepath.Join(dir, name), []byte(review), 0o644)
	}
	train, test := datasets.IMDB(datasets.Dir(dir))
	ctx := context.Background()
	fmt.Println(train.Len(), test.Len(), train.ClassNames())
	fmt.Println(tensor.Must(train.Texts(ctx)), tensor.Must(train.Labels(ctx)))
	fmt.Println(train)
	// Output:
	// 2 2 [negative positive]
	// [Dull. Great fun!<br />See it.] [0 1]
	// IMDB train: 2 texts, 2 classes
}
