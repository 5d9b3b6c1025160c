package look

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
)

const uint8Type = tensor.Uint8

// findLabels looks at the classes, if the targets are labels.
func (r *Report) findLabels() {
	l := r.labels
	if r.options.outputs > 1 && l != nil && l.each > 1 && l.each != r.options.outputs {
		r.find(Finding{Level: Fatal, Code: LabelRange,
			Message: fmt.Sprintf("a target has %d values, but the model %d outputs", l.each, r.options.outputs),
			Try:     fmt.Sprintf("give the last layer %d units", l.each)})
		return
	}
	if !l.areClasses(r.options, r.names) {
		return
	}
	r.Classes = l.classes(r.options, r.names)
	r.findLabelRange()
	r.findImbalance()
	// Data of one class after the other is cut apart by a split at the end.
	if present := len(l.count); present > 1 && r.Rows >= 4*present && l.changes == present-1 {
		r.find(Finding{Level: Info, Code: SortedLabels,
			Message: "the examples lie one class after the other",
			Try:     "shuffle before a part is split off by position; Fit shuffles by itself what it trains on"})
	}
}

// findLabelRange looks for labels that no output of the model stands for.
func (r *Report) findLabelRange() {
	l := r.labels
	want := l.wanted(r.options, r.names)
	present := l.sorted()
	low, high := present[0], present[len(present)-1]
	var bad []int
	count, wrong := 0, 0.0
	for _, v := range present {
		if v < 0 || v != math.Trunc(v) || want > 0 && v >= float64(want) {
			wrong, bad, count = v, append(bad, l.first[v]...), count+l.count[v]
		}
	}
	bad = bad[:min(len(bad), mostRows)]
	if count == 0 {
		if low >= 1 && want == 0 {
			r.find(Finding{Level: Warning, Code: LabelRange,
				Message: fmt.Sprintf("labels go from %v to %v; labels count from 0", low, high),
				Try:     fmt.Sprintf("subtract %v from every label, or one output never learns anything", low)})
		}
		return
	}
	f := Finding{Level: Fatal, Code: LabelRange, Rows: bad}
	if want == 0 {
		f.Message = fmt.Sprintf("labels go from %v to %v; labels are whole numbers from 0 on", low, high)
	} else {
		v, at := l.outside(want)
		f.Message = fmt.Sprintf("labels go from %v to %v, but %d classes have the labels 0 to %d; %d examples are outside, the first is example %d with %v",
			low, high, want, want-1, count, at, v)
	}
	f.Try = tryRange(low, high, wrong, want)
	r.find(f)
}

func tryRange(low, high, wrong float64, want int) string {
	switch {
	case low == 1 && high == float64(want):
		return "the labels are off by one: subtract 1 from every label"
	case low == -1 && high == 1 && want <= 2:
		return "use the labels 0 and 1 in place of -1 and 1"
	case wrong != math.Trunc(wrong):
		return "if a number is to be predicted and no class, describe the data with look.Regression()"
	case want > 0 && high >= float64(want):
		return fmt.Sprintf("look at these examples; if they are right, there are %v classes and the last layer needs as many units", high+1)
	}
	return "number the classes from 0 on, without negative labels"
}

// outside is the label outside the wanted range that comes first, and where.
func (l *labels) outside(want int) (v float64, at int) {
	at = math.MaxInt
	for label, rows := range l.first {
		if (label < 0 || label >= float64(want) || label != math.Trunc(label)) && rows[0] < at {
			v, at = label, rows[0]
		}
	}
	return v, at
}

// findImbalance looks for classes with few examples or none.
func (r *Report) findImbalance() {
	var present, empty []Class
	for _, c := range r.Classes {
		if c.Count > 0 {
			present = append(present, c)
		} else {
			empty = append(empty, c)
		}
	}
	r.findEmpty(empty)
	if len(present) == 1 && r.Rows > 1 {
		r.findClass(present[0].Label, Finding{Level: Fatal, Code: OneClass,
			Message: fmt.Sprintf("all examples are of class %v; there is nothing to tell apart", present[0]),
			Try:     "check how the labels were read"})
		return
	}
	r.findRare(present)
}

func (r *Report) findEmpty(empty []Class) {
	const try = "check the labels (off by one?), or leave the class out"
	if len(empty) > mostSingle {
		r.find(Finding{Level: Warning, Code: EmptyClass, Try: try,
			Message: fmt.Sprintf("%d of %d classes have no example, class %v for one", len(empty), len(r.Classes), empty[0])})
		return
	}
	for _, c := range empty {
		r.findClass(c.Label, Finding{Level: Warning, Code: EmptyClass, Message: fmt.Sprintf("class %v has no example", c), Try: try})
	}
}

// rare reports a share far below that of balanced classes: below a quarter of
// it, or below 2.5 % and half of it.
func rare(share float64, classes int) bool {
	balanced := 1 / float64(classes)
	return share < balanced/4 || share <= 0.025 && share < balanced/2
}

func (r *Report) findRare(present []Class) {
	most := present[0]
	for _, c := range present {
		if c.Count > most.Count {
			most = c
		}
	}
	found := 0
	for _, c := range present {
		if !rare(c.Share, len(present)) {
			continue
		}
		if found++; found > mostSingle {
			break
		}
		r.findClass(c.Label, Finding{Level: Warning, Code: RareClass, Rows: r.labels.first[float64(c.Label)],
			Message: fmt.Sprintf("class %v has %d of %d examples (%s); to answer always %v is right in %s already",
				c, c.Count, r.Rows, share(c.Share), most, share(most.Share)),
			Try: "weight the classes (tensor.BalancedWeights) or get more examples, and judge by recall and F1, not accuracy alone"})
	}
}

// String is the label, with its name if it has one.
func (c Class) String() string {
	if c.Name == "" {
		return fmt.Sprint(c.Label)
	}
	return fmt.Sprintf("%d (%s)", c.Label, c.Name)
}

// findTargetColumn looks for a column that gives the answer away.
func (r *Report) findTargetColumn() {
	if r.labels == nil || r.labels.each != 1 || r.Rows < 10 {
		return
	}
	for i := range r.Inputs {
		a := &r.Inputs[i]
		for j, c := range a.Columns {
			if a.hashes[j] == r.labels.hash && !c.constant() {
				r.findColumn(j, Finding{Level: Warning, Code: TargetInInput,
					Message: fmt.Sprintf("%s %q is the target itself", a.Name, c.Name),
					Try:     "drop the column: it gives the answer away, and will not be known when the model is used"})
			}
		}
	}
}
