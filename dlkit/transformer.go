package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// TransformerEncoderLayer is made by TransformerEncoder.
type TransformerEncoderLayer struct {
	named
	// Heads is the number of attentions side by side.
	Heads int
	// KeySize is the number of features by which a head compares steps.
	KeySize int
	// Units is the number of units in the middle of the second part.
	Units int
	// Activation bends those units; ReLU unless another was given.
	Activation Activation
	// Rate is the share of each part's outputs to drop while training.
	Rate float64
	// Epsilon is that of the normalisations.
	Epsilon float64
	// NormFirst normalises what goes into each part instead of what comes out.
	NormFirst bool
	// Causal lets a step attend to itself and to earlier steps only.
	Causal bool
}

// TransformerEncoder is one block of a transformer: a MultiHeadAttention of
// the sequence to itself, and then two Dense layers for every step, the first
// with units and an activation. What each part gives is added to what went in,
// and the sum is normalised by a LayerNormalization. Blocks can be stacked.
// Input and output (steps, features).
//
//	dlkit.Sequential(tensor.Shape{200},
//		dlkit.TokenAndPositionEmbedding(200, 20000, 32),
//		dlkit.TransformerEncoder(2, 32, 32, dlkit.DropoutRate(0.1)),
//		dlkit.GlobalAvgPool1D(),
//		dlkit.Dense(2, dlkit.Softmax))
//
// Weights, in this order, those of attention (see MultiHeadAttention),
// ffn_in, ffn_out (see Dense), norm_attention, norm_ffn (see
// LayerNormalization); ε is 1e-6 if not given. Vaswani et al., 2017.
func TransformerEncoder(heads, keySize, units int, options ...TransformerEncoderOption) *TransformerEncoderLayer {
	l := &TransformerEncoderLayer{Heads: heads, KeySize: keySize, Units: units, Activation: ReLU, Epsilon: 1e-6}
	for _, o := range options {
		o.applyTransformerEncoder(l)
	}
	return l
}

// TransformerEncoderOption is an option of TransformerEncoder: an Activation,
// DropoutRate, NormFirst, Causal, Epsilon, Name.
type TransformerEncoderOption interface {
	applyTransformerEncoder(*TransformerEncoderLayer)
}

// NormFirstOption is the type of NormFirst.
type NormFirstOption struct{}

// NormFirst makes a TransformerEncoder normalise what goes into each of its
// parts, instead of the sums that come out: deep stacks of blocks train more
// easily so. Put a LayerNormalization behind the last block. Xiong et al.,
// 2020.
var NormFirst NormFirstOption

func (a Activation) applyTransformerEncoder(l *TransformerEncoderLayer)        { l.Activation = a }
func (o DropoutRateOption) applyTransformerEncoder(l *TransformerEncoderLayer) { l.Rate = float64(o) }
func (NormFirstOption) applyTransformerEncoder(l *TransformerEncoderLayer)     { l.NormFirst = true }
func (CausalOption) applyTransformerEncoder(l *TransformerEncoderLayer)        { l.Causal = true }
func (o EpsilonOption) applyTransformerEncoder(l *TransformerEncoderLayer)     { l.Epsilon = float64(o) }
func (o NameOption) applyTransformerEncoder(l *TransformerEncoderLayer)        { l.Name = o.name }

// String describes the layer: "TransformerEncoder 2 × 32, 32 units".
func (l *TransformerEncoderLayer) String() string {
	s := fmt.Sprintf("TransformerEncoder %d × %d, %d units", l.Heads, l.KeySize, l.Units)
	if l.Activation != ReLU {
		s += ", " + l.Activation.String()
	}
	if l.NormFirst {
		s += ", norm first"
	}
	if l.Causal {
		s += ", causal"
	}
	if l.Rate != 0 {
		s += fmt.Sprintf(", dropout %v", l.Rate)
	}
	return s
}

// OutShape implements Layer.
func (l *TransformerEncoderLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	out, err := l.attention().OutShape(in)
	if err != nil {
		return nil, err
	}
	if l.Units < 1 {
		return nil, fmt.Errorf("units is %d; the Dense layer in the middle of the block needs at least 1", l.Units)
	}
	_, err = Dropout(l.Rate).OutShape(in)
	return out, firstError(err, wantEpsilon(l.Epsilon))
}

