package table

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Standardize is a step that gives numbers the mean 0 and the standard deviation
// 1 (divided by n, as in scikit-learn). A constant column becomes 0.
type Standardize struct {
	// Columns are those to treat. If nil, it is all of kind Number.
	Columns []string
}

// MinMax is a step that brings numbers linearly from the range they have in the
// training rows to that from 0 to 1. Other rows may go beyond it. A constant
// column becomes 0.
type MinMax struct {
	// Columns are those to treat. If nil, it is all of kind Number.
	Columns []string
}

// linear is a column's map v → (v − Shift) / Scale.
type linear struct {
	Column string  `json:"column"`
	Shift  float64 `json:"shift"`
	Scale  float64 `json:"scale"`
}

type fittedScale struct {
	Columns []linear `json:"columns"`
}

func (s Standardize) fit(f *Frame) (fittedStep, error) {
	return fitScale(f, s.Columns, func(values []float64) (shift, scale float64) { return meanStd(values, 0) })
}

func (s MinMax) fit(f *Frame) (fittedStep, error) {
	return fitScale(f, s.Columns, func(values []float64) (shift, scale float64) {
		low := slices.Min(values)
		return low, slices.Max(values) - low
	})
}

func isNumber(c *Column) bool { return c.kind == Number }

func fitScale(f *Frame, names []string, by func([]float64) (shift, scale float64)) (fittedStep, error) {
	columns, err := chosen(f, names, isNumber, "scaling needs numbers")
	if err != nil {
		return nil, err
	}
	out := &fittedScale{}
	for _, c := range columns {
		values := c.present()
		if len(values) == 0 {
			return nil, fmt.Errorf("table: column %q has nothing but missing cells and can't be scaled; drop it", c.name)
		}
		shift, scale := by(values)
		if math.IsInf(shift, 0) || math.IsInf(scale, 0) || math.IsNaN(scale) {
			return nil, fmt.Errorf("table: column %q has infinite or huge numbers and can't be scaled; correct them", c.name)
		}
		if scale == 0 || scale < 1e-12*math.Abs(shift) { // constant, but for rounding
			scale = 1
		}
		out.Columns = append(out.Columns, linear{c.name, shift, scale})
	}
	return out, nil
}

func (s *fittedScale) stepName() string { return "scale" }

func (s *fittedScale) apply(f *Frame) (*Frame, error) {
	var out []*Column
	for _, l := range s.Columns {
		c, err := columnOf(f, l.Column, Number)
		if err != nil {
			return nil, err
		}
		numbers := slices.Clone(c.numbers)
		for i, v := range numbers {
			numbers[i] = (v - l.Shift) / l.Scale
		}
		out = append(out, &Column{name: l.Column, kind: Number, numbers: numbers})
	}
	return f.With(out...)
}

// Bucketize is a step that makes categories of numbers: "[18, 65)" is from 18 to
// below 65. Missing cells stay missing.
type Bucketize struct {
	// Columns are those to treat; all need the same Edges. If nil, it is all of
	// kind Number.
	Columns []string
	// Edges, rising, are where buckets meet: n edges make n+1 buckets.
	Edges []float64
	// Quantiles makes so many buckets with about equally many training rows, if
	// there are no Edges.
	Quantiles int
}

type edged struct {
	Column string    `json:"column"`
	Edges  []float64 `json:"edges"`
}

type fittedBucketize struct {
	Columns []edged `json:"columns"`
}

func (s Bucketize) fit(f *Frame) (fittedStep, error) {
	if len(s.Edges) == 0 && s.Quantiles < 2 {
		return nil, fmt.Errorf("table: Bucketize has no Edges and Quantiles is %d; give Edges, or 2 or more Quantiles", s.Quantiles)
	}
	for i, e := range s.Edges {
		if math.IsNaN(e) || math.IsInf(e, 0) || i > 0 && e <= s.Edges[i-1] {
			return nil, fmt.Errorf("table: Edges %v; finite numbers are wanted, each larger than the one before", s.Edges)
		}
	}
	columns, err := chosen(f, s.Columns, isNumber, "buckets need numbers")
	if err != nil {
		return nil, err
	}
	out := &fittedBucketize{}
	for _, c := range columns {
		edges := slices.Clone(s.Edges)
		if len(edges) == 0 {
			edges = quantileEdges(c.present(), s.Quantiles)
		}
		if len(edges) == 0 {
			return nil, fmt.Errorf("table: column %q has too few different numbers for %d buckets; give Edges", c.name, s.Quantiles)
		}
		out.Columns = append(out.Columns, edged{c.name, edges})
	}
	return out, nil
}

// quantileEdges are the different inner quantiles above the lowest number.
func quantileEdges(values []float64, n int) []float64 {
	slices.Sort(values)
	var out []float64
	for k := 1; k < n && len(values) > 0; k++ {
		if q := quantile(values, float64(k)/float64(n)); q > values[0] && !math.IsInf(q, 0) {
			out = append(out, q)
		}
	}
	return slices.Compact(out)
}

func (s *fittedBucketize) stepName() string { return "bucketize" }

func (s *fittedBucketize) apply(f *Frame) (*Frame, error) {
	var out []*Column
	for _, e := range s.Columns {
		if len(e.Edges) == 0 {
			return nil, fmt.Errorf("table: the saved step bucketize has no edges for column %q; save the pipeline again", e.Column)
		}
		c, err := columnOf(f, e.Column, Number)
		if err != nil {
			return nil, err
		}
		names := make([]string, c.Len())
		for i, v := range c.numbers {
			if !math.IsNaN(v) {
				names[i] = e.bucket(v)
			}
		}
		out = append(out, Categories(e.Column, names...))
	}
	return f.With(out...)
}

func (e edged) bucket(v float64) string {
	k := sort.Search(len(e.Edges), func(i int) bool { return e.Edges[i] > v })
	switch k {
	case 0:
		return "< " + short(e.Edges[0])
	case len(e.Edges):
		return ">= " + short(e.Edges[k-1])
	}
	return "[" + short(e.Edges[k-1]) + ", " + short(e.Edges[k]) + ")"
}
