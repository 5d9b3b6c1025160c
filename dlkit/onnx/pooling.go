package onnx

// pool adds MaxPool or AveragePool, neither of which counts the margin.
func (e *exporter) pool(op string, x *value, ws ...window) *value {
	out := &value{inner: e.op(op, windowAttributes(ws, false), e.inner(x))}
	for _, w := range ws {
		out.shape = append(out.shape, w.out)
	}
	out.shape = append(out.shape, x.shape[len(x.shape)-1])
	return out
}

// pooledShape is the shape after pooling everything but the channels.
func pooledShape(x *value, keepDims bool) []int {
	channels := x.shape[len(x.shape)-1]
	if !keepDims {
		return []int{channels}
	}
	out := make([]int, len(x.shape))
	for i := range out {
		out[i] = 1
	}
	out[len(out)-1] = channels
	return out
}

// globalPool takes the Max or Mean of every channel, in the layout that is
// there.
func (e *exporter) globalPool(reduce string, keepDims bool, x *value) *value {
	if x.isInner() {
		op := map[string]string{"Max": "GlobalMaxPool", "Mean": "GlobalAveragePool"}[reduce]
		y := e.op(op, nil, x.inner)
		return e.reshaped(y, pooledShape(x, keepDims)...)
	}
	var axes []int
	for i := 1; i < len(x.shape); i++ {
		axes = append(axes, i)
	}
	keep := 0
	if keepDims {
		keep = 1
	}
	y := e.op("Reduce"+reduce, attributes{"axes": axes, "keepdims": keep}, e.outer(x))
	return &value{outer: y, shape: pooledShape(x, keepDims)}
}

// maskedMean is the mean of the steps that count; 0 if none does.
func (e *exporter) maskedMean(keepDims bool, x *value) *value {
	counts := e.counts(x.mask, 2)
	sum := e.op("ReduceSum", attributes{"keepdims": 1}, e.op("Mul", nil, e.outer(x), counts), e.ints(1))
	number := e.op("Max", nil, e.op("ReduceSum", attributes{"keepdims": 1}, counts, e.ints(1)), e.scalar(1))
	return e.reshaped(e.op("Div", nil, sum, number), pooledShape(x, keepDims)...)
}

// counts is a mask in numbers, 1 for a step that counts, with a new axis of
// size 1.
func (e *exporter) counts(mask string, axes ...int) string {
	numbers := e.op("Cast", attributes{"to": int(floatElem)}, mask)
	if len(axes) == 0 {
		return numbers
	}
	return e.op("Unsqueeze", nil, numbers, e.ints(axes...))
}
