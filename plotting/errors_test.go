package plotting

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func TestConstructorsRefuseBadData(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		name string
		make func() error
		want error
		says string
	}{
		{"no line", func() error { _, err := NewLine(); return err }, ErrNoData, "without lines"},
		{"empty line", func() error { _, err := NewLine(Series{Name: "loss"}); return err }, ErrNoData, `"loss"`},
		{"x and y", func() error { _, err := NewLine(Series{X: []float64{1}, Y: []float64{1, 2}}); return err }, ErrLength, "1 x but 2 y"},
		{"NaN in y", func() error { _, err := NewLine(Series{Y: []float64{1, nan}}); return err }, ErrNaN, "number 2 of 2"},
		{"Inf in x", func() error { _, err := NewLine(Series{X: []float64{inf}, Y: []float64{1}}); return err }, ErrInf, ", x"},
		{"no history", func() error { _, err := NewCurves(nil); return err }, ErrNoData, "run Fit"},
		{"empty history", func() error { _, err := NewCurves(fakeHistory{}); return err }, ErrNoData, "run Fit"},
		{"only NaN", func() error { _, err := NewCurves(fakeHistory{"loss": {nan}}); return err }, ErrNoData, ""},
		{"no bars", func() error { _, err := NewBar[int](nil, nil); return err }, ErrNoData, ""},
		{"names of bars", func() error { _, err := NewBar([]string{"a"}, []int{1, 2}); return err }, ErrLength, "1 names and 2 values"},
		{"NaN bar", func() error { _, err := NewBar([]string{"a"}, []float64{nan}); return err }, ErrNaN, ""},
		{"no numbers", func() error { _, err := NewHistogram[float32](nil); return err }, ErrNoData, ""},
		{"infinite number", func() error { _, err := NewHistogram([]float64{1, -inf}); return err }, ErrInf, ""},
		{"nil tensor", func() error { _, err := NewTensorHistogram(nil); return err }, ErrNoData, ""},
		{"no matrix", func() error { _, err := NewHeatMap([][]int{}, nil, nil); return err }, ErrNoData, ""},
		{"names of rows", func() error { _, err := NewHeatMap([][]int{{1, 2}}, nil, []string{"a", "b"}); return err }, ErrLength, "1×2"},
		{"ragged matrix", func() error {
			_, err := NewHeatMap([][]int{{1, 2}, {1}}, []string{"a", "b"}, []string{"a", "b"})
			return err
		}, ErrShape, "row 1 has 1"},
		{"NaN in matrix", func() error { _, err := NewHeatMap([][]float64{{nan}}, []string{"a"}, []string{"b"}); return err }, ErrNaN, "row 0"},
		{"no answers", func() error { _, err := NewConfusion([]int{}, []int{}, nil); return err }, ErrNoData, ""},
		{"too few answers", func() error { _, err := NewConfusion([]int{1, 2}, []int32{1}, nil); return err }, ErrLength, ""},
		{"no such class", func() error { _, err := NewConfusion([]int{1}, []int{2}, []string{"a", "b"}); return err }, ErrShape, "0 to 1"},
		{"negative class", func() error { _, err := NewConfusion([]int{-1}, []int{0}, nil); return err }, ErrShape, ""},
		{"no images", func() error { _, err := NewImages(nil); return err }, ErrNoData, ""},
		{"images of a strange shape", func() error { x, _ := tensor.Zeros(tensor.Float32, 2, 5); _, err := NewImages(x); return err }, ErrShape, "reshape"},
		{"four channels", func() error { x, _ := tensor.Zeros(tensor.Float32, 2, 5, 5, 4); _, err := NewImages(x); return err }, ErrShape, ""},
		{"NaN in an image", func() error { _, err := NewImagesOf([][]float32{{float32(nan)}}); return err }, ErrNaN, ""},
		{"ragged images", func() error { _, err := NewImagesOf([][]uint8{{1}, {1, 2}}); return err }, ErrLength, "image 1"},
		{"no counts", func() error { _, err := NewConfusionCounts(nil, nil); return err }, ErrNoData, ""},
		{"counts of nothing", func() error { _, err := NewConfusionCounts(zeros(2, 2), nil); return err }, ErrNoData, "zero"},
		{"counts that are not square", func() error { _, err := NewConfusionCounts(zeros(2, 3), nil); return err }, ErrShape, "(2, 3)"},
		{"shares, not counts", func() error {
			x, _ := tensor.New([]float64{0.5, 1, 1, 1}, 2, 2)
			_, err := NewConfusionCounts(x, nil)
			return err
		}, ErrShape, "row 0"},
		{"names of counts", func() error { _, err := NewConfusionCounts(zeros(2, 2), []string{"a"}); return err }, ErrLength, ""},
		{"no rates", func() error { _, err := NewLRCurve(nil, nil, 0); return err }, ErrNoData, ""},
		{"rates and losses", func() error { _, err := NewLRCurve([]float64{1}, nil, 0); return err }, ErrLength, "1 learning rates with 0"},
		{"a rate of zero", func() error { _, err := NewLRCurve([]float64{0}, []float64{1}, 0); return err }, ErrShape, "rate 1"},
		{"no finite loss", func() error { _, err := NewLRCurve([]float64{1}, []float64{nan}, 0); return err }, ErrNoData, ""},
		{"a suggestion that is none", func() error { _, err := NewLRCurve([]float64{1}, []float64{1}, nan); return err }, ErrNaN, ""},
		{"no texts", func() error { _, err := NewTexts(nil); return err }, ErrNoData, ""},
		{"a negative length", func() error { _, err := NewTextLengths([]int{3, -1}); return err }, ErrShape, "text 2"},
		{"no lengths", func() error { _, err := NewTextLengths(nil); return err }, ErrNoData, ""},
		{"no kernel", func() error { _, err := NewFilters(nil); return err }, ErrNoData, ""},
		{"kernel of a dense layer", func() error { _, err := NewFilters(zeros(4, 2)); return err }, ErrShape, "(4, 2)"},
		{"NaN in a kernel", func() error {
			x, _ := tensor.New([]float64{nan}, 1, 1, 1, 1)
			_, err := NewFilters(x)
			return err
		}, ErrNaN, ""},
		{"no maps", func() error { _, err := NewFeatureMaps(nil); return err }, ErrNoData, ""},
		{"maps of two images", func() error { _, err := NewFeatureMaps(zeros(2, 3, 3, 1)); return err }, ErrShape, "one image"},
		{"no versions", func() error { _, err := NewAugmentation(zeros(2, 3, 3)); return err }, ErrNoData, ""},
		{"a version of another size", func() error { _, err := NewAugmentation(zeros(2, 3, 3), zeros(2, 3, 4)); return err }, ErrShape, "version 1"},
		{"mistakes of nobody", func() error { _, err := TopMistakes([]int{}, zeros(1), 1); return err }, ErrNoData, ""},
		{"too many answers", func() error { _, err := TopMistakes([]int{1}, zeros(2, 2), 1); return err }, ErrLength, ""},
		{"answers of a strange shape", func() error { _, err := TopMistakes([]int{1}, zeros(1, 2, 2), 1); return err }, ErrShape, ""},
		{"a class beyond the answers", func() error { _, err := TopMistakes([]int{2}, zeros(1, 1), 1); return err }, ErrShape, "0 to 1"},
		{"mistakes of other texts", func() error {
			_, err := NewMistakeTexts(context.Background(), shelf{"a"}, Mistakes{{Row: 1}}, nil)
			return err
		}, ErrLength, "text 1 of 1"},
		{"wrong size of images", func() error { _, err := NewImagesOf([][]uint8{{1, 2, 3}}, 2, 2); return err }, ErrShape, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.make()
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v; want one that wraps %q and says %q", err, test.want, test.says)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "plotting: ") {
				t.Errorf("%q does not say which package speaks", err)
			}
		})
	}
}

