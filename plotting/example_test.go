package plotting_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/gofromzero/fromzero/plotting"
	_ "github.com/gofromzero/fromzero/plotting/static" // draws SVG and PNG
	"github.com/gofromzero/fromzero/tensor"
)

func ExampleNewLine() {
	l, err := plotting.NewLine(
		plotting.Series{Name: "x²", X: []float64{-2, -1, 0, 1, 2}, Y: []float64{4, 1, 0, 1, 4}},
		plotting.Series{Name: "2x", X: []float64{-2, 2}, Y: []float64{-4, 4}},
	)
	if err != nil {
		log.Fatal(err)
	}
	l.Title, l.XLabel = "A function and its slope", "x"
	fmt.Println(l) // l.Show() shows it in a notebook
	// Output:
	// A function and its slope (line chart)
	// line  points  first  min  max  last
	// x²         5      4    0    4     4
	// 2x         2     -4   -4    4     4
}

// history is what Fit returns, here made by hand.
type history map[string][]float64

func (h history) Names() []string              { return []string{"loss", "val_loss"} }
func (h history) Values(name string) []float64 { return h[name] }

func ExampleNewCurves() {
	c, err := plotting.NewCurves(history{"loss": {0.41, 0.22, 0.15}, "val_loss": {0.3, 0.21, 0.19}})
	if err != nil {
		log.Fatal(err)
	}
	c.Title = "Training"
	fmt.Println(c)
	// Output:
	// Training (training curves)
	// epoch    loss  val_loss
	// 1      0.4100    0.3000
	// 2      0.2200    0.2100
	// 3      0.1500    0.1900
}

func ExampleNewLive() {
	live := plotting.NewLive(3)
	for epoch := range 3 { // what Fit does, with dlkit.EpochFunc(live.EpochEnd)
		if err := live.EpochEnd(epoch, map[string]float64{"loss": 1 / float64(epoch+1)}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(live)
	// Output:
	// training curves
	// epoch    loss
	// 1           1
	// 2      0.5000
	// 3      0.3333
}

func ExampleNewBar() {
	b, err := plotting.NewBar([]string{"cat", "dog", "鸟"}, []int{50, 30, 20})
	if err != nil {
		log.Fatal(err)
	}
	b.Title = "Class balance"
	fmt.Println(b)
	// Output:
	// Class balance (bar chart)
	// cat  50  50.0 %
	// dog  30  30.0 %
	// 鸟   20  20.0 %
}

// coins are labelled data of two classes.
type coins struct{}

func (coins) ClassNames() []string                      { return []string{"heads", "tails"} }
func (coins) Counts(ctx context.Context) ([]int, error) { return []int{52, 48}, nil }

func ExampleNewClassBalance() {
	b, err := plotting.NewClassBalance(context.Background(), coins{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(b)
	// Output:
	// Class balance (bar chart)
	// heads  52  52.0 %
	// tails  48  48.0 %
}

func ExampleNewHistogram() {
	h, err := plotting.NewHistogram([]float64{1, 2, 2, 3, 3, 3, 4, 4, 5})
	if err != nil {
		log.Fatal(err)
	}
	h.Bins = 4
	fmt.Println(h)
	// Output:
	// histogram
	// 9 values: min 1, mean 3, std 1.155, max 5
	// fullest bin: 3 to 4 with 3 values
}

func ExampleNewTensorHistogram() {
	x, err := tensor.New([]float32{0, 0.25, 0.5, 0.75, 1, 1}, 2, 3)
	if err != nil {
		log.Fatal(err)
	}
	h, err := plotting.NewTensorHistogram(x)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(h)
	// Output:
	// histogram
	// 6 values: min 0, mean 0.5833, std 0.3727, max 1
	// fullest bin: 0.9667 to 1 with 2 values
}

func ExampleNewHeatMap() {
	h, err := plotting.NewHeatMap([][]float64{{1, 0.5}, {0.5, 1}}, []string{"age", "fare"}, []string{"age", "fare"})
	if err != nil {
		log.Fatal(err)
	}
	h.Title = "Correlation"
	fmt.Println(h)
	// Output:
	// Correlation (heat map)
	//          age    fare
	// age        1  0.5000
	// fare  0.5000       1
}

func ExampleNewConfusion() {
	truth := []int32{0, 0, 1, 1, 1, 0}
	predicted := []int32{0, 1, 1, 1, 1, 0}
	h, err := plotting.NewConfusion(truth, predicted, []string{"cat", "dog"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(h)
	// Output:
	// Confusion matrix (heat map): rows true, columns predicted
	//      cat  dog
	// cat    2    1
	// dog    0    3
	// 5 of 6 right (83.33 %); most often cat taken for dog (1)
}

func ExampleNewImages() {
	x, err := tensor.Zeros(tensor.Uint8, 3, 28, 28)
	if err != nil {
		log.Fatal(err)
	}
	m, err := plotting.NewImages(x)
	if err != nil {
		log.Fatal(err)
	}
	m.Labels = plotting.LabelNames([]int32{7, 2, 1}, nil)
	m.Predictions = plotting.LabelNames([]int32{7, 2, 8}, nil)
	fmt.Println(m)
	// Output:
	// images: 3 of 28×28 pixels, 2 right, 1 wrong
	// 7, 2, 1 → 8
}

func ExampleNewImagesOf() {
	m, err := plotting.NewImagesOf([][]float32{{0, 1, 1, 0}, {1, 0, 0, 1}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	// Output:
	// images: 2 of 2×2 pixels
}

func ExampleLabelNames() {
	fmt.Println(plotting.LabelNames([]int32{1, 0}, []string{"cat", "dog"}))
	// Output:
	// [dog cat]
}

func ExampleFigure_Save() {
	b, err := plotting.NewBar([]string{"a", "b"}, []int{1, 2})
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "charts")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"bar.html", "bar.svg", "bar.png", "bar.gif"} {
		fmt.Println(name, b.Save(filepath.Join(dir, name)) == nil)
	}
	// Output:
	// bar.html true
	// bar.svg true
	// bar.png true
	// bar.gif false
}
