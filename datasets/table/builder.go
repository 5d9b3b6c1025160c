package table

import (
	"bytes"
	"math"
	"slices"
	"strings"
)

// builder collects the cells of one column. Names and texts are kept once each,
// which for a Category is what is wanted and for a Text costs little.
type builder struct {
	kind    Kind
	numbers []float64
	codes   []int32
	seen    map[string]int32
	levels  []string // in order of first occurrence
}

func newBuilder(kind Kind, n int) *builder {
	b := &builder{kind: kind}
	if kind == Number {
		b.numbers = make([]float64, 0, n)
		return b
	}
	b.codes = make([]int32, 0, n)
	if kind != Bool {
		b.seen = map[string]int32{}
	}
	return b
}

func (b *builder) miss() {
	if b.kind == Number {
		b.numbers = append(b.numbers, math.NaN())
	} else {
		b.codes = append(b.codes, -1)
	}
}

// add appends a cell. It reports false, and appends nothing, if the text is
// not of the builder's kind.
func (b *builder) add(text []byte) bool {
	switch b.kind {
	case Number:
		v, ok := parseNumber(text)
		if ok {
			b.numbers = append(b.numbers, v)
		}
		return ok
	case Bool:
		code, ok := parseBool(text)
		if ok {
			b.codes = append(b.codes, code)
		}
		return ok
	}
	code, ok := b.seen[string(text)]
	if !ok {
		code = int32(len(b.levels))
		name := string(text)
		b.seen[name] = code
		b.levels = append(b.levels, name)
	}
	b.codes = append(b.codes, code)
	return true
}

// join appends the cells of other, which is of the same kind.
func (b *builder) join(other *builder) {
	b.numbers = append(b.numbers, other.numbers...)
	if b.seen == nil {
		b.codes = append(b.codes, other.codes...)
		return
	}
	same := make([]int32, len(other.levels))
	for i, name := range other.levels {
		code, ok := b.seen[name]
		if !ok {
			code = int32(len(b.levels))
			b.seen[name] = code
			b.levels = append(b.levels, name)
		}
		same[i] = code
	}
	for _, code := range other.codes {
		if code >= 0 {
			code = same[code]
		}
		b.codes = append(b.codes, code)
	}
}

// present counts the cells that are not missing.
func (b *builder) present() int {
	n := 0
	for _, code := range b.codes {
		if code >= 0 {
			n++
		}
	}
	return n
}

// column is the finished column, of the kind Category or Text as is asked for,
// else of the builder's own.
func (b *builder) column(name string, kind Kind) *Column {
	out := &Column{name: name, kind: kind, numbers: b.numbers}
	switch kind {
	case Number:
	case Bool:
		out.codes, out.levels = b.codes, boolLevels
	case Text:
		out.texts = make([]string, len(b.codes))
		for i, code := range b.codes {
			if code >= 0 {
				out.texts[i] = b.levels[code]
				continue
			}
			if out.absent == nil {
				out.absent = make([]bool, len(b.codes))
			}
			out.absent[i] = true
		}
	default:
		out.codes, out.levels = b.codes, slices.Clone(b.levels)
		sortLevels(out.codes, out.levels)
	}
	return out
}

// sortLevels sorts levels and renumbers codes.
func sortLevels(codes []int32, levels []string) {
	order := make([]int, len(levels))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(levels[a], levels[b]) })
	old, rank := slices.Clone(levels), make([]int32, len(levels))
	for to, from := range order {
		levels[to], rank[from] = old[from], int32(to)
	}
	for i, code := range codes {
		if code >= 0 {
			codes[i] = rank[code]
		}
	}
}

// parseBool reads what people write for a truth value.
func parseBool(text []byte) (code int32, ok bool) {
	for _, yes := range []string{"true", "1", "yes", "t", "y"} {
		if bytes.EqualFold(text, []byte(yes)) {
			return 1, true
		}
	}
	for _, no := range []string{"false", "0", "no", "f", "n"} {
		if bytes.EqualFold(text, []byte(no)) {
			return 0, true
		}
	}
	return 0, false
}

// isBoolWord reports whether the text can only be a truth value: a column of 0
// and 1 is one of numbers, unless the reader says otherwise.
func isBoolWord(text []byte) bool {
	return bytes.EqualFold(text, []byte("true")) || bytes.EqualFold(text, []byte("false"))
}
