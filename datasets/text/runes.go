package text

import (
	"sync"
	"unicode"
)

// class is what a character is to a tokenizer.
type class uint8

const (
	letter class = iota // part of a token, and whatever has no class of its own
	space
	punctuation
	nothing // is taken away: control characters, marks of text direction
	single  // a letter of a script without spaces between words
)

// classOf tells what a character beyond ASCII is.
func classOf(r rune) class {
	if r < 1<<16 {
		return planeClasses()[r]
	}
	switch {
	case unicode.IsOneOf(punctuationTables(), r):
		return punctuation
	case unicode.IsOneOf(nothingTables(), r):
		return nothing
	case unicode.IsOneOf(singleTables(), r):
		return single
	}
	return letter
}

// planeClasses is a table of the first 65,536 characters, so that looking one
// up takes no search.
var planeClasses = sync.OnceValue(func() *[1 << 16]class {
	var out [1 << 16]class
	mark := func(c class, tables []*unicode.RangeTable) {
		for _, t := range tables {
			for _, r := range t.R16 {
				for v := int(r.Lo); v <= int(r.Hi); v += int(r.Stride) {
					out[v] = c
				}
			}
		}
	}
	mark(single, singleTables())
	mark(punctuation, punctuationTables())
	mark(nothing, nothingTables())
	mark(space, []*unicode.RangeTable{unicode.White_Space})
	return &out
})

func punctuationTables() []*unicode.RangeTable {
	return []*unicode.RangeTable{unicode.P, unicode.Sm, unicode.Sc, unicode.Sk}
}

func nothingTables() []*unicode.RangeTable { return []*unicode.RangeTable{unicode.Cc, unicode.Cf} }

func singleTables() []*unicode.RangeTable {
	return []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}
}

// narrow is the plain form of a wide ASCII character, ！ to ～; others are
// returned as they are.
func narrow(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		return r - 0xFEE0
	}
	return r
}
