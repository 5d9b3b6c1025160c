package onnx

import (
	"math"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// attention exports MultiHeadAttention, of one, two or three sequences: query,
// value, key.
func (e *exporter) attention(l *dlkit.MultiHeadAttentionLayer, in []*value) *value {
	query, val := in[0], in[0]
	if len(in) > 1 {
		val = in[1]
	}
	key := val
	if len(in) > 2 {
		key = in[2]
	}
	valueSize := l.ValueSize
	if valueSize == 0 {
		valueSize = l.KeySize
	}
	from, to := query.shape[0], val.shape[0]
	q := e.heads("query", query, l.Heads, l.KeySize, 0, 2, 1, 3)
	k := e.heads("key", key, l.Heads, l.KeySize, 0, 2, 3, 1)
	v := e.heads("value", val, l.Heads, valueSize, 0, 2, 1, 3)
	scores := e.op("MatMul", nil, e.op("Mul", nil, q, e.scalar(1/math.Sqrt(float64(l.KeySize)))), k)

	keys := e.both(val.mask, key.mask)
	if keys != "" {
		scores = e.op("Add", nil, scores, e.excluded(e.counts(keys, 1, 2)))
	}
	if l.Causal {
		scores = e.op("Add", nil, scores, e.constant(e.at+"/causal", []int{from, to}, later(from, to)))
	}
	y := e.op("MatMul", nil, e.op("Softmax", attributes{"axis": -1}, scores), v)
	y = e.op("Transpose", attributes{"perm": []int{0, 2, 1, 3}}, y)
	y = e.op("Reshape", nil, y, e.ints(0, from, l.Heads*valueSize))
	if seeing := e.seeing(query.mask, keys, l.Causal, from, to); seeing != "" {
		y = e.op("Mul", nil, y, seeing)
	}
	features := query.shape[1]
	if l.OutputSize > 0 {
		features = l.OutputSize
	}
	y = e.op("MatMul", nil, y, e.storeWeight("attention_output/kernel", l.Heads*valueSize, features))
	if e.has("attention_output/bias") {
		y = e.op("Add", nil, y, e.storeWeight("attention_output/bias", features))
	}
	return &value{outer: y, shape: tensor.Shape{from, features}}
}

// heads projects a sequence for all heads, (batch, steps, heads, size), and
// turns it.
func (e *exporter) heads(name string, x *value, heads, size int, perm ...int) string {
	y := e.op("MatMul", nil, e.outer(x), e.storeWeight(name+"/kernel", x.shape[1], heads*size))
	if e.has(name + "/bias") {
		y = e.op("Add", nil, y, e.storeWeight(name+"/bias", heads*size))
	}
	y = e.op("Reshape", nil, y, e.ints(0, x.shape[0], heads, size))
	return e.op("Transpose", attributes{"perm": perm}, y)
}

// both is the mask of steps that count in a and in b; an empty name counts all.
func (e *exporter) both(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return e.op("And", nil, a, b)
}

// excluded is what is added to scores: 0 for a step that counts, and a number so
// low that softmax makes it 0 for others.
func (e *exporter) excluded(counts string) string {
	return e.op("Mul", nil, e.op("Sub", nil, counts, e.scalar(1)), e.scalar(1e9))
}

// later excludes what lies ahead of a step.
func later(from, to int) []float32 {
	out := make([]float32, from*to)
	for i := range from {
		for k := i + 1; k < to; k++ {
			out[i*to+k] = -1e9
		}
	}
	return out
}

// seeing is 0 for a step that may look at nobody, or does not count, and 1 for
// others: (batch, from, 1). It is empty if all may look at somebody.
func (e *exporter) seeing(queries, keys string, causal bool, from, to int) string {
	var seen string
	if keys != "" {
		counts := e.counts(keys) // (batch, to)
		if causal {
			allowed := make([]float32, to*from)
			for k := range to {
				for i := k; i < from; i++ {
					allowed[k*from+i] = 1
				}
			}
			seen = e.op("MatMul", nil, counts, e.constant(e.at+"/allowed", []int{to, from}, allowed))
		} else {
			seen = e.op("ReduceSum", attributes{"keepdims": 1}, counts, e.ints(1))
		}
		seen = e.op("Unsqueeze", nil, e.op("Min", nil, seen, e.scalar(1)), e.ints(2))
	}
	if queries == "" {
		return seen
	}
	counts := e.counts(queries, 2)
	if seen == "" {
		return counts
	}
	return e.op("Mul", nil, seen, counts)
}

// transformer exports a block: attention and two dense layers, each added to
// what went in, and normalised.
func (e *exporter) transformer(l *dlkit.TransformerEncoderLayer, x *value) *value {
	inner := &dlkit.MultiHeadAttentionLayer{Heads: l.Heads, KeySize: l.KeySize, Causal: l.Causal}
	x = e.residual(l, "norm_attention", x, func(x *value) (y *value) {
		e.within("attention", func() { y = e.attention(inner, []*value{x}) })
		return y
	})
	return e.residual(l, "norm_ffn", x, func(x *value) *value {
		features := x.shape[1]
		e.within("ffn_in", func() { x = e.dense(&dlkit.DenseLayer{Units: l.Units, Activation: l.Activation}, x) })
		e.within("ffn_out", func() { x = e.linear(x, features) })
		return x
	})
}

func (e *exporter) residual(l *dlkit.TransformerEncoderLayer, norm string, x *value, part func(*value) *value) *value {
	normalize := func(v *value) (y *value) {
		e.within(norm, func() { y = e.layerNormalization(nil, l.Epsilon, v) })
		y.mask = x.mask
		return y
	}
	in := x
	if l.NormFirst {
		in = normalize(x)
	}
	y := &value{outer: e.op("Add", nil, e.outer(x), e.outer(part(in))), shape: x.shape, mask: x.mask}
	if !l.NormFirst {
		return normalize(y)
	}
	return y
}
