package table

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// OneHot is a step that makes of a column with names one Bool column for each
// name, "sex=female" and "sex=male", in which the row's name is true. A name
// that the training rows did not have, and a missing cell, is false in all.
type OneHot struct {
	// Columns are those to treat. If nil, it is all of kind Category.
	Columns []string
	// DropFirst leaves out the first name, which the others imply.
	DropFirst bool
}

type levelled struct {
	Column string   `json:"column"`
	Levels []string `json:"levels"`
	Kind   Kind     `json:"kind"`
}

type fittedOneHot struct {
	Columns   []levelled `json:"columns"`
	DropFirst bool       `json:"drop_first,omitempty"`
}

func (s OneHot) fit(f *Frame) (fittedStep, error) {
	columns, err := named(f, s.Columns)
	if err != nil {
		return nil, err
	}
	return &fittedOneHot{columns, s.DropFirst}, nil
}

// named lists columns with the names that occur in them. Numbers count as
// names where their column is asked for.
func named(f *Frame, names []string) ([]levelled, error) {
	suits := func(c *Column) bool { return c.kind == Category || names != nil }
	columns, err := chosen(f, names, suits, "names are wanted")
	if err != nil {
		return nil, err
	}
	var out []levelled
	for _, c := range columns {
		out = append(out, levelled{c.name, classNames(c), c.kind})
	}
	return out, nil
}

// positions gives the position in Levels of every cell; -1 for missing and
// unknown ones.
func (l levelled) positions(f *Frame) ([]int, error) {
	if l.Kind == 0 {
		return nil, fmt.Errorf("table: a saved step has no kind for column %q; save the pipeline again", l.Column)
	}
	c, err := columnOf(f, l.Column, l.Kind)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(l.Levels))
	for i, name := range l.Levels {
		at[name] = i
	}
	out := make([]int, c.Len())
	for i := range out {
		k, ok := at[c.text(i)]
		if !ok || c.IsMissing(i) {
			k = -1
		}
		out[i] = k
	}
	return out, nil
}

func (s *fittedOneHot) stepName() string { return "one-hot" }

func (s *fittedOneHot) apply(f *Frame) (*Frame, error) {
	return replaceEach(f, s.Columns, func(l levelled) ([]*Column, error) {
		at, err := l.positions(f)
		if err != nil {
			return nil, err
		}
		var out []*Column
		for k, name := range l.Levels {
			if k == 0 && s.DropFirst {
				continue
			}
			is := make([]bool, len(at))
			for i, v := range at {
				is[i] = v == k
			}
			out = append(out, Bools(l.Column+"="+name, is...))
		}
		return out, nil
	})
}

// replaceEach puts columns in place of each of those listed.
func replaceEach(f *Frame, list []levelled, by func(levelled) ([]*Column, error)) (*Frame, error) {
	var columns []*Column
	for _, l := range list {
		if _, err := f.Column(l.Column); err != nil {
			return nil, err
		}
	}
	for _, c := range f.columns {
		i := slices.IndexFunc(list, func(l levelled) bool { return l.Column == c.name })
		if i < 0 {
			columns = append(columns, c)
			continue
		}
		more, err := by(list[i])
		if err != nil {
			return nil, err
		}
		columns = append(columns, more...)
	}
	out, err := New(columns...)
	if err == nil {
		out.n = f.n
	}
	return out, err
}

// Ordinal is a step that numbers the names of a column: 0, 1, 2 … A missing cell
// stays missing; a name that the training rows did not have becomes −1.
type Ordinal struct {
	// Columns are those to treat. If nil, it is those in Order, or all of kind
	// Category.
	Columns []string
	// Order lists a column's names from low to high. Columns that are not in it
	// are numbered alphabetically.
	Order map[string][]string
}

type fittedOrdinal struct {
	Columns []levelled `json:"columns"`
}

func (s Ordinal) fit(f *Frame) (fittedStep, error) {
	names := s.Columns
	if names == nil {
		for name := range s.Order {
			names = append(names, name)
		}
		slices.Sort(names)
	}
	for name := range s.Order {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("table: Order has the column %q, which is not in Columns", name)
		}
	}
	columns, err := named(f, names)
	if err != nil {
		return nil, err
	}
	for i, c := range columns {
		order, ok := s.Order[c.Column]
		if !ok {
			continue
		}
		for _, name := range c.Levels {
			if !slices.Contains(order, name) {
				return nil, fmt.Errorf("table: column %q has the name %q, which Order does not: %s", c.Column, name, strings.Join(order, ", "))
			}
		}
		columns[i].Levels = slices.Clone(order)
	}
	return &fittedOrdinal{columns}, nil
}

func (s *fittedOrdinal) stepName() string { return "ordinal" }

func (s *fittedOrdinal) apply(f *Frame) (*Frame, error) {
	return replaceEach(f, s.Columns, func(l levelled) ([]*Column, error) {
		at, err := l.positions(f)
		if err != nil {
			return nil, err
		}
		c, err := f.Column(l.Column)
		if err != nil {
			return nil, err
		}
		numbers := make([]float64, len(at))
		for i, k := range at {
			numbers[i] = float64(k)
			if c.IsMissing(i) {
				numbers[i] = math.NaN()
			}
		}
		return []*Column{Numbers(l.Column, numbers...)}, nil
	})
}
