package dlkit

import "fmt"

// TerminateOnNaN looks at the weights after every step, and ends training with
// a *DivergedError when one is no longer a number. Fit by itself ends training
// when the loss is none, or the weights at the end of an epoch are none, and
// names the layer too; this callback sees the weights one step earlier, while
// the batch that spoilt them is the last one. It costs a pass over all weights
// a step.
type TerminateOnNaN struct {
	// Every looks after every so many steps; 1 if zero.
	Every int

	steps int
}

// Notify implements Callback.
func (n *TerminateOnNaN) Notify(e *Event) error {
	switch e.Kind {
	case TrainBegin:
		n.steps = 0
		if n.Every < 0 {
			return fmt.Errorf("dlkit: TerminateOnNaN{Every: %d}; want 0 or more steps", n.Every)
		}
	case StepEnd:
		if n.steps++; n.steps%max(n.Every, 1) == 0 {
			return e.fit.checkWeights(e.fit.acc.last)
		}
	}
	return nil
}

// checkWeights returns an error if a weight is no number, and gives the model
// back those of the epoch's start.
func (f *fitting) checkWeights(loss float64) error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	e := &DivergedError{Epoch: f.epoch + 1, Step: f.event.Step, Loss: loss}
	if !f.weightsNotFinite(e) {
		return nil
	}
	if err := f.sound.restore(); err != nil {
		return err
	}
	return e
}
