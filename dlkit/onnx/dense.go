package onnx

import "github.com/gofromzero/fromzero/dlkit"

func (e *exporter) dense(l *dlkit.DenseLayer, x *value) *value {
	return e.activate(l.Activation, e.linear(x, l.Units))
}

// linear is x·kernel + bias, with the weights of the layer being exported.
func (e *exporter) linear(x *value, units int) *value {
	in := x.shape[len(x.shape)-1]
	out := x.shape.Clone()
	out[len(out)-1] = units
	kernel := e.storeWeight("kernel", in, units)
	inputs := []string{e.outer(x), kernel}
	if len(x.shape) == 1 { // ONNX's product of matrices with a bias
		if e.has("bias") {
			inputs = append(inputs, e.storeWeight("bias", units))
		}
		return &value{outer: e.op("Gemm", nil, inputs...), shape: out}
	}
	y := e.op("MatMul", nil, inputs...)
	return &value{outer: e.addBias(y, units), shape: out}
}

// addBias adds the bias of the layer being exported, if it has one.
func (e *exporter) addBias(x string, shape ...int) string {
	if !e.has("bias") {
		return x
	}
	return e.op("Add", nil, x, e.storeWeight("bias", shape...))
}
