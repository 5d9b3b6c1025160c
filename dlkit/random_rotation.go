package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// RandomRotationLayer is made by RandomRotation.
type RandomRotationLayer struct {
	resampling
	// Factor is how far pictures are turned, as a share of a full turn.
	Factor Range
}

// RandomRotation turns pictures around their middle while training; otherwise
// it does nothing. factor, between −1 and 1, is a share of a full turn:
// RandomRotation(0.05) turns by up to 18° either way, a Range by something in
// between, counter-clockwise where above 0. Pictures (height, width, channels).
func RandomRotation[F Factor](factor F, options ...ResamplingOption) *RandomRotationLayer {
	return &RandomRotationLayer{resamplingOf(options), rangeOf(factor)}
}

// String describes the layer: "RandomRotation -0.05…0.05".
func (l *RandomRotationLayer) String() string {
	return fmt.Sprintf("RandomRotation %v%s", l.Factor, l.describe())
}

// OutShape implements Layer.
func (l *RandomRotationLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return in, firstError(l.check(in), l.Factor.check("factor", -1, 1))
}

// Apply implements Layer.
func (l *RandomRotationLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() {
		return x
	}
	angle := graph.MulScalar(b.drawn(l.Factor, batchOf(x), 1), 2*math.Pi)
	sin, cos := graph.Sin(angle), graph.Cos(angle)
	return l.warped(x, linearMap{yy: cos, yx: sin, xy: graph.Neg(sin), xx: cos}, l.reach(dims(x)[1:3]))
}

// reach is by how much the corners of a turned picture stand out of it.
func (l *RandomRotationLayer) reach(size []int) [2]float64 {
	y, x := float64(size[0]-1)/2, float64(size[1]-1)/2
	largest := 2 * math.Pi * l.Factor.largest()
	out := func(along, across float64) float64 {
		angle := min(largest, math.Atan2(across, along)) // a corner stands out furthest when it points that way
		return along*math.Cos(angle) + across*math.Sin(angle) - along
	}
	return [2]float64{out(y, x), out(x, y)}
}
