package look

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// Check looks for everything in the training and the test data that would spoil
// training or the score: what Describe finds in each, and what only both
// together show, such as test examples that are in the training data too. test
// may be nil.
//
// It returns an error if the data can't be read. What it finds is no error;
// findings.Err makes it one.
func Check(ctx context.Context, train, test tensor.Dataset, opts ...Option) (Findings, error) {
	a, err := Describe(ctx, train, opts...)
	if err != nil {
		return nil, fmt.Errorf("%w (in the training data)", err)
	}
	if test == nil {
		return a.in("train"), nil
	}
	b, err := Describe(ctx, test, opts...)
	if err != nil {
		return nil, fmt.Errorf("%w (in the test data)", err)
	}
	return Compare(a, b), nil
}

// Compare is Check for data that is described already: the findings of both
// reports, and what they show together.
func Compare(train, test *Report) Findings {
	c := comparison{train: train, test: test}
	if train.Rows > 0 && test.Rows > 0 {
		c.shapes()
		c.classes()
		c.leaks()
		c.shifts()
	}
	all := slices.Concat(c.found, train.in("train"), test.in("test"))
	all.order()
	return all
}

// in gives the report's findings, with the name of the data set.
func (r *Report) in(where string) Findings {
	out := slices.Clone(r.Findings)
	for i := range out {
		out[i].Where = where
	}
	return out
}

// comparison gathers what two data sets show together.
type comparison struct {
	train, test *Report
	found       Findings
}

func (c *comparison) find(f Finding) {
	f.Where, f.Column, f.Class = "test", -1, -1
	c.found = append(c.found, f)
}

func (c *comparison) shapes() {
	if len(c.train.Inputs) != len(c.test.Inputs) || len(c.train.Targets) != len(c.test.Targets) {
		c.find(Finding{Level: Fatal, Code: Shape,
			Message: fmt.Sprintf("it has %d inputs and %d targets, the training data %d and %d",
				len(c.test.Inputs), len(c.test.Targets), len(c.train.Inputs), len(c.train.Targets)),
			Try: "make both the same way"})
		return
	}
	c.each(func(a, b *Array) {
		if !a.Shape.Equal(b.Shape) || a.DType != b.DType {
			c.find(Finding{Level: Fatal, Code: Shape,
				Message: fmt.Sprintf("%s is %v %v, in the training data %v %v", b.Name, b.DType, b.Shape, a.DType, a.Shape),
				Try:     "make both the same way"})
		}
	})
}

// each calls f with the arrays that both have.
func (c *comparison) each(f func(train, test *Array)) {
	for i := range min(len(c.train.Inputs), len(c.test.Inputs)) {
		f(&c.train.Inputs[i], &c.test.Inputs[i])
	}
	for i := range min(len(c.train.Targets), len(c.test.Targets)) {
		f(&c.train.Targets[i], &c.test.Targets[i])
	}
}

func (c *comparison) classes() {
	if a, b := c.train.names, c.test.names; a != nil && b != nil && !slices.Equal(a, b) {
		c.find(Finding{Level: Fatal, Code: ClassOrder,
			Message: fmt.Sprintf("the classes are numbered %s, in the training data %s: the same label means another class", list(b), list(a)),
			Try:     "number both by the training data's names"})
	}
	if c.train.Classes == nil {
		return
	}
	for _, class := range c.test.Classes {
		known := slices.ContainsFunc(c.train.Classes, func(t Class) bool { return t.Label == class.Label && t.Count > 0 })
		if class.Count > 0 && !known {
			c.find(Finding{Level: Warning, Code: NewClass,
				Message: fmt.Sprintf("class %v has %d examples here and none in the training data", class, class.Count),
				Try:     "split the data anew, class by class, or check the labels"})
		}
	}
}

// leaks looks for test examples that the model has seen in training.
func (c *comparison) leaks() {
	count, first := 0, -1
	var rows []int
	for i, h := range c.test.hashes {
		if s, ok := c.train.seen[h]; ok {
			if count++; first < 0 {
				first = int(s.first)
			}
			rows = note(rows, i)
		}
	}
	if count == 0 {
		return
	}
	f := Finding{Level: Warning, Code: Leak, Rows: rows,
		Message: fmt.Sprintf("%d of %d examples (%s) are in the training data too: example %d is its example %d", count, c.test.Rows,
			percent(int64(count), int64(c.test.Rows)), rows[0], first),
		Try: "drop them from one of the two: a model that learnt them by heart scores too well"}
	if 2*count > c.test.Rows {
		f.Level = Fatal
	}
	c.find(f)
}

// fewest is how many test examples a mean needs to say something.
const fewest = 30

// shifts looks for values that lie elsewhere in the test data, mostly because
// they were scaled otherwise.
func (c *comparison) shifts() {
	if c.test.Rows < fewest {
		return
	}
	c.each(func(a, b *Array) {
		if a.Columns == nil || len(a.Columns) != len(b.Columns) {
			if shifted(a.Mean, a.Std, b.Mean, b.Std) {
				c.find(shift(a.Name, a.Mean, a.Std, b.Mean, b.Std))
			}
			return
		}
		found := 0
		for j := range a.Columns {
			p, q := &a.Columns[j], &b.Columns[j]
			if !shifted(p.Mean, p.Std, q.Mean, q.Std) {
				continue
			}
			if found++; found > mostSingle {
				return
			}
			f := shift(fmt.Sprintf("%s %q", a.Name, p.Name), p.Mean, p.Std, q.Mean, q.Std)
			c.find(f)
			c.found[len(c.found)-1].Column = j
		}
	})
}

// shifted reports means that differ by more than a standard deviation, or
// standard deviations that differ tenfold.
func shifted(mean, std, mean2, std2 float64) bool {
	return std > 0 && (math.Abs(mean2-mean) > std || std2 > 10*std || std2 > 0 && std2 < std/10)
}

func shift(name string, mean, std, mean2, std2 float64) Finding {
	return Finding{Level: Warning, Code: Shift,
		Message: fmt.Sprintf("%s has mean %s and standard deviation %s, in the training data %s and %s",
			name, number(mean2), number(std2), number(mean), number(std)),
		Try: "scale both by the numbers of the training data, and shuffle before splitting"}
}
