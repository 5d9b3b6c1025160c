package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gofromzero/fromzero/bench/internal/side"
)

// plan says how much is measured.
type plan struct {
	rounds  int           // of every block
	seconds float64       // of a block of training; one of single predictions is a third of it
	rows    int           // of the large prediction
	budget  time.Duration // after which a case gets no more rounds than the least number
}

// series is what the rounds of one block gave.
type series struct {
	Variant string
	MS, CPU []float64
}

// score is what was measured of one contender in one case.
type score struct {
	greeting
	Name                string
	Ours                bool
	Rows                int      // of the large prediction
	Train, One, Many    []series // one for each variant
	TrainPeakMB, PeakMB float64
}

// runCase measures all contenders, block by block in turn.
func runCase(ctx context.Context, bc benchCase, contenders []contender, pl plan, log io.Writer) (scores []*score, err error) {
	if bc.rows > 0 {
		pl.rows = min(pl.rows, bc.rows)
	}
	begin := time.Now()
	var ps []*process
	defer func() {
		for _, p := range ps {
			if stopErr := p.Stop(); err == nil {
				err = stopErr
			}
		}
	}()
	for _, c := range contenders {
		p, err := start(ctx, c, bc)
		if err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	for _, p := range ps {
		if err := p.greet(); err != nil {
			return nil, err
		}
		scores = append(scores, &score{greeting: p.greeting, Rows: pl.rows, Name: p.name, Ours: p.ours})
	}
	fmt.Fprintf(log, "%s: ready after %.0f s", bc.name, time.Since(begin).Seconds())
	begin = time.Now()
	if err := measureAll(ps, scores, pl, func() bool { return time.Since(begin) > pl.budget }); err != nil {
		return nil, err
	}
	fmt.Fprintf(log, ", measured in %.0f s\n", time.Since(begin).Seconds())
	return scores, nil
}

func measureAll(ps []*process, scores []*score, pl plan, late func() bool) error {
	train := blocks{ps, scores, func(s *score) *[]series { return &s.Train }, func(p *process) []string { return p.Variants }}
	if err := train.rounds(2, pl.rounds, request{Do: "train", Seconds: pl.seconds}, late); err != nil {
		return err
	}
	for i, p := range ps {
		a, err := p.ask(request{Do: "memory"})
		if err != nil {
			return err
		}
		scores[i].TrainPeakMB = a.PeakMB
	}
	predict := func(p *process) []string { return p.PredictVariants }
	one := blocks{ps, scores, func(s *score) *[]series { return &s.One }, predict}
	many := blocks{ps, scores, func(s *score) *[]series { return &s.Many }, predict}
	for _, b := range []struct {
		blocks
		warm, r request
	}{
		{one, request{Do: "predict", Rows: 1}, request{Do: "predict", Rows: 1, Seconds: pl.seconds / 3}},
		// A full batch and what is left over: both are compiled before.
		{many, request{Do: "predict", Rows: 256 + pl.rows%256}, request{Do: "predict", Rows: pl.rows}},
	} {
		if err := b.once(b.warm); err != nil {
			return err
		}
		if err := b.rounds(1, pl.rounds, b.r, late); err != nil {
			return err
		}
	}
	for i, p := range ps {
		a, err := p.ask(request{Do: "memory"})
		if err != nil {
			return err
		}
		scores[i].PeakMB = a.PeakMB
	}
	return nil
}

// blocks are the same block of every contender and variant.
type blocks struct {
	ps       []*process
	scores   []*score
	to       func(*score) *[]series
	variants func(*process) []string
}

// once asks for a block that is not counted.
func (b blocks) once(r request) error {
	for _, p := range b.ps {
		for _, r.Variant = range b.variants(p) {
			if _, err := p.ask(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// rounds asks everybody in turn, so many times; after the least number of rounds
// it stops when it is late. Every second round goes backwards.
func (b blocks) rounds(least, n int, r request, late func() bool) error {
	type turn struct{ process, variant int }
	var turns []turn
	for i, p := range b.ps {
		for v, variant := range b.variants(p) {
			s := b.to(b.scores[i])
			*s = append(*s, series{Variant: variant})
			turns = append(turns, turn{i, v})
		}
	}
	for round := range n {
		if round >= least && late() {
			return nil
		}
		for _, t := range turns {
			s := &(*b.to(b.scores[t.process]))[t.variant]
			r.Variant = s.Variant
			a, err := b.ps[t.process].ask(r)
			if err != nil {
				return err
			}
			s.MS, s.CPU = append(s.MS, a.MS), append(s.CPU, a.CPUMS)
		}
		slices.Reverse(turns)
	}
	return nil
}

// median is 0 of nothing.
// best is the variant with the least median, by wall clock.
func best(all []series) series {
	if len(all) == 0 {
		return series{}
	}
	return slices.MinFunc(all, func(a, b series) int {
		switch ma, mb := side.Median(a.MS), side.Median(b.MS); {
		case ma < mb:
			return -1
		case ma > mb:
			return 1
		}
		return 0
	})
}
