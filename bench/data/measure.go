package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// series is what the rounds of one way gave.
type series struct {
	Name    string
	Ours    bool
	MS, CPU []float64
	Got     string
	worker  *process
}

// result is one case, our ways first.
type result struct {
	benchCase
	Series   []*series
	Versions []string // of the contenders
}

// process is a running worker.
type process struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
	said  *strings.Builder // on standard error
}

// measure asks every way of every contender in turn, so many times. Every
// second round goes backwards; one before the first is not counted.
func measure(ctx context.Context, c benchCase, contenders [][]string, rounds int) (r result, err error) {
	r.benchCase = c
	var running []*process
	defer func() {
		for _, p := range running {
			if stopErr := p.stop(); err == nil {
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
		if err := p.read(&hello); err != nil {
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
			a, err := s.worker.ask(s.Name)
			if err != nil {
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

func start(ctx context.Context, command []string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, command[0], command[1:]...), said: &strings.Builder{}}
	p.cmd.Stderr = p.said
	p.cmd.WaitDelay = 10 * time.Second // a loader's processes may hold the pipes
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.lines = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("bench: %q does not start: %w", command, err)
	}
	return p, nil
}

func (p *process) ask(way string) (a answer, err error) {
	if _, err := fmt.Fprintln(p.in, way); err != nil {
		return a, p.failure(err)
	}
	return a, p.read(&a)
}

func (p *process) read(to any) error {
	if !p.lines.Scan() {
		err := p.lines.Err()
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return p.failure(err)
	}
	return json.Unmarshal(p.lines.Bytes(), to)
}

// failure is an error with what the worker had to say about it.
func (p *process) failure(err error) error {
	_ = p.in.Close()
	_ = p.cmd.Wait() // collects the rest of what it says
	said := strings.TrimSpace(p.said.String())
	if len(said) > 2000 {
		said = "…" + said[len(said)-2000:]
	}
	return fmt.Errorf("bench: the worker %q ended: %w\n%s", p.cmd.Args, err, said)
}

func (p *process) stop() error {
	if err := p.in.Close(); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// load is the machine's load average over the last minutes.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
