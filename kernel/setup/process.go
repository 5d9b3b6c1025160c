package setup

import (
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// process is a program that runs in a process group of its own: a Ctrl-C in the
// terminal reaches this program only, which passes it on in its own way.
type process struct {
	pid  int
	done chan struct{} // closed when it has ended
	err  error         // how it ended; to be read after done
}

func startProcess(cmd *exec.Cmd) (*process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("setup: starting %s: %w", cmd.Path, err)
	}
	p := &process{pid: cmd.Process.Pid, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// stop ends the program and what it started: politely, then for certain.
func (p *process) stop() {
	syscall.Kill(p.pid, syscall.SIGTERM) //nolint:errcheck // it may have ended
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
	}
	syscall.Kill(-p.pid, syscall.SIGKILL) //nolint:errcheck // usually nobody is left
}
