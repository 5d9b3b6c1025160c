package attention

import (
	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/product"
)

// EncoderConfig says what the block of a transformer is run on.
type EncoderConfig struct {
	Rows, Steps, Features    int
	Heads, KeySize           int
	Units                    int // in the middle of the second part
	Bend                     Bend
	Epsilon                  float64 // of the normalisations
	Rate                     float64 // share of each part's outputs to drop while training
	NormFirst, Causal, Train bool
}

// EncoderWeights are those of a block as they are saved, or the gradients by
// them.
type EncoderWeights struct {
	Attention                Weights
	In, InBias, Out, OutBias []float32    // (Features, Units), (Units), (Units, Features), (Features)
	Gamma, Beta              [2][]float32 // (Features) of the first and the second part
}

// Encoder is the block of a transformer, attention of a sequence to itself and
// two layers for every step, each part added to what went in and normalised, that
// runs over sequences of one shape. What it needs for that, it keeps from one run
// to the next.
type Encoder struct {
	EncoderConfig
	// Seed decides what is dropped.
	Seed uint64

	attention *MultiHead
	in, out   dense
	norms     [2]norm
	drop      *dropout
	nothing   product.Matrix // zeros, as many as the middle has
	kept      []encoded      // of every example, for gradients
	workers   []*encoderScratch
	parts     []part
	sums      []*encoderSlopes
}

// encoded is what a block makes of an example and its gradient needs.
type encoded struct {
	first, second []float32    // (steps, features): what goes into the parts; of first only with NormFirst
	units         [2][]float32 // (steps, features): what is normalised, before gamma and beta
	inverses      [2][]float32 // (steps): what it was multiplied with
	raw, hidden   []float32    // (steps, padded units): the middle before and after it is bent
}

// encoderScratch is what a worker needs for one example, and forgets.
type encoderScratch struct {
	*Encoder
	attention *scratch
	alone     encoded   // if not for training
	result    []float32 // (steps, padded features): what a part gives, or the gradient by it
	stream    []float32 // likewise: the gradient by what goes past the part
	inside    []float32 // likewise: and by what goes into it, if that is normalised first
	dhidden   []float32 // (steps, padded units)
}

// NewEncoder makes a block.
func NewEncoder(c EncoderConfig) *Encoder {
	b := &Encoder{EncoderConfig: c, in: newDense(c.Features, c.Units, c.Train), out: newDense(c.Units, c.Features, c.Train)}
	b.attention = NewMultiHead(Config{
		Rows: c.Rows, From: c.Steps, To: c.Steps, Heads: c.Heads, KeySize: c.KeySize, ValueSize: c.KeySize,
		Features: [3]int{c.Features, c.Features, c.Features}, Out: c.Features, Causal: c.Causal, Train: c.Train,
	})
	b.nothing = product.EveryRow(make([]float32, b.in.wide))
	for i := range b.norms {
		b.norms[i] = norm{make([]float32, c.Features), make([]float32, c.Features), float32(c.Epsilon)}
	}
	if c.Train {
		b.drop = newDropout(c.Rate)
		for range c.Rows {
			b.kept = append(b.kept, b.newEncoded())
		}
	}
	b.parts = partsOf(c.Rows, b.attention.weightCount()+len(b.in.w)+len(b.out.w))
	return b
}

func (b *Encoder) newEncoded() encoded {
	size := b.Steps * b.Features
	e := encoded{second: make([]float32, size), hidden: make([]float32, b.Steps*b.in.wide)}
	if b.NormFirst {
		e.first = make([]float32, size)
	}
	if b.Bend.wantsRaw() && b.Train {
		e.raw = make([]float32, b.Steps*b.in.wide)
	}
	for i := range e.units {
		e.units[i], e.inverses[i] = make([]float32, size), make([]float32, b.Steps)
	}
	return e
}

func (b *Encoder) newScratch() *encoderScratch {
	size := b.Steps * b.out.wide
	w := &encoderScratch{Encoder: b, attention: b.attention.newScratch(), result: make([]float32, size)}
	if !b.Train {
		w.alone = b.newEncoded()
		return w
	}
	w.stream, w.inside, w.dhidden = make([]float32, size), make([]float32, size), make([]float32, b.Steps*b.in.wide)
	return w
}

func (w *encoderScratch) memory(i int) *encoded {
	if w.Train {
		return &w.kept[i]
	}
	return &w.alone
}

// load takes the weights that a run is done with.
func (b *Encoder) load(w EncoderWeights) {
	b.attention.Load(w.Attention)
	b.in.load(w.In, b.Units, w.InBias)
	b.out.load(w.Out, b.Features, w.OutBias)
	for i, n := range b.norms {
		copy(n.gamma, w.Gamma[i])
		copy(n.beta, w.Beta[i])
	}
}

