// Package side is what the benchmarks of models and of data sets share: workers
// that run side by side and answer lines with JSON, the peers' Python, and the
// place of the last result in BENCHMARKS.md.
package side

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// Process is a running worker.
type Process struct {
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
	said  *strings.Builder // on standard error
}

// Start runs a worker, which its errors call by name. Its greeting has to be
// read before anything is asked.
func Start(name string, cmd *exec.Cmd) (*Process, error) {
	p := &Process{name: name, cmd: cmd, said: &strings.Builder{}}
	cmd.Stderr = p.said
	var err error
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.lines = bufio.NewScanner(out)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("bench: %s does not start: %w", name, err)
	}
	return p, nil
}

// Ask sends a line and reads the answer.
func (p *Process) Ask(line string, answer any) error {
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		return p.failure(err)
	}
	return p.Read(answer)
}

// Read reads what the worker says next.
func (p *Process) Read(to any) error {
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
func (p *Process) failure(err error) error {
	_ = p.in.Close()
	_ = p.cmd.Wait() // collects the rest of what it says
	said := strings.TrimSpace(p.said.String())
	if len(said) > 2000 {
		said = "…" + said[len(said)-2000:]
	}
	return fmt.Errorf("bench: the worker of %s ended: %w\n%s", p.name, err, said)
}

// Stop ends the worker and says if it failed.
func (p *Process) Stop() error {
	if err := p.in.Close(); err != nil {
		return err
	}
	if err := p.cmd.Wait(); err != nil {
		return p.failure(err)
	}
	return nil
}
