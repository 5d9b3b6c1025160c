package images

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"slices"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// TestManySizes has more sizes than scalers are kept for, and several workers.
func TestManySizes(t *testing.T) {
	files := map[string][]byte{}
	for i := range 3 * mostScalers {
		files[fmt.Sprintf("a/%02d.png", i)] = pngOf(t, flat(3+i, 40-i, uint8(i)))
	}
	for fit := Stretch; fit <= Pad; fit++ {
		d := FolderFS(mapFS(files), Config{Height: 5, Width: 5, Fit: fit, Color: Gray, Raw: true, Workers: 4, Background: color.Black})
		b, err := d.Rows(context.Background(), []int{23, 0, 7}, tensor.Batch{})
		if err != nil {
			t.Fatal(err)
		}
		values := tensor.Values[uint8](b.X())
		for k, want := range []uint8{23, 0, 7} {
			if got := values[k*25+12]; got != want {
				t.Errorf("fit %d: the middle of picture %d is %d, want %d", fit, k, got, want)
			}
		}
	}
}

// TestSmallFrame is a GIF whose first frame covers a part of its screen.
func TestSmallFrame(t *testing.T) {
	frame := image.NewPaletted(image.Rect(1, 0, 2, 2), color.Palette{color.Black, color.White})
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 3, Height: 2}})
	if err != nil {
		t.Fatal(err)
	}
	got := decode(t, Config{Color: Gray, Background: color.Gray{9}}, b.Bytes())
	if want := []uint8{9, 0, 9, 9, 0, 9}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
