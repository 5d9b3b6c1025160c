package text

import (
	"cmp"
	"context"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// counter counts tokens, and in how many texts each occurs.
type counter struct {
	index  map[string]int32
	tokens []tokenCount
	texts  int
}

type tokenCount struct {
	token string
	count int // in all texts
	texts int // texts with the token
	last  int // the last such text, counted from 1
}

func newCounter() *counter { return &counter{index: map[string]int32{}} }

// add counts the tokens of one text.
func (c *counter) add(t *tokenizer, text string, ngrams int) {
	c.texts++
	t.run(text)
	t.grams(ngrams, func(token []byte) bool {
		i, ok := c.index[string(token)]
		if !ok {
			i = c.new(string(token))
		}
		n := &c.tokens[i]
		n.count++
		if n.last != c.texts {
			n.last = c.texts
			n.texts++
		}
		return true
	})
}

func (c *counter) new(token string) int32 {
	i := int32(len(c.tokens))
	c.index[token] = i
	c.tokens = append(c.tokens, tokenCount{token: token})
	return i
}

// merge adds what another counter counted of other texts.
func (c *counter) merge(other *counter) {
	c.texts += other.texts
	for _, n := range other.tokens {
		i, ok := c.index[n.token]
		if !ok {
			i = c.new(n.token)
		}
		c.tokens[i].count += n.count
		c.tokens[i].texts += n.texts
	}
}

// most returns the n most frequent tokens that occur at least min times, all if
// n is below 0. Of equally frequent ones the later in the alphabet comes first,
// as in Keras.
func (c *counter) most(n, min int) []tokenCount {
	min = max(min, c.threshold(n))
	var out []tokenCount
	for _, t := range c.tokens {
		if t.count >= min && t.token != unknownToken {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b tokenCount) int {
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
	for _, t := range c.tokens {
		with[min(t.count, len(with)-1)]++
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
	for w := range workers {
		c := newCounter()
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
