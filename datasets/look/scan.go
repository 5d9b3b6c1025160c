package look

import (
	"fmt"
	"math"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// mostColumns is up to how many values an example of floats counts as the row of
// a table.
const mostColumns = 512

// scan gathers what an Array says, batch by batch.
type scan struct {
	array   Array
	names   []string // of columns
	codes   []bool   // columns whose numbers stand for names; nil if none do
	all     moments
	columns []moments
	sample  *sample
}

// newScan begins with the first tensor. names are the columns', nil if unknown.
func newScan(name string, t *tensor.Tensor, names []string) *scan {
	s := &scan{array: Array{Name: name, Shape: t.Shape()[1:].Clone(), DType: t.DType()}}
	each := s.array.Shape.Size()
	s.sample = newSample(each)
	named := len(names) == each && s.array.Shape.Rank() == 1
	if named {
		s.names = names
	}
	if named || s.array.Shape.Rank() == 1 && t.DType().IsFloat() && each <= mostColumns {
		s.columns = make([]moments, each)
		s.array.hashes = make([]uint64, each)
	}
	return s
}

// add takes the next tensor and its values.
func (s *scan) add(t *tensor.Tensor, values []float64) error {
	if got := t.Shape()[1:]; !got.Equal(s.array.Shape) || t.DType() != s.array.DType {
		return fmt.Errorf("look: %s is %v %v in one batch and %v %v in another; all examples must be alike",
			s.array.Name, s.array.DType, s.array.Shape, t.DType(), got)
	}
	each := s.array.Shape.Size()
	for len(values) >= each && each > 0 {
		s.row(values[:each])
		values = values[each:]
	}
	return nil
}

func (s *scan) row(row []float64) {
	for _, v := range row {
		s.all.add(v)
	}
	for j := range s.columns {
		s.columns[j].add(row[j])
		s.array.hashes[j] = mix(s.array.hashes[j], row[j])
	}
	s.array.rows.add(s.sample.seen, row)
	s.sample.add(row)
}

// rowScales tells examples from 0 to 1 from those that reach far beyond.
type rowScales struct {
	small, large         int
	firstSmall, firstBig []int
	negative             bool
}

func (r *rowScales) add(at int, row []float64) {
	high, fraction := 0.0, false
	for _, v := range row {
		if v > high {
			high = v
		}
		if v < 0 {
			r.negative = true
		}
		fraction = fraction || v != math.Trunc(v)
	}
	switch {
	case high > 10:
		r.large++
		r.firstBig = note(r.firstBig, at)
	case fraction && high <= 1.01: // not just a dark picture of 0 to 255
		r.small++
		r.firstSmall = note(r.firstSmall, at)
	}
}

// mostRows is how many positions a finding lists.
const mostRows = 10

func note(rows []int, at int) []int {
	if len(rows) < mostRows {
		return append(rows, at)
	}
	return rows
}

// finish computes what the Array says.
func (s *scan) finish() Array {
	a := s.array
	a.Min, a.Max, a.Mean, a.Std = s.all.stats()
	a.Missing, a.Infinite = s.all.missing, s.all.infinite
	a.Values = s.all.n + a.Missing + a.Infinite
	a.Sampled = s.sample.rows()
	a.Histogram = newHistogram(s.sample.finite(-1), a.Min, a.Max)
	for j := range s.columns {
		a.Columns = append(a.Columns, s.column(j))
	}
	return a
}

func (s *scan) column(j int) Column {
	m := &s.columns[j]
	c := Column{Name: fmt.Sprintf("column %d", j), Missing: m.missing, Infinite: m.infinite}
	if s.names != nil {
		c.Name = s.names[j]
	}
	c.Min, c.Max, c.Mean, c.Std = m.stats()
	values := s.sample.finite(j)
	c.Histogram = newHistogram(values, c.Min, c.Max)
	c.Quartiles = quartiles(values)
	c.SameAs = slices.Index(s.array.hashes[:j], s.array.hashes[j])
	c.Coded = j < len(s.codes) && s.codes[j]
	low, high := c.fences()
	if low == high || c.Coded {
		return c
	}
	beyond := 0
	for _, v := range values {
		if v < low || v > high {
			beyond++
		}
	}
	c.Outliers = int(math.Round(float64(beyond) * float64(s.sample.seen) / float64(s.sample.rows())))
	if beyond == 0 && (c.Min < low || c.Max > high) {
		c.Outliers = 1 // the sample missed it
	}
	return c
}

// fences are the borders beyond which values are outliers; they are equal where
// half of the column has one value, so that nothing can be said.
func (c Column) fences() (low, high float64) {
	reach := 3 * (c.Quartiles[2] - c.Quartiles[0])
	if !(reach > 0) {
		return 0, 0
	}
	return c.Quartiles[0] - reach, c.Quartiles[2] + reach
}
