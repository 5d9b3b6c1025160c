package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// RandomErasingLayer is made by RandomErasing.
type RandomErasingLayer struct {
	augmentation
	valueRange
	// Factor is how likely a picture is to lose something, between 0 and 1; it
	// is drawn for each picture.
	Factor Range
	// Scale is the share of the area to lose: each side of the hole is the root
	// of a share drawn for itself, times the picture's side.
	Scale Range
	// FillValue is what stands in the hole. Nil is noise.
	FillValue *float64 `json:",omitempty"`
}

// RandomErasing wipes a rectangle out of pictures while training; otherwise it
// does nothing. It is taken from anywhere in the picture, and by itself filled
// with normally distributed noise as strong as the brightest value. As in
// Keras, the chance that a picture loses something is drawn for each picture,
// anywhere from 0 to 1, if ErasingFactor does not say otherwise: every second
// one on average. Pictures (height, width, channels). Zhong et al., 2017. For
// squares of a fixed size see Cutout.
func RandomErasing(options ...RandomErasingOption) *RandomErasingLayer {
	l := &RandomErasingLayer{Factor: Range{0, 1}, Scale: Range{0.02, 0.33}}
	for _, o := range options {
		o.applyRandomErasing(l)
	}
	return l
}

// RandomErasingOption is an option of RandomErasing: ErasingFactor,
// ErasingScale, FillValue, ValueRange, Name.
type RandomErasingOption interface{ applyRandomErasing(*RandomErasingLayer) }

// ErasingFactorOption is made by ErasingFactor.
type ErasingFactorOption Range

// ErasingFactor is the chance that RandomErasing changes a picture: drawn
// between the two numbers of a Range, or between 0 and a number as in Keras.
// Range{0.5, 0.5} is every second picture.
func ErasingFactor[F Factor](factor F) ErasingFactorOption {
	r := rangeOf(factor)
	if _, isRange := any(factor).(Range); !isRange {
		r[0] = 0
	}
	return ErasingFactorOption(r)
}

// ErasingScaleOption is made by ErasingScale.
type ErasingScaleOption Range

// ErasingScale is the smallest and the largest share of the area that
// RandomErasing wipes out, 0.02 and 0.33 if it is not given.
func ErasingScale(low, high float64) ErasingScaleOption { return ErasingScaleOption{low, high} }

func (o ErasingFactorOption) applyRandomErasing(l *RandomErasingLayer) { l.Factor = Range(o) }
func (o ErasingScaleOption) applyRandomErasing(l *RandomErasingLayer)  { l.Scale = Range(o) }
func (o ValueRangeOption) applyRandomErasing(l *RandomErasingLayer)    { l.ValueRange = Range(o) }
func (o NameOption) applyRandomErasing(l *RandomErasingLayer)          { l.Name = o.name }
func (v FillValueOption) applyRandomErasing(l *RandomErasingLayer) {
	f := float64(v)
	l.FillValue = &f
}

// String describes the layer: "RandomErasing, chance 0…1, area 0.02…0.33".
func (l *RandomErasingLayer) String() string {
	s := fmt.Sprintf("RandomErasing, chance %v, area %v", l.Factor, l.Scale)
	if l.FillValue != nil {
		s += fmt.Sprintf(", filled with %v", *l.FillValue)
	}
	return s + l.describe()
}

// OutShape implements Layer.
func (l *RandomErasingLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return in, firstError(wantPicture(in), l.Factor.check("factor", 0, 1), l.Scale.check("scale", 0, 1), l.check())
}

// Apply implements Layer.
func (l *RandomErasingLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() {
		return x
	}
	n, h, w := batchOf(x), float64(dims(x)[1]), float64(dims(x)[2])
	side := func(length float64) (from, to *graph.Node) {
		size := graph.MulScalar(graph.Sqrt(b.drawn(l.Scale, n)), length)
		from = graph.Mul(b.Uniform(n), graph.Sub(b.Scalar(length), size))
		from = graph.AddScalar(from, -0.5) // a pixel goes with its middle; in Keras the first row and column never go
		return from, graph.Add(from, size)
	}
	left, right := side(w)
	top, bottom := side(h)
	hit := graph.LessThan(b.Uniform(n), b.drawn(l.Factor, n))
	hole := hole{top, bottom, left, right}.mask(x)
	return erased(x, graph.LogicalAnd(hole, perPicture(hit)), l.filler(b, x))
}

// filler is what stands in the holes.
func (l *RandomErasingLayer) filler(b *Builder, x *graph.Node) *graph.Node {
	if l.FillValue != nil {
		return b.Scalar(*l.FillValue)
	}
	return graph.MulScalar(b.normal(dims(x)...), l.bounds()[1])
}

// hole is a rectangle in every picture: rows from top to below bottom, columns
// from left to below right, each (n,).
type hole struct{ top, bottom, left, right *graph.Node }

// mask is true in the hole: (n, h, w, 1).
func (r hole) mask(x *graph.Node) *graph.Node {
	inside := func(size, axis int, from, to *graph.Node) *graph.Node {
		shape := []int{1, 1, 1, 1}
		shape[axis] = size
		at := graph.Reshape(graph.ConvertDType(graph.Const(x.Graph(), numbersTo(size)), x.DType()), shape...)
		return graph.LogicalAnd(graph.GreaterOrEqual(at, perPicture(from)), graph.LessThan(at, perPicture(to)))
	}
	return graph.LogicalAnd(inside(dims(x)[1], 1, r.top, r.bottom), inside(dims(x)[2], 2, r.left, r.right))
}

// erased is x with filler where the mask (n, h, w, 1) is true.
func erased(x, mask, filler *graph.Node) *graph.Node {
	if !filler.IsScalar() {
		return graph.Where(graph.BroadcastToDims(mask, dims(x)...), filler, x)
	}
	d := dims(x)
	wide := graph.BroadcastToDims(graph.Reshape(mask, -1, 1), d[0]*d[1]*d[2], d[3])
	return graph.Where(graph.Reshape(wide, d...), filler, x)
}
