package dlkit

import "errors"

// ErrStop is returned by a callback that wants training to end. Fit then
// returns no error.
var ErrStop = errors.New("dlkit: stop training")

// EventKind says when in training a callback is called.
type EventKind uint8

// The moments of training.
const (
	TrainBegin EventKind = iota
	EpochBegin
	StepEnd
	EpochEnd
	TrainEnd
)

// Event is a moment of training. It is valid during the call only.
type Event struct {
	// Kind is the moment.
	Kind EventKind
	// Epoch counts from 0; Epochs is how many are planned.
	Epoch, Epochs int
	// Step counts the epoch's finished steps; Steps is how many there are, -1
	// if not known.
	Step, Steps int
	// Model is the model in training. Its weights may be read and set.
	Model *Model
	// History has the epochs finished so far.
	History *History

	names  []string
	values []float64
	fit    *fitting
}

// Logs are the loss and metrics: of the epoch so far at StepEnd, of the whole
// epoch with the validation's (val_loss, …) at EpochEnd, nil otherwise.
func (e *Event) Logs() map[string]float64 {
	if e.names == nil {
		return nil
	}
	logs := make(map[string]float64, len(e.names))
	for i, n := range e.names {
		logs[n] = e.values[i]
	}
	return logs
}

// Callback is told what happens while Fit runs. Returning ErrStop ends the
// training, any other error ends it with that error.
type Callback interface {
	Notify(e *Event) error
}

// CallbackFunc makes a Callback of a function that sees every event.
type CallbackFunc func(e *Event) error

// Notify implements Callback.
func (f CallbackFunc) Notify(e *Event) error { return f(e) }

// EpochFunc makes a Callback of a function that is called after every epoch.
// epoch counts from 0.
type EpochFunc func(epoch int, logs map[string]float64) error

// Notify implements Callback.
func (f EpochFunc) Notify(e *Event) error {
	if e.Kind != EpochEnd {
		return nil
	}
	return f(e.Epoch, e.Logs())
}

// Progress is told how far training is, after every step. kernel.NewProgress
// makes one that draws a line with a bar.
type Progress interface {
	// Update says that done of total steps of the task named label are
	// finished, with the values measured so far; total is -1 if not known. It
	// may be called thousands of times a second. The slices are only valid
	// during the call.
	Update(label string, done, total int64, names []string, values []float64)
	// Finish says that the task is over, with its final values.
	Finish(label string, names []string, values []float64)
}
