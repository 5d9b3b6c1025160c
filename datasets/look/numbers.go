package look

import (
	"context"
	"fmt"
)

// This file gives the report's numbers in the form in which charts take them:
// names and a value for each. ClassNames and Counts together are what
// plotting.NewClassBalance takes, the others fit plotting.NewBar and
// plotting.NewHistogram.

// ClassNames names the classes, in the order of Classes: by the name if the class
// has one, else by its label.
func (r *Report) ClassNames() []string {
	names := make([]string, len(r.Classes))
	for i, c := range r.Classes {
		if names[i] = c.Name; c.Name == "" {
			names[i] = fmt.Sprint(c.Label)
		}
	}
	return names
}

// Counts is how many examples each class has, in the order of ClassNames. It
// returns an error if the targets are no classes.
func (r *Report) Counts(context.Context) ([]int, error) {
	if r.Classes == nil {
		return nil, fmt.Errorf("look: the targets of these %d examples are no classes that could be counted", r.Rows)
	}
	counts := make([]int, len(r.Classes))
	for i, c := range r.Classes {
		counts[i] = c.Count
	}
	return counts, nil
}

// MissingByColumn is how many values each column of a table lacks, the columns of
// all inputs one behind the other. Both are nil if no input is a table.
func (r *Report) MissingByColumn() (columns []string, missing []int64) {
	r.eachInputColumn(func(c *Column) {
		columns, missing = append(columns, c.Name), append(missing, c.Missing)
	})
	return columns, missing
}

// OutliersByColumn is about how many values of each column are far from the
// others (see Column.Outliers), the columns of all inputs one behind the other.
func (r *Report) OutliersByColumn() (columns []string, outliers []int) {
	r.eachInputColumn(func(c *Column) {
		columns, outliers = append(columns, c.Name), append(outliers, c.Outliers)
	})
	return columns, outliers
}

func (r *Report) eachInputColumn(f func(c *Column)) {
	for i := range r.Inputs {
		for j := range r.Inputs[i].Columns {
			f(&r.Inputs[i].Columns[j])
		}
	}
}

// Bars names the ranges of the histogram by their middles, for a bar chart of
// Counts.
func (h Histogram) Bars() (names []string, counts []int) {
	edges := h.Edges()
	for i, n := range h.Counts {
		names, counts = append(names, number((edges[i]+edges[i+1])/2)), append(counts, n)
	}
	return names, counts
}

// ByLevel is how many findings there are of each level: "info", "warning" and
// "fatal".
func (fs Findings) ByLevel() (levels []string, counts []int) {
	counts = make([]int, 3)
	for _, f := range fs {
		if f.Level <= Fatal {
			counts[f.Level]++
		}
	}
	return []string{Info.String(), Warning.String(), Fatal.String()}, counts
}
