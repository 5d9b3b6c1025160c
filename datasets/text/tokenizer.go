package text

import (
	"unicode"
	"unicode/utf8"
)

// tokenizer standardises texts and splits them. It is used again and again by
// one goroutine.
type tokenizer struct {
	rules *rules
	// buf holds the tokens of the last text, each followed by a space, so that
	// neighbours joined by a space are a piece of it.
	buf   []byte
	spans []span
	limit int // tokens after which to stop
}

// span is where a token lies in buf.
type span struct{ start, end int32 }

// rules is what a Config says about single characters.
type rules struct {
	// ascii is what becomes of each byte: the byte to write, or an action.
	ascii       [256]byte
	punctuation byte // the action for punctuation beyond ASCII
	lower       bool
	split       Split
}

// Actions, which no byte of a token can be: they are control characters.
const (
	drop      = 0
	separate  = 1
	maybeTag  = 2
	decode    = 3
	writeRune = 4
)

func newRules(c Config) *rules {
	r := &rules{lower: !c.KeepCase, split: c.Split, punctuation: writeRune}
	switch c.Punctuation {
	case Strip:
		r.punctuation = drop
	case Space:
		r.punctuation = separate
	}
	for b := range 256 {
		r.ascii[b] = r.action(byte(b))
	}
	if !c.KeepMarkup {
		r.ascii['<'] = maybeTag
	}
	return r
}

func (r *rules) action(b byte) byte {
	switch {
	case b >= utf8.RuneSelf:
		return decode
	case b == ' ' || b >= '\t' && b <= '\r':
		return separate
	case b < ' ' || b == 0x7f:
		return drop
	case b >= 'A' && b <= 'Z' && r.lower:
		return b + 'a' - 'A'
	case b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9':
		return b
	default:
		return r.onPunctuation(b)
	}
}

// onPunctuation is what becomes of a punctuation mark of ASCII.
func (r *rules) onPunctuation(b byte) byte {
	if r.punctuation == writeRune {
		return b
	}
	return r.punctuation
}

const noLimit = int(^uint(0) >> 1)

// run splits a text. The tokens are in buf and spans until the next call.
func (t *tokenizer) run(text string) {
	t.buf, t.spans = t.buf[:0], t.spans[:0]
	start := 0
	each := t.rules.split == Characters
	for i := 0; i < len(text) && len(t.spans) < t.limit; i++ {
		action := t.rules.ascii[text[i]]
		if action > writeRune {
			t.buf = append(t.buf, action)
			if each {
				start = t.finish(start)
			}
			continue
		}
		switch action {
		case separate:
			start = t.finish(start)
		case maybeTag:
			if n := tagLength(text[i:]); n > 0 {
				start = t.finish(start)
				i += n - 1
				continue
			}
			start = t.act(t.rules.onPunctuation('<'), '<', start)
		case decode:
			r, n := utf8.DecodeRuneInString(text[i:])
			i += n - 1
			if r != utf8.RuneError || n > 1 {
				start = t.wide(r, start)
			}
		}
	}
	if len(t.spans) < t.limit {
		t.finish(start)
	}
}

// finish ends the token that began at start, if there is one, and returns where
// the next begins.
func (t *tokenizer) finish(start int) int {
	if len(t.buf) == start {
		return start
	}
	t.spans = append(t.spans, span{int32(start), int32(len(t.buf))})
	t.buf = append(t.buf, ' ')
	return len(t.buf)
}

// wide treats a character beyond ASCII.
func (t *tokenizer) wide(r rune, start int) int {
	r = narrow(r)
	if r < utf8.RuneSelf {
		action := t.rules.action(byte(r))
		if action > writeRune {
			return t.act(writeRune, rune(action), start)
		}
		return t.act(action, r, start)
	}
	switch classOf(r) {
	case space:
		return t.finish(start)
	case nothing:
		return start
	case punctuation:
		return t.act(t.rules.punctuation, r, start)
	case single:
		if t.rules.split == Mixed {
			start = t.finish(start)
			return t.finish(t.write(r, start))
		}
	}
	return t.act(writeRune, r, start)
}

// act does one of the actions on a character.
func (t *tokenizer) act(action byte, r rune, start int) int {
	switch action {
	case drop:
		return start
	case separate:
		return t.finish(start)
	case writeRune:
	default:
		r = rune(action)
	}
	t.write(r, start)
	if t.rules.split == Characters {
		return t.finish(start)
	}
	return start
}

func (t *tokenizer) write(r rune, start int) int {
	if t.rules.lower {
		r = unicode.ToLower(r)
	}
	t.buf = utf8.AppendRune(t.buf, r)
	return start
}

// tagLength is the length of a tag <br>, <br/> or <br /> at the start of text, 0
// if there is none.
func tagLength(text string) int {
	if len(text) < 4 || text[1]|0x20 != 'b' || text[2]|0x20 != 'r' {
		return 0
	}
	i := 3
	for i < len(text) && text[i] == ' ' {
		i++
	}
	if i < len(text) && text[i] == '/' {
		i++
	}
	if i < len(text) && text[i] == '>' {
		return i + 1
	}
	return 0
}

// grams calls f with every token, then with every pair of neighbours, and so on
// up to n of them; it stops when f returns false. The bytes are valid during
// the call only.
func (t *tokenizer) grams(n int, f func(token []byte) bool) {
	for width := 1; width <= n; width++ {
		for i := 0; i+width <= len(t.spans); i++ {
			if !f(t.buf[t.spans[i].start:t.spans[i+width-1].end]) {
				return
			}
		}
	}
}
