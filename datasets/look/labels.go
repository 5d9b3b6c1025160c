package look

import (
	"maps"
	"math"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// mostClasses is up to how many different numbers may be labels.
const mostClasses = 1000

// labels gathers what the first target looks like as a label.
type labels struct {
	each    int  // values of one target: 1, or more if it may be one-hot
	whole   bool // the type is a whole number or bool
	count   map[float64]int
	first   map[float64][]int // positions of the first few of each
	many    bool              // more than mostClasses different ones
	oneHot  bool              // so far, each row is all 0 but a single 1
	changes int
	last    float64
	rows    int
	hash    uint64 // of all targets, as that of a Column
}

func newLabels(each int, dtype tensor.DType) *labels {
	return &labels{each: each, whole: !dtype.IsFloat(), oneHot: each > 1, count: map[float64]int{}, first: map[float64][]int{}}
}

// add takes the target of the next example.
func (l *labels) add(target []float64) {
	v := target[0]
	l.hash = mix(l.hash, v)
	if l.each > 1 {
		l.oneHot = l.oneHot && isOneHot(target)
		if !l.oneHot {
			return
		}
		v = float64(slices.Index(target, 1))
	}
	if v != v { // the Array counts what is missing
		l.rows++
		return
	}
	if l.rows > 0 && v != l.last {
		l.changes++
	}
	l.last = v
	if !l.many {
		l.count[v]++
		l.first[v] = note(l.first[v], l.rows)
		l.many = len(l.count) > mostClasses
	}
	l.rows++
}

func isOneHot(row []float64) bool {
	ones := 0
	for _, v := range row {
		switch v {
		case 0:
		case 1:
			ones++
		default:
			return false
		}
	}
	return ones == 1
}

// areClasses decides whether the targets are labels of classes.
func (l *labels) areClasses(o options, names []string) bool {
	switch {
	case l == nil || l.many || o.regression || l.rows == 0 || len(l.count) == 0:
		return false
	case l.each > 1:
		return l.oneHot
	case o.outputs > 0 && l.whole || o.outputs > 1 || len(names) > 0:
		return true
	case l.whole: // or years, or prices
		return len(l.count) <= 20 || l.rows >= 5*len(l.count)
	}
	if len(l.count) > 20 {
		return false
	}
	for v := range l.count {
		if v != math.Trunc(v) || v < 0 {
			return false
		}
	}
	return true
}

// sorted are the different labels in order.
func (l *labels) sorted() []float64 { return slices.Sorted(maps.Keys(l.count)) }

// wanted is how many classes there should be, 0 if nothing says so.
func (l *labels) wanted(o options, names []string) int {
	switch {
	case o.outputs == 1:
		return 2
	case o.outputs > 1:
		return o.outputs
	case len(names) > 0:
		return len(names)
	case l.each > 1:
		return l.each
	}
	return 0
}

// classes counts the labels, and has an entry for classes without an example too.
func (l *labels) classes(o options, names []string) []Class {
	present := l.sorted()
	for i := range min(l.wanted(o, names), mostClasses) {
		if l.count[float64(i)] == 0 {
			present = append(present, float64(i))
		}
	}
	slices.Sort(present)
	var out []Class
	for _, v := range present {
		c := Class{Label: int(v), Count: l.count[v], Share: float64(l.count[v]) / float64(l.rows)}
		if v == math.Trunc(v) && v >= 0 && int(v) < len(names) {
			c.Name = names[int(v)]
		}
		out = append(out, c)
	}
	return out
}
