package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Augmentation layers show the model every picture a little different each time
// it is trained on: mirrored, moved, turned, lighter. They come first in a
// model, take and give pictures (height, width, channels), draw anew for every
// picture and step from the model's seed, and hand pictures on unchanged when
// the model is evaluated or predicts.

// Range are the smallest and the largest value of something that is drawn at
// random, evenly in between.
type Range [2]float64

// String writes "-0.1…0.2".
func (r Range) String() string { return fmt.Sprintf("%v…%v", r[0], r[1]) }

// Factor is how much an augmentation layer changes a picture at most: a number
// f for anything from −f to f, or a Range.
type Factor interface{ int | float64 | Range }

// rangeOf is the range that a factor means.
func rangeOf[F Factor](f F) Range {
	switch f := any(f).(type) {
	case int:
		return rangeOf(float64(f))
	case float64:
		return Range{0 - math.Abs(f), math.Abs(f)} // not −0
	}
	return any(f).(Range)
}

// check returns an error for a range that is not one, or that leaves low …
// high. name says what it is of.
func (r Range) check(name string, low, high float64) error {
	if !(r[0] <= r[1]) {
		return fmt.Errorf("%s is %v; want a Range from the smaller to the larger number", name, r)
	}
	if !(r[0] >= low && r[1] <= high) {
		return fmt.Errorf("%s is %v; it must lie between %v and %v", name, r, low, high)
	}
	return nil
}

// largest is the largest distance from 0.
func (r Range) largest() float64 { return math.Max(math.Abs(r[0]), math.Abs(r[1])) }

// drawn are random numbers from a range.
func (b *Builder) drawn(r Range, dims ...int) *graph.Node {
	return graph.AddScalar(graph.MulScalar(b.Uniform(dims...), r[1]-r[0]), r[0])
}

// augmenter marks the layers that change pictures at random.
type augmenter interface{ augments() }

// augmentation is what the layers have in common.
type augmentation struct{ named }

func (*augmentation) augments() {}

// takesInts says that pictures of whole numbers, 0–255, may come in.
func (*augmentation) takesInts() bool { return true }

// OutShape implements Layer for layers that keep the shape and cannot be set
// wrongly.
func (*augmentation) OutShape(in tensor.Shape) (tensor.Shape, error) { return in, wantPicture(in) }

// perPicture reshapes (n,) or (n, 1) so that it goes with pictures.
func perPicture(v *graph.Node) *graph.Node { return graph.Reshape(v, -1, 1, 1, 1) }

// ValueRangeOption is made by ValueRange.
type ValueRangeOption Range

// ValueRange says what the darkest and the brightest value of a picture is:
// ValueRange(0, 255) for pictures of bytes. It is 0 and 1 otherwise, as datasets
// gives them (Keras takes 0 and 255). An option of RandomContrast,
// RandomBrightness and RandomErasing.
func ValueRange(low, high float64) ValueRangeOption { return ValueRangeOption{low, high} }

// valueRange is what those layers have in common.
type valueRange struct {
	// ValueRange are the darkest and the brightest value; 0 and 1 if both are 0.
	ValueRange Range
}

func (v valueRange) bounds() Range {
	if v.ValueRange == (Range{}) {
		return Range{0, 1}
	}
	return v.ValueRange
}

func (v valueRange) check() error {
	if r := v.bounds(); !(r[0] < r[1]) || math.IsInf(r[0], 0) || math.IsInf(r[1], 0) {
		return fmt.Errorf("value range is %v; want the darkest and the brightest value of a picture, such as ValueRange(0, 255)", r)
	}
	return nil
}

// describe writes ", values 0…255" where the range is not the usual one.
func (v valueRange) describe() string {
	if r := v.bounds(); r != (Range{0, 1}) {
		return ", values " + r.String()
	}
	return ""
}

// clip keeps values inside the range.
func (v valueRange) clip(x *graph.Node) *graph.Node {
	r := v.bounds()
	return graph.ClipScalar(x, r[0], r[1])
}
