package look

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofromzero/fromzero/tensor"
)

const int32Type = tensor.Int32

// mostLines is how many classes or columns a printed table shows.
const mostLines = 24

// String is the report as a page of text: the arrays, classes, columns, lengths
// and sizes, then the findings.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d examples", r.Rows)
	if r.DuplicateRows > 0 {
		fmt.Fprintf(&b, ", %d of them repeated", r.DuplicateRows)
	}
	b.WriteString("\n")
	r.writeArrays(&b)
	r.writeTexts(&b)
	if r.Images != nil {
		fmt.Fprintf(&b, "%v\n", r.Images)
	}
	r.writeClasses(&b)
	for i := range r.Inputs {
		r.Inputs[i].writeColumns(&b)
	}
	fmt.Fprintf(&b, "\n%v", r.Findings)
	return b.String()
}

func (r *Report) writeArrays(b *strings.Builder) {
	arrays := slices.Concat(r.Inputs, r.Targets)
	if len(arrays) == 0 {
		return
	}
	t := table{{"", "type", "shape", "min", "mean", "max", "std", "missing"}}
	for _, a := range arrays {
		t = append(t, []string{a.Name, a.DType.String(), a.Shape.String(), number(a.Min), number(a.Mean), number(a.Max), number(a.Std), some(a.Missing, a.Values)})
	}
	t.write(b, 3)
}

func (r *Report) writeTexts(b *strings.Builder) {
	if r.Texts == nil || r.Rows == 0 {
		return
	}
	l := r.Texts.Lengths()
	fmt.Fprintf(b, "%s a text: %d to %d, median %d, mean %s, 95 of 100 at most %d\n", r.Texts.Unit(),
		l[0], l[len(l)-1], l[len(l)/2], number(float64(sum(l))/float64(len(l))), l[len(l)*95/100])
}

func (r *Report) writeClasses(b *strings.Builder) {
	if r.Classes == nil {
		return
	}
	most := 0.0
	for _, c := range r.Classes {
		most = max(most, c.Share)
	}
	t := table{{"class", "examples", "share", ""}}
	for i, c := range r.Classes {
		if i == mostLines {
			t = append(t, []string{fmt.Sprintf("… %d more", len(r.Classes)-i)})
			break
		}
		t = append(t, []string{c.String(), strconv.Itoa(c.Count), share(c.Share), strings.Repeat("█", int(math.Round(20*c.Share/max(most, 1e-9))))})
	}
	b.WriteString("\n")
	t.write(b, 1)
}

func (a *Array) writeColumns(b *strings.Builder) {
	if len(a.Columns) == 0 {
		return
	}
	t := table{{"column", "missing", "min", "median", "mean", "max", "std", "outliers"}}
	for j, c := range a.Columns {
		if j == mostLines {
			t = append(t, []string{fmt.Sprintf("… %d more", len(a.Columns)-j)})
			break
		}
		rows := a.Values / int64(len(a.Columns))
		if c.Coded {
			t = append(t, []string{c.Name, some(c.Missing, rows), "(names)"})
			continue
		}
		t = append(t, []string{c.Name, some(c.Missing, rows), number(c.Min), number(c.Quartiles[1]), number(c.Mean), number(c.Max), number(c.Std), strconv.Itoa(c.Outliers)})
	}
	b.WriteString("\n")
	t.write(b, 1)
}

// table is rows of cells.
type table [][]string

// write aligns the columns: the first few to the left, the others to the right,
// but for bars.
func (t table) write(b *strings.Builder, left int) {
	var widths []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range t {
		line := ""
		for i, cell := range row {
			fill := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < left || strings.HasPrefix(cell, "█") {
				cell += fill
			} else {
				cell = fill + cell
			}
			line += cell + "  "
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// number writes four digits that matter, without an exponent for usual sizes.
func number(v float64) string {
	switch size := math.Abs(v); {
	case math.IsNaN(v):
		return "-"
	case v == math.Trunc(v) && size < 1e7:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case size >= 1000 && size < 1e7:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// percent is a part of a whole, rounded to what can be read at a glance.
func percent(part, whole int64) string { return share(float64(part) / float64(max(1, whole))) }

func share(v float64) string {
	switch {
	case v > 0 && v < 0.001:
		return "under 0.1 %"
	case v < 0.1 || v > 0.9 && v < 1:
		return strconv.FormatFloat(math.Round(1000*v)/10, 'f', -1, 64) + " %"
	}
	return strconv.FormatFloat(100*v, 'f', 0, 64) + " %"
}

// some is "" for none, else how many, and the part of all.
func some(part, whole int64) string {
	if part == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", part, percent(part, whole))
}

// list writes the first few names.
func list(names []string) string {
	if len(names) > 6 {
		return strings.Join(names[:6], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
