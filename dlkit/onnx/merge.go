package onnx

import (
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

var mergeOps = map[string]string{
	"add": "Add", "average": "Add", "subtract": "Sub", "multiply": "Mul", "maximum": "Max", "minimum": "Min",
}

// merge joins values number by number; axes of size 1 are stretched by ONNX as
// by dlkit.
func (e *exporter) merge(l *dlkit.MergeLayer, in []*value) (*value, error) {
	op, ok := mergeOps[l.Kind]
	if !ok {
		return nil, fmt.Errorf("onnx: unknown kind of merge %q", l.Kind)
	}
	var shapes []tensor.Shape
	for _, v := range in {
		shapes = append(shapes, v.shape)
	}
	shape, err := l.OutShapeOf(shapes)
	if err != nil {
		return nil, err
	}
	name := e.outer
	if allInner(in) {
		name = e.inner
	}
	y := name(in[0])
	for _, v := range in[1:] {
		y = e.op(op, nil, y, name(v))
	}
	if l.Kind == "average" {
		y = e.op("Mul", nil, y, e.scalar(1/float64(len(in))))
	}
	if allInner(in) {
		return &value{inner: y, shape: shape}, nil
	}
	return &value{outer: y, shape: shape}, nil
}

func (e *exporter) concatenate(l *dlkit.ConcatenateLayer, in []*value) *value {
	r := len(in[0].shape)
	axis := l.Axis
	if axis < 0 {
		axis += r
	}
	shape := in[0].shape.Clone()
	for _, v := range in[1:] {
		shape[axis] += v.shape[axis]
	}
	inner := allInner(in)
	var names []string
	for _, v := range in {
		if inner {
			names = append(names, e.inner(v))
		} else {
			names = append(names, e.outer(v))
		}
	}
	if !inner {
		return &value{outer: e.op("Concat", attributes{"axis": axis + 1}, names...), shape: shape}
	}
	at := axis + 2
	if axis == r-1 { // channels
		at = 1
	}
	return &value{inner: e.op("Concat", attributes{"axis": at}, names...), shape: shape}
}

// dot multiplies two values example by example, as matrices (…, k) and (k, …).
func (e *exporter) dot(l *dlkit.DotLayer, in []*value) *value {
	var sides [2]string
	var rest tensor.Shape
	for i, x := range in {
		turned, sizes, _ := e.axesLast(l.Axes[i:i+1], x)
		if l.Normalize {
			turned = e.unitLength(turned, []int{-1})
		}
		k, others := sizes[0], 1
		axis := l.Axes[i]
		if axis < 0 {
			axis += len(x.shape)
		}
		for a, n := range x.shape {
			if a != axis {
				rest, others = append(rest, n), others*n
			}
		}
		sides[i] = e.op("Reshape", nil, turned, e.ints(0, others, k))
	}
	turned := e.op("Transpose", attributes{"perm": []int{0, 2, 1}}, sides[1])
	if len(rest) == 0 {
		rest = tensor.Shape{1}
	}
	return e.reshaped(e.op("MatMul", nil, sides[0], turned), rest...)
}
