package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// MergeLayer joins values of the same shape, or of shapes that broadcast, by
// an operation on each number. It is made by Add, Subtract, Multiply, Average,
// Maximum and Minimum.
type MergeLayer struct {
	named
	// Kind is "add", "subtract", "multiply", "average", "maximum" or "minimum".
	Kind string
}

// Add is the sum of values of the same shape; axes of size 1 are stretched.
func Add(xs ...*Value) *Value { return ApplyMerge(&MergeLayer{Kind: "add"}, xs...) }

// Subtract is a − b.
func Subtract(a, b *Value) *Value { return ApplyMerge(&MergeLayer{Kind: "subtract"}, a, b) }

// Multiply is the product of values, number by number.
func Multiply(xs ...*Value) *Value { return ApplyMerge(&MergeLayer{Kind: "multiply"}, xs...) }

// Average is the mean of values.
func Average(xs ...*Value) *Value { return ApplyMerge(&MergeLayer{Kind: "average"}, xs...) }

// Maximum is the largest of the values, number by number.
func Maximum(xs ...*Value) *Value { return ApplyMerge(&MergeLayer{Kind: "maximum"}, xs...) }

// Minimum is the smallest of the values, number by number.
func Minimum(xs ...*Value) *Value { return ApplyMerge(&MergeLayer{Kind: "minimum"}, xs...) }

var mergeOperations = map[string]func(a, b *graph.Node) *graph.Node{
	"add": graph.Add, "average": graph.Add, "subtract": graph.Sub, "multiply": graph.Mul, "maximum": graph.Max, "minimum": graph.Min,
}

// String is the kind of merge.
func (l *MergeLayer) String() string { return l.Kind }

// OutShapeOf implements Merge.
func (l *MergeLayer) OutShapeOf(in []tensor.Shape) (tensor.Shape, error) {
	if mergeOperations[l.Kind] == nil {
		return nil, fmt.Errorf("unknown kind of merge %q", l.Kind)
	}
	if len(in) < 2 || (l.Kind == "subtract" && len(in) != 2) {
		return nil, fmt.Errorf("%s joins %d values; give it at least two (subtract exactly two)", l.Kind, len(in))
	}
	out := in[0].Clone()
	for _, s := range in[1:] {
		if len(s) != len(out) {
			return nil, fmt.Errorf("inputs of shapes %v and %v have different numbers of axes; reshape one of them", in[0], s)
		}
		for i := range s {
			switch {
			case out[i] == s[i] || s[i] == 1:
			case out[i] == 1:
				out[i] = s[i]
			default:
				return nil, fmt.Errorf("inputs of shapes %v and %v do not fit: axis %d must be equal or 1; a layer that changes one of them (Dense, a 1×1 Conv2D) makes them fit", in[0], s, i)
			}
		}
	}
	return out, nil
}

// ApplyAll implements Merge.
func (l *MergeLayer) ApplyAll(b *Builder, xs []*graph.Node) *graph.Node {
	return b.elementwiseAll(xs, func(xs []*graph.Node) *graph.Node {
		y := xs[0]
		for _, x := range xs[1:] {
			y = mergeOperations[l.Kind](y, x)
		}
		if l.Kind == "average" {
			return graph.MulScalar(y, 1/float64(len(xs)))
		}
		return y
	})
}

// ConcatenateLayer is made by Concatenate.
type ConcatenateLayer struct {
	named
	// Axis is the axis of the examples to join along, counted from 0 without
	// the batch; negative ones count from the end.
	Axis int
}

// Concatenate puts values one behind another along the last axis; the other
// axes must be equal.
func Concatenate(xs ...*Value) *Value { return ConcatenateAxis(-1, xs...) }

// ConcatenateAxis is Concatenate along another axis of the examples, counted
// from 0 without the batch; negative ones count from the end.
func ConcatenateAxis(axis int, xs ...*Value) *Value {
	return ApplyMerge(&ConcatenateLayer{Axis: axis}, xs...)
}

// OutShapeOf implements Merge.
func (l *ConcatenateLayer) OutShapeOf(in []tensor.Shape) (tensor.Shape, error) {
	if len(in) < 2 {
		return nil, fmt.Errorf("it joins %d values; give it at least two", len(in))
	}
	rank := len(in[0])
	axis := l.axis(rank)
	if axis < 0 || axis >= rank {
		return nil, fmt.Errorf("axis %d of inputs with %d axes; want %d to %d", l.Axis, rank, -rank, rank-1)
	}
	out := in[0].Clone()
	for _, s := range in[1:] {
		if len(s) != rank {
			return nil, fmt.Errorf("inputs of shapes %v and %v have different numbers of axes", in[0], s)
		}
		for i := range s {
			if i != axis && s[i] != out[i] {
				return nil, fmt.Errorf("inputs of shapes %v and %v differ along axis %d, not only along axis %d", in[0], s, i, axis)
			}
		}
		out[axis] += s[axis]
	}
	return out, nil
}

func (l *ConcatenateLayer) axis(rank int) int {
	if l.Axis < 0 {
		return rank + l.Axis
	}
	return l.Axis
}

// ApplyAll implements Merge.
func (l *ConcatenateLayer) ApplyAll(b *Builder, xs []*graph.Node) *graph.Node {
	axis := 1 + l.axis(xs[0].Rank()-1)
	if inners := b.inners(xs); inners != nil {
		return b.fromInner(joined(inners, axis%(xs[0].Rank()-1))) // channels are the first axis there
	}
	return joined(xs, axis)
}