// zeros is a tensor of zeros.
func zeros(dims ...int) *tensor.Tensor {
	x, err := tensor.Zeros(tensor.Float32, dims...)
	if err != nil {
		panic(err)
	}
	return x
}

func TestFieldsAreCheckedWhenShown(t *testing.T) {
	h := must[*Histogram](t)(NewHistogram([]int{1, 2}))
	h.Bins = 0
	l := must[*Line](t)(NewLine(Series{Y: []float64{1, 0}}))
	l.LogY = true
	b := must[*Bar](t)(NewBar([]string{"a"}, []int{1}))
	b.Width = -5
	m := grays(t)
	m.Labels = m.Labels[:2]
	for name, f := range map[string]*Figure{"bins": &h.Figure, "log of zero": &l.Figure, "width": &b.Figure, "labels": &m.Figure, "no constructor": {}} {
		if err := f.Save(t.TempDir() + "/x.html"); err == nil {
			t.Errorf("%s: saved without an error", name)
		}
		if f.String() == "" {
			t.Errorf("%s: nothing said", name)
		}
	}
}

func TestHistoriesWithGapsAreDrawn(t *testing.T) {
	c := must[*Curves](t)(NewCurves(fakeHistory{"loss": {0.5, math.NaN(), math.Inf(1)}, "val_loss": {0.6}}))
	option, err := c.content.(*chart).json()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(option), `[2,"-"]`) {
		t.Errorf("epoch 2 is no gap in %s", option)
	}
	if s := c.String(); !strings.Contains(s, "loss is NaN in epoch 2") {
		t.Errorf("the summary hides the NaN:\n%s", s)
	}
	var png strings.Builder
	if err := c.WritePNG(&png); err != nil {
		t.Error(err)
	}
}
