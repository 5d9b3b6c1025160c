package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// CutoutLayer is made by Cutout.
type CutoutLayer struct {
	augmentation
	// Size is the hole's height and width in pixels.
	Size HW
	// FillValue is what stands in the hole.
	FillValue float64
}

// Cutout cuts a hole of the given size, in pixels, out of every picture while
// training; otherwise it does nothing. The hole's middle may be any pixel, so
// that it lies partly outside at times. It is filled with 0, or with FillValue:
// the mean of the data is a good choice. Pictures (height, width, channels).
// DeVries & Taylor, 2017, who take 16 for pictures of 32×32 and 10 classes. For
// rectangles of many sizes see RandomErasing.
func Cutout[S Size](size S, options ...CutoutOption) *CutoutLayer {
	l := &CutoutLayer{Size: sizeOf(size)}
	for _, o := range options {
		o.applyCutout(l)
	}
	return l
}

// CutoutOption is an option of Cutout: FillValue, Name.
type CutoutOption interface{ applyCutout(*CutoutLayer) }

func (v FillValueOption) applyCutout(l *CutoutLayer) { l.FillValue = float64(v) }
func (o NameOption) applyCutout(l *CutoutLayer)      { l.Name = o.name }

// String describes the layer: "Cutout 16×16".
func (l *CutoutLayer) String() string {
	s := "Cutout " + l.Size.String()
	if l.FillValue != 0 {
		s += fmt.Sprintf(", filled with %v", l.FillValue)
	}
	return s
}

// OutShape implements Layer.
func (l *CutoutLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if l.Size[0] < 1 || l.Size[1] < 1 {
		return nil, fmt.Errorf("size is %v; the hole must be at least 1×1", l.Size)
	}
	return in, firstError(wantPicture(in), filling{FillConstant, l.FillValue}.check())
}

// Apply implements Layer.
func (l *CutoutLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() {
		return x
	}
	side := func(length, size int) (from, to *graph.Node) {
		middle := graph.Floor(graph.MulScalar(b.Uniform(batchOf(x)), float64(length)))
		from = graph.AddScalar(middle, -float64(size/2))
		return from, graph.AddScalar(from, float64(size))
	}
	left, right := side(dims(x)[2], l.Size[1])
	top, bottom := side(dims(x)[1], l.Size[0])
	return erased(x, hole{top, bottom, left, right}.mask(x), b.Scalar(l.FillValue))
}
