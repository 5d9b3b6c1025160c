package onnx

import (
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// value is what comes out of a layer, in one layout or both: outer is dlkit's
// (batch, …, channels), inner is ONNX's (batch, channels, …). Names are empty
// for a layout that nobody has asked for.
type value struct {
	outer, inner string
	shape        tensor.Shape // of one example, in the outer order
	mask         string       // which steps count, (batch, steps) of booleans; empty if all do
}

// outer is the value in dlkit's layout.
func (e *exporter) outer(v *value) string {
	if v.outer == "" {
		r := len(v.shape)
		perm := []int{0}
		for i := 2; i <= r; i++ {
			perm = append(perm, i)
		}
		v.outer = e.op("Transpose", attributes{"perm": append(perm, 1)}, v.inner)
	}
	return v.outer
}

// inner is the value in ONNX's layout.
func (e *exporter) inner(v *value) string {
	switch {
	case v.inner == "" && len(v.shape) < 2:
		v.inner = v.outer
	case v.inner == "":
		r := len(v.shape)
		perm := []int{0, r}
		for i := 1; i < r; i++ {
			perm = append(perm, i)
		}
		v.inner = e.op("Transpose", attributes{"perm": perm}, v.outer)
	}
	return v.inner
}

// isInner reports whether the inner layout is there already.
func (v *value) isInner() bool { return v.inner != "" && len(v.shape) > 1 }

// elementwise applies fn, which treats all numbers alike, in the layout that is
// there.
func (v *value) elementwise(fn func(x string) string) *value {
	if v.isInner() {
		return &value{inner: fn(v.inner), shape: v.shape}
	}
	return &value{outer: fn(v.outer), shape: v.shape}
}

// perChannel applies fn in the layout that is there; shape is that of a list of
// one number per channel, so that it broadcasts.
func (v *value) perChannel(fn func(x string, shape []int) string) *value {
	channels := v.shape[len(v.shape)-1]
	if !v.isInner() {
		return &value{outer: fn(v.outer, []int{channels}), shape: v.shape}
	}
	shape := []int{channels}
	for range len(v.shape) - 1 {
		shape = append(shape, 1)
	}
	return &value{inner: fn(v.inner, shape), shape: v.shape}
}

// allInner reports whether all values have the inner layout and as many axes.
func allInner(vs []*value) bool {
	for _, v := range vs {
		if !v.isInner() || len(v.shape) != len(vs[0].shape) {
			return false
		}
	}
	return true
}

// passMask hands the first input's mask on to the output, as dlkit does: where
// the output is a sequence of as many steps that are the same steps.
func passMask(layer any, in []*value, out *value) *value {
	mask := in[0].mask
	if mask == "" || out.mask != "" || mixesSteps(layer) {
		return out
	}
	if len(out.shape) >= 2 && len(in[0].shape) >= 1 && out.shape[0] == in[0].shape[0] {
		out.mask = mask
	}
	return out
}

// mixesSteps reports whether the input's mask means nothing for the output.
func mixesSteps(layer any) bool {
	switch layer.(type) {
	case *dlkit.ZeroPadding1DLayer, *dlkit.UpSampling1DLayer, *dlkit.ReshapeLayer, *dlkit.PermuteLayer,
		*dlkit.MaxPool1DLayer, *dlkit.AvgPool1DLayer, *dlkit.GlobalMaxPool1DLayer, *dlkit.GlobalAvgPool1DLayer:
		return true
	}
	return false
}
