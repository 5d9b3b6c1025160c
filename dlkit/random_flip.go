package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// FlipMode says which way RandomFlip mirrors.
type FlipMode string

const (
	// Horizontal exchanges left and right.
	Horizontal FlipMode = "horizontal"
	// Vertical exchanges top and bottom.
	Vertical FlipMode = "vertical"
	// HorizontalAndVertical does each of them, one not knowing of the other.
	// This is the default.
	HorizontalAndVertical FlipMode = "horizontal_and_vertical"
)

// RandomFlipLayer is made by RandomFlip.
type RandomFlipLayer struct {
	augmentation
	// Mode says which way pictures are mirrored.
	Mode FlipMode
}

// RandomFlip mirrors every second picture while training, on average;
// otherwise it does nothing. A mirrored cat is a cat, a mirrored 2 is no 2.
// Pictures (height, width, channels). Keras mirrors both ways or neither where
// both are asked for.
//
//	dlkit.RandomFlip(dlkit.Horizontal)
func RandomFlip(options ...RandomFlipOption) *RandomFlipLayer {
	l := &RandomFlipLayer{Mode: HorizontalAndVertical}
	for _, o := range options {
		o.applyRandomFlip(l)
	}
	return l
}

// RandomFlipOption is an option of RandomFlip: Horizontal, Vertical or
// HorizontalAndVertical, Name.
type RandomFlipOption interface{ applyRandomFlip(*RandomFlipLayer) }

func (m FlipMode) applyRandomFlip(l *RandomFlipLayer)   { l.Mode = m }
func (o NameOption) applyRandomFlip(l *RandomFlipLayer) { l.Name = o.name }

// String describes the layer: "RandomFlip horizontal".
func (l *RandomFlipLayer) String() string { return "RandomFlip " + string(l.mode()) }

func (l *RandomFlipLayer) mode() FlipMode {
	if l.Mode == "" {
		return HorizontalAndVertical
	}
	return l.Mode
}

// OutShape implements Layer.
func (l *RandomFlipLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	switch l.mode() {
	case Horizontal, Vertical, HorizontalAndVertical:
		return in, wantPicture(in)
	}
	return nil, fmt.Errorf("mode is %q; it must be Horizontal, Vertical or HorizontalAndVertical", string(l.Mode))
}

// Apply implements Layer.
func (l *RandomFlipLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() {
		return x
	}
	if l.mode() != Vertical {
		x = b.flipped(x, 2)
	}
	if l.mode() != Horizontal {
		x = b.flipped(x, 1)
	}
	return x
}

// flipped mirrors every second picture along an axis: pictures and mirrored
// pictures stand one after another, and each is taken from here or there.
func (b *Builder) flipped(x *graph.Node, axis int) *graph.Node {
	n := batchOf(x)
	half := graph.LessThan(b.Uniform(n), b.Scalar(0.5))
	at := graph.Add(graph.MulScalar(graph.ConvertDType(half, dtypes.Int32), n), graph.Const(b.graph, numbersTo(n)))
	return graph.Gather(joined([]*graph.Node{x, graph.Reverse(x, axis)}, 0), graph.Reshape(at, n, 1))
}

// numbersTo are 0 … n−1.
func numbersTo(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}
