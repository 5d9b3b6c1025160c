package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gofromzero/fromzero/bench/internal/side"
)

// report is a whole run.
type report struct {
	Begin                 time.Time
	Took                  time.Duration
	LoadBefore, LoadAfter string
	Rounds                int
	Results               []result
}

// quickest is the least median of the peers' ways.
func (r result) quickest(of func(*series) []float64) float64 {
	least := 0.0
	for _, s := range r.Series {
		if m := side.Median(of(s)); !s.Ours && (least == 0 || m < least) {
			least = m
		}
	}
	return least
}

func wall(s *series) []float64      { return s.MS }
func processor(s *series) []float64 { return s.CPU }

// lines is the result for whoever waits for it.
func (r result) lines() string {
	var b strings.Builder
	for _, s := range r.Series {
		fmt.Fprintf(&b, "%s, %s: %s ms, processor %s ms: %s\n", r.name, s.Name, milliseconds(s.MS), milliseconds(s.CPU), s.Got)
	}
	return b.String()
}

// markdown is the generated part of BENCHMARKS.md.
func (r report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured %s in %.1f minutes on %d cores; load average %s before, %s after. %s Medians of %d rounds, the quickest behind them.\n\n",
		r.Begin.UTC().Format("2006-01-02 15:04 UTC"), r.Took.Minutes(), runtime.NumCPU(), r.LoadBefore, r.LoadAfter, r.versions(), r.Rounds)
	b.WriteString("| what | how | ms | a second | processor ms | ratio, clock | ratio, processor | wanted on 2 cores |\n|---|---|---|---|---|---|---|---|\n")
	for _, res := range r.Results {
		for i, s := range res.Series {
			cells := []string{"", s.Name, milliseconds(s.MS), perSecond(res.size/(side.Median(s.MS)/1000)) + " " + res.unit, milliseconds(s.CPU), "", "", ""}
			if i == 0 {
				cells[0], cells[7] = res.what, res.limit
				if res.limit != "" && !res.holds(res) {
					cells[7] += ": not met"
				}
			}
			if s.Ours {
				cells[5], cells[6] = ratio(s.MS, res.quickest(wall)), ratio(s.CPU, res.quickest(processor))
			}
			fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		}
	}
	return b.String()
}

func (r report) versions() string {
	var seen []string
	for _, res := range r.Results {
		for _, v := range res.Versions {
			if !slices.Contains(seen, v) {
				seen = append(seen, v)
			}
		}
	}
	return strings.Join(seen, "; ") + "."
}

func milliseconds(of []float64) string {
	if len(of) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f (%.0f)", side.Median(of), slices.Min(of))
}

func perSecond(v float64) string {
	switch {
	case v >= 1e5:
		return fmt.Sprintf("%.0f,000", v/1e3)
	case v >= 1000:
		return fmt.Sprintf("%d,%03d", int(v)/1000, int(v)%1000)
	}
	return fmt.Sprintf("%.0f", v)
}

func ratio(a []float64, b float64) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("**%.2f**", side.Median(a)/b)
}

// Between these lines of BENCHMARKS.md lies the last result.
const (
	beginMark = "<!-- data: written by make bench-data -->\n"
	endMark   = "<!-- end of data -->\n"
)
