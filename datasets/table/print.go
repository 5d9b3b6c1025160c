package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const (
	printedRows = 10  // of a longer table the first and last half of these
	printedWide = 120 // columns of text
	widestCell  = 28
)

// String shows the table as pandas does: all rows of a short one, else the
// first and last five, columns left out in the middle where they are too many,
// missing cells as NA.
func (f *Frame) String() string {
	at, cut := span(0, f.n), -1
	if f.n > printedRows {
		cut = printedRows / 2
		at = append(span(0, cut), span(f.n-cut, f.n)...)
	}
	rows := make([][]string, 1+len(at))
	rows[0] = []string{""}
	for k, i := range at {
		rows[k+1] = []string{strconv.Itoa(i)}
	}
	for _, c := range f.columns {
		rows[0] = append(rows[0], clip(c.name))
		for k, cell := range c.printed(at) {
			rows[k+1] = append(rows[k+1], cell)
		}
	}
	fit(rows)
	if cut >= 0 {
		dots := slices.Repeat([]string{"..."}, len(rows[0]))
		rows = slices.Insert(rows, 1+cut, dots)
	}
	text := aligned(rows, 1, len(rows[0]))
	if cut >= 0 || len(rows[0]) <= len(f.columns) {
		text += fmt.Sprintf("\n\n[%d rows × %d columns]", f.n, len(f.columns))
	}
	return text
}

// printed writes cells, numbers with as many decimals as the longest needs.
func (c *Column) printed(at []int) []string {
	out := make([]string, len(at))
	decimals := 0
	for _, i := range at {
		if c.kind == Number && !c.IsMissing(i) {
			_, after, _ := strings.Cut(strconv.FormatFloat(c.numbers[i], 'f', -1, 64), ".")
			decimals = max(decimals, min(len(after), 4))
		}
	}
	for k, i := range at {
		switch {
		case c.IsMissing(i):
			out[k] = "NA"
		case c.kind == Number && math.Abs(c.numbers[i]) < 1e15:
			out[k] = strconv.FormatFloat(c.numbers[i], 'f', decimals, 64)
		default:
			out[k] = clip(c.text(i))
		}
	}
	return out
}

// clip shortens a cell, and shows line ends and other control characters as
// spaces.
func clip(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if width(text) <= widestCell {
		return text
	}
	used := 0
	for i, r := range text {
		if used += runeWidth(r); used > widestCell-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// fit takes columns out of the middle until the rows are narrow enough.
func fit(rows [][]string) {
	widths := columnWidths(rows)
	total, left := 0, len(widths)
	for _, w := range widths {
		total += w + 2
	}
	from, to := len(widths), len(widths) // what goes
	for total > printedWide && left > 3 {
		if from == to {
			from = (len(widths) + 1) / 2
			to = from
			total += 5
		}
		if to-from == 0 || len(widths)-to >= from-1 {
			total -= widths[to] + 2
			to++
		} else {
			from--
			total -= widths[from] + 2
		}
		left--
	}
	if from == to {
		return
	}
	for i := range rows {
		rows[i] = slices.Concat(rows[i][:from], []string{"..."}, rows[i][to:])
	}
}

func columnWidths(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	return widths
}

// aligned writes rows of cells in columns: those from position left to right
// flush right, the others flush left.
func aligned(rows [][]string, left, right int) string {
	widths := columnWidths(rows)
	var b strings.Builder
	for k, row := range rows {
		if k > 0 {
			b.WriteByte('\n')
		}
		line := ""
		for i, cell := range row {
			if i > 0 {
				line += "  "
			}
			pad := strings.Repeat(" ", widths[i]-width(cell))
			if i >= left && i < right {
				line += pad + cell
			} else {
				line += cell + pad
			}
		}
		b.WriteString(strings.TrimRight(line, " "))
	}
	return b.String()
}

// width is how many columns of a terminal a text takes.
func width(text string) int {
	n := 0
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is 2 for Chinese, Japanese and Korean characters.
func runeWidth(r rune) int {
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3,
		r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}