// Forward computes out from x, (Rows, Steps, Features) both.
func (b *Encoder) Forward(out, x []float32, w EncoderWeights, masks Masks) {
	b.load(w)
	for len(b.workers) < max(b.attention.workerCount(), parallel.Workers(b.Rows)) {
		b.workers = append(b.workers, b.newScratch())
	}
	if b.attention.split {
		b.forwardSplit(out, x, masks)
		return
	}
	parallel.EachBy(len(b.workers), b.Rows, func(worker, i int) {
		w, x := b.workers[worker], b.of(x, i)
		e := w.example(i, w.begin(x, i), masks)
		w.attention.forward(product.Rows(w.result, w.out.wide), e)
		w.end(b.of(out, i), x, i)
	})
}

// forwardSplit is Forward for fewer examples than workers, which share the heads.
// Each example has a worker of its own for what comes before and behind.
func (b *Encoder) forwardSplit(out, x []float32, masks Masks) {
	all := make([]*example, b.Rows)
	for i := range all {
		w := b.workers[i]
		all[i] = w.example(i, w.begin(b.of(x, i), i), masks)
	}
	parallel.EachBy(len(b.workers), b.Rows*b.Heads, func(worker, i int) {
		b.workers[worker].attention.handOn(all[i/b.Heads], i%b.Heads)
	})
	parallel.EachBy(b.Rows, b.Rows, func(_, i int) {
		w := b.workers[i]
		w.attention.finish(product.Rows(w.result, w.out.wide), all[i])
		w.end(b.of(out, i), b.of(x, i), i)
	})
}

// of is one of the examples in x.
func (b *Encoder) of(x []float32, i int) product.Matrix {
	return examples{x, b.Steps, b.Features}.of(i)
}

// row is row r of a matrix, without padding.
func (b *Encoder) row(m product.Matrix, r int) []float32 { return m.Data[r*m.Row:][:b.Features] }

// plain is a matrix without padding.
func (b *Encoder) plain(data []float32) product.Matrix { return product.Rows(data, b.Features) }

// example is what attention works on.
func (w *encoderScratch) example(i int, x product.Matrix, masks Masks) *example {
	return &example{i, [3]product.Matrix{x, x, x}, masks.of(i, &w.Encoder.attention.Config)}
}

// dropRow drops some of the outputs of a part.
func (w *encoderScratch) dropRow(row []float32, i, part, r int) {
	if w.drop != nil {
		w.drop.apply(row, keyOf(w.Seed, i, part, r))
	}
}

// normalize is the norm of a part for step r.
func (w *encoderScratch) normalize(e *encoded, part, r int, to product.Matrix, x []float32) {
	e.inverses[part][r] = w.norms[part].forward(w.row(to, r), w.row(w.plain(e.units[part]), r), x)
}

// begin gives what goes into attention.
func (w *encoderScratch) begin(x product.Matrix, i int) product.Matrix {
	if !w.NormFirst {
		return x
	}
	e := w.memory(i)
	first := w.plain(e.first)
	for r := range w.Steps {
		w.normalize(e, 0, r, first, w.row(x, r))
	}
	return first
}

// end makes the output of what attention gave.
func (w *encoderScratch) end(out, x product.Matrix, i int) {
	e, result := w.memory(i), product.Rows(w.result, w.out.wide)
	second := w.plain(e.second)
	if !w.NormFirst {
		w.close(e, 0, i, second, x)
		w.dense(e, result)
		w.close(e, 1, i, out, second)
		return
	}
	for r := range w.Steps {
		w.dropRow(w.row(result, r), i, 0, r)
		copy(w.row(out, r), w.row(x, r))
		add(w.row(out, r), w.row(result, r))
		w.normalize(e, 1, r, second, w.row(out, r))
	}
	w.dense(e, result)
	for r := range w.Steps {
		w.dropRow(w.row(result, r), i, 1, r)
		add(w.row(out, r), w.row(result, r))
	}
}

// close drops some of the result of a part, adds what went in, and normalises.
func (w *encoderScratch) close(e *encoded, part, i int, to, in product.Matrix) {
	result := product.Rows(w.result, w.out.wide)
	for r := range w.Steps {
		sum := w.row(result, r)
		w.dropRow(sum, i, part, r)
		add(sum, w.row(in, r))
		w.normalize(e, part, r, to, sum)
	}
}

// dense is the second part.
func (w *encoderScratch) dense(e *encoded, result product.Matrix) {
	w.in.forward(product.Rows(e.hidden, w.in.wide), w.plain(e.second), w.Steps)
	copy(e.raw, e.hidden)
	w.Bend.forward(e.hidden)
	w.out.forward(result, product.Rows(e.hidden, w.in.wide), w.Steps)
}
