package dlkit

import (
	"fmt"
	"math"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
)

// EarlyStopping ends training when a measured value has not got better for
// some epochs, and gives the model the weights of its best epoch, however the
// training ends. Use a new one for every Fit.
type EarlyStopping struct {
	// Monitor names the value, such as "val_accuracy"; "val_loss" if empty, or
	// "loss" where there is no validation.
	Monitor string
	// Patience is the number of epochs in a row without getting better after
	// which training ends; 0 ends it at the first.
	Patience int
	// MinDelta is how much better the value must get to count, at least 0.
	MinDelta float64
	// Largest takes larger values for better. Otherwise names that end in
	// "accuracy", "auc", "precision", "recall", "f1" or "r2" are better large,
	// others better small.
	Largest bool
	// KeepLast leaves the model the weights of the last epoch.
	KeepLast bool

	watch   watch
	best    *snapshot
	waited  int
	Stopped bool // training was ended by this callback
}

// BestEpoch is the epoch with the best value, counting from 0, and that value.
func (s *EarlyStopping) BestEpoch() (epoch int, value float64) { return s.watch.Epoch, s.watch.Best }

// Notify implements Callback.
func (s *EarlyStopping) Notify(e *Event) error {
	switch e.Kind {
	case TrainBegin:
		if s.Patience < 0 || s.MinDelta < 0 {
			return fmt.Errorf("dlkit: EarlyStopping{Patience: %d, MinDelta: %v}; neither may be below 0", s.Patience, s.MinDelta)
		}
		s.watch, s.best, s.waited, s.Stopped = watch{}, nil, 0, false
	case EpochEnd:
		better, err := s.watch.see(e, "EarlyStopping", s.Monitor, s.Largest, s.MinDelta)
		if err != nil {
			return err
		}
		if better {
			s.waited = 0
			return s.remember(e.Model)
		}
		if s.waited++; s.waited > s.Patience {
			s.Stopped = true
			return ErrStop
		}
	case TrainEnd:
		if s.best != nil {
			e.Model.mu.Lock()
			defer e.Model.mu.Unlock()
			return s.best.restore()
		}
	}
	return nil
}

func (s *EarlyStopping) remember(m *Model) (err error) {
	if s.KeepLast {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s.best, err = m.snapshot()
	return err
}

// earlyState is EarlyStopping's state in a backup.
type earlyState struct {
	Watch  watch
	Waited int
	Best   []*tensor.Tensor
}

// SaveState implements Stateful.
func (s *EarlyStopping) SaveState() ([]byte, error) {
	state := earlyState{Watch: s.watch, Waited: s.waited}
	if s.best != nil {
		state.Best = s.best.values
	}
	return encodeState(state)
}

// LoadState implements Stateful.
func (s *EarlyStopping) LoadState(m *Model, data []byte) error {
	var state earlyState
	if err := decodeState(data, &state); err != nil {
		return err
	}
	s.watch, s.waited = state.Watch, state.Waited
	if state.Best == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	best, err := m.snapshot()
	if err != nil {
		return err
	}
	if len(best.values) != len(state.Best) {
		return fmt.Errorf("dlkit: the backup's best weights are %d values, the model has %d", len(state.Best), len(best.values))
	}
	best.values, s.best = state.Best, best
	return nil
}

// watch follows one measured value.
type watch struct {
	Seen  bool
	Best  float64
	Epoch int // of the best value
}

// see looks at an epoch's value and reports whether it is the best so far.
func (w *watch) see(e *Event, who, monitor string, largest bool, delta float64) (bool, error) {
	name, value, err := monitored(e, who, monitor)
	if err != nil {
		return false, err
	}
	sign := 1.0
	if largest || betterLarge(name) {
		sign = -1
	}
	if math.IsNaN(value) || (w.Seen && !(sign*value < sign*w.Best-delta)) {
		return false, nil
	}
	w.Seen, w.Best, w.Epoch = true, value, e.Epoch
	return true, nil
}

// monitored finds the value of a name in an epoch's logs.
func monitored(e *Event, who, monitor string) (name string, value float64, err error) {
	logs := e.Logs()
	name = monitor
	if name == "" {
		name = "val_loss"
		if _, ok := logs[name]; !ok {
			name = "loss"
		}
	}
	value, ok := logs[name]
	if !ok {
		hint := ""
		if strings.HasPrefix(name, "val_") {
			hint = "; names with val_ need Validation or ValidationSplit in FitConfig"
		}
		return name, 0, fmt.Errorf("dlkit: %s monitors %q, which is not measured; there are %s%s", who, name, strings.Join(e.names, ", "), hint)
	}
	return name, value, nil
}

// betterLarge reports whether larger values of a name are better.
func betterLarge(name string) bool {
	for _, end := range []string{"accuracy", "auc", "precision", "recall", "f1", "f1_score", "r2", "r2_score"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
