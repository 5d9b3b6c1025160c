package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/dlkit/internal/steps"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// hostLookup fetches the rows of an Embedding's table before a program runs,
// for words that are the model's input: where the program can reach both, it
// copies rows faster than a graph does, and need not add the gradient of every
// row to a table of zeros as large as the weights.
type hostLookup struct {
	layer   string
	words   int         // which of the program's feeds holds them
	rows    int         // and which the rows, (words' shape, size), or their means, (examples, size)
	node    *graph.Node // of the rows, in the graph instead of those of the table
	fetched *graph.Node // the same value, with its gradients
	mean    *lookupMean // what is fetched instead of rows, nil for rows themselves
	table   *variable   // known once the layer has asked for its weight
}

// embedder is a layer that is an embedding or begins with one.
type embedder interface {
	// embeddingAt is the name of the embedding below the layer's, "" if it is the
	// layer itself, and its size.
	embeddingAt() (below string, size int)
}

// embeddingAt implements embedder.
func (e *EmbeddingLayer) embeddingAt() (string, int) { return "", e.Size }

// embeddingAt implements embedder.
func (l *TokenAndPositionEmbeddingLayer) embeddingAt() (string, int) { return "/token_emb", l.Size }

// addLookups declares the rows of the embeddings that stand on the model's
// inputs. A layer that is also used elsewhere is left to the graph.
func (m *Model) addLookups(p *program, b *Builder, inputs []*graph.Node) error {
	if !m.device.sharesFloats(m.dtype) {
		return nil
	}
	inside := map[string]bool{}
	for _, s := range m.steps {
		inside[s.name] = inside[s.name] || s.from[0] >= len(m.inputs)
	}
	for i, s := range m.steps {
		l, ok := s.layer.(embedder)
		if !ok || inside[s.name] || p.inputs[s.from[0]].tensor.DType() != tensor.Int32 {
			continue
		}
		below, size := l.embeddingAt()
		words := p.inputs[s.from[0]]
		mean, shape := m.meanAt(i, b), words.tensor.Shape().Clone()
		if mean != nil {
			shape = shape[:1]
		}
		_, node, err := p.addFeed(fmt.Sprintf("rows_%d", i+1), tensor.Float32, append(shape, size))
		if err != nil {
			return err
		}
		b.lookups = append(b.lookups, &hostLookup{layer: s.name + below, words: s.from[0], rows: len(p.feeds) - 1, node: node, mean: mean})
		b.lookedUp = append(b.lookedUp, inputs[s.from[0]])
	}
	p.lookups = b.lookups
	return nil
}

// lookUp takes row x[…] of the layer's table for every number of x.
func (b *Builder) lookUp(name string, table, x *graph.Node) *graph.Node {
	for i, l := range b.lookups {
		if l.layer == b.layer && b.lookedUp[i] == x && l.mean == nil {
			l.table = b.vars.byName[b.layer+"/"+name]
			l.fetched = fetchedRows(table, l.node, x)
			return l.fetched
		}
	}
	return lookUp(table, x)
}

// fetchedRows are rows, which were fetched from the table, with the gradients by both.
func fetchedRows(table, rows, x *graph.Node) *graph.Node {
	return customVJP(graph.StopGradient(rows), func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{scattered(table, x, dy), dy}
	}, table, rows)
}

// fetch copies the rows to their place among a program's feeds.
func (l *hostLookup) fetch(d *device, feeds []*feed) error {
	buf, err := l.table.onDevice(d)
	if err != nil {
		return err
	}
	table, err := numbersOf(buf)
	if err != nil {
		return fmt.Errorf("dlkit: weight %s: %w", l.table.name, err)
	}
	rows, _ := tensor.Flat[float32](feeds[l.rows].tensor)
	if l.mean != nil {
		l.mean.fetch(rows, table, l.wordsOf(feeds))
		return nil
	}
	steps.Gather(rows, table, l.wordsOf(feeds))
	return nil
}

// scatter adds the gradients by what was fetched to that by the table.
func (l *hostLookup) scatter(table, rows []float32, feeds []*feed) {
	if l.mean != nil {
		l.mean.scatter(table, rows, l.wordsOf(feeds))
		return
	}
	steps.Scatter(table, rows, l.wordsOf(feeds))
}

// wordsOf are the words among a program's feeds.
func (l *hostLookup) wordsOf(feeds []*feed) []int32 {
	words, _ := tensor.Flat[int32](feeds[l.words].tensor)
	return words
}
