package look

import (
	"cmp"
	"fmt"
	"slices"
)

// findDuplicates looks for examples that come several times.
func (r *Report) findDuplicates() {
	if r.Rows > len(r.hashes) && r.options.remember > 0 {
		r.find(Finding{Level: Info, Code: NotCompared,
			Message: fmt.Sprintf("only the first %d of %d examples were compared with one another", len(r.hashes), r.Rows),
			Try:     "look.Remember compares more, for some 50 bytes of memory each"})
	}
	if r.DuplicateRows == 0 {
		return
	}
	var again, differ []seenRow
	rows := 0
	for _, s := range r.seen {
		if s.again > 0 {
			again = append(again, s)
		}
		if s.differ {
			differ, rows = append(differ, s), rows+1+int(s.again)
		}
	}
	f := Finding{Level: Info, Code: DuplicateRows, Rows: firsts(again),
		Message: fmt.Sprintf("%d of %d examples (%s) have the same input as an earlier one; example %d is the first to come again",
			r.DuplicateRows, r.Rows, percent(int64(r.DuplicateRows), int64(r.Rows)), firsts(again)[0]),
		Try: "drop them before a part is split off for validation, or the model is tested on what it has learnt by heart"}
	if 50*r.DuplicateRows > r.Rows {
		f.Level = Warning
	}
	r.find(f)
	if len(differ) > 0 && r.Classes != nil {
		r.find(Finding{Level: Warning, Code: Contradiction, Rows: firsts(differ),
			Message: fmt.Sprintf("%d examples have the same input as others but another label, example %d for one", rows, firsts(differ)[0]),
			Try:     "correct the labels, or drop these examples: no model can learn both"})
	}
}

// firsts are the first positions of rows, in order.
func firsts(rows []seenRow) []int {
	slices.SortFunc(rows, func(a, b seenRow) int { return cmp.Compare(a.first, b.first) })
	var out []int
	for _, s := range rows[:min(len(rows), mostRows)] {
		out = append(out, int(s.first))
	}
	return out
}
