package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// RandomZoomLayer is made by RandomZoom.
type RandomZoomLayer struct {
	resampling
	// Height is by what share more of the picture's height is seen.
	Height Range
	// Width is the same for the width where it differs; nil keeps the
	// proportions.
	Width *Range
}

// RandomZoom makes what is in the pictures smaller or larger while training;
// otherwise it does nothing. factor, above −1 and at most 1, is by what share
// more is seen: RandomZoom(0.2) shows between 80 % and 120 % of a picture, a
// Range something in between: below 0 it comes nearer, above 0 it goes away.
// Proportions are kept, unless ZoomWidth gives the width a factor of its own.
// Pictures (height, width, channels).
func RandomZoom[F Factor](factor F, options ...RandomZoomOption) *RandomZoomLayer {
	l := &RandomZoomLayer{resampling: usualResampling(), Height: rangeOf(factor)}
	for _, o := range options {
		o.applyRandomZoom(l)
	}
	return l
}

// RandomZoomOption is an option of RandomZoom: ZoomWidth, and every
// ResamplingOption.
type RandomZoomOption interface{ applyRandomZoom(*RandomZoomLayer) }

// ZoomWidthOption is made by ZoomWidth.
type ZoomWidthOption Range

// ZoomWidth gives the width a factor of its own.
func ZoomWidth[F Factor](factor F) ZoomWidthOption { return ZoomWidthOption(rangeOf(factor)) }

func (o ZoomWidthOption) applyRandomZoom(l *RandomZoomLayer) { r := Range(o); l.Width = &r }
func (o NameOption) applyRandomZoom(l *RandomZoomLayer)      { o.applyResampling(&l.resampling) }
func (m FillMode) applyRandomZoom(l *RandomZoomLayer)        { m.applyResampling(&l.resampling) }
func (v FillValueOption) applyRandomZoom(l *RandomZoomLayer) { v.applyResampling(&l.resampling) }
func (i Interpolation) applyRandomZoom(l *RandomZoomLayer)   { i.applyResampling(&l.resampling) }

// String describes the layer: "RandomZoom -0.2…0.2".
func (l *RandomZoomLayer) String() string {
	s := fmt.Sprintf("RandomZoom %v", l.Height)
	if l.Width != nil {
		s += fmt.Sprintf(", width %v", *l.Width)
	}
	return s + l.describe()
}

// OutShape implements Layer.
func (l *RandomZoomLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := l.check(in); err != nil {
		return nil, err
	}
	for name, r := range map[string]Range{"factor": l.Height, "the width's factor": l.width()} {
		if err := r.check(name, -1, 1); err != nil {
			return nil, err
		}
		if r[0] == -1 {
			return nil, fmt.Errorf("%s is %v, and at -1 nothing of the picture is left to be seen; stay above -1", name, r)
		}
	}
	return in, nil
}

func (l *RandomZoomLayer) width() Range {
	if l.Width == nil {
		return l.Height
	}
	return *l.Width
}

// Apply implements Layer.
func (l *RandomZoomLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() {
		return x
	}
	n, size := batchOf(x), dims(x)[1:3]
	height := graph.AddScalar(b.drawn(l.Height, n, 1), 1)
	width := height
	if l.Width != nil {
		width = graph.AddScalar(b.drawn(*l.Width, n, 1), 1)
	}
	reach := [2]float64{float64(size[0]) / 2 * l.Height[1], float64(size[1]) / 2 * l.width()[1]}
	return l.warped(x, linearMap{yy: height, xx: width}, reach)
}
