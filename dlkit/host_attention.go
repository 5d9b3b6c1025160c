package dlkit

import (
	"github.com/gofromzero/fromzero/dlkit/internal/attention"
	"github.com/gomlx/gomlx/core/graph"
)

// attendOnHost runs the layer outside the graph, where the weights of all pairs
// of steps never get to the memory. It is nil where that cannot be done: without
// the processor's vectors, on other backends than pure Go, and in float64.
func (l *MultiHeadAttentionLayer) attendOnHost(b *Builder, query, value, key *graph.Node, w attentionWeights, mask attentionMask) *graph.Node {
	if !b.callsHost() || !l.runsOnHost() {
		return nil
	}
	l.rememberScores(b, query, key, w, mask)
	n, from, out := dims(query)[0], dims(query)[1], dims(w.output)[2]
	config := attention.Config{
		Rows: n, From: from, To: dims(value)[1], Heads: l.Heads, KeySize: l.KeySize, ValueSize: l.valueSize(),
		Features: [3]int{dims(query)[2], dims(key)[2], dims(value)[2]}, Out: out,
		Causal: l.Causal, Rate: l.Rate, Train: b.program.key.kind.trains(),
	}
	var sequences []*graph.Node
	work := attentionWork{bias: !l.NoBias, masks: masksOf(mask)}
	for k, x := range []*graph.Node{query, key, value} {
		work.sources[k] = len(sequences)
		for i, s := range sequences {
			if s == x {
				work.sources[k] = i
			}
		}
		if work.sources[k] == len(sequences) {
			sequences = append(sequences, x)
		}
	}
	work.sequences = len(sequences)
	newWork := func() hostWork {
		work.layer = attention.NewMultiHead(config)
		return &work
	}
	return b.callHost(newWork, []int{n, from, out}, append(sequences, w.list()...), mask.list()...)
}

// runsOnHost implements hostLayer.
func (l *MultiHeadAttentionLayer) runsOnHost() bool { return attention.Fast() }

// rememberScores is the Builder's for an attention that is not in the graph.
func (l *MultiHeadAttentionLayer) rememberScores(b *Builder, query, key *graph.Node, w attentionWeights, mask attentionMask) {
	if !b.training {
		a, q, k := l.compared(query, key, w, mask)
		b.rememberScores(a, q, k)
	}
}

// list are the weights that there are.
func (w attentionWeights) list() (out []*graph.Node) {
	for _, n := range []*graph.Node{w.query, w.queryBias, w.key, w.keyBias, w.value, w.valueBias, w.output, w.outputBias} {
		out = append(out, present(n)...)
	}
	return out
}

// list are the masks that there are, but for that of earlier steps.
func (m attentionMask) list() (out []*graph.Node) {
	for _, n := range []*graph.Node{m.queries, m.keys, m.pairs} {
		out = append(out, present(n)...)
	}
	return out
}

// attentionMasks tells which masks a work is given.
type attentionMasks struct{ queries, keys, pairs bool }

func masksOf(m attentionMask) attentionMasks {
	return attentionMasks{m.queries != nil, m.keys != nil, m.pairs != nil}
}

// nextWeights are an attention's weights, or the gradients by them.
func (h *hostInputs) nextWeights(bias bool) (w attention.Weights) {
	for _, part := range []struct{ kernel, bias *[]float32 }{
		{&w.Query, &w.QueryBias}, {&w.Key, &w.KeyBias}, {&w.Value, &w.ValueBias}, {&w.Output, &w.OutputBias},
	} {
		*part.kernel, *part.bias = h.next(), h.nextIf(bias)
	}
	return w
}

// nextMasks are the masks, which gradients lack.
func (h *hostInputs) nextMasks(m attentionMasks) attention.Masks {
	return attention.Masks{Queries: h.nextIf(m.queries), Keys: h.nextIf(m.keys), Pairs: h.nextIf(m.pairs)}
}

// attentionWork is a MultiHeadAttention as hostWork: its inputs are the sequences,
// the weights and the masks.
type attentionWork struct {
	layer     *attention.MultiHead
	sequences int    // that differ
	sources   [3]int // which of them queries, keys and values are made from
	bias      bool
	masks     attentionMasks
}

// split sorts inputs, or gradients by them.
func (w *attentionWork) split(in [][]float32) (sequences [3][]float32, weights attention.Weights, masks attention.Masks) {
	for k, i := range w.sources {
		sequences[k] = in[i]
	}
	rest := hostInputs(in[w.sequences:])
	weights = rest.nextWeights(w.bias)
	return sequences, weights, rest.nextMasks(w.masks)
}

func (w *attentionWork) forward(out []float32, in [][]float32) {
	sequences, weights, masks := w.split(in)
	w.layer.Load(weights)
	w.layer.Forward(out, sequences, masks)
}

func (w *attentionWork) backward(grads, in [][]float32, dout []float32) {
	sequences, _, masks := w.split(in)
	dsequences, dweights, _ := w.split(grads)
	w.layer.Backward(dsequences, dweights, sequences, dout, masks)
}

func (w *attentionWork) reseed(seed uint64) { w.layer.Seed = seed }
