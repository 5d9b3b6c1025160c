package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// MultiHeadAttentionLayer is made by MultiHeadAttention.
type MultiHeadAttentionLayer struct {
	named
	kernelOptions
	// Heads is the number of attentions side by side.
	Heads int
	// KeySize is the number of features by which a head compares steps.
	KeySize int
	// ValueSize is the number of features that a head hands on, and OutputSize
	// that of the result; 0 means KeySize, and the query's features.
	ValueSize, OutputSize int
	// Causal lets a step attend to itself and to earlier steps only.
	Causal bool
	// Rate is the share of attention weights to drop while training.
	Rate float64
}

// MultiHeadAttention lets every step of a sequence look at all steps of the
// same or of another sequence, and take from each as much as fits: every head
// compares a query, made from the step, with keys, made from the steps that it
// looks at, and sums up their values by softmax(query·key/sqrt(keySize)).
//
// As a Layer it is self-attention: input (steps, features), output (steps,
// features). As a Merge it takes queries and values from different sequences,
// and keys from a third one if there are three:
//
//	y := dlkit.ApplyMerge(dlkit.MultiHeadAttention(2, 32), query, value)
//
// Steps that a mask leaves out are not looked at, and give zeros before the
// last projection. Model.AttentionScores tells who looked at whom.
//
// Weights, for h heads: query/kernel (features, h, keySize), query/bias (h,
// keySize), likewise key and value, and attention_output/kernel (h, valueSize,
// features), attention_output/bias (features,). Vaswani et al., 2017.
func MultiHeadAttention(heads, keySize int, options ...MultiHeadAttentionOption) *MultiHeadAttentionLayer {
	l := &MultiHeadAttentionLayer{Heads: heads, KeySize: keySize}
	for _, o := range options {
		o.applyMultiHeadAttention(l)
	}
	return l
}

// MultiHeadAttentionOption is an option of MultiHeadAttention: Causal,
// DropoutRate, ValueSize, OutputSize, Name, NoBias, KernelInit, BiasInit, L1,
// L2, MaxNorm.
type MultiHeadAttentionOption interface {
	applyMultiHeadAttention(*MultiHeadAttentionLayer)
}

// AttentionOption is an option of MultiHeadAttention alone: ValueSize,
// OutputSize.
type AttentionOption func(*MultiHeadAttentionLayer)

// ValueSize is the number of features that each head of a MultiHeadAttention
// hands on; its key size if not given.
func ValueSize(size int) AttentionOption {
	return func(l *MultiHeadAttentionLayer) { l.ValueSize = size }
}

// OutputSize is the number of features of a MultiHeadAttention's output; those
// of the query if not given.
func OutputSize(size int) AttentionOption {
	return func(l *MultiHeadAttentionLayer) { l.OutputSize = size }
}

// DropoutRateOption is made by DropoutRate.
type DropoutRateOption float64

// DropoutRate is a share to drop while training, in [0, 1): of the attention
// weights of a MultiHeadAttention, or of the outputs of both parts of a
// TransformerEncoder.
func DropoutRate(rate float64) DropoutRateOption { return DropoutRateOption(rate) }

func (o AttentionOption) applyMultiHeadAttention(l *MultiHeadAttentionLayer)   { o(l) }
func (CausalOption) applyMultiHeadAttention(l *MultiHeadAttentionLayer)        { l.Causal = true }
func (o DropoutRateOption) applyMultiHeadAttention(l *MultiHeadAttentionLayer) { l.Rate = float64(o) }
func (o NameOption) applyMultiHeadAttention(l *MultiHeadAttentionLayer)        { l.Name = o.name }
func (o KernelOption) applyMultiHeadAttention(l *MultiHeadAttentionLayer)      { o(&l.kernelOptions) }

