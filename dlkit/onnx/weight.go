package onnx

import "github.com/gofromzero/fromzero/tensor"

// weight is a weight of the layer being exported, in 32-bit floats; nil if the
// layer has none of that name.
func (e *exporter) weight(name string) (values []float32, shape tensor.Shape) {
	t, ok := e.weights[e.at+"/"+name]
	if !ok {
		return nil, nil
	}
	return tensor.Values[float32](t), t.Shape()
}

// has reports whether the layer being exported has a weight.
func (e *exporter) has(name string) bool {
	_, ok := e.weights[e.at+"/"+name]
	return ok
}

// store makes a constant of the layer being exported, called like the weight
// that it is made of. A layer that is used again uses the same constant.
func (e *exporter) store(name string, shape []int, make func() []float32) string {
	full := e.at + "/" + name
	if stored, ok := e.stored[full]; ok {
		return stored
	}
	e.stored[full] = e.constant(full, shape, make())
	return e.stored[full]
}

// stored is a weight as it is, but for a shape with as many values.
func (e *exporter) storeWeight(name string, shape ...int) string {
	return e.store(name, shape, func() []float32 {
		values, _ := e.weight(name)
		return values
	})
}

// transposed turns the axes of values of a shape.
func transposed(values []float32, shape []int, perm ...int) []float32 {
	strides := make([]int, len(shape))
	step := 1
	for i := len(shape) - 1; i >= 0; i-- {
		strides[i] = step
		step *= shape[i]
	}
	out := make([]float32, 0, len(values))
	var walk func(axis, offset int)
	walk = func(axis, offset int) {
		if axis == len(perm) {
			out = append(out, values[offset])
			return
		}
		from := perm[axis]
		for i := range shape[from] {
			walk(axis+1, offset+i*strides[from])
		}
	}
	walk(0, 0)
	return out
}
