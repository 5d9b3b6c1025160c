package look

import (
	"fmt"
	"math"
	"strings"
)

// findings looks for everything that one data set can show.
func (r *Report) findings() {
	if r.Rows == 0 {
		r.find(Finding{Level: Fatal, Code: Empty, Message: "there are no examples",
			Try: "check the path, and filters that leave out rows"})
		return
	}
	for i := range r.Inputs {
		r.findBad(&r.Inputs[i])
		r.findConstant(&r.Inputs[i])
		r.findSameColumns(&r.Inputs[i])
		r.findOutliers(&r.Inputs[i])
		r.findScale(&r.Inputs[i])
	}
	for i := range r.Targets {
		r.findBad(&r.Targets[i])
	}
	r.findLabels()
	if r.Classes == nil && len(r.Targets) > 0 {
		r.findConstant(&r.Targets[0])
	}
	r.findTargetColumn()
	r.findDuplicates()
	r.findImageSizes()
	r.Findings.order()
}

// find adds a finding that is about no column and no class unless it says so.
func (r *Report) find(f Finding) {
	f.Column, f.Class = -1, -1
	r.Findings = append(r.Findings, f)
}

func (r *Report) findColumn(j int, f Finding) {
	f.Column, f.Class = j, -1
	r.Findings = append(r.Findings, f)
}

func (r *Report) findClass(label int, f Finding) {
	f.Column, f.Class = -1, label
	r.Findings = append(r.Findings, f)
}

// mostSingle is up to how many columns get a finding of their own; more share
// one.
const mostSingle = 6

// eachColumn makes findings about columns, or one about all if they are many.
// single is the finding about a column, without its number; several begins the
// message about many.
func (r *Report) eachColumn(a *Array, columns []int, single func(c *Column) Finding, several string) {
	if len(columns) <= mostSingle {
		for _, j := range columns {
			r.findColumn(j, single(&a.Columns[j]))
		}
		return
	}
	f := single(&a.Columns[columns[0]])
	names := make([]string, mostSingle)
	for i := range names {
		names[i] = a.Columns[columns[i]].Name
	}
	f.Message = fmt.Sprintf("%d columns %s: %s, …", len(columns), several, strings.Join(names, ", "))
	r.find(f)
}

// where lists the columns for which a condition holds.
func (a *Array) where(holds func(c *Column) bool) []int {
	var out []int
	for j := range a.Columns {
		if holds(&a.Columns[j]) {
			out = append(out, j)
		}
	}
	return out
}

// findBad looks for values that can't be calculated with.
func (r *Report) findBad(a *Array) {
	const tryMissing = "fill the gaps (with the median and a column that says which were filled), or leave out the rows"
	if a.Columns == nil && a.Missing > 0 {
		r.find(Finding{Level: Fatal, Code: Missing, Try: tryMissing,
			Message: fmt.Sprintf("%s: %d of %d values (%s) are missing (NaN); a single one makes the loss NaN", a.Name, a.Missing, a.Values, percent(a.Missing, a.Values))})
	}
	rows := int64(r.Rows)
	r.eachColumn(a, a.where(func(c *Column) bool { return c.Missing > 0 && 2*c.Missing <= rows }), func(c *Column) Finding {
		return Finding{Level: Fatal, Code: Missing, Try: tryMissing,
			Message: fmt.Sprintf("%s %q: %d of %d values (%s) are missing (NaN); a single one makes the loss NaN", a.Name, c.Name, c.Missing, rows, percent(c.Missing, rows))}
	}, "have missing values (NaN), a single one of which makes the loss NaN")
	r.eachColumn(a, a.where(func(c *Column) bool { return 2*c.Missing > rows }), func(c *Column) Finding {
		return Finding{Level: Fatal, Code: MostlyMissing,
			Message: fmt.Sprintf("%s %q: %d of %d values (%s) are missing (NaN), which is most of the column", a.Name, c.Name, c.Missing, rows, percent(c.Missing, rows)),
			Try:     "drop the column, or replace it by one that says whether there was a value"}
	}, "are mostly missing (NaN)")
	if a.Infinite > 0 {
		r.find(Finding{Level: Fatal, Code: Infinite,
			Message: fmt.Sprintf("%s: %d of %d values are infinite", a.Name, a.Infinite, a.Values),
			Try:     "look for a division by zero or the logarithm of zero in how they were made"})
	}
}

func (c *Column) constant() bool {
	return c.Min == c.Max && c.Missing == 0 && c.Infinite == 0
}

