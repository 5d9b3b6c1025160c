package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gofromzero/fromzero/bench/internal/side"
)

// report is a whole run.
type report struct {
	Machine               map[string]string
	Command               string
	Begin                 time.Time
	Took                  time.Duration
	LoadBefore, LoadAfter string
	Plan                  plan
	Results               []result
}

// result is one case.
type result struct {
	Name   string
	Target float64
	Scores []*score
}

// peers and ours are the scores of the two sides.
func (r result) peers() []*score { return r.side(false) }
func (r result) ours() []*score  { return r.side(true) }

func (r result) side(ours bool) (out []*score) {
	for _, s := range r.Scores {
		if s.Ours == ours {
			out = append(out, s)
		}
	}
	return out
}

// fastest is the least median that any of the scores has in a block.
func fastest(scores []*score, block func(*score) []series) float64 {
	least := 0.0
	for _, s := range scores {
		if m := side.Median(best(block(s)).MS); least == 0 || m < least {
			least = m
		}
	}
	return least
}

// quicker is the peer that trains faster.
func quicker(peers []*score) *score {
	return slices.MinFunc(peers, func(a, b *score) int {
		return cmp.Compare(side.Median(best(a.Train).MS), side.Median(best(b.Train).MS))
	})
}

func train(s *score) []series { return s.Train }
func one(s *score) []series   { return s.One }
func many(s *score) []series  { return s.Many }

// markdown is the generated part of BENCHMARKS.md.
func (r report) markdown() string {
	var b strings.Builder
	r.head(&b)
	r.times(&b, "Training, ms a step", train, true)
	r.times(&b, "Prediction of 1 row, ms", one, false)
	r.times(&b, "Prediction of "+r.largeRows()+", ms", many, false)
	r.processor(&b)
	r.memory(&b)
	return b.String()
}

func (r report) head(b *strings.Builder) {
	fmt.Fprintf(b, "Measured %s in %.1f minutes; load average %s before, %s after.\n\n",
		r.Begin.UTC().Format("2006-01-02 15:04 UTC"), r.Took.Minutes(), r.LoadBefore, r.LoadAfter)
	for _, k := range slices.Sorted(maps.Keys(r.Machine)) {
		fmt.Fprintf(b, "- %s: %s\n", k, r.Machine[k])
	}
	for _, s := range r.Results[0].Scores {
		var v []string
		for _, k := range slices.Sorted(maps.Keys(s.Versions)) {
			v = append(v, k+" "+s.Versions[k])
		}
		fmt.Fprintf(b, "- %s: %s; trains with %s\n", s.Name, strings.Join(v, ", "), strings.Join(s.Variants, " | "))
	}
	fmt.Fprintf(b, "- command: `go run ./bench %s`; %d rounds of %.2g s at most\n", r.Command, r.Plan.rounds, r.Plan.seconds)
}

// largeRows says how many rows the large predictions have.
func (r report) largeRows() string {
	text := fmt.Sprintf("%d rows", r.Plan.rows)
	for _, res := range r.Results {
		if n := res.Scores[0].Rows; n != r.Plan.rows {
			text += fmt.Sprintf(" (%s: %d)", res.Name, n)
		}
	}
	return text
}

// times is a table of one block. Beside each time is the variant that was best.
func (r report) times(b *strings.Builder, title string, block func(*score) []series, targets bool) {
	fmt.Fprintf(b, "\n### %s\n\n", title)
	scores := r.Results[0].Scores
	header := []string{"model"}
	for _, s := range scores {
		header = append(header, s.Name)
	}
	for _, s := range r.Results[0].ours() {
		header = append(header, "ratio, "+strings.TrimPrefix(s.Name, "dlkit, "))
	}
	if targets {
		header = append(header, "wanted of pure Go")
	}
	row(b, header)
	rule(b, len(header))
	for _, res := range r.Results {
		cells := []string{res.Name}
		for _, s := range res.Scores {
			cells = append(cells, time1(best(block(s)), len(block(s)) > 1))
		}
		for _, s := range res.ours() {
			cells = append(cells, ratio(side.Median(best(block(s)).MS), fastest(res.peers(), block)))
		}
		if targets {
			cells = append(cells, fmt.Sprintf("≤ %.1f", res.Target))
		}
		row(b, cells)
	}
}

// processor is a table of processor time, which a busy machine disturbs less.
func (r report) processor(b *strings.Builder) {
	fmt.Fprint(b, "\n### Processor time of a training step, ms, all threads\n\n")
	header := []string{"model"}
	for _, s := range r.Results[0].Scores {
		header = append(header, s.Name)
	}
	header = append(header, "ratio")
	row(b, header)
	rule(b, len(header))
	for _, res := range r.Results {
		cells := []string{res.Name}
		least := func(s *score) float64 {
			m := side.Median(s.Train[0].CPU)
			for _, v := range s.Train[1:] {
				m = min(m, side.Median(v.CPU))
			}
			return m
		}
		peer := least(slices.MinFunc(res.peers(), func(a, b *score) int { return cmp.Compare(least(a), least(b)) }))
		for _, s := range res.Scores {
			cells = append(cells, milliseconds(least(s)))
		}
		row(b, append(cells, ratio(least(res.ours()[0]), peer)))
	}
}

func (r report) memory(b *strings.Builder) {
	fmt.Fprintf(b, "\n### Peak memory, MB: after the imports → after training → after predicting many rows\n\n")
	header := []string{"model"}
	for _, s := range r.Results[0].Scores {
		header = append(header, s.Name)
	}
	header = append(header, "ratio to the faster peer, training", "predicting", "wanted")
	row(b, header)
	rule(b, len(header))
	for _, res := range r.Results {
		cells := []string{res.Name}
		for _, s := range res.Scores {
			cells = append(cells, fmt.Sprintf("%.0f → %.0f → %.0f", s.ImportedMB, s.TrainPeakMB, s.PeakMB))
		}
		us, peer := res.ours()[0], quicker(res.peers())
		row(b, append(cells, ratio(us.TrainPeakMB, peer.TrainPeakMB), ratio(us.PeakMB, peer.PeakMB), fmt.Sprintf("≤ %.1f", memoryTarget)))
	}
}

func row(b *strings.Builder, cells []string) {
	fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
}

func rule(b *strings.Builder, n int) {
	fmt.Fprintf(b, "|%s\n", strings.Repeat("---|", n))
}

// time1 is a median with the fastest round, and the variant where there are
// several.
func time1(s series, named bool) string {
	if len(s.MS) == 0 {
		return "–"
	}
	out := fmt.Sprintf("%s (min %s)", milliseconds(side.Median(s.MS)), milliseconds(slices.Min(s.MS)))
	if named {
		out += ", " + s.Variant
	}
	return out
}

func milliseconds(v float64) string {
	switch {
	case v < 1:
		return fmt.Sprintf("%.3f", v)
	case v < 100:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

func ratio(a, b float64) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("**%.2f**", a/b)
}

// Between these lines of BENCHMARKS.md lies the last result.
const (
	beginMark = "<!-- result: written by make bench -->\n"
	endMark   = "<!-- end of result -->\n"
)
