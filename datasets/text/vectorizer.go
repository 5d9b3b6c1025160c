package text

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// The special tokens, as Vocabulary lists them. Padding is there in sequences
// only.
const (
	paddingToken = ""
	unknownToken = "[UNK]"
)

// Vectorizer turns texts into numbers. It is made by Fit, FitSeq, FromVocabulary
// or Load, does not change afterwards, and is safe for use from several
// goroutines. The zero value has no vocabulary; it is for decoding into.
type Vectorizer struct {
	config Config
	tokens []string // by number, the special ones first
	index  map[string]int32
	rules  *rules

	// For the weights of TFIDF: how many texts were learnt from, and how many
	// of them have each token, the special ones left out. Nil if unknown.
	texts   int
	inTexts []int
	weights []float32 // of each token; nil without TFIDF
}

// Fit makes a Vectorizer whose vocabulary are the most frequent tokens of a
// corpus: of the training texts, never of those to test on. It returns an error
// if c does not make sense, the texts can't be had or none has a token.
//
// The vocabulary of a set from package datasets is kept on disk; see
// Config.NoCache.
func Fit(ctx context.Context, texts Corpus, c Config) (*Vectorizer, error) {
	c, err := c.filled()
	if err != nil {
		return nil, err
	}
	cache := vocabularyCache(ctx, texts, c)
	if v := cache.vectorizer(c); v != nil {
		return v, nil
	}
	all, err := texts.Texts(ctx)
	if err != nil {
		return nil, err
	}
	v, err := FitSeq(ctx, allOf(all), c)
	if err == nil {
		cache.write(v)
	}
	return v, err
}

// FitSeq is Fit for texts that come one after the other, from files that are
// larger than memory for instance. It also returns the sequence's first error.
func FitSeq(ctx context.Context, texts iter.Seq2[string, error], c Config) (*Vectorizer, error) {
	c, err := c.filled()
	if err != nil {
		return nil, err
	}
	counts, err := countAll(ctx, texts, newRules(c), c.NGrams)
	if err != nil {
		return nil, err
	}
	limit := -1
	if c.MaxTokens > 0 {
		limit = c.MaxTokens - c.specials()
	}
	most := counts.most(limit, c.MinCount)
	if len(most) == 0 {
		return nil, fmt.Errorf("text: %d texts have no token that occurs %d times or more; there is nothing to make a vocabulary of", counts.texts, max(c.MinCount, 1))
	}
	tokens, inTexts := make([]string, len(most)), make([]int, len(most))
	for i, t := range most {
		tokens[i], inTexts[i] = t.token, t.texts
	}
	return newVectorizer(c, tokens, counts.texts, inTexts)
}

// FromVocabulary makes a Vectorizer of a given vocabulary, the special tokens
// left out. It returns an error if c does not make sense, a token is empty, is
// there twice, or there are more than c.MaxTokens, and for the mode TFIDF,
// whose weights a vocabulary does not tell.
func FromVocabulary(tokens []string, c Config) (*Vectorizer, error) {
	c, err := c.filled()
	if err != nil {
		return nil, err
	}
	if c.Mode == TFIDF {
		return nil, errors.New("text: the weights of TFIDF depend on the training texts, not on the vocabulary alone; use Fit")
	}
	return newVectorizer(c, tokens, 0, nil)
}

// newVectorizer takes over a filled Config and tokens without the special ones.
func newVectorizer(c Config, tokens []string, texts int, inTexts []int) (*Vectorizer, error) {
	special := []string{unknownToken}
	if c.Mode == Sequence {
		special = []string{paddingToken, unknownToken}
	}
	v := &Vectorizer{config: c, tokens: append(special, tokens...), rules: newRules(c), texts: texts, inTexts: inTexts}
	if c.MaxTokens > 0 && len(v.tokens) > c.MaxTokens {
		return nil, fmt.Errorf("text: a vocabulary of %d tokens, with the special ones; MaxTokens is %d", len(v.tokens), c.MaxTokens)
	}
	v.index = make(map[string]int32, len(tokens))
	for i, token := range tokens {
		if _, twice := v.index[token]; twice || token == "" || token == unknownToken || !utf8.ValidString(token) {
			return nil, fmt.Errorf("text: token %d of the vocabulary is %q: it is empty, special, no UTF-8 or there twice", i, token)
		}
		v.index[token] = int32(i + len(special))
	}
	if c.Mode == TFIDF {
		return v, v.weigh()
	}
	return v, nil
}

// weigh works out the weights of TFIDF.
func (v *Vectorizer) weigh() error {
	if len(v.inTexts) != len(v.tokens)-1 || v.texts < 1 {
		return fmt.Errorf("text: %d document counts for %d tokens", len(v.inTexts), len(v.tokens)-1)
	}
	v.weights = make([]float32, len(v.tokens))
	sum := 0.0
	for i, n := range v.inTexts {
		if n < 0 || n > v.texts {
			return fmt.Errorf("text: token %d is said to be in %d of %d texts", i, n, v.texts)
		}
		w := math.Log(1 + float64(v.texts)/float64(1+n))
		v.weights[i+1] = float32(w)
		sum += w
	}
	if len(v.inTexts) > 0 {
		v.weights[0] = float32(sum / float64(len(v.inTexts)))
	}
	return nil
}

// Config is what the Vectorizer was made with, the defaults spelled out.
func (v *Vectorizer) Config() Config { return v.config }

// Vocabulary lists the tokens by their number. In sequences, token 0 is "", the
// padding, and token 1 is "[UNK]", any other token; in the other modes "[UNK]"
// is token 0.
func (v *Vectorizer) Vocabulary() []string { return slices.Clone(v.tokens) }

// Len is the size of the vocabulary, with the special tokens: the number of
// columns of the modes other than Sequence, and what an Embedding layer needs.
func (v *Vectorizer) Len() int { return len(v.tokens) }

// Tokens standardises and splits a text, without looking the tokens up.
func (v *Vectorizer) Tokens(text string) []string {
	var out []string
	if v.rules == nil {
		return out
	}
	t := &tokenizer{rules: v.rules, limit: noLimit}
	t.run(text)
	t.grams(v.config.NGrams, func(token []byte) bool {
		out = append(out, string(token))
		return true
	})
	return out
}

// Decode turns the numbers of a sequence back into tokens, joined by spaces, and
// leaves out padding. It returns an error if a number has no token.
func (v *Vectorizer) Decode(ids []int32) (string, error) {
	var out []string
	for i, id := range ids {
		if id < 0 || int(id) >= len(v.tokens) {
			return "", fmt.Errorf("text: number %d is %d; the vocabulary has %d tokens", i, id, len(v.tokens))
		}
		if v.tokens[id] != paddingToken {
			out = append(out, v.tokens[id])
		}
	}
	return strings.Join(out, " "), nil
}

// lookup is a token's number, that of [UNK] if it has none.
func (v *Vectorizer) lookup(token []byte) int32 {
	if id, ok := v.index[string(token)]; ok {
		return id
	}
	return int32(v.config.specials() - 1)
}

// ready returns an error for a Vectorizer that Fit, FromVocabulary or Load did
// not make.
func (v *Vectorizer) ready() error {
	if v == nil || v.index == nil {
		return errors.New("text: this Vectorizer has no vocabulary; make it with Fit, FromVocabulary or Load")
	}
	return nil
}
