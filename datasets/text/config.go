package text

import "fmt"

// Mode is what a text becomes.
type Mode string

// The modes.
const (
	// Sequence gives the tokens' numbers in their order, Int32 of shape
	// (n, Length): 0 is padding, 1 a token that is not in the vocabulary.
	Sequence Mode = "sequence"
	// MultiHot gives a 1 for each token of the vocabulary that occurs in the
	// text, Float32 of shape (n, len(Vocabulary())). Column 0 stands for all
	// tokens that are not in it.
	MultiHot Mode = "multi_hot"
	// Count gives how often each token occurs.
	Count Mode = "count"
	// TFIDF gives the counts, each times log(1 + texts / (1 + texts with the
	// token)), so that rare tokens weigh more. Column 0 has the mean weight.
	TFIDF Mode = "tf_idf"
)

// Split is what a token is.
type Split string

// The ways to split.
const (
	// Words splits at white space.
	Words Split = "words"
	// Mixed splits at white space, and makes every character of a script that
	// writes no spaces (Chinese, Japanese, Thai …) a token of its own: for
	// Chinese text with English words and numbers in it.
	Mixed Split = "mixed"
	// Characters makes every character a token, but for white space.
	Characters Split = "characters"
)

// Punctuation is what happens to it.
type Punctuation string

// The ways to treat punctuation: the symbols of ASCII, and in other scripts all
// punctuation, currency and mathematical symbols. Emoji are no punctuation.
const (
	// Strip takes it away, so that "don't" becomes dont, and "good-looking"
	// goodlooking.
	Strip Punctuation = "strip"
	// Space puts a space in its place, so that "good-looking" is two words.
	Space Punctuation = "space"
	// Keep leaves it in the tokens.
	Keep Punctuation = "keep"
)

// Config says how texts become numbers. The zero value, with a Length, is that
// of Keras' TextVectorization, but for these: <br /> tags are spaces, letters of
// all alphabets become lower case and all scripts' punctuation is stripped,
// wide forms of ASCII characters, which Chinese text has, become plain ones, and
// control characters, marks of text direction and bytes that are no UTF-8 are
// taken away.
type Config struct {
	Mode        Mode        // "" is Sequence
	Split       Split       // "" is Words
	Punctuation Punctuation // "" is Strip
	// KeepCase leaves capital letters as they are.
	KeepCase bool
	// KeepMarkup treats <br /> as any other text.
	KeepMarkup bool

	// MaxTokens limits the size of the vocabulary; the special tokens for
	// padding and unknown words count. 0 is no limit.
	MaxTokens int
	// MinCount leaves tokens out that occur less often in the training texts.
	MinCount int
	// NGrams also counts as tokens up to that many neighbours, joined by a
	// space: with 2 "not good" is a token, besides "not" and "good". 0 is 1.
	// In a sequence, all single tokens come first, then the pairs, and so on.
	NGrams int

	// Length is the length of a sequence: shorter texts are padded with 0,
	// longer ones cut off. 0 is the length of the longest text at hand.
	Length int
	// PadLeft puts the padding before the text, not behind it.
	PadLeft bool
	// CutLeft keeps the end of a text that is too long, not its beginning.
	CutLeft bool

	// NoCache computes everything anew. Otherwise vocabularies and vectors of
	// data sets from package datasets are kept on disk, in the folder of the
	// set, until the texts or the Config change.
	NoCache bool `json:"-"`
}

const (
	maxNGrams = 8
	maxLength = 1 << 24
)

// filled is c with the defaults spelled out. Its error says what is wrong.
func (c Config) filled() (Config, error) {
	c.Mode, c.Split, c.Punctuation = or(c.Mode, Sequence), or(c.Split, Words), or(c.Punctuation, Strip)
	c.NGrams = max(c.NGrams, 0)
	if c.NGrams == 0 {
		c.NGrams = 1
	}
	switch c.Mode {
	case Sequence, MultiHot, Count, TFIDF:
	default:
		return c, fmt.Errorf("text: unknown Mode %q; Sequence, MultiHot, Count and TFIDF exist", c.Mode)
	}
	switch c.Split {
	case Words, Mixed, Characters:
	default:
		return c, fmt.Errorf("text: unknown Split %q; Words, Mixed and Characters exist", c.Split)
	}
	switch c.Punctuation {
	case Strip, Space, Keep:
	default:
		return c, fmt.Errorf("text: unknown Punctuation %q; Strip, Space and Keep exist", c.Punctuation)
	}
	if c.MaxTokens < 0 || c.MaxTokens > 0 && c.MaxTokens <= c.specials() {
		return c, fmt.Errorf("text: MaxTokens is %d; %d of them are special, so at least %d are wanted, or 0 for no limit", c.MaxTokens, c.specials(), c.specials()+1)
	}
	if c.NGrams > maxNGrams {
		return c, fmt.Errorf("text: NGrams is %d; at most %d neighbours make a token", c.NGrams, maxNGrams)
	}
	if c.Length < 0 || c.Length > maxLength {
		return c, fmt.Errorf("text: Length is %d; it is the number of tokens of a sequence, from 1 to %d, or 0 for that of the longest text", c.Length, maxLength)
	}
	if c.Mode != Sequence && (c.Length != 0 || c.PadLeft || c.CutLeft) {
		return c, fmt.Errorf("text: Length, PadLeft and CutLeft are for sequences; leave them out with the mode %s", c.Mode)
	}
	return c, nil
}

func or[T ~string](v, otherwise T) T {
	if v == "" {
		return otherwise
	}
	return v
}

// specials is the number of special tokens before the vocabulary's own.
func (c Config) specials() int {
	if c.Mode == Sequence || c.Mode == "" {
		return 2
	}
	return 1
}
