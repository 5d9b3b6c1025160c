package onnx

import (
	"math"
	"slices"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

func (e *exporter) rescaling(l *dlkit.RescalingLayer, x *value) *value {
	return x.elementwise(func(x string) string {
		y := e.op("Mul", nil, x, e.scalar(l.Scale))
		if l.Offset != 0 {
			y = e.op("Add", nil, y, e.scalar(l.Offset))
		}
		return y
	})
}

// normalization brings features to mean 0 and variance 1. Its limit of 1e-7 is
// dlkit's.
func (e *exporter) normalization(l *dlkit.NormalizationLayer, x *value) *value {
	features := x.shape[len(x.shape)-1]
	mean, variance := spread(l.Mean, features), spread(l.Variance, features)
	if l.Adapted {
		mean, _ = e.weight("mean")
		variance, _ = e.weight("variance")
	}
	inverse := make([]float32, features)
	for i, v := range variance {
		inverse[i] = float32(1 / math.Max(math.Sqrt(float64(v)), 1e-7))
	}
	return x.perChannel(func(x string, shape []int) string {
		y := e.op("Sub", nil, x, e.constant(e.at+"/mean", shape, mean))
		return e.op("Mul", nil, y, e.constant(e.at+"/inverse", shape, inverse))
	})
}

// spread repeats a single number for all features.
func spread(values []float64, features int) []float32 {
	out := make([]float32, features)
	for i := range out {
		if len(values) > 0 {
			out[i] = float32(values[min(i, len(values)-1)])
		}
	}
	return out
}

// batchNormalization is ONNX's operation where channels come first, which
// runtimes join with the convolution before it, and one multiplication and one
// addition otherwise.
func (e *exporter) batchNormalization(l *dlkit.BatchNormalizationLayer, x *value) *value {
	features := x.shape[len(x.shape)-1]
	or := func(name string, otherwise float64) []float32 {
		if values, _ := e.weight(name); values != nil {
			return values
		}
		return spread([]float64{otherwise}, features)
	}
	gamma, beta := or("gamma", 1), or("beta", 0)
	mean, variance := or("moving_mean", 0), or("moving_variance", 1)
	if x.isInner() || len(x.shape) == 1 {
		inputs := []string{e.inner(x)}
		for _, c := range []struct {
			name   string
			values []float32
		}{{"gamma", gamma}, {"beta", beta}, {"moving_mean", mean}, {"moving_variance", variance}} {
			inputs = append(inputs, e.store(c.name, []int{features}, func() []float32 { return c.values }))
		}
		y := &value{inner: e.op("BatchNormalization", attributes{"epsilon": l.Epsilon}, inputs...), shape: x.shape}
		if len(x.shape) == 1 {
			y.outer = y.inner
		}
		return y
	}
	scale, offset := make([]float32, features), make([]float32, features)
	for i := range scale {
		s := float64(gamma[i]) / math.Sqrt(float64(variance[i])+l.Epsilon)
		scale[i], offset[i] = float32(s), float32(float64(beta[i])-float64(mean[i])*s)
	}
	y := e.op("Mul", nil, e.outer(x), e.constant(e.at+"/scale", []int{features}, scale))
	return &value{outer: e.op("Add", nil, y, e.constant(e.at+"/offset", []int{features}, offset)), shape: x.shape}
}

// axesLast moves axes of x's examples to the end, and returns the way back.
// Axes are counted as layers do: none means the last one.
func (e *exporter) axesLast(axes []int, x *value) (turned string, sizes []int, back func(string) string) {
	r := len(x.shape)
	if len(axes) == 0 {
		axes = []int{r - 1}
	}
	axes = slices.Clone(axes)
	for i, a := range axes {
		if a < 0 {
			axes[i] = a + r
		}
	}
	slices.Sort(axes)
	perm := []int{0}
	for i := range r {
		if !slices.Contains(axes, i) {
			perm = append(perm, i+1)
		}
	}
	for _, a := range axes {
		perm, sizes = append(perm, a+1), append(sizes, x.shape[a])
	}
	if slices.IsSorted(perm) {
		return e.outer(x), sizes, func(y string) string { return y }
	}
	inverse := make([]int, len(perm))
	for to, from := range perm {
		inverse[from] = to
	}
	turned = e.op("Transpose", attributes{"perm": perm}, e.outer(x))
	return turned, sizes, func(y string) string { return e.op("Transpose", attributes{"perm": inverse}, y) }
}

func (e *exporter) layerNormalization(axes []int, epsilon float64, x *value) *value {
	turned, sizes, back := e.axesLast(axes, x)
	size := tensor.Shape(sizes).Size()
	inputs := []string{turned, e.store("gamma", sizes, func() []float32 {
		if values, _ := e.weight("gamma"); values != nil {
			return values
		}
		return spread([]float64{1}, size)
	})}
	if e.has("beta") {
		inputs = append(inputs, e.storeWeight("beta", sizes...))
	}
	y := e.op("LayerNormalization", attributes{"axis": -len(sizes), "epsilon": epsilon}, inputs...)
	return &value{outer: back(y), shape: x.shape}
}

// lastAxes are −n … −1.
func lastAxes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i - n
	}
	return out
}

