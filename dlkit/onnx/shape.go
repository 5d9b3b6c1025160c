package onnx

import (
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// reshape gives examples another shape.
func (e *exporter) reshape(x *value, shape ...int) *value {
	if x.shape.Equal(shape) {
		return &value{outer: e.outer(x), shape: x.shape}
	}
	return e.reshaped(e.outer(x), shape...)
}

// reshaped gives examples of x another shape; 0 stands for the batch as it is.
func (e *exporter) reshaped(x string, shape ...int) *value {
	y := e.op("Reshape", nil, x, e.ints(append([]int{0}, shape...)...))
	return &value{outer: y, shape: append(tensor.Shape{}, shape...)}
}

func (e *exporter) permute(l *dlkit.PermuteLayer, x *value) *value {
	out, _ := l.OutShape(x.shape)
	y := e.op("Transpose", attributes{"perm": append([]int{0}, l.Axes...)}, e.outer(x))
	return &value{outer: y, shape: out}
}

func (e *exporter) repeatVector(l *dlkit.RepeatVectorLayer, x *value) *value {
	step := e.op("Unsqueeze", nil, e.outer(x), e.ints(1))
	y := e.op("Expand", nil, step, e.ints(1, l.Times, 1))
	return &value{outer: y, shape: tensor.Shape{l.Times, x.shape[0]}}
}

// resize makes pictures or sequences larger by whole factors.
func (e *exporter) resize(x *value, mode string, factors ...int) *value {
	out := x.shape.Clone()
	scales := []float32{1, 1}
	for i, f := range factors {
		out[i] *= f
		scales = append(scales, float32(f))
	}
	attrs := attributes{"mode": mode, "coordinate_transformation_mode": "half_pixel"}
	if mode == "nearest" {
		attrs["coordinate_transformation_mode"], attrs["nearest_mode"] = "asymmetric", "floor"
	}
	by := e.constant(e.at+"/scales", []int{len(scales)}, scales)
	return &value{inner: e.op("Resize", attrs, e.inner(x), "", by), shape: out}
}

// pad adds a margin around the axes of a picture or sequence.
func (e *exporter) pad(x *value, before, after []int, fill float64) *value {
	out := x.shape.Clone()
	margin := []int{0, 0}
	for i, n := range before {
		out[i] += n + after[i]
		margin = append(margin, n)
	}
	margin = append(append(margin, 0, 0), after...)
	inputs := []string{e.inner(x), e.ints(margin...)}
	if fill != 0 {
		inputs = append(inputs, e.scalar(fill))
	}
	return &value{inner: e.op("Pad", nil, inputs...), shape: out}
}

// crop cuts a window out of a picture.
func (e *exporter) crop(x *value, start, size []int) *value {
	out := x.shape.Clone()
	ends := make([]int, len(start))
	for i, n := range size {
		out[i], ends[i] = n, start[i]+n
	}
	if out.Equal(x.shape) {
		return x
	}
	return &value{inner: e.op("Slice", nil, e.inner(x), e.ints(start...), e.ints(ends...), e.ints(2, 3)), shape: out}
}

// middle is what RandomCrop does outside training: it cuts the middle out of
// the picture with its margin.
func (e *exporter) middle(l *dlkit.RandomCropLayer, x *value) *value {
	start, end := make([]int, 2), make([]int, 2) // in the picture without margin
	for i := range 2 {
		start[i] = (x.shape[i]+2*l.Margin[i]-l.Size[i])/2 - l.Margin[i]
		end[i] = start[i] + l.Size[i]
	}
	if start[0] >= 0 && start[1] >= 0 && end[0] <= x.shape[0] && end[1] <= x.shape[1] {
		return e.crop(x, start, l.Size[:])
	}
	if l.FillMode == dlkit.FillConstant {
		m := l.Margin
		wide := e.pad(x, m[:], m[:], l.FillValue)
		return e.crop(wide, []int{start[0] + m[0], start[1] + m[1]}, l.Size[:])
	}
	y := e.inner(x)
	for i := range 2 {
		at := make([]int, l.Size[i])
		for k := range at {
			at[k] = edgePixel(l.FillMode, start[i]+k, x.shape[i])
		}
		y = e.op("Gather", attributes{"axis": 2 + i}, y, e.ints(at...))
	}
	return &value{inner: y, shape: tensor.Shape{l.Size[0], l.Size[1], x.shape[2]}}
}

// edgePixel is the pixel of n that stands at i, which may lie outside.
func edgePixel(mode dlkit.FillMode, i, n int) int {
	mod := func(i, n int) int { return ((i % n) + n) % n }
	switch mode {
	case dlkit.FillNearest:
		return min(max(i, 0), n-1)
	case dlkit.FillWrap:
		return mod(i, n)
	}
	if i = mod(i, 2*n); i >= n {
		i = 2*n - 1 - i
	}
	return i
}
