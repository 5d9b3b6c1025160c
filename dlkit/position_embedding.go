package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// PositionEmbeddingLayer is made by PositionEmbedding.
type PositionEmbeddingLayer struct {
	named
	// Steps is the number of positions in the table.
	Steps int
	// Init gives the table its first values; nil is GlorotUniform.
	Init Initializer
}

// PositionEmbedding adds to every step of a sequence a vector that is learnt
// for its position, so that attention, which does not care for the order of
// steps, can tell where they are. Input and output (steps, features), of at
// most the given number of steps. Weight embeddings (steps, features).
func PositionEmbedding(steps int, options ...PositionEmbeddingOption) *PositionEmbeddingLayer {
	l := &PositionEmbeddingLayer{Steps: steps}
	for _, o := range options {
		o.applyPositionEmbedding(l)
	}
	return l
}

// PositionEmbeddingOption is an option of PositionEmbedding: EmbeddingInit,
// Name.
type PositionEmbeddingOption interface {
	applyPositionEmbedding(*PositionEmbeddingLayer)
}

func (o EmbeddingInitOption) applyPositionEmbedding(l *PositionEmbeddingLayer) { l.Init = o.init }
func (o NameOption) applyPositionEmbedding(l *PositionEmbeddingLayer)          { l.Name = o.name }

// String describes the layer: "PositionEmbedding 200".
func (l *PositionEmbeddingLayer) String() string { return fmt.Sprintf("PositionEmbedding %d", l.Steps) }

// OutShape implements Layer.
func (l *PositionEmbeddingLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := wantSteps(in); err != nil {
		return nil, err
	}
	return in, checkPositions(l.Steps, in[0])
}

// checkPositions wants a table of at least as many positions as there are
// steps.
func checkPositions(positions, steps int) error {
	switch {
	case positions < 1:
		return fmt.Errorf("%d positions; the table needs one for every step of the longest sequence", positions)
	case steps > positions:
		return fmt.Errorf("sequences of %d steps, but a table of %d positions; make it %d", steps, positions, steps)
	}
	return nil
}

// Apply implements Layer.
func (l *PositionEmbeddingLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	table := b.Weight("embeddings", tensor.Shape{l.Steps, dims(x)[2]}, l.Init)
	return addPositions(x, table)
}

// flops implements flopsCounter.
func (l *PositionEmbeddingLayer) flops(_ []tensor.Shape, out tensor.Shape) int64 {
	return int64(out.Size())
}

// addPositions adds the first rows of a table (positions, features) to x (n,
// steps, features).
func addPositions(x, table *graph.Node) *graph.Node {
	d := dims(x)
	n, steps, features := d[0], d[1], d[2]
	rows := table
	if dims(table)[0] != steps {
		rows = cropped(table, 0, 0, steps)
	}
	y := graph.Add(graph.Reshape(x, n, -1), graph.Reshape(rows, 1, -1))
	return customVJP(graph.Reshape(y, d...), func(_, dy *graph.Node) []*graph.Node {
		drows := graph.Reshape(graph.ReduceSum(graph.Reshape(dy, n, -1), 0), steps, features)
		return []*graph.Node{dy, padded(drows, negZero(drows), graph.PadAxis{End: dims(table)[0] - steps}, graph.PadAxis{})}
	}, x, table)
}

// TokenAndPositionEmbeddingLayer is made by TokenAndPositionEmbedding.
type TokenAndPositionEmbeddingLayer struct {
	named
	// Steps is the length of the longest text.
	Steps int
	// Words is the number of different words, Size that of the values that a
	// word becomes.
	Words, Size int
	// MaskZero takes word 0 for padding: the steps that hold it do not count.
	MaskZero bool
	// Init gives both tables their first values; nil is RandomUniform.
	Init Initializer
}

// TokenAndPositionEmbedding turns words, given as numbers 0 … words−1, into
// vectors that are learnt, and adds to each a vector that is learnt for its
// position: an Embedding and a PositionEmbedding in one, with which a
// transformer begins. Input whole numbers (steps,), at most steps of them;
// output (steps, size). Weights token_emb/embeddings (words, size) and
// pos_emb/embeddings (steps, size).
func TokenAndPositionEmbedding(steps, words, size int, options ...TokenAndPositionEmbeddingOption) *TokenAndPositionEmbeddingLayer {
	l := &TokenAndPositionEmbeddingLayer{Steps: steps, Words: words, Size: size}
	for _, o := range options {
		o.applyTokenAndPositionEmbedding(l)
	}
	return l
}

