package plotting_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gofromzero/fromzero/plotting"
	"github.com/gofromzero/fromzero/tensor"
)

func ExampleNewLRCurve() {
	rates := []float64{1e-4, 1e-3, 1e-2, 1e-1, 1}
	losses := []float64{2.3, 2.2, 1.1, 0.9, 9.5}
	c, err := plotting.NewLRCurve(rates, losses, 0.01) // or what dlkit's FindLearningRate found
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c)
	// Output:
	// Learning-rate finder (learning-rate curve)
	// 5 rates from 0.0001 to 1; the loss is 2.300 at first, lowest (0.9000) at 0.1, and 9.500 at the end
	// suggestion: 0.01
}

func ExampleNewConfusionCounts() {
	counts, err := tensor.New([]int64{90, 10, 20, 80}, 2, 2) // or what dlkit's Model.ConfusionMatrix gives
	if err != nil {
		log.Fatal(err)
	}
	h, err := plotting.NewConfusionCounts(counts, []string{"cat", "dog"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(h)
	// Output:
	// Confusion matrix (heat map): rows true, columns predicted
	//      cat  dog
	// cat   90   10
	// dog   20   80
	// 170 of 200 right (85.00 %); most often dog taken for cat (20), cat taken for dog (10)
}

func ExampleNewTextLengths() {
	h, err := plotting.NewTextLengths([]int{12, 40, 43, 48, 95, 310})
	if err != nil {
		log.Fatal(err)
	}
	h.Mark, h.MarkLabel = 100, "cut off at"
	fmt.Println(h)
	// Output:
	// Lengths of the texts (histogram)
	// 6 values: min 12, mean 91.33, std 100.8, max 310
	// fullest bin: 40 to 45 with 2 values
	// cut off at: 100; 16.7 % of the values are greater
}

func ExampleNewTexts() {
	t, err := plotting.NewTexts([]string{"A quiet, moving film.", "Two hours of my life that nobody gives back."})
	if err != nil {
		log.Fatal(err)
	}
	t.Labels = plotting.LabelNames([]int32{1, 0}, []string{"negative", "positive"})
	fmt.Println(t)
	// Output:
	// texts: 2
	// true positive: A quiet, moving film.
	// true negative: Two hours of my life that nobody gives back.
}

// letters are texts of a data set.
type letters []string

func (l letters) Texts(context.Context) ([]string, error) { return l, nil }

func ExampleTopMistakes() {
	probs, err := tensor.New([]float32{0.9, 0.2, 0.6}, 3, 1) // what a model with one Sigmoid unit predicts
	if err != nil {
		log.Fatal(err)
	}
	wrong, err := plotting.TopMistakes([]int32{0, 0, 0}, probs, 5)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(wrong.Rows())
	fmt.Printf("%+v\n", wrong[0])
	// Output:
	// [0 2]
	// {Row:0 True:0 Predicted:1 Probability:0.8999999761581421}
}

func ExampleNewMistakeTexts() {
	wrong := plotting.Mistakes{{Row: 1, True: 0, Predicted: 1, Probability: 0.97}}
	t, err := plotting.NewMistakeTexts(context.Background(), letters{"Good.", "Good? I have seen better."}, wrong, []string{"negative", "positive"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(t)
	// Output:
	// The most confident mistakes (texts): 1
	// true negative, predicted positive, probability 97.0 %: Good? I have seen better.
}

func ExampleNewMistakeImages() {
	x, err := tensor.Zeros(tensor.Float32, 3, 8, 8)
	if err != nil {
		log.Fatal(err)
	}
	data, err := tensor.FromTensors(x, nil)
	if err != nil {
		log.Fatal(err)
	}
	wrong := plotting.Mistakes{{Row: 2, True: 7, Predicted: 1, Probability: 0.8}}
	m, err := plotting.NewMistakeImages(context.Background(), data, wrong, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	// Output:
	// The most confident mistakes (images): 1 of 8×8 pixels, 0 right, 1 wrong
	// 7 → 1
}

func ExampleNewAugmentation() {
	original, err := tensor.New([]float32{0, 1, 1, 0}, 1, 2, 2)
	if err != nil {
		log.Fatal(err)
	}
	m, err := plotting.NewAugmentation(original, original.MulScalar(0.5), original.MulScalar(0.8))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	// Output:
	// Augmentation (images): 3 of 2×2 pixels
}

func ExampleNewFilters() {
	kernel, err := tensor.Zeros(tensor.Float32, 3, 3, 3, 16) // the kernel among dlkit's Model.Weights
	if err != nil {
		log.Fatal(err)
	}
	m, err := plotting.NewFilters(kernel)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	// Output:
	// Filters (images): 16 of 3×3 pixels
}

func ExampleNewFeatureMaps() {
	maps, err := tensor.Zeros(tensor.Float32, 1, 28, 28, 8) // dlkit's Model.LayerOutput for one image
	if err != nil {
		log.Fatal(err)
	}
	m, err := plotting.NewFeatureMaps(maps)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	// Output:
	// Feature maps (images): 8 of 28×28 pixels
}
