package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// RescalingLayer is made by Rescaling.
type RescalingLayer struct {
	named
	// Scale is what every number is multiplied with, Offset what is added then.
	Scale, Offset float64
}

// Rescaling multiplies every number by scale, and adds an offset if one is
// given: x·scale + offset. As a model's first layer it takes whole numbers, so
// that pictures of 0–255 need no conversion. Any shape.
//
//	dlkit.Rescaling(1.0/255)                      // 0–255 to 0–1
//	dlkit.Rescaling(1.0/127.5, dlkit.Offset(-1))  // 0–255 to −1–1
func Rescaling(scale float64, options ...RescalingOption) *RescalingLayer {
	l := &RescalingLayer{Scale: scale}
	for _, o := range options {
		o.applyRescaling(l)
	}
	return l
}

// RescalingOption is an option of Rescaling: Offset, Name.
type RescalingOption interface{ applyRescaling(*RescalingLayer) }

// OffsetOption is made by Offset.
type OffsetOption float64

// Offset is what Rescaling adds after it has multiplied.
func Offset(offset float64) OffsetOption { return OffsetOption(offset) }

func (o OffsetOption) applyRescaling(l *RescalingLayer) { l.Offset = float64(o) }
func (o NameOption) applyRescaling(l *RescalingLayer)   { l.Name = o.name }

// String describes the layer: "Rescaling 0.00784314, offset -1".
func (l *RescalingLayer) String() string {
	s := fmt.Sprintf("Rescaling %.6g", l.Scale)
	if l.Offset != 0 {
		s += fmt.Sprintf(", offset %.6g", l.Offset)
	}
	return s
}

// OutShape implements Layer.
func (l *RescalingLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	switch {
	case l.Scale == 0:
		return nil, fmt.Errorf("scale is 0, which makes every number the same; note that 1/255 is 0 in Go, where 1.0/255 is not")
	case math.IsNaN(l.Scale) || math.IsInf(l.Scale, 0) || math.IsNaN(l.Offset) || math.IsInf(l.Offset, 0):
		return nil, fmt.Errorf("scale is %v and offset %v; they must be finite", l.Scale, l.Offset)
	}
	return in, nil
}

// takesInts says that whole numbers may come in.
func (l *RescalingLayer) takesInts() bool { return true }

// Apply implements Layer.
func (l *RescalingLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return b.elementwise(x, func(x *graph.Node) *graph.Node {
		y := graph.MulScalar(x, l.Scale)
		if l.Offset != 0 {
			y = graph.AddScalar(y, l.Offset)
		}
		return y
	})
}