func (e *exporter) rmsNormalization(l *dlkit.RMSNormalizationLayer, x *value) *value {
	turned, sizes, back := e.axesLast(l.Axes, x)
	mean := e.op("ReduceMean", attributes{"axes": lastAxes(len(sizes)), "keepdims": 1}, e.op("Mul", nil, turned, turned))
	root := e.op("Sqrt", nil, e.op("Add", nil, mean, e.scalar(l.Epsilon)))
	y := e.op("Mul", nil, e.op("Div", nil, turned, root), e.storeWeight("scale", sizes...))
	return &value{outer: back(y), shape: x.shape}
}

func (e *exporter) unitNormalization(l *dlkit.UnitNormalizationLayer, x *value) *value {
	turned, sizes, back := e.axesLast(l.Axes, x)
	return &value{outer: back(e.unitLength(turned, lastAxes(len(sizes)))), shape: x.shape}
}

// unitLength scales x to length 1 along axes; zeros stay zeros.
func (e *exporter) unitLength(x string, axes []int) string {
	square := e.op("ReduceSum", attributes{"keepdims": 1}, e.op("Mul", nil, x, x), e.ints(axes...))
	return e.op("Div", nil, x, e.op("Sqrt", nil, e.op("Max", nil, square, e.scalar(1e-24))))
}

// groupNormalization makes every group a channel of InstanceNormalization.
func (e *exporter) groupNormalization(l *dlkit.GroupNormalizationLayer, x *value) *value {
	channels := x.shape[len(x.shape)-1]
	groups := l.Groups
	if groups == -1 {
		groups = channels
	}
	rows := e.op("Reshape", nil, e.inner(x), e.ints(0, groups, -1))
	y := e.op("InstanceNormalization", attributes{"epsilon": l.Epsilon}, rows,
		e.constant(e.at+"/ones", []int{groups}, spread([]float64{1}, groups)),
		e.constant(e.at+"/zeros", []int{groups}, spread(nil, groups)))
	inner, wide := []int{0, channels}, []int{channels}
	for _, n := range x.shape[:len(x.shape)-1] {
		inner, wide = append(inner, n), append(wide, 1)
	}
	y = e.op("Reshape", nil, y, e.ints(inner...))
	if e.has("gamma") {
		y = e.op("Mul", nil, y, e.storeWeight("gamma", wide...))
	}
	if e.has("beta") {
		y = e.op("Add", nil, y, e.storeWeight("beta", wide...))
	}
	out := &value{inner: y, shape: x.shape}
	if len(x.shape) == 1 {
		out.outer = y
	}
	return out
}
