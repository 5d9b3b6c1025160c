package dlkit

import (
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

func init() {
	layerMakers["MultiHeadAttention"] = func(_ *testing.T, c refLayer) any {
		options := []MultiHeadAttentionOption{c.bias(), ValueSize(c.int("value_dim")), DropoutRate(c.float("dropout"))}
		if c.Call["use_causal_mask"] == true {
			options = append(options, Causal)
		}
		if size, ok := c.Config["output_shape"].(float64); ok {
			options = append(options, OutputSize(int(size)))
		}
		if size, ok := c.Config["output_shape"].([]any); ok {
			options = append(options, OutputSize(int(size[0].(float64))))
		}
		l := MultiHeadAttention(c.int("num_heads"), c.int("key_dim"), options...)
		if c.AttentionMask == nil && len(c.Output) == 1 {
			return l
		}
		return &attentionProbe{l, c}
	}
}

func init() {
	layerMakers["PositionEmbedding"] = func(_ *testing.T, c refLayer) any { return PositionEmbedding(c.int("sequence_length")) }
	layerMakers["TokenAndPositionEmbedding"] = func(_ *testing.T, c refLayer) any {
		return TokenAndPositionEmbedding(c.int("maxlen"), c.int("vocab_size"), c.int("embed_dim"))
	}
	layerMakers["TransformerEncoder"] = func(t *testing.T, c refLayer) any {
		options := []TransformerEncoderOption{c.activation(t), c.epsilon(1e-6)}
		if c.bool("norm_first") {
			options = append(options, NormFirst)
		}
		if c.Call["use_causal_mask"] == true {
			options = append(options, Causal)
		}
		l := TransformerEncoder(c.int("num_heads"), c.int("key_dim"), c.int("ff_dim"), options...)
		if c.AttentionMask == nil {
			return l
		}
		return &encoderProbe{l, c}
	}
}

// encoderProbe is a TransformerEncoder with a mask of pairs.
type encoderProbe struct {
	*TransformerEncoderLayer
	c refLayer
}

func (p *encoderProbe) Apply(b *Builder, x *graph.Node) *graph.Node {
	return p.encode(b, x, p.c.pairs(b, dims(x)[1], dims(x)[1]))
}

// attentionProbe is an attention with a mask of pairs, and with its scores put
// behind its output where the reference has them: what dlkit's layers have no
// argument for.
type attentionProbe struct {
	*MultiHeadAttentionLayer
	c refLayer
}

// pairs is the reference's mask (n, from, to) in numbers.
func (c refLayer) pairs(b *Builder, from, to int) *graph.Node {
	if c.AttentionMask == nil {
		return nil
	}
	values, d := c.AttentionMask.values(), c.AttentionMask.Shape
	mask := graph.Reshape(graph.ConstAsDType(b.Graph(), b.DType(), values), d...)
	return graph.BroadcastToDims(mask, d[0], from, to)
}

func (p *attentionProbe) ApplyAll(b *Builder, xs []*graph.Node) *graph.Node {
	query, value := xs[0], xs[min(1, len(xs)-1)]
	key := xs[len(xs)-1]
	y := p.attend(b, query, value, key, p.c.pairs(b, dims(query)[1], dims(value)[1]))
	if len(p.c.Output) == 1 {
		return y
	}
	return graph.Concatenate([]*graph.Node{graph.Reshape(y, dims(y)[0], -1), graph.Reshape(p.scores(b, xs), dims(y)[0], -1)}, 1)
}

// scores computes the scores once more from differentiable operations, whose
// gradient the reference includes.
func (p *attentionProbe) scores(b *Builder, xs []*graph.Node) *graph.Node {
	query, value, key := xs[0], xs[min(1, len(xs)-1)], xs[len(xs)-1]
	l := p.MultiHeadAttentionLayer
	mask := l.mask(b, query, value, key, p.c.pairs(b, dims(query)[1], dims(value)[1]))
	return differentiably(func() *graph.Node {
		a, q, k := l.compared(query, key, l.weights(b, query, value, key), mask)
		return a.scores(q, k)
	})
}

// differentiably builds without fused operations.
func differentiably(build func() *graph.Node) *graph.Node {
	was := plainOps
	plainOps = true
	defer func() { plainOps = was }()
	return build()
}

func (p *attentionProbe) Apply(b *Builder, x *graph.Node) *graph.Node {
	return p.ApplyAll(b, []*graph.Node{x})
}

func (p *attentionProbe) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return p.OutShapeOf([]tensor.Shape{in})
}

func (p *attentionProbe) OutShapeOf(in []tensor.Shape) (tensor.Shape, error) {
	out, err := p.MultiHeadAttentionLayer.OutShapeOf(in)
	if err == nil && len(p.c.Output) > 1 {
		out = tensor.Shape{out.Size() + p.Heads*in[0][0]*in[len(in)-1][0]}
	}
	return out, err
}

// joined puts the values of several tensors (n, …) side by side: (n, all).
func joinedReference(ts []refTensor) refTensor {
	n := ts[0].Shape[0]
	out := refTensor{Shape: []int{n, 0}}
	for i := range n {
		for _, t := range ts {
			width := len(t.Data) / n
			out.Data = append(out.Data, t.Data[i*width:(i+1)*width]...)
		}
	}
	out.Shape[1] = len(out.Data) / n
	return out
}

// TestAttentionAgreesWithKeras runs every case; where the reference has scores,
// once with them and once without, for the three steps of training.
func TestAttentionAgreesWithKeras(t *testing.T) {
	var cases []refLayer
	for _, c := range readReference[refLayer](t, "layers_attention.json") {
		if len(c.Output) > 1 {
			alone := c
			alone.Name += ", trained"
			alone.Output, alone.Upstream, alone.InputGrads, alone.WeightGrads = c.Output[:1], nil, nil, nil
			cases = append(cases, alone)
			c.Output = append([]refTensor{joinedReference(c.Output)}, c.Output...)
			c.Upstream, c.Steps = []refTensor{joinedReference(c.Upstream)}, nil
		}
		cases = append(cases, c)
	}
	runLayerCases(t, cases)
	t.Run("example by example", func(t *testing.T) {
		was := maxPairs
		maxPairs = 1
		defer func() { maxPairs = was }()
		runLayerCases(t, cases)
	})
}

func TestAttentionReferencesAreNotSkipped(t *testing.T) {
	for _, c := range readReference[refLayer](t, "layers_attention.json") {
		if _, ok := layerMakers[c.Class]; !ok {
			t.Errorf("%s: no maker for %s", c.Name, c.Class)
		}
	}
}
