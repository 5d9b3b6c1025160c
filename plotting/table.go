package plotting

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// table lays out rows as text: the first column to the left, the others to the
// right, two spaces between them.
func table(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	var out strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-columns(cell))
			if i == 0 {
				line.WriteString(cell + pad)
			} else {
				line.WriteString("  " + pad + cell)
			}
		}
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// columns is the width of text in a terminal: Chinese characters take two
// columns.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60
}

// decimal writes a number for people: whole numbers in full, others with four
// significant digits.
func decimal(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case v == math.Trunc(v) && math.Abs(v) < 1e9:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case math.Abs(v) >= 1e-3 && math.Abs(v) < 1e6:
		digits := 3 - int(math.Floor(math.Log10(math.Abs(v))))
		return strconv.FormatFloat(v, 'f', max(digits, 0), 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// short writes a number for a small place: three significant digits.
func short(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e6 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// rounded cuts a value to six significant digits, more than a chart shows, so
// that options stay short and tips readable. Whole numbers stay as they are.
func rounded(v float64) float64 {
	if v == math.Trunc(v) {
		return v
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// heading is the first line of a summary: the title if there is one.
func heading(f *Figure, kind string) string {
	if f.Title == "" {
		return kind
	}
	return fmt.Sprintf("%s (%s)", f.Title, kind)
}
