package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// RandomTranslationLayer is made by RandomTranslation.
type RandomTranslationLayer struct {
	resampling
	// Height and Width are how far pictures are moved, as shares of their
	// height, downwards, and width, to the right.
	Height, Width Range
}

// RandomTranslation moves pictures while training; otherwise it does nothing.
// height and width are the largest moves as shares of the picture's height and
// width, between −1 and 1: RandomTranslation(0.1, 0.2) moves by up to a tenth up
// or down and a fifth to the left or right, and a Range moves by something in
// between, downwards and to the right where above 0. Pictures (height, width,
// channels). For moves by whole pixels see RandomCrop with a Margin.
func RandomTranslation[H, W Factor](height H, width W, options ...ResamplingOption) *RandomTranslationLayer {
	return &RandomTranslationLayer{resamplingOf(options), rangeOf(height), rangeOf(width)}
}

// String describes the layer: "RandomTranslation -0.1…0.1, -0.2…0.2".
func (l *RandomTranslationLayer) String() string {
	return fmt.Sprintf("RandomTranslation %v, %v%s", l.Height, l.Width, l.describe())
}

// OutShape implements Layer.
func (l *RandomTranslationLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return in, firstError(l.check(in), l.Height.check("height", -1, 1), l.Width.check("width", -1, 1))
}

// Apply implements Layer.
func (l *RandomTranslationLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() {
		return x
	}
	n, h, w := batchOf(x), float64(dims(x)[1]), float64(dims(x)[2])
	down := graph.MulScalar(b.drawn(l.Height, n, 1), h)
	right := graph.MulScalar(b.drawn(l.Width, n, 1), w)
	shift := graph.Concatenate([]*graph.Node{down, right}, 1)
	return l.moved(x, shift, [2]float64{h * l.Height.largest(), w * l.Width.largest()})
}
