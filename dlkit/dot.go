package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// DotLayer is made by Dot and DotAxes.
type DotLayer struct {
	named
	// Axes are the axis of each input that is summed over, counted from 0
	// without the batch; negative ones count from the end.
	Axes [2]int
	// Normalize scales both inputs to length 1 along those axes first: the
	// result is the cosine of the angle between them.
	Normalize bool
}

// Dot multiplies two values example by example and sums over their last axis:
// two vectors (k,) become their dot product (1,), two lists of vectors (a, k)
// and (b, k) a table of dot products (a, b).
func Dot(a, b *Value) *Value { return DotAxes(a, b, -1, -1) }

// DotAxes is Dot over another axis of each value, counted from 0 without the
// batch; negative ones count from the end. The result has a's other axes, then
// b's; where none is left, one of size 1.
func DotAxes(a, b *Value, axisA, axisB int) *Value {
	return ApplyMerge(&DotLayer{Axes: [2]int{axisA, axisB}}, a, b)
}

// String describes the layer: "Dot -1 -1".
func (l *DotLayer) String() string {
	s := fmt.Sprintf("Dot %d %d", l.Axes[0], l.Axes[1])
	if l.Normalize {
		s += ", normalized"
	}
	return s
}

// OutShapeOf implements Merge.
func (l *DotLayer) OutShapeOf(in []tensor.Shape) (tensor.Shape, error) {
	if len(in) != 2 {
		return nil, fmt.Errorf("it multiplies two values and got %d", len(in))
	}
	var out tensor.Shape
	var sizes [2]int
	for i, s := range in {
		axes, err := axesOf([]int{l.Axes[i]}, s)
		if err != nil {
			return nil, err
		}
		sizes[i] = s[axes[0]]
		out = append(append(out, s[:axes[0]]...), s[axes[0]+1:]...)
	}
	if sizes[0] != sizes[1] {
		return nil, fmt.Errorf("inputs %v and %v have %d and %d values along the axes that are summed over; they must be equal", in[0], in[1], sizes[0], sizes[1])
	}
	if len(out) == 0 {
		out = tensor.Shape{1}
	}
	return out, nil
}

// ApplyAll implements Merge.
func (l *DotLayer) ApplyAll(_ *Builder, xs []*graph.Node) *graph.Node {
	n := dims(xs[0])[0]
	var at [2]int
	var factors [2]*graph.Node
	for i, x := range xs {
		axes := mustAxes([]int{l.Axes[i]}, x)
		at[i], factors[i] = axes[0]+1, x
		if l.Normalize {
			factors[i] = unitLength(x, axes)
		}
	}
	y := graph.DotGeneral(factors[0], []int{at[0]}, []int{0}, factors[1], []int{at[1]}, []int{0})
	if y.Rank() == 1 {
		return graph.Reshape(y, n, 1)
	}
	return y
}

// flops implements flopsCounter.
func (l *DotLayer) flops(in []tensor.Shape, out tensor.Shape) int64 {
	axes, err := axesOf([]int{l.Axes[0]}, in[0])
	if err != nil {
		return 0
	}
	return 2 * int64(out.Size()) * int64(in[0][axes[0]])
}
