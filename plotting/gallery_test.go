package plotting

import (
	"maps"
	"math"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// fakeHistory is a History.
type fakeHistory map[string][]float64

func (h fakeHistory) Names() []string {
	var out []string
	for _, name := range []string{"loss", "accuracy", "val_loss", "val_accuracy"} {
		if _, ok := h[name]; ok {
			out = append(out, name)
		}
	}
	return out
}

func (h fakeHistory) Values(name string) []float64 { return h[name] }

func trained(epochs int) fakeHistory {
	h := fakeHistory{}
	for e := range epochs {
		x := float64(e)
		h["loss"] = append(h["loss"], 0.45*math.Exp(-x/3)+0.03)
		h["accuracy"] = append(h["accuracy"], 0.99-0.1*math.Exp(-x/2))
		h["val_loss"] = append(h["val_loss"], 0.4*math.Exp(-x/2)+0.09)
		h["val_accuracy"] = append(h["val_accuracy"], 0.975-0.08*math.Exp(-x/2))
	}
	return h
}

// must stops a test at an error of a constructor.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// gallery is one figure of every kind, with words that are hard to draw.
func gallery(t *testing.T) map[string]*Figure {
	curves := must[*Curves](t)(NewCurves(trained(6)))
	curves.Title, curves.Subtitle = "训练曲线 Training", "784-64-10, Adam"
	curves.Labels = map[string]string{"loss": "损失 loss"}

	x := counting(41)
	functions := []Series{{Name: "sigmoid", X: x}, {Name: "tanh", X: x}, {Name: "ReLU", X: x}}
	for i := range x {
		x[i] = (x[i] - 20) / 5
		functions[0].Y = append(functions[0].Y, 1/(1+math.Exp(-x[i])))
		functions[1].Y = append(functions[1].Y, math.Tanh(x[i]))
		functions[2].Y = append(functions[2].Y, max(0, x[i]))
	}
	line := must[*Line](t)(NewLine(functions...))
	line.Title, line.XLabel, line.YLabel = "Activations", "x", "f(x)"

	log := must[*Line](t)(NewLine(Series{Name: "loss", Y: []float64{1, 0.1, 0.01, 0.004, 0.001}}))
	log.LogY, log.Points = true, true

	bar := must[*Bar](t)(NewBar([]string{"0", "1", "2", "3", "鸟"}, []int{5923, 6742, 5958, 6131, 5842}))
	bar.Title, bar.XLabel, bar.YLabel = "Class balance", "class", "examples"

	lying := must[*Bar](t)(NewBar([]string{"airplane 飞机", "a very long name of a class that does not fit anywhere", "猫 <cat> & \"dog\"", "d", "e", "f"}, []float64{3, 2.5, 2, 1.5, 1, -0.5}))

	values := make([]float64, 1000)
	for i := range values { // a bell without random numbers
		values[i] = math.Sin(float64(i)) + math.Sin(2.1*float64(i)) + math.Sin(3.7*float64(i))
	}
	histogram := must[*Histogram](t)(NewHistogram(values))
	histogram.Title, histogram.XLabel = "Weights", "weight"

	rare := must[*Histogram](t)(NewHistogram(append(make([]int, 5000), 1, 1, 2, 5, 9)))
	rare.LogY, rare.Bins = true, 10

	truth, predicted := []int32{0, 0, 0, 1, 1, 1, 1, 2, 2, 2}, []int{0, 0, 1, 1, 1, 1, 1, 2, 0, 2}
	confusion := must[*HeatMap](t)(NewConfusion(truth, predicted, []string{"猫", "dog", "horse"}))

	heat := must[*HeatMap](t)(NewHeatMap([][]float64{{1, 0.5, -0.2}, {0.5, 1, 0.13}}, []string{"age", "fare"}, []string{"age of the passenger", "fare", "class"}))
	heat.Title = "Correlation"

	all := map[string]*Figure{
		"curves": &curves.Figure, "line": &line.Figure, "line-log": &log.Figure, "bar": &bar.Figure, "bar-lying": &lying.Figure,
		"histogram": &histogram.Figure, "histogram-log": &rare.Figure, "confusion": &confusion.Figure, "heatmap": &heat.Figure,
		"images": &grays(t).Figure, "images-color": &colors(t).Figure,
	}
	maps.Copy(all, lessonGallery(t))
	return all
}

// grays are four 8×8 images with answers.
func grays(t *testing.T) *Images {
	data := make([]uint8, 4*8*8)
	for i := range data {
		data[i] = uint8(i * 7)
	}
	m := must[*Images](t)(NewImages(must[*tensor.Tensor](t)(tensor.New(data, 4, 8, 8))))
	m.Title = "Answers"
	m.Labels, m.Predictions = []string{"7", "2", "1", "0"}, []string{"7", "2", "7", "0"}
	return m
}

// colors are two 6×6 colour images with Chinese words.
func colors(t *testing.T) *Images {
	data := make([]float32, 2*6*6*3)
	for i := range data {
		data[i] = float32(i%11) / 10
	}
	m := must[*Images](t)(NewImages(must[*tensor.Tensor](t)(tensor.New(data, 2, 6, 6, 3))))
	m.Title, m.Labels, m.Captions = "图像", []string{"青蛙", "卡车"}, []string{"p = 0.98", "p = 0.51"}
	return m
}
