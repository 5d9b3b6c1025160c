package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Kind is what the cells of a column are.
type Kind uint8

// The kinds of columns.
const (
	// Number is a quantity, float64.
	Number Kind = iota + 1
	// Category is one of a few names: "male", "female".
	Category
	// Text is a name of its own in nearly every row, or free text.
	Text
	// Bool is true or false.
	Bool
)

var kindNames = []string{"unknown", "number", "category", "text", "bool"}

// String is the kind's name: "number", "category", "text" or "bool".
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", uint8(k))
	}
	return kindNames[k]
}

// MarshalText implements encoding.TextMarshaler: it gives the kind's name.
func (k Kind) MarshalText() ([]byte, error) {
	if k < Number || k > Bool {
		return nil, fmt.Errorf("table: %v is no kind of columns", k)
	}
	return []byte(k.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *Kind) UnmarshalText(text []byte) error {
	i := slices.Index(kindNames, string(text))
	if i < int(Number) {
		return fmt.Errorf("table: %.20q is no kind of columns; there are number, category, text and bool", text)
	}
	*k = Kind(i)
	return nil
}

// Column is a named list of cells of one kind, each of which may be missing. A
// column never changes, so frames share them.
type Column struct {
	name string
	kind Kind

	numbers []float64 // Number: NaN where missing
	codes   []int32   // Category: the position in levels; Bool: 0 or 1; -1 where missing
	levels  []string  // Category: sorted, each occurs
	texts   []string  // Text
	absent  []bool    // Text: where it is missing; nil if nowhere
}

var boolLevels = []string{"false", "true"}

// Numbers makes a column of numbers. NaN stands for a missing one.
func Numbers(name string, values ...float64) *Column {
	return &Column{name: name, kind: Number, numbers: slices.Clone(values)}
}

// Categories makes a column of names that repeat. "" stands for a missing one.
func Categories(name string, values ...string) *Column {
	levels := slices.Clone(values)
	slices.Sort(levels)
	levels = slices.DeleteFunc(slices.Compact(levels), func(s string) bool { return s == "" })
	codes := make([]int32, len(values))
	for i, v := range values {
		code, ok := slices.BinarySearch(levels, v)
		if !ok {
			code = -1
		}
		codes[i] = int32(code)
	}
	return &Column{name: name, kind: Category, codes: codes, levels: levels}
}

// Texts makes a column of texts, none of which is missing.
func Texts(name string, values ...string) *Column {
	return &Column{name: name, kind: Text, texts: slices.Clone(values)}
}

// Bools makes a column of truth values, none of which is missing.
func Bools(name string, values ...bool) *Column {
	codes := make([]int32, len(values))
	for i, v := range values {
		if v {
			codes[i] = 1
		}
	}
	return &Column{name: name, kind: Bool, codes: codes, levels: boolLevels}
}

// Name is the column's name.
func (c *Column) Name() string { return c.name }

// Kind says what the cells are.
func (c *Column) Kind() Kind { return c.kind }

// Len is the number of cells.
func (c *Column) Len() int {
	switch c.kind {
	case Number:
		return len(c.numbers)
	case Text:
		return len(c.texts)
	}
	return len(c.codes)
}

// IsMissing reports whether cell i is missing. It panics if there is no cell i,
// as a slice does.
func (c *Column) IsMissing(i int) bool {
	switch c.kind {
	case Number:
		return math.IsNaN(c.numbers[i])
	case Text:
		return c.absent != nil && c.absent[i]
	}
	return c.codes[i] < 0
}

// Missing counts the missing cells.
func (c *Column) Missing() int {
	n := 0
	for i := range c.Len() {
		if c.IsMissing(i) {
			n++
		}
	}
	return n
}

// Levels lists the different names of a Category column, sorted; "false" and
// "true" for a Bool column; nil for the other kinds.
func (c *Column) Levels() []string { return slices.Clone(c.levels) }

// Float64s returns the cells as numbers: those of a Number column, 0 and 1 for
// a Bool one, the positions in Levels for a Category. NaN stands for missing
// cells. A Text column has none: all are NaN.
func (c *Column) Float64s() []float64 {
	out := make([]float64, c.Len())
	for i := range out {
		out[i] = c.number(i)
	}
	return out
}

// Strings returns the cells as texts; "" for missing ones.
func (c *Column) Strings() []string {
	out := make([]string, c.Len())
	for i := range out {
		out[i] = c.text(i)
	}
	return out
}

// Renamed is the same column under another name.
func (c *Column) Renamed(name string) *Column {
	out := *c
	out.name = name
	return &out
}

func (c *Column) number(i int) float64 {
	switch {
	case c.kind == Number:
		return c.numbers[i]
	case c.kind == Text || c.codes[i] < 0:
		return math.NaN()
	}
	return float64(c.codes[i])
}

func (c *Column) text(i int) string {
	switch {
	case c.IsMissing(i):
		return ""
	case c.kind == Number:
		return exact(c.numbers[i])
	case c.kind == Text:
		return c.texts[i]
	}
	return c.levels[c.codes[i]]
}

// exact writes a number with all its digits, whole ones without an exponent.
func exact(v float64) string {
	if math.Abs(v) < 1e15 && (v == 0 || math.Abs(v) >= 1e-5) {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// rows is the column of the cells at the given positions.
func (c *Column) rows(at []int) *Column {
	out := &Column{name: c.name, kind: c.kind, levels: c.levels}
	switch c.kind {
	case Number:
		out.numbers = pick(c.numbers, at)
	case Text:
		out.texts = pick(c.texts, at)
		if c.absent != nil {
			out.absent = pick(c.absent, at)
		}
	default:
		out.codes = pick(c.codes, at)
	}
	return out
}

func pick[T any](from []T, at []int) []T {
	out := make([]T, len(at))
	for k, i := range at {
		out[k] = from[i]
	}
	return out
}

// As is the column read as another kind: numbers become the names of
// categories, "0" and "1", "yes" and "no", "true" and "false" become truth
// values, names that are numbers become those. It returns an error that names
// the first cell that does not fit.
func (c *Column) As(kind Kind) (*Column, error) {
	if kind == c.kind {
		return c, nil
	}
	b := newBuilder(kind, c.Len())
	for i := range c.Len() {
		if c.IsMissing(i) {
			b.miss()
		} else if c.kind == Bool && kind == Number {
			b.numbers = append(b.numbers, float64(c.codes[i]))
		} else if text := c.text(i); !b.add([]byte(text)) {
			return nil, fmt.Errorf("table: column %q, row %d: %.40q is not a %v", c.name, i, text, kind)
		}
	}
	return b.column(c.name, kind), nil
}
