package plotting

import (
	"fmt"
	"strconv"

	"github.com/gofromzero/fromzero/tensor"
)

// NewAugmentation makes a grid that shows what augmentation does to images: a
// row for each, with the original first and then its versions. original and all
// versions have the same shape, one of those that NewImages takes. Brightness
// is that of the originals, and what goes beyond is cut off. Captions say
// "original", and the versions' numbers; replace them by others of your own.
// It returns an error that wraps ErrNoData for no versions, ErrShape if one
// differs in shape, and the errors of NewImages.
func NewAugmentation(original *tensor.Tensor, versions ...*tensor.Tensor) (*Images, error) {
	if len(versions) == 0 {
		return nil, fmt.Errorf("plotting: augmentation: %w: no versions of the images", ErrNoData)
	}
	m, err := NewImages(original)
	if err != nil {
		return nil, err
	}
	h, w, depth := m.pixels[0].h, m.pixels[0].w, m.pixels[0].depth
	lo, hi := float32(0), float32(255)
	if original.DType() != tensor.Uint8 {
		lo, hi = brightness(tensor.Values[float32](original))
	}
	rows := [][]pixels{m.pixels}
	for i, v := range versions {
		if v == nil || !v.Shape().Equal(original.Shape()) {
			return nil, fmt.Errorf("plotting: augmentation: version %d has the shape %v, the originals %v: %w; want the same images, changed",
				i+1, shapeOf(v), original.Shape(), ErrShape)
		}
		values := tensor.Values[float32](v)
		if err := checkFinite32("version "+strconv.Itoa(i+1), values); err != nil {
			return nil, err
		}
		rows = append(rows, newImages(values, h, w, depth, lo, hi).pixels)
	}
	n := len(m.pixels)
	m.pixels = nil
	for i := range n {
		for j, row := range rows {
			m.pixels = append(m.pixels, row[i])
			m.Captions = append(m.Captions, versionName(j))
		}
	}
	m.Title, m.Columns, m.Max = "Augmentation", len(rows), len(rows)*max(1, m.Max/len(rows))
	return m, nil
}

func versionName(j int) string {
	if j == 0 {
		return "original"
	}
	return strconv.Itoa(j)
}

// shapeOf is the shape of a tensor that may be nil.
func shapeOf(t *tensor.Tensor) tensor.Shape {
	if t == nil {
		return nil
	}
	return t.Shape()
}
