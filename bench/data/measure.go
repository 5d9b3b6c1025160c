package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"time"

	"github.com/gofromzero/fromzero/bench/internal/side"
)

// series is what the rounds of one way gave.
type series struct {
	Name    string
	Ours    bool
	MS, CPU []float64
	Got     string
	worker  *side.Process
}

// result is one case, our ways first.
type result struct {
	benchCase
	Series   []*series
	Versions []string // of the contenders
}

// measure asks every way of every contender in turn, so many times. Every
// second round goes backwards; one before the first is not counted.
func measure(ctx context.Context, c benchCase, contenders [][]string, rounds int) (r result, err error) {
	r.benchCase = c
	var running []*side.Process
	defer func() {
		for _, p := range running {
			if stopErr := p.Stop(); err == nil {
				err = stopErr
			}
		}
	}()
	for i, command := range contenders {
		p, err := start(ctx, command)
		if err != nil {
			return r, err
		}
		running = append(running, p)
		var hello greeting
		if err := p.Read(&hello); err != nil {
			return r, err
		}
		r.Versions = append(r.Versions, hello.Versions)
		for _, name := range hello.Ways {
			r.Series = append(r.Series, &series{Name: name, Ours: i == 0, worker: p})
		}
	}
	turns := slices.Clone(r.Series)
	for round := range rounds + 1 {
		for _, s := range turns {
			var a answer
			if err := s.worker.Ask(s.Name, &a); err != nil {
				return r, err
			}
			if s.Got = a.Got; round > 0 {
				s.MS, s.CPU = append(s.MS, a.MS), append(s.CPU, a.CPU)
			}
		}
		slices.Reverse(turns)
	}
	return r, nil
}

func start(ctx context.Context, command []string) (*side.Process, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.WaitDelay = 10 * time.Second // a loader's processes may hold the pipes
	return side.Start(fmt.Sprintf("%q", command), cmd)
}
