package plotting

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func TestImageShapes(t *testing.T) {
	for _, test := range []struct {
		dims           []int
		h, w, channels int
	}{
		{[]int{2, 3, 4}, 3, 4, 1}, {[]int{2, 3, 4, 1}, 3, 4, 1}, {[]int{2, 3, 4, 3}, 3, 4, 3},
		{[]int{2, 784}, 28, 28, 1}, {[]int{2, 3072}, 32, 32, 3},
	} {
		x := must[*tensor.Tensor](t)(tensor.Zeros(tensor.Float32, test.dims...))
		m := must[*Images](t)(NewImages(x))
		p := m.pixels[0]
		if len(m.pixels) != 2 || p.h != test.h || p.w != test.w || p.depth != test.channels {
			t.Errorf("shape %v became %d images of %d×%d×%d", test.dims, len(m.pixels), p.h, p.w, p.depth)
		}
	}
}

func TestBrightness(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []float32
		want   []uint8
	}{
		{"0 to 1", []float32{0, 0.5, 1, 1}, []uint8{0, 128, 255, 255}},
		{"dim", []float32{0, 0.1, 0.1, 0}, []uint8{0, 26, 26, 0}},
		{"0 to 255", []float32{0, 51, 255, 2}, []uint8{0, 51, 255, 2}},
		{"standardised", []float32{-1, 0, 1, 3}, []uint8{0, 64, 128, 255}},
		{"black", []float32{0, 0, 0, 0}, []uint8{0, 0, 0, 0}},
	} {
		m := must[*Images](t)(NewImagesOf([][]float32{test.values}))
		if got := m.pixels[0].data; !bytes.Equal(got, test.want) {
			t.Errorf("%s: %v became %v; want %v", test.name, test.values, got, test.want)
		}
	}
	m := must[*Images](t)(NewImagesOf([][]uint8{{0, 1, 1, 0}}))
	if got := m.pixels[0].data[1]; got != 1 {
		t.Errorf("a uint8 brightness of 1 became %d", got)
	}
}

func TestManyImagesAreCutShort(t *testing.T) {
	x := must[*tensor.Tensor](t)(tensor.Zeros(tensor.Uint8, 5000, 4, 4))
	m := must[*Images](t)(NewImages(x))
	m.Labels = LabelNames(make([]int32, 5000), nil)
	if s := m.String(); !strings.Contains(s, "100 of 4×4 pixels (the first of 5000)") {
		t.Error(s)
	}
	html, err := m.element(nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(html, "<img"); n != 100 {
		t.Errorf("%d images; want 100", n)
	}
}

func TestCaptionColors(t *testing.T) {
	m := grays(t)
	html, err := m.element(nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(html, "color:"+rightColor) != 3 || !strings.Contains(html, "color:"+wrongColor+`">1 → 7<`) {
		t.Error("want three green captions and one red, 1 → 7")
	}
	m.Labels = nil
	if c := m.caption(0); c.color != textColor {
		t.Errorf("a prediction that nothing is known about is %s", c.color)
	}
}

func TestImagesNeedNoRendererForLatin(t *testing.T) {
	m := grays(t)
	data, err := m.png(m.layout(), m.labels(m.layout()))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if l := m.layout(); img.Bounds().Dx() != dots*l.width || img.Bounds().Dy() != dots*l.height {
		t.Errorf("picture of %v for a layout of %d×%d", img.Bounds(), l.width, l.height)
	}
}

func TestLabelNames(t *testing.T) {
	got := LabelNames([]int64{1, 0, 2, -1}, []string{"cat", "dog"})
	if strings.Join(got, " ") != "dog cat 2 -1" {
		t.Errorf("%v", got)
	}
}
