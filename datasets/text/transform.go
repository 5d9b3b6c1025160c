package text

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/gofromzero/fromzero/tensor"
)

// Transform turns texts into one tensor: Int32 of shape (n, Length) for
// sequences, else Float32 of shape (n, Len()). For more texts than fit in memory
// so, see Dataset. It returns an error if v has no vocabulary.
func (v *Vectorizer) Transform(texts ...string) (*tensor.Tensor, error) {
	if err := v.ready(); err != nil {
		return nil, err
	}
	rows, err := v.rows(context.Background(), texts)
	if err != nil {
		return nil, err
	}
	return rows.tensor(nil, nil), nil
}

// rows is what texts became: dense sequences, or for each text the tokens that
// occur.
type rows interface {
	len() int
	// tensor makes one tensor of the rows at the given positions, all if at is
	// nil, in reuse where that fits.
	tensor(at []int, reuse *tensor.Tensor) *tensor.Tensor
	shape() tensor.Shape // of one row
	// parts and meta are what a cache file keeps.
	parts() (meta rowsMeta, parts [][]byte)
}

// rows turns all texts into numbers, on all processors.
func (v *Vectorizer) rows(ctx context.Context, texts []string) (rows, error) {
	if v.config.Mode == Sequence {
		return v.sequences(ctx, texts)
	}
	return v.bags(ctx, texts)
}

// parallel calls f for every block of texts, on all processors, with a
// tokenizer of the worker's own. It returns ctx's error if that ends.
func (v *Vectorizer) parallel(ctx context.Context, n, limit int, f func(t *tokenizer, from, to int)) error {
	blocks := (n + blockTexts - 1) / blockTexts
	var next atomic.Int64
	work := func() {
		t := &tokenizer{rules: v.rules, limit: limit}
		for ctx.Err() == nil {
			b := int(next.Add(1)) - 1
			if b >= blocks {
				return
			}
			f(t, b*blockTexts, min((b+1)*blockTexts, n))
		}
	}
	if blocks < 2 {
		work()
		return ctx.Err()
	}
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		group.Go(work)
	}
	group.Wait()
	return ctx.Err()
}

// sequences are rows of equal length.
type sequences struct {
	ids    []int32
	length int
	n      int
}

func (v *Vectorizer) sequences(ctx context.Context, texts []string) (rows, error) {
	length, err := v.length(ctx, texts)
	if err != nil {
		return nil, err
	}
	out := &sequences{make([]int32, len(texts)*length), length, len(texts)}
	limit := noLimit
	if v.config.NGrams == 1 && !v.config.CutLeft {
		limit = length // nothing behind it is needed
	}
	err = v.parallel(ctx, len(texts), limit, func(t *tokenizer, from, to int) {
		for i := from; i < to; i++ {
			t.run(texts[i])
			v.fill(out.ids[i*length:(i+1)*length], t)
		}
	})
	return out, err
}

// length is the configured one, or that of the longest text.
func (v *Vectorizer) length(ctx context.Context, texts []string) (int, error) {
	if v.config.Length > 0 {
		return v.config.Length, nil
	}
	var longest atomic.Int64
	err := v.parallel(ctx, len(texts), noLimit, func(t *tokenizer, from, to int) {
		most := 0
		for _, text := range texts[from:to] {
			t.run(text)
			most = max(most, v.gramCount(t))
		}
		for old := longest.Load(); int64(most) > old && !longest.CompareAndSwap(old, int64(most)); old = longest.Load() {
		}
	})
	return int(longest.Load()), err
}

// gramCount is how many tokens the tokenizer's text has, with all n-grams.
func (v *Vectorizer) gramCount(t *tokenizer) int {
	n := 0
	for width := range v.config.NGrams {
		n += max(0, len(t.spans)-width)
	}
	return n
}

// fill writes the numbers of the tokenizer's text into a row of zeros.
func (v *Vectorizer) fill(row []int32, t *tokenizer) {
	n := v.gramCount(t)
	skip, at := 0, 0
	if n > len(row) && v.config.CutLeft {
		skip = n - len(row)
	}
	if n < len(row) && v.config.PadLeft {
		at = len(row) - n
	}
	t.grams(v.config.NGrams, func(token []byte) bool {
		if skip > 0 {
			skip--
			return true
		}
		if at == len(row) {
			return false
		}
		row[at] = v.lookup(token)
		at++
		return true
	})
}

func (s *sequences) len() int            { return s.n }
func (s *sequences) shape() tensor.Shape { return tensor.Shape{s.length} }

func (s *sequences) tensor(at []int, reuse *tensor.Tensor) *tensor.Tensor {
	if at == nil {
		t, _ := tensor.New(s.ids, s.n, s.length) // the sizes fit
		return t
	}
	t := tensor.Reuse(reuse, tensor.Int32, tensor.Shape{len(at), s.length})
	dst, _ := tensor.Flat[int32](t)
	for k, i := range at {
		copy(dst[k*s.length:(k+1)*s.length], s.ids[i*s.length:])
	}
	return t
}

// bags are rows of mostly zeros: for each text the tokens that occur.
type bags struct {
	starts []int // where each text's tokens begin; one more at the end
	ids    []int32
	values []float32
	width  int
}

func (v *Vectorizer) bags(ctx context.Context, texts []string) (rows, error) {
	blocks := make([]bags, (len(texts)+blockTexts-1)/blockTexts)
	err := v.parallel(ctx, len(texts), noLimit, func(t *tokenizer, from, to int) {
		b := &blocks[from/blockTexts]
		counts := map[int32]int{} // where a token is in this text, from 1 on
		for _, text := range texts[from:to] {
			b.starts = append(b.starts, len(b.ids))
			t.run(text)
			clear(counts)
			v.countInto(b, counts, t)
		}
	})
	if err != nil {
		return nil, err
	}
	out := &bags{width: len(v.tokens)}
	for _, b := range blocks {
		for _, s := range b.starts {
			out.starts = append(out.starts, len(out.ids)+s)
		}
		out.ids, out.values = append(out.ids, b.ids...), append(out.values, b.values...)
	}
	out.starts = append(out.starts, len(out.ids))
	return out, nil
}

// countInto appends the tokens of the tokenizer's text to b.
func (v *Vectorizer) countInto(b *bags, at map[int32]int, t *tokenizer) {
	t.grams(v.config.NGrams, func(token []byte) bool {
		id := v.lookup(token)
		i := at[id]
		if i == 0 {
			b.ids, b.values = append(b.ids, id), append(b.values, 0)
			i = len(b.ids)
			at[id] = i
		}
		switch v.config.Mode {
		case MultiHot:
			b.values[i-1] = 1
		case Count:
			b.values[i-1]++
		case TFIDF:
			b.values[i-1] += v.weights[id]
		}
		return true
	})
}

func (b *bags) len() int            { return len(b.starts) - 1 }
func (b *bags) shape() tensor.Shape { return tensor.Shape{b.width} }

func (b *bags) tensor(at []int, reuse *tensor.Tensor) *tensor.Tensor {
	if at == nil {
		at = make([]int, b.len())
		for i := range at {
			at[i] = i
		}
	}
	t := tensor.Reuse(reuse, tensor.Float32, tensor.Shape{len(at), b.width})
	dst, _ := tensor.Flat[float32](t)
	clear(dst)
	for k, i := range at {
		row := dst[k*b.width : (k+1)*b.width]
		for j := b.starts[i]; j < b.starts[i+1]; j++ {
			row[b.ids[j]] = b.values[j]
		}
	}
	return t
}
