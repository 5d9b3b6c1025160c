package jupyter

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Execution is what came of one cell.
type Execution struct {
	// OK is false when the kernel reports an error.
	OK bool
	// Count is the cell's number in the kernel's order, as in "[3]".
	Count int
	// EName and EValue are the error, if there was one.
	EName, EValue string
	// Outputs are the cell's outputs in order, updates already applied.
	Outputs []*Output
	// Took is the time from the request to the kernel being idle again.
	Took time.Duration
}

// Watcher is told of outputs as they arrive; update is true where the output
// replaces earlier ones that have the same DisplayID.
type Watcher func(o *Output, update bool)

// interruptGrace is how long an interrupted cell may go on. GoNB kills it
// after 5 seconds; then it has to say so.
const interruptGrace = 8 * time.Second

// interruptAgain is how often the interrupt is repeated. GoNB loses one that
// comes between the start of a cell's program and its own readiness to pass
// interrupts on; later ones do no harm.
const interruptAgain = time.Second

// ErrKernelDied is wrapped by the errors of Start and Execute when the kernel's
// program ended by itself.
var ErrKernelDied = errors.New("jupyter: the kernel died")

// Execute runs a cell and waits until the kernel is idle again. A cell that
// fails is no error: see Execution.OK. When ctx ends, the cell is interrupted
// and what it had put out by then is returned together with ctx's error.
func (k *Kernel) Execute(ctx context.Context, code string, watch Watcher) (*Execution, error) {
	start := time.Now()
	id, err := k.send(k.shell, "execute_request", map[string]any{
		"code": code, "silent": false, "store_history": true,
		"user_expressions": map[string]any{}, "allow_stdin": false, "stop_on_error": true,
	})
	if err != nil {
		return nil, err
	}
	run := &running{id: id, watch: watch, result: &Execution{}}
	err = k.follow(ctx, run)
	run.result.Took = time.Since(start)
	return run.result, err
}

// follow reads messages until the cell has replied and the kernel is idle.
func (k *Kernel) follow(ctx context.Context, run *running) error {
	done, interrupted := ctx.Done(), error(nil)
	var tooLong, again <-chan time.Time
	for !run.replied || !run.idle {
		select {
		case m, open := <-k.iopubIn:
			if !open {
				return k.died("during the cell")
			}
			run.published(m)
		case m, open := <-k.shellIn:
			if !open {
				return k.died("during the cell")
			}
			if err := run.answered(m); err != nil {
				return err
			}
		case <-k.exited:
			return k.died("during the cell")
		case <-done:
			done, interrupted = nil, context.Cause(ctx)
			tooLong, again = time.After(interruptGrace), time.After(interruptAgain)
			if err := k.Interrupt(); err != nil {
				return errors.Join(interrupted, err)
			}
		case <-again:
			again = time.After(interruptAgain)
			if err := k.Interrupt(); err != nil {
				return errors.Join(interrupted, err)
			}
		case <-tooLong:
			return fmt.Errorf("jupyter: the cell did not end %v after it was interrupted: %w", interruptGrace, interrupted)
		}
	}
	return interrupted
}

// running collects the messages that answer one execute_request.
type running struct {
	id      string
	watch   Watcher
	result  *Execution
	replied bool
	idle    bool
	clear   bool // the next output replaces all earlier ones
}

func (r *running) answered(m *message) error {
	if m.Parent.ID != r.id || m.Header.Type != "execute_reply" {
		return nil
	}
	rep, err := decodeReply(m)
	if err != nil {
		return err
	}
	r.replied = true
	r.result.OK = rep.Status == "ok"
	r.result.EName, r.result.EValue = rep.EName, rep.EValue
	if rep.Count != nil {
		r.result.Count = *rep.Count
	}
	return nil
}

func (r *running) published(m *message) {
	if m.Parent.ID != r.id {
		return
	}
	switch m.Header.Type {
	case "status":
		r.idle = r.idle || isIdle(m)
		return
	case "clear_output":
		if r.clear = true; !waits(m) {
			r.wipe()
		}
		return
	}
	o, update, ok := m.output()
	if !ok {
		return
	}
	if r.clear {
		r.wipe()
	}
	if r.watch != nil {
		r.watch(&o, update)
	}
	if update {
		Update(r.result.Outputs, &o)
		return
	}
	r.add(&o)
}

// add appends an output; text that goes on in the same stream is joined.
func (r *running) add(o *Output) {
	if n := len(r.result.Outputs); n > 0 && o.Kind == Stream {
		if last := r.result.Outputs[n-1]; last.Kind == Stream && last.Name == o.Name {
			last.Text += o.Text
			return
		}
	}
	r.result.Outputs = append(r.result.Outputs, o)
}

func (r *running) wipe() { r.result.Outputs, r.clear = nil, false }

// Update replaces the content of every output that has the DisplayID of o, and
// reports whether there was one. Outputs without an id are never replaced.
func Update(outputs []*Output, o *Output) bool {
	found := false
	for _, old := range outputs {
		if o.DisplayID != "" && old.DisplayID == o.DisplayID {
			old.Data, old.Metadata = o.Data, o.Metadata
			found = true
		}
	}
	return found
}
