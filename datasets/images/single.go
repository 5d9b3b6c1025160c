package images

import (
	"io"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// Decode reads one picture and makes of it what the rows of a data set with this
// Config are: shape (1, height, width, channels), or (1, values) with Flatten,
// ready for a model's Predict. Without Height and Width it keeps its size.
//
// It returns an error if it is no picture, is damaged, or has more than
// MaxPixels pixels: uploads from strangers can be given to it.
func (c Config) Decode(r io.Reader) (*tensor.Tensor, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	values, want, err := c.decode(r)
	if err != nil {
		return nil, &FileError{"the picture", err}
	}
	shape := slices.Insert(c.shape(want), 0, 1)
	if c.Raw {
		return tensor.New(values, shape...)
	}
	floats := make([]float32, len(values))
	convert(floats, values, c.table())
	return tensor.New(floats, shape...)
}

// decode gives a picture's values and the size they have.
func (c Config) decode(r io.Reader) ([]uint8, size, error) {
	data, err := readAll(r, 0)
	if err != nil {
		return nil, size{}, err
	}
	h, err := readHeader(data, c.maxPixels())
	if err != nil {
		return nil, size{}, err
	}
	want := size{c.Height, c.Width}
	if want == (size{}) {
		want = h.upright()
	}
	values, err := c.pixels(data, h, want, new(scalers))
	return values, want, err
}