// String describes the layer: "MultiHeadAttention 2 × 32, causal".
func (l *MultiHeadAttentionLayer) String() string {
	s := fmt.Sprintf("MultiHeadAttention %d × %d", l.Heads, l.KeySize)
	if l.ValueSize != 0 {
		s += fmt.Sprintf(", values %d", l.ValueSize)
	}
	if l.OutputSize != 0 {
		s += fmt.Sprintf(", output %d", l.OutputSize)
	}
	if l.Causal {
		s += ", causal"
	}
	if l.Rate != 0 {
		s += fmt.Sprintf(", dropout %v", l.Rate)
	}
	return s
}

// OutShape implements Layer, for self-attention.
func (l *MultiHeadAttentionLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return l.OutShapeOf([]tensor.Shape{in})
}

// OutShapeOf implements Merge: query, then value, then key.
func (l *MultiHeadAttentionLayer) OutShapeOf(in []tensor.Shape) (tensor.Shape, error) {
	if err := l.checkSettings(); err != nil {
		return nil, err
	}
	if len(in) < 1 || len(in) > 3 {
		return nil, fmt.Errorf("it got %d inputs; give it one sequence, or a query and a value, or a query, a value and a key", len(in))
	}
	for _, s := range in {
		if err := wantSteps(s); err != nil {
			return nil, err
		}
	}
	if len(in) == 3 && in[1][0] != in[2][0] {
		return nil, fmt.Errorf("values %v and keys %v have different numbers of steps; every value needs one key", in[1], in[2])
	}
	out := in[0].Clone()
	if l.OutputSize > 0 {
		out[1] = l.OutputSize
	}
	return out, nil
}

func (l *MultiHeadAttentionLayer) checkSettings() error {
	switch {
	case l.Heads < 1:
		return fmt.Errorf("heads is %d; attention needs at least 1", l.Heads)
	case l.KeySize < 1:
		return fmt.Errorf("key size is %d; a head needs at least 1 feature to compare by, often the features divided by the heads", l.KeySize)
	case l.ValueSize < 0 || l.OutputSize < 0:
		return fmt.Errorf("value size is %d and output size %d; they must be above 0, or be left out", l.ValueSize, l.OutputSize)
	}
	_, err := Dropout(l.Rate).OutShape(nil)
	return firstError(err, l.check())
}

func (l *MultiHeadAttentionLayer) valueSize() int {
	if l.ValueSize > 0 {
		return l.ValueSize
	}
	return l.KeySize
}

// Apply implements Layer: self-attention.
func (l *MultiHeadAttentionLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return l.ApplyAll(b, []*graph.Node{x})
}

// ApplyAll implements Merge: query, then value, then key.
func (l *MultiHeadAttentionLayer) ApplyAll(b *Builder, xs []*graph.Node) *graph.Node {
	query, value := xs[0], xs[0]
	if len(xs) > 1 {
		value = xs[1]
	}
	key := value
	if len(xs) > 2 {
		key = xs[2]
	}
	return l.attend(b, query, value, key, nil)
}

// attend is the layer with a mask (n or 1, steps of query, steps of value) of
// who may look at whom, beside those of the inputs; nil for none.
func (l *MultiHeadAttentionLayer) attend(b *Builder, query, value, key, pairs *graph.Node) *graph.Node {
	w := l.weights(b, query, value, key)
	mask := l.mask(b, query, value, key, pairs)
	if y := l.attendOnHost(b, query, value, key, w, mask); y != nil {
		return y
	}
	a, q, k := l.compared(query, key, w, mask)
	v := project(value, w.value, w.valueBias)
	if b.Training() && l.Rate > 0 {
		a.kept = b.keptOf(b.Uniform(a.n, a.heads, a.from, a.to), l.Rate)
	}
	b.rememberScores(a, q, k)
	features := dims(w.output)[2]
	y := matmulBias(a.apply(q, k, v), graph.Reshape(w.output, -1, features), w.outputBias, false)
	return graph.Reshape(y, a.n, a.from, features)
}

// attentionWeights are an attention's kernels and biases, as they are saved; the
// biases are nil with NoBias.
type attentionWeights struct {
	query, queryBias, key, keyBias, value, valueBias, output, outputBias *graph.Node
}

