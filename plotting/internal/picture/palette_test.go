package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"testing"
)

func drawing(colors int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 100, 100))
	for i := range 100 * 100 {
		n := i % colors
		img.SetRGBA(i%100, i/100, color.RGBA{uint8(n), uint8(n / 7), uint8(n * 3), 255})
	}
	return img
}

func TestFewColorsStayExact(t *testing.T) {
	img := drawing(200)
	data, err := EncodePNG(img, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := got.(*image.Paletted); !ok {
		t.Errorf("200 colours became a %T", got)
	}
	for y := range 100 {
		for x := range 100 {
			if color.RGBAModel.Convert(got.At(x, y)) != img.At(x, y) {
				t.Fatalf("dot %d,%d is %v; want %v", x, y, got.At(x, y), img.At(x, y))
			}
		}
	}
}

func TestPhotographsKeepTheirColors(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 128, 128))
	for i := range 128 * 128 {
		img.SetRGBA(i%128, i/128, color.RGBA{uint8(i % 128 * 2), uint8(i / 128 * 2), uint8(i % 97 * 2), 255})
	}
	if paletted(img) != nil {
		t.Error("a picture with 16,384 colours was reduced to 256")
	}
}

func TestManyShadesAreServedWell(t *testing.T) {
	var colors []color.RGBA
	for i := range 2000 {
		colors = append(colors, color.RGBA{uint8(i), uint8(i / 8), uint8(i / 8), 255})
	}
	palette, near, far := choose(colors)
	if len(palette) != 256 {
		t.Errorf("%d colours in the palette", len(palette))
	}
	for i, c := range colors {
		if d := distance(palette[near[i]], c); d > far {
			t.Errorf("colour %d is %d off; at most %d was said", i, d, far)
		}
	}
}

func TestResolution(t *testing.T) {
	data, err := EncodePNG(drawing(3), 2)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("pHYs"))
	if at < 0 || binary.BigEndian.Uint32(data[at+4:]) != 7559 || data[at+12] != 1 {
		t.Errorf("no pHYs chunk of 7559 dots to the metre (192 to the inch): %q", data[:60])
	}
}
