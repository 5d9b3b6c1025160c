package plotting

import (
	"fmt"
	"strconv"

	"github.com/gofromzero/fromzero/tensor"
)

// pictureWidth is about the width in CSS pixels of a filter or a feature map.
const pictureWidth = 56

// NewFilters makes a grid of a convolution's filters from its kernel, a tensor
// of shape (height, width, channels in, filters). Filters over three channels
// are coloured, as a first layer's are that sees colour images; over any other
// number of channels there is a row for each filter, with a grey square for
// each channel. A weight of 0 is the middle grey, negative ones are darker,
// positive ones brighter, each filter as far as its largest weight. It returns
// an error that wraps ErrNoData, ErrShape, ErrNaN or ErrInf.
func NewFilters(kernel *tensor.Tensor) (*Images, error) {
	if kernel == nil || kernel.Size() == 0 {
		return nil, fmt.Errorf("plotting: filters: %w", ErrNoData)
	}
	s := kernel.Shape()
	if len(s) != 4 {
		return nil, fmt.Errorf("plotting: filters in a kernel of shape %v: %w; want (height, width, channels in, filters)", s, ErrShape)
	}
	values := tensor.Values[float32](kernel)
	if err := checkFinite32("filters", values); err != nil {
		return nil, err
	}
	h, w, channels, filters := s[0], s[1], s[2], s[3]
	depth := 1
	if channels == 3 {
		depth = 3
	}
	m := newGrid("Filters", max(1, pictureWidth/w))
	for f := range filters {
		weights := every(values, f, filters)
		lo, hi := balanced(weights)
		for c := 0; c < channels; c += depth {
			part := weights
			if depth == 1 {
				part = every(weights, c, channels)
			}
			m.pixels = append(m.pixels, newPixels(part, h, w, depth, lo, hi))
			m.Captions = append(m.Captions, channelName(f, c, channels/depth))
		}
	}
	if channels > 1 && depth == 1 {
		m.Columns = channels
	}
	return m, nil
}

// channelName says which filter a square is of, and which channel of it.
func channelName(filter, channel, channels int) string {
	if channels == 1 {
		return strconv.Itoa(filter)
	}
	return fmt.Sprintf("%d:%d", filter, channel)
}

// NewFeatureMaps makes a grid of what a convolution's filters found in one
// image: a tensor of shape (height, width, filters) or (1, height, width,
// filters), such as dlkit's Model.LayerOutput gives for one image. The brighter,
// the more was found, from 0 (or the least value, if that is negative) to the
// map's greatest value, which stands below it: a map with little in it would
// be black beside others. It returns an error that wraps ErrNoData, ErrShape,
// ErrNaN or ErrInf.
func NewFeatureMaps(maps *tensor.Tensor) (*Images, error) {
	if maps == nil || maps.Size() == 0 {
		return nil, fmt.Errorf("plotting: feature maps: %w", ErrNoData)
	}
	s := maps.Shape()
	if len(s) == 4 && s[0] == 1 {
		s = s[1:]
	}
	if len(s) != 3 {
		return nil, fmt.Errorf("plotting: feature maps of shape %v: %w; want (height, width, filters) or (1, height, width, filters), those of one image",
			maps.Shape(), ErrShape)
	}
	values := tensor.Values[float32](maps)
	if err := checkFinite32("feature maps", values); err != nil {
		return nil, err
	}
	m := newGrid("Feature maps", max(1, (pictureWidth+s[1]/2)/s[1])) // the nearest size
	for f := range s[2] {
		found := every(values, f, s[2])
		lo, hi := limits(found)
		lo = min(lo, 0)
		m.pixels = append(m.pixels, newPixels(found, s[0], s[1], 1, lo, hi))
		m.Captions = append(m.Captions, short(float64(hi)))
	}
	return m, nil
}

// newGrid is a grid without images yet.
func newGrid(title string, zoom int) *Images {
	m := &Images{Figure: Figure{Title: title, Width: 720, Height: 1}, Max: 256, Zoom: zoom}
	m.content = m
	return m
}

// every is the values of one channel: those at from, from+step, …
func every(values []float32, from, step int) []float32 {
	out := make([]float32, 0, len(values)/step)
	for i := from; i < len(values); i += step {
		out = append(out, values[i])
	}
	return out
}

// limits are the least and the greatest value.
func limits(values []float32) (lo, hi float32) {
	lo, hi = values[0], values[0]
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

// balanced is the range of the values that has 0 in its middle.
func balanced(values []float32) (lo, hi float32) {
	lo, hi = limits(values)
	hi = max(hi, -lo)
	if hi == 0 {
		hi = 1
	}
	return -hi, hi
}