// weights asks for the weights.
func (l *MultiHeadAttentionLayer) weights(b *Builder, query, value, key *graph.Node) attentionWeights {
	ask := func(name string, in, size int) (kernel, bias *graph.Node) {
		return l.kernel(b, name+"/kernel", tensor.Shape{in, l.Heads, size}), l.biasOf(b, name+"/bias", tensor.Shape{l.Heads, size})
	}
	var w attentionWeights
	w.query, w.queryBias = ask("query", dims(query)[2], l.KeySize)
	w.key, w.keyBias = ask("key", dims(key)[2], l.KeySize)
	w.value, w.valueBias = ask("value", dims(value)[2], l.valueSize())
	features := dims(query)[2]
	if l.OutputSize > 0 {
		features = l.OutputSize
	}
	w.output = l.kernel(b, "attention_output/kernel", tensor.Shape{l.Heads, l.valueSize(), features})
	w.outputBias = l.biasOf(b, "attention_output/bias", tensor.Shape{features})
	return w
}

// compared is the attention as a graph, with the queries and keys that it
// compares.
func (l *MultiHeadAttentionLayer) compared(query, key *graph.Node, w attentionWeights, mask attentionMask) (a attentionGraph, q, k *graph.Node) {
	a = attentionGraph{
		n: dims(query)[0], heads: l.Heads, from: dims(query)[1], to: dims(key)[1],
		keySize: l.KeySize, valueSize: l.valueSize(), mask: mask,
	}
	return a, project(query, w.query, w.queryBias), project(key, w.key, w.keyBias)
}

// project makes queries, keys or values for all heads from x (n, steps,
// features): (n·steps, heads·size).
func project(x, kernel, bias *graph.Node) *graph.Node {
	in := dims(x)[2]
	if bias != nil {
		bias = graph.Reshape(bias, -1)
	}
	return matmulBias(graph.Reshape(x, -1, in), graph.Reshape(kernel, in, -1), bias, false)
}

// biasOf asks for a bias of any shape, nil with NoBias.
func (l *MultiHeadAttentionLayer) biasOf(b *Builder, name string, shape tensor.Shape) *graph.Node {
	if l.NoBias {
		return nil
	}
	bias := b.Weight(name, shape, initOr(l.BiasInit, Zeros))
	if l.BiasL2 > 0 {
		b.Penalize(graph.MulScalar(graph.ReduceAllSum(graph.Mul(bias, bias)), l.BiasL2))
	}
	return bias
}

// mask gathers who may look at whom.
func (l *MultiHeadAttentionLayer) mask(b *Builder, query, value, key, pairs *graph.Node) attentionMask {
	var m attentionMask
	if l.Causal {
		m.earlier = b.earlierSteps(dims(query)[1], dims(value)[1])
	}
	number := func(mask *graph.Node) *graph.Node {
		if mask == nil {
			return nil
		}
		return graph.StopGradient(graph.ConvertDType(mask, b.DType()))
	}
	m.queries, m.keys, m.pairs = number(b.Mask(query)), number(b.Mask(value)), number(pairs)
	if other := number(b.Mask(key)); key != value && other != nil {
		if m.keys == nil {
			m.keys = other
		} else {
			m.keys = graph.Mul(m.keys, other)
		}
	}
	return m
}

// flops implements flopsCounter: the projections, and comparing and summing up
// for every pair of steps.
func (l *MultiHeadAttentionLayer) flops(in []tensor.Shape, out tensor.Shape) int64 {
	query, value := in[0], in[0]
	if len(in) > 1 {
		value = in[1]
	}
	key := in[len(in)-1]
	keys, values := l.Heads*l.KeySize, l.Heads*l.valueSize()
	projections := query.Size()*keys + key.Size()*keys + value.Size()*values + query[0]*values*out[1]
	return 2 * int64(projections+query[0]*value[0]*(keys+values))
}

// wideInside implements the interface of that name.
func (*MultiHeadAttentionLayer) wideInside() {}
