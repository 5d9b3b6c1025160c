package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// EmbeddingLayer is made by Embedding.
type EmbeddingLayer struct {
	named
	// Words is the number of different words: they are 0 … Words−1.
	Words int
	// Size is the number of values that a word becomes.
	Size int
	// MaskZero takes word 0 for padding: the steps that hold it do not count.
	MaskZero bool
	// Init gives the table its first values; nil is RandomUniform.
	Init Initializer
}

// Embedding turns words, given as numbers 0 … words−1, into vectors that are
// learnt: number w becomes row w of a table. Input whole numbers of any shape,
// usually (steps,); output (…, size). Weight embeddings (words, size). It must
// be the first layer on its input.
func Embedding(words, size int, options ...EmbeddingOption) *EmbeddingLayer {
	e := &EmbeddingLayer{Words: words, Size: size}
	for _, o := range options {
		o.applyEmbedding(e)
	}
	return e
}

// EmbeddingOption is an option of Embedding: MaskZero, EmbeddingInit, Name.
type EmbeddingOption interface{ applyEmbedding(*EmbeddingLayer) }

// MaskZeroOption is the type of MaskZero.
type MaskZeroOption struct{}

// MaskZero takes word 0 for the padding of sentences that are shorter than
// others: recurrent layers skip those steps and GlobalAvgPool1D leaves them
// out of the mean. The words then begin at 1.
var MaskZero MaskZeroOption

// EmbeddingInitOption is made by EmbeddingInit.
type EmbeddingInitOption struct{ init Initializer }

// EmbeddingInit chooses how the table of an Embedding is made. For vectors
// that were learnt elsewhere see Model.SetWeight.
func EmbeddingInit(init Initializer) EmbeddingInitOption { return EmbeddingInitOption{init} }

func (o NameOption) applyEmbedding(e *EmbeddingLayer)          { e.Name = o.name }
func (MaskZeroOption) applyEmbedding(e *EmbeddingLayer)        { e.MaskZero = true }
func (o EmbeddingInitOption) applyEmbedding(e *EmbeddingLayer) { e.Init = o.init }

// String describes the layer: "Embedding 10000 × 16, masked".
func (e *EmbeddingLayer) String() string {
	s := fmt.Sprintf("Embedding %d × %d", e.Words, e.Size)
	if e.MaskZero {
		s += ", masked"
	}
	return s
}

// OutShape implements Layer.
func (e *EmbeddingLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	switch {
	case e.Words < 1:
		return nil, fmt.Errorf("words is %d; a table needs at least one row, and as many as there are different words", e.Words)
	case e.Size < 1:
		return nil, fmt.Errorf("size is %d; a word needs at least one value", e.Size)
	}
	return append(in.Clone(), e.Size), nil
}

// wantsInts implements intInput.
func (e *EmbeddingLayer) wantsInts() bool { return true }

// checkValues implements valueChecker: a word that the table lacks would be
// taken for another without notice.
func (e *EmbeddingLayer) checkValues(x *tensor.Tensor) error {
	if x.DType().IsFloat() {
		return e.checkFloats(tensor.Values[float64](x))
	}
	if words, ok := tensor.Flat[int32](x); ok {
		return checkWords(e, words)
	}
	return checkWords(e, tensor.Values[int64](x))
}

func checkWords[T int32 | int64](e *EmbeddingLayer, words []T) error {
	for _, w := range words {
		if w < 0 || int64(w) >= int64(e.Words) {
			return e.unknownWord(int64(w))
		}
	}
	return nil
}

func (e *EmbeddingLayer) checkFloats(values []float64) error {
	for _, v := range values {
		switch {
		case v != float64(int64(v)):
			return fmt.Errorf("the input holds %v, which is no whole number; words are numbers 0 to %d", v, e.Words-1)
		case v < 0 || v >= float64(e.Words):
			return e.unknownWord(int64(v))
		}
	}
	return nil
}

func (e *EmbeddingLayer) unknownWord(w int64) error {
	return fmt.Errorf("the input holds word %d, but the table has the words 0 to %d; make the table larger, Embedding(%d, %d), or replace rare words by one number", w, e.Words-1, w+1, e.Size)
}

// Apply implements Layer.
func (e *EmbeddingLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	y := b.lookUp("embeddings", e.table(b), x)
	if e.MaskZero && x.Rank() >= 2 {
		b.SetMask(y, graph.NotEqual(x, graph.ZerosLike(x)))
	}
	return y
}

// table is the layer's weight.
func (e *EmbeddingLayer) table(b *Builder) *graph.Node {
	init := e.Init
	if init == nil {
		init = RandomUniform{}
	}
	return b.Weight("embeddings", tensor.Shape{e.Words, e.Size}, init)
}

// flops implements flopsCounter: rows are copied, not multiplied.
func (e *EmbeddingLayer) flops(_ []tensor.Shape, out tensor.Shape) int64 { return int64(out.Size()) }

// lookUp takes row x[…] of the table for every number of x. Its gradient adds
// the rows of dy to those of a table of zeros.
func lookUp(table, x *graph.Node) *graph.Node {
	d := dims(x)
	at := graph.Reshape(x, append(append([]int{}, d...), 1)...)
	return customVJP(graph.Gather(table, at), func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{scattered(table, x, dy)}
	}, table)
}

// scattered adds the rows dy to rows x[…] of a table of zeros.
func scattered(table, x, dy *graph.Node) *graph.Node {
	at := graph.Reshape(x, append(append([]int{}, dims(x)...), 1)...)
	return graph.Scatter(at, dy, table.Shape(), false, false)
}