func (r *Report) findConstant(a *Array) {
	if r.Rows < 2 {
		return
	}
	if a.Values > 1 && a.Min == a.Max && a.Missing == 0 && a.Infinite == 0 {
		r.find(Finding{Level: Fatal, Code: Constant,
			Message: fmt.Sprintf("%s: every value is %s; there is nothing to learn from", a.Name, number(a.Min)),
			Try:     "check how the data was read"})
		return
	}
	r.eachColumn(a, a.where((*Column).constant), func(c *Column) Finding {
		return Finding{Level: Warning, Code: Constant,
			Message: fmt.Sprintf("%s %q: every value is %s", a.Name, c.Name, number(c.Min)),
			Try:     "drop the column: it says nothing, and to standardise it would divide by zero"}
	}, "have the same value in every row")
}

func (r *Report) findSameColumns(a *Array) {
	if r.Rows < 3 {
		return
	}
	same := a.where(func(c *Column) bool {
		return c.SameAs >= 0 && !c.constant() && c.Missing < int64(r.Rows)
	})
	r.eachColumn(a, same, func(c *Column) Finding {
		return Finding{Level: Warning, Code: DuplicateColumn,
			Message: fmt.Sprintf("%s %q has the same values as %q", a.Name, c.Name, a.Columns[c.SameAs].Name),
			Try:     "drop one of them"}
	}, "repeat other columns")
}

func (r *Report) findOutliers(a *Array) {
	r.eachColumn(a, a.where(func(c *Column) bool { return c.Outliers > 0 }), func(c *Column) Finding {
		low, high := c.fences()
		f := Finding{Level: Info, Code: Outliers,
			Message: fmt.Sprintf("%s %q: %s %d of %d values lie outside %s … %s, far from the middle half; the column goes from %s to %s",
				a.Name, c.Name, about(a.Sampled < r.Rows), c.Outliers, r.Rows, number(low), number(high), number(c.Min), number(c.Max)),
			Try: "look at these rows; if they are right, a logarithm or a cap tames them"}
		// Thirty times the middle half away from it is hardly a measurement.
		if reach := 10 * (high - low); c.Max > high+reach || c.Min < low-reach {
			f.Level, f.Try = Warning, "look at these rows: a slip of the pen, or a number that stands for \"missing\"?"
		}
		return f
	}, "have values far from the middle half of the column")
}

func about(sampled bool) string {
	if sampled {
		return "about"
	}
	return "exactly"
}

// picture reports data whose values are alike, as pixels are, and not columns
// with meanings of their own.
func (a *Array) picture() bool {
	return a.Shape.Rank() >= 2 || a.Shape.Rank() == 1 && a.Shape[0] >= 64
}

// findScale looks for inputs that are not around 1, which training expects.
func (r *Report) findScale(a *Array) {
	if a.DType.IsInt() && a.DType != uint8Type && a.Columns == nil || math.IsNaN(a.Max) {
		return // numbers of words, not quantities
	}
	if a.picture() && r.findMixedScale(a) {
		return
	}
	top := 0.0
	switch {
	case a.Min < 0 || !a.picture():
	case a.Max > 100 && a.Max <= 255 || a.Shape.Rank() >= 2 && a.Max > 2 && a.Max <= 255 || a.DType == uint8Type && a.Max > 1:
		top = 255
	case a.Max > 10000 && a.Max <= 65535:
		top = 65535
	}
	if top > 0 {
		r.find(Finding{Level: Warning, Code: Unscaled,
			Message: fmt.Sprintf("%s: values go from %s to %s, as pixels of 0 to %v do; training expects values around 1", a.Name, number(a.Min), number(a.Max), top),
			Try:     fmt.Sprintf("divide by %v", top)})
		return
	}
	large := a.where(func(c *Column) bool { return !c.Coded && math.Hypot(c.Mean, c.Std) > 10 })
	r.eachColumn(a, large, func(c *Column) Finding {
		return Finding{Level: Warning, Code: Unscaled,
			Message: fmt.Sprintf("%s %q: values are about %s, from %s to %s; training expects values around 1", a.Name, c.Name, number(math.Hypot(c.Mean, c.Std)), number(c.Min), number(c.Max)),
			Try:     "standardise: subtract the mean of the training data and divide by its standard deviation"}
	}, "have large values, where training expects values around 1")
}

// findMixedScale looks for a few examples of 0 to 255 among those of 0 to 1, or
// the other way round.
func (r *Report) findMixedScale(a *Array) bool {
	s := &a.rows
	if s.negative || s.small == 0 || s.large == 0 {
		return false
	}
	few, rows, other := s.large, s.firstBig, "go from 0 to 1"
	which := fmt.Sprintf("reach beyond 10 (up to %s)", number(a.Max))
	if s.small < s.large {
		few, rows, which, other = s.small, s.firstSmall, "go from 0 to 1", which
	}
	r.find(Finding{Level: Warning, Code: MixedScale, Rows: rows,
		Message: fmt.Sprintf("%s: %d of %d examples %s, while others %s; the first is example %d", a.Name, few, r.Rows, which, other, rows[0]),
		Try:     "scale all examples the same way, once"})
	return true
}
