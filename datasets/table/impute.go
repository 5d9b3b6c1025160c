package table

import (
	"fmt"
	"math"
	"slices"
)

// Strategy says what is put in place of missing cells.
type Strategy uint8

// The strategies of Impute.
const (
	// Typical is the median for numbers and the most frequent cell for others.
	Typical Strategy = iota
	// Mean is the mean; it needs numbers.
	Mean
	// Median is the median; it needs numbers.
	Median
	// MostFrequent is the most frequent cell; of equally frequent ones the
	// lowest.
	MostFrequent
	// Constant is Impute.Number for numbers and Impute.Name for others.
	Constant
)

// Impute is a step that puts values in place of missing cells.
type Impute struct {
	// Columns are those to treat. If nil, it is all that the strategy suits.
	Columns []string
	// With says by what.
	With Strategy
	// Number and Name are put in by the strategy Constant. An empty Name is
	// "missing", and false for Bool columns.
	Number float64
	Name   string
	// Flag adds a Bool column "NAME is missing" for every treated column that
	// has missing cells in the training rows.
	Flag bool
}

type fittedImpute struct {
	Columns []filling `json:"columns"`
}

type filling struct {
	Column string  `json:"column"`
	Kind   Kind    `json:"kind"`
	Number float64 `json:"number,omitempty"`
	Name   string  `json:"name,omitempty"`
	Flag   bool    `json:"flag,omitempty"`
}

func (s Impute) fit(f *Frame) (fittedStep, error) {
	suits := func(c *Column) bool { return true }
	if s.With == Mean || s.With == Median {
		suits = func(c *Column) bool { return c.kind == Number }
	}
	columns, err := chosen(f, s.Columns, suits, "mean and median need numbers")
	if err != nil {
		return nil, err
	}
	if s.With > Constant {
		return nil, fmt.Errorf("table: Impute with strategy %d; there are Typical, Mean, Median, MostFrequent and Constant", s.With)
	}
	out := &fittedImpute{}
	for _, c := range columns {
		fill := filling{Column: c.name, Kind: c.kind, Flag: s.Flag && c.Missing() > 0}
		if c.kind == Number {
			fill.Number = s.number(c)
			if math.IsNaN(fill.Number) || math.IsInf(fill.Number, 0) {
				return nil, fmt.Errorf("table: column %q has no finite number to put in place of missing cells; drop it, or use Constant", c.name)
			}
		} else if fill.Name, err = s.name(c); err != nil {
			return nil, err
		}
		out.Columns = append(out.Columns, fill)
	}
	return out, nil
}

func (s Impute) number(c *Column) float64 {
	values := c.present()
	slices.Sort(values)
	switch s.With {
	case Constant:
		return s.Number
	case Mean:
		mean, _ := meanStd(values, 0)
		return mean
	case MostFrequent:
		return mostFrequent(values)
	}
	return quantile(values, 0.5)
}

// mostFrequent returns the lowest of the most frequent sorted numbers.
func mostFrequent(sorted []float64) float64 {
	best, most, run := math.NaN(), 0, 0
	for i, v := range sorted {
		run++
		if i > 0 && v != sorted[i-1] {
			run = 1
		}
		if run > most {
			best, most = v, run
		}
	}
	return best
}

func (s Impute) name(c *Column) (string, error) {
	if s.With == Constant && s.Name == "" {
		return map[bool]string{true: "false", false: "missing"}[c.kind == Bool], nil
	}
	if s.With == Constant {
		if _, ok := parseBool([]byte(s.Name)); c.kind == Bool && !ok {
			return "", fmt.Errorf("table: Impute puts %q into the bool column %q; true or false is wanted", s.Name, c.name)
		}
		return s.Name, nil
	}
	counts := c.Counts()
	if len(counts) == 0 {
		return "", fmt.Errorf("table: column %q has nothing but missing cells; drop it, or use Constant", c.name)
	}
	return counts[0].Name, nil
}

func (s *fittedImpute) stepName() string { return "impute" }

func (s *fittedImpute) apply(f *Frame) (*Frame, error) {
	var filled, flags []*Column
	for _, fill := range s.Columns {
		if fill.Kind == 0 {
			return nil, fmt.Errorf("table: the saved step impute has no kind for column %q; save the pipeline again", fill.Column)
		}
		c, err := columnOf(f, fill.Column, fill.Kind)
		if err != nil {
			return nil, err
		}
		filled = append(filled, fill.in(c))
		if fill.Flag {
			missing := make([]bool, c.Len())
			for i := range missing {
				missing[i] = c.IsMissing(i)
			}
			flags = append(flags, Bools(c.name+" is missing", missing...))
		}
	}
	return f.With(append(filled, flags...)...)
}

// in is the column with its missing cells filled.
func (fill filling) in(c *Column) *Column {
	if c.kind == Number {
		out := slices.Clone(c.numbers)
		for i, v := range out {
			if math.IsNaN(v) {
				out[i] = fill.Number
			}
		}
		return &Column{name: c.name, kind: Number, numbers: out}
	}
	b := newBuilder(c.kind, c.Len())
	for i := range c.Len() {
		text := c.text(i)
		if c.IsMissing(i) {
			text = fill.Name
		}
		b.add([]byte(text))
	}
	return b.column(c.name, c.kind)
}

// chosen returns the named columns, or all that suit if none is named. It
// returns an error, with why, if a named one does not suit.
func chosen(f *Frame, names []string, suits func(*Column) bool, why string) ([]*Column, error) {
	var out []*Column
	if names == nil {
		for _, c := range f.columns {
			if suits(c) {
				out = append(out, c)
			}
		}
		return out, nil
	}
	for _, name := range names {
		c, err := f.Column(name)
		if err != nil {
			return nil, err
		}
		if !suits(c) {
			return nil, fmt.Errorf("table: column %q is of kind %v: %s", name, c.kind, why)
		}
		out = append(out, c)
	}
	return out, nil
}

// columnOf returns a column as the kind that it had in training.
func columnOf(f *Frame, name string, kind Kind) (*Column, error) {
	c, err := f.Column(name)
	if err != nil {
		return nil, err
	}
	return c.As(kind)
}