// TokenAndPositionEmbeddingOption is an option of TokenAndPositionEmbedding:
// MaskZero, EmbeddingInit, Name.
type TokenAndPositionEmbeddingOption interface {
	applyTokenAndPositionEmbedding(*TokenAndPositionEmbeddingLayer)
}

func (MaskZeroOption) applyTokenAndPositionEmbedding(l *TokenAndPositionEmbeddingLayer) {
	l.MaskZero = true
}
func (o EmbeddingInitOption) applyTokenAndPositionEmbedding(l *TokenAndPositionEmbeddingLayer) {
	l.Init = o.init
}
func (o NameOption) applyTokenAndPositionEmbedding(l *TokenAndPositionEmbeddingLayer) {
	l.Name = o.name
}

// String describes the layer: "TokenAndPositionEmbedding 200, 10000 × 32".
func (l *TokenAndPositionEmbeddingLayer) String() string {
	s := fmt.Sprintf("TokenAndPositionEmbedding %d, %d × %d", l.Steps, l.Words, l.Size)
	if l.MaskZero {
		s += ", masked"
	}
	return s
}

// words is the embedding inside.
func (l *TokenAndPositionEmbeddingLayer) words() *EmbeddingLayer {
	return &EmbeddingLayer{Words: l.Words, Size: l.Size, MaskZero: l.MaskZero, Init: l.Init}
}

// OutShape implements Layer.
func (l *TokenAndPositionEmbeddingLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	out, err := l.words().OutShape(in)
	if err != nil {
		return nil, err
	}
	if len(in) != 1 {
		return nil, fmt.Errorf("input %v is not (steps): one number of a word for every step", in)
	}
	return out, checkPositions(l.Steps, in[0])
}

// wantsInts implements intInput.
func (l *TokenAndPositionEmbeddingLayer) wantsInts() bool { return true }

// checkValues implements valueChecker.
func (l *TokenAndPositionEmbeddingLayer) checkValues(x *tensor.Tensor) error {
	return l.words().checkValues(x)
}

// Apply implements Layer.
func (l *TokenAndPositionEmbeddingLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	var words, table *graph.Node
	b.within("token_emb", func() { words = l.words().Apply(b, x) })
	b.within("pos_emb", func() {
		table = b.Weight("embeddings", tensor.Shape{l.Steps, l.Size}, initOr(l.Init, RandomUniform{}))
	})
	return b.keepMask(words, addPositions(words, table))
}

// flops implements flopsCounter.
func (l *TokenAndPositionEmbeddingLayer) flops(_ []tensor.Shape, out tensor.Shape) int64 {
	return int64(out.Size())
}

// SinePositionEncodingLayer is made by SinePositionEncoding.
type SinePositionEncodingLayer struct{ named }

// SinePositionEncoding adds to every step of a sequence a vector of sines and
// cosines of its position, of wavelengths from 2π to 20000π: a
// PositionEmbedding that is not learnt, for sequences of any length. With
// features numbered from 0, the even ones i get sin(position/10000^(i/features))
// and the odd ones after them the cosine. Input and output (steps, features).
// Vaswani et al., 2017.
func SinePositionEncoding(name ...NameOption) *SinePositionEncodingLayer {
	l := &SinePositionEncodingLayer{}
	l.rename(name)
	return l
}

// String describes the layer: "SinePositionEncoding".
func (l *SinePositionEncodingLayer) String() string { return "SinePositionEncoding" }

// OutShape implements Layer.
func (l *SinePositionEncodingLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return in, wantSteps(in)
}

// Apply implements Layer.
func (l *SinePositionEncodingLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	d := dims(x)
	table := graph.ConstAsDType(b.Graph(), b.DType(), sinePositions(d[1], d[2]))
	y := graph.Add(graph.Reshape(x, d[0], -1), graph.Reshape(table, 1, -1))
	return graph.Reshape(y, d...)
}

// sinePositions are the encodings of positions 0 … steps−1, one behind another.
func sinePositions(steps, features int) []float64 {
	out := make([]float64, steps*features)
	for at := range out {
		position, i := at/features, at%features
		angle := float64(position) * math.Pow(10000, -float64(i/2*2)/float64(features))
		if i%2 == 0 {
			out[at] = math.Sin(angle)
		} else {
			out[at] = math.Cos(angle)
		}
	}
	return out
}
