package plotting

import (
	"bytes"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func TestFiltersOfColours(t *testing.T) {
	// Two 1×1 filters over three channels: the last axis is the filters'.
	x := must[*tensor.Tensor](t)(tensor.New([]float32{1, 0, -1, 2, 0, -2}, 1, 1, 3, 2))
	m := must[*Images](t)(NewFilters(x))
	if len(m.pixels) != 2 || m.pixels[0].depth != 3 {
		t.Fatalf("%+v; want two coloured filters", m.pixels)
	}
	if got := m.pixels[0].data; !bytes.Equal(got, []uint8{255, 0, 128}) {
		t.Errorf("filter 0 is %v", got)
	}
	if got := m.pixels[1].data; !bytes.Equal(got, []uint8{128, 255, 0}) {
		t.Errorf("filter 1 is %v", got)
	}
}

func TestDeepFiltersHaveARowEach(t *testing.T) {
	x := must[*tensor.Tensor](t)(tensor.New([]float32{1, 0, 0.5, 0, -1, 0, 0, 0}, 1, 1, 4, 2))
	m := must[*Images](t)(NewFilters(x))
	if len(m.pixels) != 8 || m.Columns != 4 || m.Captions[5] != "1:1" {
		t.Fatalf("%d squares, %d in a row, captions %v", len(m.pixels), m.Columns, m.Captions)
	}
	for i, want := range []uint8{255, 191, 0, 128, 128, 128, 128, 128} {
		if got := m.pixels[i].data[0]; got != want {
			t.Errorf("square %d is %d; want %d", i, got, want)
		}
	}
}

func TestFeatureMapsAreBrightEach(t *testing.T) {
	x := must[*tensor.Tensor](t)(tensor.New([]float32{0, 0.1, -1, 4, 0.2, 1, 2, 0, 0}, 1, 1, 3, 3))
	m := must[*Images](t)(NewFeatureMaps(x))
	for i, want := range [][]uint8{{0, 255, 128}, {128, 255, 0}, {0, 255, 128}} {
		if got := m.pixels[i].data; !bytes.Equal(got, want) {
			t.Errorf("map %d is %v; want %v", i, got, want)
		}
	}
	if m.Captions[0] != "4" {
		t.Errorf("captions %v; want the greatest values", m.Captions)
	}
}

func TestAugmentationKeepsTheBrightness(t *testing.T) {
	original := must[*tensor.Tensor](t)(tensor.New([]float32{0, 0.5, 1, 1}, 1, 2, 2))
	version := must[*tensor.Tensor](t)(tensor.New([]float32{-0.5, 0.5, 2, 1}, 1, 2, 2))
	m := must[*Images](t)(NewAugmentation(original, version, original))
	if len(m.pixels) != 3 || m.Columns != 3 || m.Captions[0] != "original" || m.Captions[2] != "2" {
		t.Fatalf("%d images, %d in a row, %v", len(m.pixels), m.Columns, m.Captions)
	}
	if got := m.pixels[1].data; !bytes.Equal(got, []uint8{0, 128, 255, 255}) {
		t.Errorf("the version is %v; what goes beyond must be cut off", got)
	}
}
