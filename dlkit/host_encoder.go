package dlkit

import (
	"github.com/gofromzero/fromzero/dlkit/internal/attention"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// encodeOnHost runs the whole block outside the graph, one example after another,
// whose numbers stay in the processor's caches from the first projection to the
// last normalisation. It is nil where that cannot be done: see attendOnHost, and
// for activations that the work does not know.
func (l *TransformerEncoderLayer) encodeOnHost(b *Builder, x, pairs *graph.Node) *graph.Node {
	if !b.callsHost() || !l.runsOnHost() {
		return nil
	}
	n, steps, features := dims(x)[0], dims(x)[1], dims(x)[2]
	mask := l.attention().mask(b, x, x, x, pairs)
	work := encoderWork{masks: masksOf(mask)}
	config := attention.EncoderConfig{
		Rows: n, Steps: steps, Features: features, Heads: l.Heads, KeySize: l.KeySize, Units: l.Units,
		Bend: hostBends[l.Activation], Epsilon: l.Epsilon, Rate: l.Rate, NormFirst: l.NormFirst, Causal: l.Causal,
		Train: b.program.key.kind.trains(),
	}
	l.rememberScores(b, x, mask)
	newWork := func() hostWork {
		work.block = attention.NewEncoder(config)
		return &work
	}
	inputs := append([]*graph.Node{x}, l.weights(b, x)...)
	return b.keepMask(x, b.callHost(newWork, []int{n, steps, features}, inputs, mask.list()...))
}

// hostBends are the activations that can be left to the host.
var hostBends = map[Activation]attention.Bend{Linear: attention.Straight, ReLU: attention.ReLU, GELU: attention.GELU}

// runsOnHost implements hostLayer.
func (l *TransformerEncoderLayer) runsOnHost() bool {
	_, known := hostBends[l.Activation]
	return known && attention.Fast()
}

// rememberScores is the Builder's for an attention that is not in the graph.
func (l *TransformerEncoderLayer) rememberScores(b *Builder, x *graph.Node, mask attentionMask) {
	if b.training {
		return
	}
	if l.NormFirst {
		x = l.normalize(b, "norm_attention", x)
	}
	b.within("attention", func() {
		a := l.attention()
		a.rememberScores(b, x, x, a.weights(b, x, x, x), mask)
	})
}

// weights asks for the weights, in the order that the work is given them.
func (l *TransformerEncoderLayer) weights(b *Builder, x *graph.Node) (out []*graph.Node) {
	features := dims(x)[2]
	b.within("attention", func() { out = l.attention().weights(b, x, x, x).list() })
	ask := func(inside, name string, shape ...int) {
		b.within(inside, func() { out = append(out, b.Weight(name, tensor.Shape(shape), nil)) })
	}
	ask("ffn_in", "kernel", features, l.Units)
	ask("ffn_in", "bias", l.Units)
	ask("ffn_out", "kernel", l.Units, features)
	ask("ffn_out", "bias", features)
	for _, norm := range []string{"norm_attention", "norm_ffn"} {
		ask(norm, "gamma", features)
		ask(norm, "beta", features)
	}
	return out
}

// encoderWork is a TransformerEncoder as hostWork: its inputs are the sequence,
// the weights and the masks.
type encoderWork struct {
	block *attention.Encoder
	masks attentionMasks
}

// split sorts inputs, or gradients by them.
func (w *encoderWork) split(in [][]float32) (x []float32, weights attention.EncoderWeights, masks attention.Masks) {
	rest := hostInputs(in)
	x = rest.next()
	weights = attention.EncoderWeights{
		Attention: rest.nextWeights(true), In: rest.next(), InBias: rest.next(), Out: rest.next(), OutBias: rest.next(),
	}
	for i := range weights.Gamma {
		weights.Gamma[i], weights.Beta[i] = rest.next(), rest.next()
	}
	return x, weights, rest.nextMasks(w.masks)
}

func (w *encoderWork) forward(out []float32, in [][]float32) {
	x, weights, masks := w.split(in)
	w.block.Forward(out, x, weights, masks)
}

func (w *encoderWork) backward(grads, in [][]float32, dout []float32) {
	x, _, masks := w.split(in)
	dx, dweights, _ := w.split(grads)
	w.block.Backward(dx, dweights, x, dout, masks)
}

func (w *encoderWork) reseed(seed uint64) { w.block.Seed = seed }