func (l *TransformerEncoderLayer) attention() *MultiHeadAttentionLayer {
	return &MultiHeadAttentionLayer{Heads: l.Heads, KeySize: l.KeySize, Causal: l.Causal}
}

// attentionAt implements attender.
func (l *TransformerEncoderLayer) attentionAt() (string, int) { return "/attention", l.Heads }

// Apply implements Layer.
func (l *TransformerEncoderLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return l.encode(b, x, nil)
}

// encode is the block with a mask (n, steps, steps) of who may look at whom; nil
// for none.
func (l *TransformerEncoderLayer) encode(b *Builder, x, pairs *graph.Node) *graph.Node {
	l.askForWeights(b, dims(x)[2])
	if y := l.encodeOnHost(b, x, pairs); y != nil {
		return y
	}
	x = l.residual(b, "norm_attention", x, func(x *graph.Node) (y *graph.Node) {
		b.within("attention", func() { y = l.attention().attend(b, x, x, x, pairs) })
		return y
	})
	return l.residual(b, "norm_ffn", x, func(x *graph.Node) *graph.Node { return l.dense(b, x) })
}

// residual adds a part to its own input, with dropout and normalisation.
func (l *TransformerEncoderLayer) residual(b *Builder, norm string, x *graph.Node, part func(x *graph.Node) *graph.Node) *graph.Node {
	in := x
	if l.NormFirst {
		in = l.normalize(b, norm, x)
	}
	y := graph.Add(x, Dropout(l.Rate).Apply(b, part(in)))
	if l.NormFirst {
		return b.keepMask(x, y)
	}
	return b.keepMask(x, l.normalize(b, norm, y))
}

// keepMask hands x's mask on to y.
func (b *Builder) keepMask(x, y *graph.Node) *graph.Node {
	if mask := b.Mask(x); mask != nil {
		b.SetMask(y, mask)
	}
	return y
}

func (l *TransformerEncoderLayer) normalize(b *Builder, name string, x *graph.Node) (y *graph.Node) {
	b.within(name, func() { y = LayerNormalization(Epsilon(l.Epsilon)).Apply(b, x) })
	return b.keepMask(x, y)
}

// dense is the second part.
func (l *TransformerEncoderLayer) dense(b *Builder, x *graph.Node) *graph.Node {
	features := dims(x)[2]
	b.within("ffn_in", func() { x = Dense(l.Units, l.Activation).Apply(b, x) })
	b.within("ffn_out", func() { x = Dense(features).Apply(b, x) })
	return x
}

// askForWeights makes the weights in the order that Keras saves them in, which
// is not that of their use.
func (l *TransformerEncoderLayer) askForWeights(b *Builder, features int) {
	b.within("attention", func() { l.attention().askForWeights(b, features) })
	dense := func(name string, in, out int) {
		b.within(name, func() {
			b.Weight("kernel", tensor.Shape{in, out}, nil)
			b.Weight("bias", tensor.Shape{out}, Zeros)
		})
	}
	dense("ffn_in", features, l.Units)
	dense("ffn_out", l.Units, features)
	for _, norm := range []string{"norm_attention", "norm_ffn"} {
		b.within(norm, func() {
			b.Weight("gamma", tensor.Shape{features}, Ones)
			b.Weight("beta", tensor.Shape{features}, Zeros)
		})
	}
}

// askForWeights makes the weights of a self-attention without settings of its
// own.
func (l *MultiHeadAttentionLayer) askForWeights(b *Builder, features int) {
	for _, name := range []string{"query", "key", "value"} {
		b.Weight(name+"/kernel", tensor.Shape{features, l.Heads, l.KeySize}, nil)
		b.Weight(name+"/bias", tensor.Shape{l.Heads, l.KeySize}, Zeros)
	}
	b.Weight("attention_output/kernel", tensor.Shape{l.Heads, l.KeySize, features}, nil)
	b.Weight("attention_output/bias", tensor.Shape{features}, Zeros)
}

// flops implements flopsCounter.
func (l *TransformerEncoderLayer) flops(in []tensor.Shape, out tensor.Shape) int64 {
	steps, features := in[0][0], in[0][1]
	dense := 2 * 2 * int64(steps*features*l.Units)
	norms := 2 * (&LayerNormalizationLayer{}).flops(in, out)
	return l.attention().flops(in, out) + dense + norms
}

// wideInside implements the interface of that name.
func (*TransformerEncoderLayer) wideInside() {}
