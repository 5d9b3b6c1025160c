package look

import (
	"fmt"
	"strings"
)

// Level says how bad a finding is.
type Level uint8

const (
	// Info is worth knowing.
	Info Level = iota
	// Warning is likely to make the model worse, or its score better than it
	// is.
	Warning
	// Fatal makes training fail or its result useless.
	Fatal
)

// String is "info", "warning" or "fatal".
func (l Level) String() string {
	switch l {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Fatal:
		return "fatal"
	}
	return fmt.Sprintf("level %d", uint8(l))
}

// Code names a kind of finding, for programs.
type Code string

// The kinds of findings.
const (
	Empty           Code = "empty"            // no examples
	Missing         Code = "missing"          // values that are NaN
	MostlyMissing   Code = "mostly-missing"   // more than half of a column is NaN
	Infinite        Code = "infinite"         // values that are infinite
	Constant        Code = "constant"         // a column, or the whole input, with one value
	DuplicateColumn Code = "duplicate-column" // two columns that are equal
	TargetInInput   Code = "target-in-input"  // a column that is the answer
	Outliers        Code = "outliers"         // values far away from the others of their column
	Unscaled        Code = "unscaled"         // values like 0 to 255, or columns of very different size
	MixedScale      Code = "mixed-scale"      // some examples 0 to 1, others 0 to 255
	RareClass       Code = "rare-class"       // a class with few examples
	EmptyClass      Code = "empty-class"      // a class without an example
	OneClass        Code = "one-class"        // all examples are of the same class
	LabelRange      Code = "label-range"      // labels that the model has no output for
	SortedLabels    Code = "sorted-labels"    // one class after the other
	DuplicateRows   Code = "duplicate-rows"   // the same example several times
	Contradiction   Code = "contradiction"    // equal inputs with different labels
	Leak            Code = "leak"             // examples of the test data in the training data
	Shape           Code = "shape"            // training and test data that don't fit together
	Shift           Code = "shift"            // test values distributed otherwise
	NewClass        Code = "new-class"        // a class that only the test data has
	ClassOrder      Code = "class-order"      // training and test data number the classes otherwise
	ImageSizes      Code = "image-sizes"      // picture files of very different shapes
	EmptyText       Code = "empty-text"       // texts without a word
	LongTexts       Code = "long-texts"       // a few texts much longer than the others
	NotCompared     Code = "not-compared"     // more rows than are remembered
)

// Finding is one thing that was found.
type Finding struct {
	Level Level
	Code  Code
	// Where is the data set, "train" or "test" in findings of Check, and "" in
	// those of Describe.
	Where string
	// Message says what was found, with numbers.
	Message string
	// Try says what to do about it.
	Try string
	// Column is the number of the column it is about, -1 for none.
	Column int
	// Class is the label it is about, -1 for none.
	Class int
	// Rows are positions of examples in the order of the data set, ten at most.
	Rows []int
}

// String is the finding in a line, and what to try in another.
func (f Finding) String() string { return Findings{f}.String() }

func (f Finding) line() string {
	where := ""
	if f.Where != "" {
		where = f.Where + ": "
	}
	return fmt.Sprintf("%-7v %s: %s%s", f.Level, f.Code, where, f.Message)
}

// Findings are what was found, the worst first.
type Findings []Finding

// String has a line for each finding, each followed by what to try, which is
// said once where several in a row need the same. It says so if there is none.
func (fs Findings) String() string {
	if len(fs) == 0 {
		return "nothing conspicuous was found"
	}
	var lines []string
	for i, f := range fs {
		lines = append(lines, f.line())
		if f.Try != "" && (i+1 == len(fs) || fs[i+1].Try != f.Try) {
			lines = append(lines, "        → "+f.Try)
		}
	}
	return strings.Join(lines, "\n")
}

// Of gives the findings of a kind.
func (fs Findings) Of(code Code) Findings {
	return fs.filter(func(f Finding) bool { return f.Code == code })
}

// AtLeast gives the findings of a level and those that are worse.
func (fs Findings) AtLeast(level Level) Findings {
	return fs.filter(func(f Finding) bool { return f.Level >= level })
}

// Without gives the findings but those of the given kinds, for what was looked
// into and is all right.
func (fs Findings) Without(codes ...Code) Findings {
	return fs.filter(func(f Finding) bool {
		for _, code := range codes {
			if f.Code == code {
				return false
			}
		}
		return true
	})
}

func (fs Findings) filter(keep func(Finding) bool) Findings {
	var out Findings
	for _, f := range fs {
		if keep(f) {
			out = append(out, f)
		}
	}
	return out
}

// Err is an *Error if a finding is Fatal, so that a program can refuse to train,
// and nil otherwise. To refuse warnings too, write findings.ErrAt(look.Warning).
func (fs Findings) Err() error { return fs.ErrAt(Fatal) }

// ErrAt is an *Error if a finding is of the given level or worse, and nil
// otherwise.
func (fs Findings) ErrAt(level Level) error {
	if bad := fs.AtLeast(level); len(bad) > 0 {
		return &Error{bad}
	}
	return nil
}

// Error is findings that data should not be trained on with.
type Error struct {
	// Findings has at least one.
	Findings Findings
}

// Error lists the findings.
func (e *Error) Error() string {
	return "look: the data is not fit to train on:\n" + e.Findings.String()
}
