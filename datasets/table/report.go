package table

import (
	"fmt"
	"strings"
)

// Report is what was odd about a file that was read all the same.
type Report struct {
	Rows  int      // rows in the frame
	Odd   int      // rows that were left out
	First []OddRow // the first of those, at most 20
	Notes []string // other things a person should know
}

// OddRow is a row that did not fit.
type OddRow struct {
	Line   int    // counted from 1, where the row begins
	Column int    // the cell, counted from 1
	Reason string // what is wrong with it
}

const keptOdd = 20

// String is the report for people: one line if all is well.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows read", r.Rows)
	if r.Odd > 0 {
		fmt.Fprintf(&b, ", %d left out:", r.Odd)
	}
	for _, o := range r.First {
		fmt.Fprintf(&b, "\n  %v", o)
	}
	if more := r.Odd - len(r.First); more > 0 {
		fmt.Fprintf(&b, "\n  and %d more", more)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\n  note: %s", n)
	}
	return b.String()
}

// String is the place and the reason.
func (o OddRow) String() string {
	return fmt.Sprintf("line %d, column %d: %s", o.Line, o.Column, o.Reason)
}
