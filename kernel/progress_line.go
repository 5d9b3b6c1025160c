package kernel

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// line is what one line says.
type line struct {
	label             string
	done, total, base int64
	bytes, over       bool
	elapsed           time.Duration
	names             []string
	values            []float64
}

// series is what a label such as "epoch 3/5" says about its place.
type series struct {
	name  string // "epoch"; the first word of a label without a count
	at, n int    // 0, 0 for a label without a count
}

func seriesOf(label string) series {
	words := strings.Fields(label)
	if len(words) == 0 {
		return series{}
	}
	at, n, ok := strings.Cut(words[len(words)-1], "/")
	i, errI := strconv.Atoi(at)
	k, errK := strconv.Atoi(n)
	if !ok || errI != nil || errK != nil {
		return series{name: words[0]}
	}
	return series{strings.Join(words[:len(words)-1], " "), i, k}
}

// more says whether others of the series are to come.
func (s series) more() bool { return s.at < s.n }

// fraction is how much is done, 0 to 1; ok is false where that is not known.
func (l line) fraction() (f float64, ok bool) {
	if l.total <= 0 {
		return 0, false
	}
	return min(max(float64(l.done)/float64(l.total), 0), 1), true
}

func (l line) percent() string {
	f, ok := l.fraction()
	if !ok {
		return ""
	}
	return fmt.Sprintf("%3d%%", int(f*100))
}

// bar draws the fraction with this many characters between its brackets.
func (l line) bar(width int) string {
	f, ok := l.fraction()
	if !ok || width <= 0 {
		return ""
	}
	n := int(f * float64(width))
	head := ""
	if n < width && n > 0 {
		n, head = n-1, ">"
	}
	return "[" + strings.Repeat("=", n) + head + strings.Repeat(".", width-n-len(head)) + "]"
}

// count is "1160/1875", "6.1/9.9 MB", or what is known of it.
func (l line) count() string {
	switch {
	case l.bytes && l.total > 0:
		unit, scale := byteUnit(l.total)
		total := float64(l.total) / scale
		return fmt.Sprintf("%.*f/%.*f %s", digits(total), float64(l.done)/scale, digits(total), total, unit)
	case l.bytes:
		return bytesText(l.done)
	case l.total > 0:
		return fmt.Sprintf("%*d/%d", len(strconv.FormatInt(l.total, 10)), l.done, l.total)
	}
	return strconv.FormatInt(l.done, 10)
}

// times is what is left while the task runs, what it took once it is over, and
// the rate of bytes.
func (l line) times() []string {
	var out []string
	moved := l.done - l.base
	if l.bytes && moved > 0 && l.elapsed > 0 {
		out = append(out, bytesText(int64(float64(moved)/l.elapsed.Seconds()))+"/s")
	}
	switch {
	case l.over:
		out = append(out, seconds(l.elapsed))
	case l.total > 0 && moved > 0:
		perUnit := float64(l.elapsed) / float64(moved)
		out = append(out, "ETA "+clockText(time.Duration(perUnit*float64(max(l.total-l.done, 0)))))
	case l.total <= 0:
		out = append(out, seconds(l.elapsed))
	}
	return out
}

func (l line) metrics() []string {
	out := make([]string, 0, len(l.names))
	for i, name := range l.names {
		if i < len(l.values) {
			out = append(out, name+" "+valueText(l.values[i]))
		}
	}
	return out
}

// valueText writes a loss or a metric with four significant places.
func valueText(v float64) string {
	switch a := math.Abs(v); {
	case a == 0, math.IsNaN(v), math.IsInf(v, 0):
		return strconv.FormatFloat(v, 'g', -1, 64)
	case a < 1e-3 || a >= 1e5:
		return strconv.FormatFloat(v, 'g', 4, 64)
	case a >= 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

// text is the whole line, with a bar of the given width.
func (l line) text(bar int, count bool, metrics int) string {
	words := []string{l.label}
	if !l.over {
		words = append(words, l.bar(bar), l.percent())
	}
	if count && (!l.over || l.bytes && l.done > 0) {
		words = append(words, l.count())
	}
	words = append(words, l.times()...)
	words = append(words, l.metrics()[:metrics]...)
	return join(words)
}

func join(words []string) string {
	var b strings.Builder
	for _, w := range words {
		if w == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("  ")
		}
		b.WriteString(w)
	}
	return b.String()
}

// fit makes the line as long as the terminal allows: the bar goes first, then
// the count, then metrics from the end, last the end of the label.
func (l line) fit(columns int) string {
	all := len(l.metrics())
	for _, bar := range []int{24, 12, 6, 0} {
		if s := l.text(bar, true, all); cells(s) <= columns {
			return s
		}
	}
	for n := all; n >= 0; n-- {
		if s := l.text(0, false, n); cells(s) <= columns {
			return s
		}
	}
	return clip(l.label, columns)
}

// cells is how many columns a terminal needs for s: two for a Chinese
// character.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += cell(r)
	}
	return n
}

func cell(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case r <= 0x36f, r == 0x200d, 0xfe00 <= r && r <= 0xfe0f: // marks that add to the one before
		return 0
	case 0x1100 <= r && r <= 0x115f, 0x2e80 <= r && r <= 0xa4cf, 0xac00 <= r && r <= 0xd7a3,
		0xf900 <= r && r <= 0xfaff, 0xfe30 <= r && r <= 0xfe6f, 0xff00 <= r && r <= 0xff60,
		0xffe0 <= r && r <= 0xffe6, 0x1f300 <= r && r <= 0x1faff, 0x20000 <= r && r <= 0x3fffd:
		return 2
	}
	return 1
}

// clip cuts s to this many columns, with a sign that it did.
func clip(s string, columns int) string {
	if cells(s) <= columns {
		return s
	}
	n := 0
	for i, r := range s {
		if n += cell(r); n > columns-1 {
			return s[:i] + "…"
		}
	}
	return s
}
