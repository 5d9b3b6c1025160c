package plotting

import (
	"strings"
	"unicode"
)

// letter is what a reader takes for one: a rune with the marks that belong to
// it. It is not to be cut in two.
type letter struct {
	text    string
	columns int
}

// letters takes a text apart. Lines are joined; control characters, and those
// that turn the direction of what follows them, are left out.
func letters(text string) []letter {
	var out []letter
	joined := false
	for _, r := range strings.Join(strings.Fields(text), " ") {
		switch {
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			continue
		case len(out) > 0 && (joined || belongs(r)):
			out[len(out)-1].text += string(r)
		default:
			out = append(out, letter{string(r), columns(string(r))})
		}
		joined = r == joiner
	}
	return out
}

// joiner makes one picture of the two around it.
const joiner = '\u200d'

// belongs reports whether a rune is part of the letter before it.
func belongs(r rune) bool {
	return r == joiner || unicode.IsMark(r) || r >= 0x1f3fb && r <= 0x1f3ff // skin tones
}

// mayBreak reports whether a line may end between two letters: at a space, and
// around letters of scripts that are written without them.
func mayBreak(a, b letter) bool {
	return a.text == " " || b.text == " " || a.columns == 2 || b.columns == 2
}

// join puts letters together again, without spaces at the ends.
func join(ls []letter) string {
	var out strings.Builder
	for _, l := range ls {
		out.WriteString(l.text)
	}
	return strings.TrimSpace(out.String())
}

// fitting is how many of the letters fit into a line of that many columns,
// ending where a line may end if that does not waste more than half of it; at
// least one, so that all text is placed in the end.
func fitting(ls []letter, width int) int {
	used, last := 0, 0
	for i, l := range ls {
		if i > 0 && mayBreak(ls[i-1], l) {
			last = i
		}
		if used+l.columns > width && (l.text != " " || i+1 < len(ls)) {
			if join(ls[:last]) != "" && columns(join(ls[:last])) >= width/2 {
				return last
			}
			return max(i, 1)
		}
		used += l.columns
	}
	return len(ls)
}

// shorten makes a text of at most limit columns: in one line, cut between words
// where it has any, with "…" for what is left off.
func shorten(text string, limit int) string {
	ls := letters(text)
	if whole := join(ls); columns(whole) <= limit {
		return whole
	}
	return join(ls[:fitting(ls, limit-1)]) + "…"
}

// wrap breaks a text into lines of at most width columns.
func wrap(text string, width int) []string {
	var lines []string
	for ls := letters(text); len(ls) > 0; {
		n := fitting(ls, width)
		if line := join(ls[:n]); line != "" {
			lines = append(lines, line)
		}
		ls = ls[n:]
	}
	return lines
}
