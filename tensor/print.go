package tensor

import (
	"strconv"
	"strings"
)

// PrintOptions say how Text writes a tensor. The zero value is NumPy's way.
type PrintOptions struct {
	// Precision is the largest number of digits after the decimal point; 0
	// stands for 8, and -1 for none.
	Precision int
	// LineWidth is where rows are broken, in characters; 0 stands for 75.
	LineWidth int
	// Threshold is the number of elements from which on only the first and
	// last EdgeItems of an axis are shown; 0 stands for 1000, -1 for never.
	Threshold int
	// EdgeItems is how many are shown then at either end; 0 stands for 3.
	EdgeItems int
}

// String writes the elements as NumPy's print does: nested brackets, columns
// aligned, at most 8 digits after the point, an ellipsis for the middle of
// tensors with more than 1000 elements. See Text for other ways.
func (t *Tensor) String() string { return t.Text(PrintOptions{}) }

// Text writes the elements as String does, with other options.
func (t *Tensor) Text(o PrintOptions) string {
	t = t.orEmpty()
	o = o.withDefaults()
	if t.Size() == 0 {
		return "[]"
	}
	if len(t.shape) == 0 {
		return scalarText(t)
	}
	p := printer{t: t, o: o, e: t.elements(), strides: t.shape.strides()}
	p.short = o.Threshold >= 0 && t.Size() > o.Threshold
	p.format = elementFormat(t, p.shown(0, 0, nil), o.Precision)
	return p.block(0, 0, " ", o.LineWidth)
}

func (o PrintOptions) withDefaults() PrintOptions {
	pick := func(v, zero, negative int) int {
		switch {
		case v == 0:
			return zero
		case v < 0:
			return negative
		}
		return v
	}
	return PrintOptions{
		Precision: pick(o.Precision, 8, 0),
		LineWidth: pick(o.LineWidth, 75, 75),
		Threshold: pick(o.Threshold, 1000, -1),
		EdgeItems: pick(o.EdgeItems, 3, 3),
	}
}

// printer writes one tensor.
type printer struct {
	t       *Tensor
	o       PrintOptions
	e       elements
	strides []int
	short   bool // leave out the middle of long axes
	format  func(i int) string
}

// positions lists the indices along an axis that are shown; gap is where, among
// them, the ellipsis goes, -1 for nowhere.
func (p *printer) positions(axis int) (at []int, gap int) {
	n, edge := p.t.shape[axis], p.o.EdgeItems
	gap = -1
	for i := 0; i < n; i++ {
		if p.short && n > 2*edge && i == edge {
			i, gap = n-edge, edge
		}
		at = append(at, i)
	}
	return at, gap
}

// shown appends the flat positions of all elements that will be printed.
func (p *printer) shown(axis, from int, to []int) []int {
	if axis == len(p.strides) {
		return append(to, from)
	}
	at, _ := p.positions(axis)
	for _, i := range at {
		to = p.shown(axis+1, from+i*p.strides[axis], to)
	}
	return to
}

// block writes one pair of brackets and what is in it. Lines after the first
// begin with indent; every bracket to be closed takes one off the width.
func (p *printer) block(axis, from int, indent string, width int) string {
	at, gap := p.positions(axis)
	last := axis == len(p.strides)-1
	var words []string
	for k, i := range at {
		if k == gap {
			words = append(words, "...")
		}
		start := from + i*p.strides[axis]
		if last {
			words = append(words, p.format(start))
		} else {
			words = append(words, p.block(axis+1, start, indent+" ", width-1))
		}
	}
	if last {
		return "[" + wrap(words, indent, width-1) + "]"
	}
	return "[" + strings.Join(words, strings.Repeat("\n", len(p.strides)-1-axis)+indent) + "]"
}

// wrap writes words with a space between them, on as many lines as they need. No
// line but the last ends in spaces.
func wrap(words []string, indent string, width int) string {
	var lines []string
	line := indent
	for i, w := range words {
		if i > 0 {
			line += " "
		}
		if i > 0 && len(line)+len(w) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = indent
		}
		line += w
	}
	return strings.Join(append(lines, line), "\n")[len(indent):]
}

// elementFormat returns a function that writes the element at a flat position,
// all equally wide. It looks at the elements that will be shown.
func elementFormat(t *Tensor, shown []int, precision int) func(i int) string {
	switch d := t.data.(type) {
	case []float32:
		return floatFormat(d, shown, 32, precision)
	case []float64:
		return floatFormat(d, shown, 64, precision)
	}
	width := 0
	if t.dtype == Bool {
		width = len("False") // even where all are true
	}
	for _, i := range shown {
		width = max(width, len(wholeText(t, i)))
	}
	return func(i int) string { return padLeft(wholeText(t, i), width) }
}

// wholeText writes an element that is not a float.
func wholeText(t *Tensor, i int) string {
	switch d := t.data.(type) {
	case []int64:
		return strconv.FormatInt(d[i], 10)
	case []bool:
		if d[i] {
			return "True"
		}
		return "False"
	}
	return strconv.FormatInt(int64(t.elements().float(i)), 10)
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-len(s))) + s
}
