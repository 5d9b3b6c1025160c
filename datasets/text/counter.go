package text

import (
	"cmp"
	"context"
	"hash/maphash"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// counter counts tokens, and in how many texts each occurs. It is a hash table
// whose tokens lie in one piece of memory: a set of reviews has millions of
// different pairs of words, and as strings in a map they would take several
// times the memory and the time.
type counter struct {
	seed   maphash.Seed
	slots  []int32 // 1 + a position in tokens, 0 where free; a power of two
	tokens []tokenCount
	arena  []byte // the tokens' bytes
	texts  int
}

type tokenCount struct {
	hash   uint64
	start  int // in arena
	length int32
	texts  int32 // texts with the token
	last   int32 // the last such text, counted from 1
	count  int   // in all texts
}

func newCounter(seed maphash.Seed) *counter { return &counter{seed: seed, slots: make([]int32, 1<<12)} }

func (c *counter) bytes(t *tokenCount) []byte { return c.arena[t.start : t.start+int(t.length)] }

// add counts the tokens of one text.
func (c *counter) add(t *tokenizer, text string, ngrams int) {
	c.texts++
	t.run(text)
	t.grams(ngrams, func(token []byte) bool {
		n := c.find(maphash.Bytes(c.seed, token), token)
		n.count++
		if n.last != int32(c.texts) {
			n.last = int32(c.texts)
			n.texts++
		}
		return true
	})
}

// find is the token's place, a new one if it was not there before. It is valid
// until the next call.
func (c *counter) find(hash uint64, token []byte) *tokenCount {
	mask := uint64(len(c.slots) - 1)
	at := hash & mask
	for ; c.slots[at] != 0; at = (at + 1) & mask {
		if t := &c.tokens[c.slots[at]-1]; t.hash == hash && string(c.bytes(t)) == string(token) {
			return t
		}
	}
	c.tokens = append(doubled(c.tokens, 1), tokenCount{hash: hash, start: len(c.arena), length: int32(len(token))})
	c.arena = append(doubled(c.arena, len(token)), token...)
	c.slots[at] = int32(len(c.tokens))
	if len(c.tokens) > len(c.slots)/2 {
		c.grow()
	}
	return &c.tokens[len(c.tokens)-1]
}

// doubled makes room for n more elements. Append itself would copy large slices
// more often.
func doubled[T any](s []T, n int) []T {
	if len(s)+n > cap(s) {
		return slices.Grow(s, max(len(s), n))
	}
	return s
}

func (c *counter) grow() {
	c.slots = make([]int32, 4*len(c.slots))
	mask := uint64(len(c.slots) - 1)
	for i := range c.tokens {
		at := c.tokens[i].hash & mask
		for c.slots[at] != 0 {
			at = (at + 1) & mask
		}
		c.slots[at] = int32(i + 1)
	}
}

// merge adds what another counter with the same seed counted of other texts.
func (c *counter) merge(other *counter) {
	c.texts += other.texts
	for i := range other.tokens {
		n := &other.tokens[i]
		t := c.find(n.hash, other.bytes(n))
		t.count += n.count
		t.texts += n.texts
	}
}

// frequent is a token of the vocabulary.
type frequent struct {
	token        string
	count, texts int
}

// most returns the n most frequent tokens that occur at least min times, all if
// n is below 0. Of equally frequent ones the later in the alphabet comes first,
// as in Keras.
func (c *counter) most(n, min int) []frequent {
	min = max(min, c.threshold(n))
	var out []frequent
	for i := range c.tokens {
		t := &c.tokens[i]
		if token := c.bytes(t); t.count >= min && string(token) != unknownToken {
			out = append(out, frequent{string(token), t.count, int(t.texts)})
		}
	}
	slices.SortFunc(out, func(a, b frequent) int {
		return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(b.token, a.token))
	})
	if n >= 0 && len(out) > n {
		out = out[:n]
	}
	return out
}

// threshold is a count that at least n tokens reach, as high as is easily
// found: most tokens occur once or twice and need not be sorted.
func (c *counter) threshold(n int) int {
	if n < 0 {
		return 0
	}
	var with [1000]int // tokens that occur so often
	for i := range c.tokens {
		with[min(c.tokens[i].count, len(with)-1)]++
	}
	total := 0
	for count := len(with) - 1; count > 0; count-- {
		if total += with[count]; total > n { // one of them may be unknownToken
			return count
		}
	}
	return 0
}

// blockTexts is how many texts a worker takes at a time.
const blockTexts = 256

// countAll counts the tokens of all texts, on all processors. It returns the
// sequence's first error, or ctx's.
func countAll(ctx context.Context, texts iter.Seq2[string, error], rules *rules, ngrams int) (*counter, error) {
	workers := runtime.GOMAXPROCS(0)
	blocks := make(chan []string, workers)
	counters := make([]*counter, workers)
	var group sync.WaitGroup
	seed := maphash.MakeSeed()
	for w := range workers {
		c := newCounter(seed)
		counters[w] = c
		group.Go(func() {
			t := &tokenizer{rules: rules, limit: noLimit}
			for block := range blocks {
				for _, text := range block {
					c.add(t, text, ngrams)
				}
			}
		})
	}
	err := sendBlocks(ctx, texts, blocks)
	close(blocks)
	group.Wait()
	if err != nil {
		return nil, err
	}
	for _, c := range counters[1:] {
		counters[0].merge(c)
	}
	return counters[0], nil
}

// sendBlocks cuts a sequence into blocks.
func sendBlocks(ctx context.Context, texts iter.Seq2[string, error], blocks chan<- []string) error {
	var block []string
	for text, err := range texts {
		if err != nil {
			return err
		}
		if block = append(block, text); len(block) == blockTexts {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			blocks <- block
			block = nil
		}
	}
	blocks <- block
	return ctx.Err()
}
