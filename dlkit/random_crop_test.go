package dlkit

import (
	"context"
	"fmt"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// window is the part of a picture (height, width) that begins at (top, left),
// with what a filling has beyond the edges.
func (f filling) window(picture []float64, h, w, top, left int, size HW) []float64 {
	var out []float64
	for y := top; y < top+size[0]; y++ {
		for x := left; x < left+size[1]; x++ {
			if f.FillMode == FillConstant && (y < 0 || y >= h || x < 0 || x >= w) {
				out = append(out, f.FillValue)
				continue
			}
			out = append(out, picture[f.index(y, h)*w+f.index(x, w)])
		}
	}
	return out
}

// Every place that the window can be at is as likely as any other.
func TestRandomCropReachesEveryPlace(t *testing.T) {
	const n, h, w = 4000, 3, 4
	picture := make([]float64, h*w)
	for i := range picture {
		picture[i] = float64(i + 1)
	}
	for _, l := range []*RandomCropLayer{
		RandomCrop(2),
		RandomCrop(HW{3, 2}),
		RandomCrop(HW{3, 4}, Margin(1)),
		RandomCrop(HW{4, 4}, Margin(HW{2, 0}), FillValue(-1)),
		RandomCrop(HW{3, 4}, Margin(HW{0, 2}), FillReflect),
		RandomCrop(HW{3, 4}, Margin(HW{2, 1}), FillWrap),
		RandomCrop(HW{3, 4}, Margin(1), FillNearest),
	} {
		want := map[string]float64{}
		room := l.room([]int{h, w})
		for y := range room[0] + 1 {
			for x := range room[1] + 1 {
				row := l.window(picture, h, w, y-l.Margin[0], x-l.Margin[1], l.Size)
				want[fmt.Sprint(row)] += 1 / float64((room[0]+1)*(room[1]+1))
			}
		}
		for _, d := range testDevices(t) {
			got := trained(t, d, l, same(n, picture, h, w, 1))
			wantShares(t, l.String()+" on "+d.String(), rowsOf(got, n), want)
		}
	}
}

// Outside training the middle is cut out; pixels of the margin come in only
// where the picture is too small.
func TestRandomCropTakesTheMiddle(t *testing.T) {
	x := numbered(tensor.Float32, 1, 4, 5, 1)
	in := tensor.Values[float64](x)
	for _, c := range []struct {
		layer     *RandomCropLayer
		top, left int
	}{
		{RandomCrop(2), 1, 1},
		{RandomCrop(HW{3, 4}), 0, 0},
		{RandomCrop(HW{3, 4}, Margin(4)), 0, 0},
		{RandomCrop(HW{4, 5}, Margin(4)), 0, 0},
		{RandomCrop(HW{6, 1}, Margin(4), FillValue(0.25)), -1, 2},
		{RandomCrop(7, Margin(2), FillReflect), -2, -1},
	} {
		m := Sequential(tensor.Shape{4, 5, 1}, c.layer)
		got, err := m.Predict(context.Background(), x)
		if err != nil {
			t.Fatal(err)
		}
		if want := c.layer.window(in, 4, 5, c.top, c.left, c.layer.Size); !equal(tensor.Values[float64](got), want) {
			t.Errorf("%s: got\n%v\nwant %v", c.layer, got, want)
		}
	}
}

// A window's index follows what the modes say: a b c d, seen from −6 to 9.
func TestFillModes(t *testing.T) {
	for mode, want := range map[FillMode]string{
		FillReflect: "cddcbaabcddcbaab",
		FillNearest: "aaaaaaabcddddddd",
		FillWrap:    "cdabcdabcdabcdab",
	} {
		var got []byte
		for i := -6; i < 10; i++ {
			got = append(got, "abcd"[filling{FillMode: mode}.index(i, 4)])
		}
		if string(got) != want {
			t.Errorf("%s: %s, want %s", mode, got, want)
		}
	}
}
