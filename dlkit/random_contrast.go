package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// RandomContrastLayer is made by RandomContrast.
type RandomContrastLayer struct {
	augmentation
	valueRange
	// Factor is by what share the contrast grows.
	Factor Range
}

// RandomContrast gives pictures more or less contrast while training; otherwise
// it does nothing. Every value's distance from the mean of its picture and
// channel is multiplied by 1 + a random share: RandomContrast(0.3) by 0.7 to
// 1.3, a Range by something in between. factor lies between −1, where pictures
// become even, and 1. Values are clipped to the ValueRange, 0 to 1 if none is
// given. Pictures (height, width, channels). (A pair of factors in Keras is the
// share downwards and the share upwards.)
func RandomContrast[F Factor](factor F, options ...ColourOption) *RandomContrastLayer {
	l := &RandomContrastLayer{Factor: rangeOf(factor)}
	for _, o := range options {
		o.applyColour(&l.augmentation, &l.valueRange)
	}
	return l
}

// ColourOption is an option of RandomContrast and RandomBrightness: ValueRange,
// Name.
type ColourOption interface {
	applyColour(*augmentation, *valueRange)
}

func (o NameOption) applyColour(a *augmentation, _ *valueRange)       { a.Name = o.name }
func (o ValueRangeOption) applyColour(_ *augmentation, v *valueRange) { v.ValueRange = Range(o) }

// String describes the layer: "RandomContrast -0.3…0.3".
func (l *RandomContrastLayer) String() string {
	return fmt.Sprintf("RandomContrast %v%s", l.Factor, l.describe())
}

// OutShape implements Layer.
func (l *RandomContrastLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return in, firstError(wantPicture(in), l.Factor.check("factor", -1, 1), l.check())
}

// Apply implements Layer.
func (l *RandomContrastLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() {
		return x
	}
	mean := graph.ReduceAndKeep(x, graph.ReduceMean, 1, 2)
	factor := graph.AddScalar(perPicture(b.drawn(l.Factor, batchOf(x))), 1)
	return l.clip(graph.Add(graph.Mul(graph.Sub(x, mean), factor), mean))
}
