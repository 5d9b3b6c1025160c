package dlkit

import (
	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/steps"
	"github.com/gomlx/gomlx/core/graph"
)

// lookupMean is the mean of a text's rows: where nothing but GlobalAvgPool1D gets
// an Embedding's output, a lookup fetches what that makes of it, and the rows
// themselves, hundreds for each text, are never written down.
type lookupMean struct {
	at       int // number of the embedding's step
	size     int
	steps    int  // words of a text
	maskZero bool // word 0 does not count
}

// textsAtOnce is how many texts a worker takes at a time: some ten microseconds of
// work.
const textsAtOnce = 16

// meanAt is the mean that the i-th step, an embedding, and the next make
// together, nil if they don't.
func (m *Model) meanAt(i int, b *Builder) *lookupMean {
	e, ok := m.steps[i].layer.(*EmbeddingLayer)
	if !ok || len(m.steps[i].in[0]) != 1 || i+1 == len(m.steps) || b.watch != 0 || !m.newLinks(b.wanted).follows(i+1) {
		return nil
	}
	if _, ok := m.steps[i+1].layer.(*GlobalAvgPool1DLayer); !ok {
		return nil
	}
	return &lookupMean{i, e.Size, m.steps[i].in[0][0], e.MaskZero}
}

// fetchedMean applies the i-th step, whose input is x, and the next where a
// lookup has fetched what they make; otherwise it is nil.
func (b *Builder) fetchedMean(m *Model, i int, x *graph.Node) *graph.Node {
	e, ok := m.steps[i].layer.(*EmbeddingLayer)
	if !ok {
		return nil
	}
	for k, l := range b.lookups {
		if l.mean == nil || l.mean.at != i || b.lookedUp[k] != x {
			continue
		}
		b.layer = l.layer
		table := e.table(b)
		l.table = b.vars.byName[b.layer+"/embeddings"]
		y := customVJP(graph.StopGradient(l.node), func(_, dy *graph.Node) []*graph.Node {
			return []*graph.Node{scattered(table, x, l.mean.spread(x, dy)), dy}
		}, table, l.node)
		return graph.Reshape(y, append([]int{batchOf(x)}, m.steps[i+1].out...)...)
	}
	return nil
}

// spread is the gradient by the rows of the words x, from that by their means.
func (l *lookupMean) spread(x, dy *graph.Node) *graph.Node {
	if !l.maskZero {
		return graph.MulScalar(stretched(dy, l.steps), 1/float64(l.steps))
	}
	counts := graph.ConvertDType(graph.NotEqual(x, graph.ZerosLike(x)), dy.DType())
	number := graph.MaxScalar(graph.ReduceAndKeep(counts, graph.ReduceSum, 1), 1.0)
	shares := graph.Reshape(graph.Div(counts, number), batchOf(x), l.steps, 1)
	return graph.Mul(stretched(dy, l.steps), shares)
}

// fetch computes the means of texts.
func (l *lookupMean) fetch(means, table []float32, words []int32) {
	texts := len(words) / max(l.steps, 1)
	parallel.Each((texts+textsAtOnce-1)/textsAtOnce, func(i int) {
		for t := i * textsAtOnce; t < min(texts, (i+1)*textsAtOnce); t++ {
			text := words[t*l.steps : (t+1)*l.steps]
			steps.Mean(means[t*l.size:(t+1)*l.size], table, text, l.maskZero)
		}
	})
}

// scatter adds the gradients by means of texts to that by the table.
func (l *lookupMean) scatter(table, means []float32, words []int32) {
	for t := range len(words) / max(l.steps, 1) {
		text := words[t*l.steps : (t+1)*l.steps]
		steps.ScatterMean(table, means[t*l.size:(t+1)*l.size], text, l.maskZero)
	}
}
