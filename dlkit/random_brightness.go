package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// RandomBrightnessLayer is made by RandomBrightness.
type RandomBrightnessLayer struct {
	augmentation
	valueRange
	// Factor is by how much pictures become lighter, as a share of the value
	// range.
	Factor Range
}

// RandomBrightness makes pictures lighter or darker while training; otherwise
// it does nothing. It adds the same to all values of a picture: for
// RandomBrightness(0.2) up to a fifth of the ValueRange, which is 0 to 1 if none
// is given, up or down, for a Range something in between; values are clipped to
// the range. factor lies between −1, which makes pictures black, and 1, which
// makes them white. Pictures (height, width, channels).
func RandomBrightness[F Factor](factor F, options ...ColourOption) *RandomBrightnessLayer {
	l := &RandomBrightnessLayer{Factor: rangeOf(factor)}
	for _, o := range options {
		o.applyColour(&l.augmentation, &l.valueRange)
	}
	return l
}

// String describes the layer: "RandomBrightness -0.2…0.2".
func (l *RandomBrightnessLayer) String() string {
	return fmt.Sprintf("RandomBrightness %v%s", l.Factor, l.describe())
}

// OutShape implements Layer.
func (l *RandomBrightnessLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return in, firstError(wantPicture(in), l.Factor.check("factor", -1, 1), l.check())
}

// Apply implements Layer.
func (l *RandomBrightnessLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() {
		return x
	}
	r := l.bounds()
	added := graph.MulScalar(b.drawn(l.Factor, batchOf(x)), r[1]-r[0])
	return l.clip(graph.Add(x, perPicture(added)))
}
