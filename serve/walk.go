package serve

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/gofromzero/fromzero/tensor"
)

// walker reads numbers in lists of lists out of JSON that is known to be valid.
type walker struct {
	data []byte
	at   int
}

// errShape says that lists do not have the lengths or the depth that is wanted.
var errShape = errors.New("other shape")

// space skips what means nothing.
func (w *walker) space() {
	for w.at < len(w.data) {
		switch w.data[w.at] {
		case ' ', '\t', '\n', '\r':
			w.at++
		default:
			return
		}
	}
}

// take skips a character if it is next.
func (w *walker) take(c byte) bool {
	w.space()
	if w.at < len(w.data) && w.data[w.at] == c {
		w.at++
		return true
	}
	return false
}

// list reads lists in lists of the given lengths.
func (w *walker) list(shape tensor.Shape, f *filler) error {
	if len(shape) == 0 {
		v, err := w.number()
		if err != nil {
			return err
		}
		return f.number(v)
	}
	if !w.take('[') {
		return errShape
	}
	for i := range shape[0] {
		if i > 0 && !w.take(',') {
			return errShape
		}
		if err := w.list(shape[1:], f); err != nil {
			return err
		}
	}
	if !w.take(']') {
		return errShape
	}
	return nil
}

// number reads one number. Those with few digits, nearly all, are read here; the
// rest by strconv.
func (w *walker) number() (float64, error) {
	w.space()
	start := w.at
	for w.at < len(w.data) && isNumeric(w.data[w.at]) {
		w.at++
	}
	text := w.data[start:w.at]
	if len(text) == 0 {
		if w.at < len(w.data) && bytes.IndexByte([]byte("[]"), w.data[w.at]) >= 0 {
			return 0, errShape
		}
		return 0, fmt.Errorf("there is %s where a number is wanted", kindOf(w.data[w.at:]))
	}
	if v, ok := short(text); ok {
		return v, nil
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return 0, fmt.Errorf("%.40s is too large a number", text)
	}
	return v, nil
}

func isNumeric(c byte) bool {
	return '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// powers of ten are exact up to here, as are whole numbers of 15 digits, so that
// their quotient is rounded once.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// short reads a number of at most 15 digits without an exponent.
func short(text []byte) (float64, bool) {
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	if len(text) > 16 || len(text) == 0 {
		return 0, false
	}
	whole, digits, after, seenPoint := int64(0), 0, 0, false
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9':
			whole = whole*10 + int64(c-'0')
			digits++
			if seenPoint {
				after++
			}
		case c == '.':
			seenPoint = true
		default:
			return 0, false
		}
	}
	if digits > 15 {
		return 0, false
	}
	v := float64(whole) / powers[after]
	if negative {
		v = -v
	}
	return v, true
}

// depthOf is how deep the first lists lie in each other.
func depthOf(raw []byte) int {
	w := walker{data: raw}
	depth := 0
	for w.take('[') {
		depth++
	}
	return depth
}

// shapeOf describes valid JSON that has not the wanted shape: its own shape, by
// the first list at each depth, if it is lists in lists.
func shapeOf(raw []byte, wanted tensor.Shape) string {
	if len(raw) == 0 || raw[0] != '[' {
		return kindOf(raw)
	}
	lengths := firstLengths(raw)
	const many = 8
	switch {
	case len(lengths) > many:
		return fmt.Sprintf("lists in lists, %d deep", len(lengths))
	case wanted.Equal(lengths):
		return "lists in lists of different lengths"
	}
	return fmt.Sprintf("of shape %v", tensor.Shape(lengths))
}

// firstLengths are the lengths of the first list, the first list in it, and so
// on.
func firstLengths(raw []byte) []int {
	var lengths []int
	depth, deepest := 0, depthOf(raw)
	open := make([]bool, deepest) // lists at this depth are still counted
	inString := false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case inString:
			if c == '\\' {
				i++
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString = true
		case c == '[' || c == '{':
			depth++
			if len(lengths) < depth && depth <= deepest && c == '[' {
				lengths, open[depth-1] = append(lengths, 1), true
				w := walker{data: raw, at: i + 1}
				if w.take(']') {
					lengths[depth-1] = 0
				}
			}
		case c == ']' || c == '}':
			if depth <= deepest && depth > 0 {
				open[depth-1] = false
			}
			depth--
		case c == ',' && depth > 0 && depth <= deepest && open[depth-1]:
			lengths[depth-1]++
		}
	}
	return lengths
}

// kindOf names a value of JSON by its first character.
func kindOf(raw []byte) string {
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '"':
		return "a text"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
