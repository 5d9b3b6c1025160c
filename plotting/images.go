package plotting

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
)

// Images is a grid of small images, each with a caption: its label, and what a
// model took it for, in green where that is right and in red where it is
// wrong.
type Images struct {
	Figure
	// Labels are the true names, one for each image; nil for none. LabelNames
	// makes them of class numbers.
	Labels []string
	// Predictions are the names that a model gave; nil for none. Where there
	// are Labels as well, captions are coloured, and a wrong one reads
	// "true → predicted".
	Predictions []string
	// Captions are further words below each image, such as a probability; nil
	// for none.
	Captions []string
	// Columns is the number of images side by side. 0 fits them to Width.
	Columns int
	// Zoom is the number of CSS pixels to a pixel of the images. 0 makes small
	// images about 70 pixels wide.
	Zoom int
	// Max is the number of images that are drawn at most, the first ones.
	Max int

	pixels []pixels
}

// NewImages makes a grid of the images in a tensor of shape (n, height,
// width), (n, height, width, 1) or (n, height, width, 3); (n, size) stands for
// square images that were made flat. Elements are brightnesses: 0 to 255 in a
// uint8 tensor, 0 to 1 in others; where values go beyond that, to 255, or, with
// negative values or greater ones, from the least to the greatest. It returns
// an error that wraps ErrNoData, ErrShape, ErrNaN or ErrInf.
func NewImages(x *tensor.Tensor) (*Images, error) {
	if x == nil || x.Size() == 0 {
		return nil, fmt.Errorf("plotting: images: %w", ErrNoData)
	}
	h, w, depth, err := imageShape(x.Shape())
	if err != nil {
		return nil, err
	}
	values := tensor.Values[float32](x)
	if x.DType() == tensor.Uint8 {
		return newImages(values, h, w, depth, 0, 255), nil
	}
	if err := checkFinite32("images", values); err != nil {
		return nil, err
	}
	lo, hi := brightness(values)
	return newImages(values, h, w, depth, lo, hi), nil
}

// NewImagesOf makes a grid of images that are slices of equal length, one for
// each: height × width brightnesses or, for three channels, height × width × 3.
// The errors are those of NewImages, and ErrLength.
func NewImagesOf[T tensor.Number](rows [][]T, shape ...int) (*Images, error) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return nil, fmt.Errorf("plotting: images: %w", ErrNoData)
	}
	size := len(rows[0])
	flat := make([]T, 0, len(rows)*size)
	for i, row := range rows {
		if len(row) != size {
			return nil, fmt.Errorf("plotting: image %d has %d values, image 0 has %d: %w; all must be equally long", i, len(row), size, ErrLength)
		}
		flat = append(flat, row...)
	}
	if len(shape) == 0 {
		shape = []int{size}
	}
	x, err := tensor.New(flat, append([]int{len(rows)}, shape...)...)
	if err != nil {
		return nil, fmt.Errorf("plotting: images: %w: %w", ErrShape, err)
	}
	return NewImages(x)
}

// imageShape reads height, width and channels off a tensor's shape.
func imageShape(s tensor.Shape) (h, w, depth int, err error) {
	switch {
	case len(s) == 4 && (s[3] == 1 || s[3] == 3):
		return s[1], s[2], s[3], nil
	case len(s) == 3:
		return s[1], s[2], 1, nil
	case len(s) == 2:
		for _, depth := range []int{1, 3} {
			if side := int(math.Round(math.Sqrt(float64(s[1]) / float64(depth)))); side*side*depth == s[1] {
				return side, side, depth, nil
			}
		}
	}
	return 0, 0, 0, fmt.Errorf("plotting: images of shape %v: %w; want (n, height, width), (n, height, width, 1 or 3), or (n, size) for square images; reshape the tensor first",
		s, ErrShape)
}

// brightness is the range from black to white that fits the values.
func brightness(values []float32) (lo, hi float32) {
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	switch {
	case lo < 0 || hi > 255:
		return lo, hi
	case hi > 1:
		return 0, 255
	}
	return 0, 1
}

func checkFinite32(what string, values []float32) error {
	for i, v := range values {
		if err := finite(float64(v)); err != nil {
			return fmt.Errorf("plotting: %s: %w (number %d of %d)", what, err, i+1, len(values))
		}
	}
	return nil
}

func newImages(values []float32, h, w, depth int, lo, hi float32) *Images {
	m := &Images{Figure: Figure{Width: 720, Height: 1}, Max: 100}
	size := h * w * depth
	for i := 0; i < len(values); i += size {
		m.pixels = append(m.pixels, newPixels(values[i:i+size], h, w, depth, lo, hi))
	}
	m.content = m
	return m
}

// LabelNames turns class numbers into names for Labels or Predictions. Numbers
// beyond names, and all where names is nil, stand for themselves.
func LabelNames[L Label](labels []L, names []string) []string {
	out := make([]string, len(labels))
	for i, l := range labels {
		if n := int(l); n >= 0 && n < len(names) {
			out[i] = names[n]
		} else {
			out[i] = fmt.Sprint(n)
		}
	}
	return out
}

func (m *Images) kind() string { return "images" }

// check looks at the words only: the height follows from the rest.
func (m *Images) check() error {
	for _, words := range []struct {
		name string
		list []string
	}{{"Labels", m.Labels}, {"Predictions", m.Predictions}, {"Captions", m.Captions}} {
		if words.list != nil && len(words.list) < m.shown() {
			return fmt.Errorf("plotting: %d images but %d %s: %w; each image needs one", m.shown(), len(words.list), words.name, ErrLength)
		}
	}
	return nil
}

// shown is the number of images that are drawn.
func (m *Images) shown() int {
	if m.Max > 0 {
		return min(m.Max, len(m.pixels))
	}
	return len(m.pixels)
}

// caption is the text below an image.
type caption struct {
	text  string
	color string
	extra string // a second line
}

func (m *Images) caption(i int) caption {
	c := caption{color: textColor}
	switch {
	case m.Labels != nil && m.Predictions != nil && m.Labels[i] != m.Predictions[i]:
		c.text, c.color = m.Labels[i]+" → "+m.Predictions[i], wrongColor
	case m.Predictions != nil:
		c.text = m.Predictions[i]
		if m.Labels != nil {
			c.color = rightColor
		}
	case m.Labels != nil:
		c.text = m.Labels[i]
	}
	if m.Captions != nil {
		c.extra = m.Captions[i]
	}
	return c
}

// summary lists the captions; with predictions it counts the wrong ones.
func (m *Images) summary() string {
	n := m.shown()
	text := fmt.Sprintf("%s: %d of %d×%d pixels", heading(&m.Figure, m.kind()), n, m.pixels[0].w, m.pixels[0].h)
	if n < len(m.pixels) {
		text += fmt.Sprintf(" (the first of %d)", len(m.pixels))
	}
	if m.Labels == nil && m.Predictions == nil {
		return text
	}
	line, wrong := "", 0
	for i := range n {
		c := m.caption(i)
		if c.color == wrongColor {
			wrong++
		}
		if line != "" {
			line += ", "
		}
		line += c.text
	}
	if m.Labels != nil && m.Predictions != nil {
		text += fmt.Sprintf(", %d right, %d wrong", n-wrong, wrong)
	}
	return text + "\n" + line
}
