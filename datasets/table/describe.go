package table

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ColumnSummary is what Describe says of one column.
type ColumnSummary struct {
	Name    string
	Kind    Kind
	Count   int // cells that are not missing
	Missing int

	// Of Number columns, over the cells that are there; NaN if there are none.
	// Std is the sample's (divided by n−1), and quartiles are interpolated
	// linearly, both as in pandas.
	Mean, Std, Min, Q1, Median, Q3, Max float64

	// Of the other kinds: how many different cells there are, and the most
	// frequent ones, at most 5.
	Distinct int
	Top      []LevelCount
}

// LevelCount says how often a name occurs.
type LevelCount struct {
	Name  string
	Count int
}

const topLevels = 5

// Description is the summary of a frame, column by column.
type Description []ColumnSummary

// MissingByColumn is how many cells each column lacks: what a bar chart takes.
func (d Description) MissingByColumn() (columns []string, missing []int) {
	for _, s := range d {
		columns, missing = append(columns, s.Name), append(missing, s.Missing)
	}
	return columns, missing
}

// Describe sums up every column.
func (f *Frame) Describe() Description {
	out := make(Description, len(f.columns))
	for i, c := range f.columns {
		out[i] = c.Describe()
	}
	return out
}

// Describe sums up the column.
func (c *Column) Describe() ColumnSummary {
	out := ColumnSummary{Name: c.name, Kind: c.kind, Missing: c.Missing()}
	out.Count = c.Len() - out.Missing
	if c.kind == Number {
		out.describeNumbers(c.present())
		return out
	}
	counts := c.Counts()
	out.Distinct, out.Top = len(counts), counts[:min(topLevels, len(counts))]
	return out
}

// present returns the numbers that are not missing, in a new slice.
func (c *Column) present() []float64 {
	out := make([]float64, 0, c.Len())
	for i := range c.Len() {
		if v := c.number(i); !math.IsNaN(v) {
			out = append(out, v)
		}
	}
	return out
}

func (s *ColumnSummary) describeNumbers(values []float64) {
	s.Mean, s.Std = meanStd(values, 1)
	slices.Sort(values)
	s.Min, s.Q1, s.Median = quantile(values, 0), quantile(values, 0.25), quantile(values, 0.5)
	s.Q3, s.Max = quantile(values, 0.75), quantile(values, 1)
}

// meanStd returns the mean and the standard deviation, divided by n−less.
func meanStd(values []float64, less int) (mean, std float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	square := 0.0
	for _, v := range values {
		square += (v - mean) * (v - mean)
	}
	if len(values) == 0 {
		return math.NaN(), math.NaN()
	}
	return mean, math.Sqrt(square / (n - float64(less)))
}

// quantile interpolates in sorted values; NaN if there are none.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) || at == float64(low) {
		return sorted[low]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

// Counts lists the different cells with how often each occurs, the most
// frequent first; equally frequent ones by name. Missing cells do not count.
func (c *Column) Counts() []LevelCount {
	n := map[string]int{}
	for i := range c.Len() {
		if !c.IsMissing(i) {
			n[c.text(i)]++
		}
	}
	out := make([]LevelCount, 0, len(n))
	for name, count := range n {
		out = append(out, LevelCount{name, count})
	}
	slices.SortFunc(out, func(a, b LevelCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name))
	})
	return out
}

// String is two lists for people: one of the numbers, one of the other columns.
func (d Description) String() string {
	numbers := [][]string{{"", "count", "missing", "mean", "std", "min", "25%", "50%", "75%", "max"}}
	names := [][]string{{"", "kind", "count", "missing", "distinct", "most frequent"}}
	for _, s := range d {
		if s.Kind == Number {
			row := []string{s.Name, strconv.Itoa(s.Count), strconv.Itoa(s.Missing)}
			for _, v := range []float64{s.Mean, s.Std, s.Min, s.Q1, s.Median, s.Q3, s.Max} {
				row = append(row, short(v))
			}
			numbers = append(numbers, row)
			continue
		}
		names = append(names, []string{s.Name, s.Kind.String(), strconv.Itoa(s.Count), strconv.Itoa(s.Missing), strconv.Itoa(s.Distinct), s.top()})
	}
	var parts []string
	if len(numbers) > 1 {
		parts = append(parts, aligned(numbers, 1, len(numbers[0])))
	}
	if len(names) > 1 {
		parts = append(parts, aligned(names, 2, 5))
	}
	return strings.Join(parts, "\n\n")
}

func (s ColumnSummary) top() string {
	var parts []string
	for i, t := range s.Top {
		if i == 3 || t.Count == 1 && i > 0 {
			break
		}
		parts = append(parts, clip(t.Name)+" "+strconv.Itoa(t.Count))
	}
	return strings.Join(parts, ", ")
}

// short writes a number with about six digits.
func short(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NA"
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case math.Abs(v) >= 1e5 && math.Abs(v) < 1e15:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}
