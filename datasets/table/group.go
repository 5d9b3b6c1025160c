package table

import (
	"fmt"
	"math"
	"slices"
)

// group is the rows that have the same cells in some columns.
type group []int

// groups returns the groups of rows, in the order of the columns' values
// (missing ones first).
func (f *Frame) groups(names []string) ([]group, *Frame, error) {
	by, err := f.Select(names...)
	if err != nil {
		return nil, nil, err
	}
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("table: grouping by no column; name one")
	}
	order := span(0, f.n)
	slices.SortStableFunc(order, func(a, b int) int {
		for _, c := range by.columns {
			if d := c.compare(a, b); d != 0 {
				return d
			}
		}
		return 0
	})
	var out []group
	for k, i := range order {
		if k == 0 || !by.same(order[k-1], i) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], i)
	}
	return out, by, nil
}

func (f *Frame) same(a, b int) bool {
	return !slices.ContainsFunc(f.columns, func(c *Column) bool { return c.compare(a, b) != 0 })
}

// compare orders two cells: missing ones first, then by value.
func (c *Column) compare(a, b int) int {
	if c.kind == Text {
		return compareOrdered(c.text(a), c.text(b))
	}
	if ma, mb := c.IsMissing(a), c.IsMissing(b); ma || mb {
		return compareOrdered(btoi(mb), btoi(ma))
	}
	return compareOrdered(c.number(a), c.number(b))
}

func compareOrdered[T int | float64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// GroupCounts is a frame with one row for every combination of cells that
// occurs in the named columns, and how often it does in a last column "count".
func (f *Frame) GroupCounts(names ...string) (*Frame, error) {
	groups, by, err := f.groups(names)
	if err != nil {
		return nil, err
	}
	return by.grouped(groups)
}

// GroupMeans is GroupCounts with one more column, "mean": the mean of the named
// Number or Bool column over the group's rows where it is not missing. It is
// missing where there are none.
func (f *Frame) GroupMeans(column string, by ...string) (*Frame, error) {
	c, err := f.Column(column)
	if err != nil {
		return nil, err
	}
	if c.kind != Number && c.kind != Bool {
		return nil, fmt.Errorf("table: the mean of column %q, which is of kind %v; a number or bool column is wanted", column, c.kind)
	}
	groups, keys, err := f.groups(by)
	if err != nil {
		return nil, err
	}
	means := make([]float64, len(groups))
	for i, g := range groups {
		sum, n := 0.0, 0.0
		for _, row := range g {
			if v := c.number(row); !math.IsNaN(v) {
				sum, n = sum+v, n+1
			}
		}
		means[i] = sum / n // 0/0 is NaN, a missing cell
	}
	return keys.grouped(groups, Numbers("mean", means...))
}

// grouped is a frame of the first row of each group, the counts, and more.
func (f *Frame) grouped(groups []group, more ...*Column) (*Frame, error) {
	firsts, counts := make([]int, len(groups)), make([]float64, len(groups))
	for i, g := range groups {
		firsts[i], counts[i] = g[0], float64(len(g))
	}
	return f.take(firsts).With(append([]*Column{Numbers("count", counts...)}, more...)...)
}
