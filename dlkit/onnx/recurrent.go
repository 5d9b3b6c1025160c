package onnx

import (
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// cell is what SimpleRNN, LSTM and GRU differ in.
type cell struct {
	op          string // ONNX's
	gates       int    // blocks in the kernels
	order       []int  // which of dlkit's blocks each of ONNX's is
	states      int    // handed from step to step
	gate        dlkit.Activation
	resetBefore bool
	dlkit.RecurrentSettings
}

func cellOf(layer any) (c cell, ok bool) {
	switch l := layer.(type) {
	case *dlkit.SimpleRNNLayer:
		return cell{op: "RNN", gates: 1, order: []int{0}, states: 1, RecurrentSettings: l.RecurrentSettings}, true
	case *dlkit.LSTMLayer:
		return cell{op: "LSTM", gates: 4, order: []int{0, 3, 1, 2}, states: 2, gate: l.RecurrentActivation, RecurrentSettings: l.RecurrentSettings}, true
	case *dlkit.GRULayer:
		return cell{op: "GRU", gates: 3, order: []int{0, 1, 2}, states: 1, gate: l.RecurrentActivation,
			resetBefore: l.ResetBefore, RecurrentSettings: l.RecurrentSettings}, true
	}
	return c, false
}

// recurrent exports a recurrent layer.
func (e *exporter) recurrent(layer any, x *value) (*value, error) {
	c, ok := cellOf(layer)
	if !ok {
		return nil, fmt.Errorf("onnx: unknown recurrent layer %T", layer)
	}
	y := e.overTime(c, x)
	if !c.ReturnSequences {
		return &value{outer: y, shape: tensor.Shape{c.Units}}, nil
	}
	out := &value{shape: tensor.Shape{x.shape[0], c.Units}}
	if c.GoBackwards {
		y = e.reversed(y, 0, x.shape[0])
		if x.mask != "" {
			out.mask = e.reversed(x.mask, 1, x.shape[0])
		}
	}
	out.outer = e.stepsFirst(y)
	return out, nil
}

// bidirectional runs two layers, the second the other way, and joins their
// outputs.
func (e *exporter) bidirectional(l *dlkit.BidirectionalLayer, x *value) (*value, error) {
	c, ok := cellOf(l.Layer)
	if !ok {
		return nil, fmt.Errorf("onnx: unknown recurrent layer %T", l.Layer)
	}
	twin := c
	twin.GoBackwards = !c.GoBackwards
	var a, b string
	e.within(e.innerName("forward_"), func() { a = e.overTime(c, x) })
	e.within(e.innerName("backward_"), func() { b = e.overTime(twin, x) })
	units := c.Units
	var y string
	switch l.Merge {
	case dlkit.MergeSum:
		y = e.op("Add", nil, a, b)
	case dlkit.MergeMul:
		y = e.op("Mul", nil, a, b)
	case dlkit.MergeAve:
		y = e.op("Mul", nil, e.op("Add", nil, a, b), e.scalar(0.5))
	default:
		y = e.op("Concat", attributes{"axis": -1}, a, b)
		units *= 2
	}
	if !c.ReturnSequences {
		return &value{outer: y, shape: tensor.Shape{units}}, nil
	}
	if x.mask != "" { // steps that do not count give zeros
		y = e.op("Mul", nil, y, e.op("Transpose", attributes{"perm": []int{1, 0, 2}}, e.counts(x.mask, 2)))
	}
	if c.GoBackwards {
		y = e.reversed(y, 0, x.shape[0])
	}
	return &value{outer: e.stepsFirst(y), shape: tensor.Shape{x.shape[0], units}}, nil
}

// stepsFirst turns (batch, steps, …) into (steps, batch, …) and back.
func (e *exporter) stepsFirst(x string) string {
	return e.op("Transpose", attributes{"perm": []int{1, 0, 2}}, x)
}

// reversed turns an axis of size n round.
func (e *exporter) reversed(x string, axis, n int) string {
	return e.op("Slice", nil, x, e.ints(-1), e.ints(-n-1), e.ints(axis), e.ints(-1))
}

// overTime runs a layer over a sequence: (batch, units), or (steps, batch,
// units) in order of time with ReturnSequences. ONNX's own operations know no
// steps that do not count, and only some activations; else the steps are written
// out.
func (e *exporter) overTime(c cell, x *value) string {
	native, ok := c.activations()
	if x.mask != "" || !ok {
		return e.scanned(c, x)
	}
	in, units := x.shape[1], c.Units
	attrs := native
	attrs["hidden_size"] = units
	if c.GoBackwards {
		attrs["direction"] = "reverse"
	}
	if c.op == "GRU" && !c.resetBefore {
		attrs["linear_before_reset"] = 1
	}
	w := e.store("kernel", []int{1, c.gates * units, in}, func() []float32 { return c.blocks(e, "kernel", in) })
	r := e.store("recurrent_kernel", []int{1, c.gates * units, units}, func() []float32 { return c.blocks(e, "recurrent_kernel", units) })
	inputs := []string{e.stepsFirst(e.outer(x)), w, r}
	if e.has("bias") {
		inputs = append(inputs, e.store("bias", []int{1, 2 * c.gates * units}, func() []float32 { return c.biases(e) }))
	}
	outs := e.addMany(c.op, e.at+"/"+c.op, attrs, 2, inputs...)
	if c.ReturnSequences {
		return e.op("Squeeze", nil, outs[0], e.ints(1))
	}
	return e.op("Squeeze", nil, outs[1], e.ints(0))
}

// blocks turns a kernel (rows, gates·units) into ONNX's (gates·units, rows),
// blocks in ONNX's order.
func (c cell) blocks(e *exporter, name string, rows int) []float32 {
	values, shape := e.weight(name)
	turned := transposed(values, shape, 1, 0)
	size := c.Units * rows
	var out []float32
	for _, from := range c.order {
		out = append(out, turned[from*size:(from+1)*size]...)
	}
	return out
}

// biases are those of the input's product and then those of the state's, which
// only GRU has.
func (c cell) biases(e *exporter) []float32 {
	values, _ := e.weight("bias")
	n := c.gates * c.Units
	out := make([]float32, 0, 2*n)
	for side := 0; side+n <= len(values); side += n {
		for _, from := range c.order {
			out = append(out, values[side+from*c.Units:side+(from+1)*c.Units]...)
		}
	}
	return append(out, make([]float32, 2*n-len(out))...)
}

// nativeActivations are those that ONNX's recurrent operations know, without
// numbers: of those with a number, runtimes disagree which goes with which.
var nativeActivations = map[dlkit.Activation]string{
	dlkit.ReLU: "Relu", dlkit.Tanh: "Tanh", dlkit.Sigmoid: "Sigmoid", dlkit.Softsign: "Softsign", dlkit.Softplus: "Softplus",
}

// activations are the attributes that name a cell's, and false if ONNX's
// operation does not know them. Usual ones are left out.
func (c cell) activations() (attributes, bool) {
	list := map[string][]dlkit.Activation{
		"RNN": {c.Activation}, "LSTM": {c.gate, c.Activation, c.Activation}, "GRU": {c.gate, c.Activation},
	}[c.op]
	if c.Activation == dlkit.Tanh && (c.op == "RNN" || c.gate == dlkit.Sigmoid) {
		return attributes{}, true
	}
	var names []string
	for _, act := range list {
		name, ok := nativeActivations[act]
		if !ok {
			return nil, false
		}
		names = append(names, name)
	}
	return attributes{"activations": names}, true
}

// timeDistributed applies the layer inside to all steps of all examples at once.
func (e *exporter) timeDistributed(l *dlkit.TimeDistributedLayer, x *value) (*value, error) {
	steps := x.shape[0]
	each := append([]int{-1}, x.shape[1:]...)
	flat := &value{outer: e.op("Reshape", nil, e.outer(x), e.ints(each...)), shape: x.shape[1:].Clone()}
	var y *value
	var err error
	e.within(e.innerName(""), func() {
		y, err = e.layer(l.Layer, []*value{flat})
		if err == nil {
			e.outer(y)
		}
	})
	if err != nil {
		return nil, err
	}
	out := append([]int{-1, steps}, y.shape...)
	return &value{outer: e.op("Reshape", nil, y.outer, e.ints(out...)), shape: append(tensor.Shape{steps}, y.shape...)}, nil
}
