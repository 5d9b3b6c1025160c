package images

import (
	"bytes"
	"context"
	"encoding/binary"
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

// TestLongFiles has no cache, so that Load reads headers only, and JPEGs longer
// than what is read for that: one with its size before, one behind that point.
func TestLongFiles(t *testing.T) {
	file := jpegOf(t, waves(40, 30))
	long := append(slices.Clone(file), make([]byte, 2*headBytes)...)
	late := []byte{0xff, 0xd8}
	for range 3 {
		late = append(late, 0xff, 0xfe, 0xff, 0xff) // a comment as long as one can be
		late = append(late, make([]byte, 0xffff-2)...)
	}
	late = append(late, file[2:]...)
	turned := jpegWithExif(long, exif(binary.BigEndian, 6))
	d := FolderFS(mapFS(map[string][]byte{"a/1.jpg": long, "a/2.jpg": late, "a/3.jpg": turned}), Config{Height: 3, Width: 4, CacheBytes: -1})
	r, err := d.Report(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Widths, []int{40, 40, 30}) || !slices.Equal(r.Heights, []int{30, 30, 40}) {
		t.Errorf("widths %v, heights %v", r.Widths, r.Heights)
	}
	if _, err := d.Rows(context.Background(), []int{0, 1, 2}, tensor.Batch{}); err != nil {
		t.Error(err)
	}
}
