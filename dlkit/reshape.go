package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// ReshapeLayer is made by Reshape.
type ReshapeLayer struct {
	// Shape is the shape of one output example. One number may be −1.
	Shape tensor.Shape
}

// Reshape gives every example another shape, keeping the values in order:
// Reshape(28, 28, 1) makes pictures of rows of 784. One number may be −1: it is
// found from the others.
func Reshape(shape ...int) *ReshapeLayer { return &ReshapeLayer{Shape: tensor.Shape(shape).Clone()} }

// String describes the layer: "Reshape (28, 28, 1)".
func (r *ReshapeLayer) String() string { return fmt.Sprintf("Reshape %v", r.Shape) }

// OutShape implements Layer.
func (r *ReshapeLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	out := r.Shape.Clone()
	known, open := 1, -1
	for i, n := range out {
		switch {
		case n == -1 && open < 0:
			open = i
		case n < 1:
			return nil, fmt.Errorf("shape %v: sizes must be at least 1, and one of them may be -1", r.Shape)
		default:
			known *= n
		}
	}
	size := in.Size()
	if open >= 0 {
		out[open] = size / known
	}
	if out.Size() != size {
		return nil, fmt.Errorf("input %v has %d values and cannot become %v; the sizes' product must be %d", in, size, r.Shape, size)
	}
	return out, nil
}

// Apply implements Layer.
func (r *ReshapeLayer) Apply(_ *Builder, x *graph.Node) *graph.Node {
	out, _ := r.OutShape(tensor.Shape(dims(x)[1:]))
	return graph.Reshape(x, append([]int{batchOf(x)}, out...)...)
}

// stopsMask implements maskStopper.
func (r *ReshapeLayer) stopsMask() {}

// PermuteLayer is made by Permute.
type PermuteLayer struct {
	// Axes are the input's axes in the output's order, counted from 1.
	Axes []int
}

// Permute puts the axes of every example in another order. As in Keras they
// are counted from 1, the batch being 0: Permute(2, 1) turns (steps, channels)
// into (channels, steps).
func Permute(axes ...int) *PermuteLayer { return &PermuteLayer{Axes: append([]int{}, axes...)} }

// String describes the layer: "Permute [2 1]".
func (p *PermuteLayer) String() string { return fmt.Sprintf("Permute %v", p.Axes) }

// OutShape implements Layer.
func (p *PermuteLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	out := make(tensor.Shape, len(in))
	seen := map[int]bool{}
	for i, a := range p.Axes {
		if a < 1 || a > len(in) || seen[a] || len(p.Axes) != len(in) {
			return nil, fmt.Errorf("axes are %v; for the input %v each of 1 to %d must be named once", p.Axes, in, len(in))
		}
		seen[a] = true
		out[i] = in[a-1]
	}
	if len(p.Axes) != len(in) {
		return nil, fmt.Errorf("no axes are named; for the input %v each of 1 to %d must be", in, len(in))
	}
	return out, nil
}

// Apply implements Layer.
func (p *PermuteLayer) Apply(_ *Builder, x *graph.Node) *graph.Node {
	return graph.TransposeAllAxes(x, append([]int{0}, p.Axes...)...)
}

// stopsMask implements maskStopper.
func (p *PermuteLayer) stopsMask() {}

// RepeatVectorLayer is made by RepeatVector.
type RepeatVectorLayer struct {
	named
	// Times is how often the vector is repeated.
	Times int
}

// RepeatVector makes a sequence of a vector, every step of it the vector:
// input (features,), output (times, features).
func RepeatVector(times int, name ...NameOption) *RepeatVectorLayer {
	r := &RepeatVectorLayer{Times: times}
	r.rename(name)
	return r
}

// String describes the layer: "RepeatVector 3".
func (r *RepeatVectorLayer) String() string { return fmt.Sprintf("RepeatVector %d", r.Times) }

// OutShape implements Layer.
func (r *RepeatVectorLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if len(in) != 1 {
		return nil, fmt.Errorf("input %v is no vector; put Flatten() first", in)
	}
	if r.Times < 1 {
		return nil, fmt.Errorf("times is %d; it must be at least 1", r.Times)
	}
	return tensor.Shape{r.Times, in[0]}, nil
}

// Apply implements Layer.
func (r *RepeatVectorLayer) Apply(_ *Builder, x *graph.Node) *graph.Node {
	return customVJP(stretched(x, r.Times), func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{graph.ReduceSum(dy, 1)}
	}, x)
}
