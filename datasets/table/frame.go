package table

import (
	"fmt"
	"slices"
	"strings"
)

// Frame is a table in memory: columns of equal length, each with a name of its
// own. Nothing changes a Frame; what sounds like a change returns a new one that
// shares the columns.
type Frame struct {
	columns []*Column
	byName  map[string]int
	n       int
}

// New makes a frame. It returns an error if lengths differ, a column is nil, or
// two have the same name.
func New(columns ...*Column) (*Frame, error) {
	f := &Frame{columns: slices.Clone(columns), byName: make(map[string]int, len(columns))}
	for i, c := range columns {
		if c == nil {
			return nil, fmt.Errorf("table: column %d is nil", i)
		}
		if i > 0 && c.Len() != f.n {
			return nil, fmt.Errorf("table: column %q has %d rows, column %q has %d; all need the same number", c.name, c.Len(), columns[0].name, f.n)
		}
		if _, twice := f.byName[c.name]; twice {
			return nil, fmt.Errorf("table: two columns are called %q; rename one", c.name)
		}
		f.byName[c.name], f.n = i, c.Len()
	}
	return f, nil
}

// Len is the number of rows.
func (f *Frame) Len() int { return f.n }

// Names lists the columns' names, in order.
func (f *Frame) Names() []string {
	out := make([]string, len(f.columns))
	for i, c := range f.columns {
		out[i] = c.name
	}
	return out
}

// Columns lists the columns, in order.
func (f *Frame) Columns() []*Column { return slices.Clone(f.columns) }

// Column returns the column with a name. The error where there is none lists
// those there are.
func (f *Frame) Column(name string) (*Column, error) {
	i, ok := f.byName[name]
	if !ok {
		return nil, fmt.Errorf("table: no column %q; there are: %s", name, strings.Join(f.Names(), ", "))
	}
	return f.columns[i], nil
}

// Select is the frame of the named columns only, in the order given.
func (f *Frame) Select(names ...string) (*Frame, error) {
	columns := make([]*Column, len(names))
	for i, name := range names {
		c, err := f.Column(name)
		if err != nil {
			return nil, err
		}
		columns[i] = c
	}
	out, err := New(columns...)
	if err == nil {
		out.n = f.n
	}
	return out, err
}

// Drop is the frame without the named columns, which must be there.
func (f *Frame) Drop(names ...string) (*Frame, error) {
	for _, name := range names {
		if _, err := f.Column(name); err != nil {
			return nil, err
		}
	}
	return f.Select(slices.DeleteFunc(f.Names(), func(s string) bool { return slices.Contains(names, s) })...)
}

// With is the frame with the columns in place of those of the same name, or
// behind the others.
func (f *Frame) With(columns ...*Column) (*Frame, error) {
	all := slices.Clone(f.columns)
	for _, c := range columns {
		if c == nil {
			return nil, fmt.Errorf("table: the column to add is nil")
		}
		if i, ok := f.byName[c.name]; ok {
			all[i] = c
		} else {
			all = append(all, c)
		}
	}
	return New(all...)
}

// As is the frame with the named columns read as another kind; see Column.As.
func (f *Frame) As(kind Kind, names ...string) (*Frame, error) {
	columns := make([]*Column, len(names))
	for i, name := range names {
		c, err := f.Column(name)
		if err != nil {
			return nil, err
		}
		if columns[i], err = c.As(kind); err != nil {
			return nil, err
		}
	}
	return f.With(columns...)
}

// Rows is the frame of the rows at the given positions, which may repeat. It
// returns an error if one is not in [0, Len()).
func (f *Frame) Rows(at []int) (*Frame, error) {
	for _, i := range at {
		if i < 0 || i >= f.n {
			return nil, fmt.Errorf("table: row %d of a table of %d; positions go from 0 to %d", i, f.n, f.n-1)
		}
	}
	return f.take(at), nil
}

func (f *Frame) take(at []int) *Frame {
	out := &Frame{columns: make([]*Column, len(f.columns)), byName: f.byName, n: len(at)}
	for i, c := range f.columns {
		out.columns[i] = c.rows(at)
	}
	return out
}

// Head is the frame of the first n rows, or of all if there are fewer.
func (f *Frame) Head(n int) *Frame { return f.take(span(0, min(max(n, 0), f.n))) }

// Tail is the frame of the last n rows, or of all if there are fewer.
func (f *Frame) Tail(n int) *Frame { return f.take(span(max(f.n-max(n, 0), 0), f.n)) }

func span(from, to int) []int {
	out := make([]int, to-from)
	for i := range out {
		out[i] = from + i
	}
	return out
}

// Row is one row, as Filter shows it.
type Row struct {
	frame *Frame
	i     int
	err   *error
}

// Index is the row's position.
func (r Row) Index() int { return r.i }

// Number is a cell as Column.Float64s gives it: NaN if it is missing.
func (r Row) Number(name string) float64 {
	c := r.column(name)
	if c == nil {
		return 0
	}
	return c.number(r.i)
}

// Text is a cell as Column.Strings gives it: "" if it is missing.
func (r Row) Text(name string) string {
	c := r.column(name)
	if c == nil {
		return ""
	}
	return c.text(r.i)
}

// Missing reports whether a cell is missing.
func (r Row) Missing(name string) bool {
	c := r.column(name)
	return c == nil || c.IsMissing(r.i)
}

func (r Row) column(name string) *Column {
	c, err := r.frame.Column(name)
	if err != nil && *r.err == nil {
		*r.err = err
	}
	return c
}

// Filter is the frame of the rows for which keep returns true. It returns an
// error if keep asks for a column that there isn't.
func (f *Frame) Filter(keep func(Row) bool) (*Frame, error) {
	var at []int
	var err error
	for i := range f.n {
		if keep(Row{f, i, &err}) {
			at = append(at, i)
		}
		if err != nil {
			return nil, err
		}
	}
	return f.take(at), nil
}
