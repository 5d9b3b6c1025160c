package dlkit

import "fmt"

// ReduceLROnPlateau lowers the learning rate when a measured value has not got
// better for some epochs. It does not go with FitConfig.Schedule, which sets
// the rate at every step.
type ReduceLROnPlateau struct {
	// Monitor and Largest say what is monitored and which way is better, as in
	// EarlyStopping.
	Monitor string
	Largest bool
	// Factor, in (0, 1), is what the rate is multiplied by; 0.1 if zero.
	Factor float64
	// Patience is the number of epochs without getting better to wait for; 10
	// if zero.
	Patience int
	// Cooldown is the number of epochs to wait after a change.
	Cooldown int
	// MinDelta is how much better the value must get to count; 1e-4 if zero.
	MinDelta float64
	// MinRate is the lowest rate.
	MinRate float64

	state reduceState
}

type reduceState struct {
	Watch          watch
	Waited, Cooled int
}

// Notify implements Callback.
func (r *ReduceLROnPlateau) Notify(e *Event) error {
	switch e.Kind {
	case TrainBegin:
		if !(r.Factor >= 0 && r.Factor < 1) || r.Patience < 0 || r.Cooldown < 0 || r.MinRate < 0 || r.MinDelta < 0 {
			return fmt.Errorf("dlkit: ReduceLROnPlateau{Factor: %v, Patience: %d, Cooldown: %d, MinDelta: %v, MinRate: %v}; Factor must be below 1, and none below 0",
				r.Factor, r.Patience, r.Cooldown, r.MinDelta, r.MinRate)
		}
		if e.fit.config.Schedule != nil {
			return fmt.Errorf("dlkit: ReduceLROnPlateau and FitConfig.Schedule both set the learning rate; use one of them")
		}
		r.state = reduceState{}
	case EpochEnd:
		better, err := r.state.Watch.see(e, "ReduceLROnPlateau", r.Monitor, r.Largest, orDefault(r.MinDelta, 1e-4))
		if err != nil {
			return err
		}
		r.step(e.Model, better)
	}
	return nil
}

// step counts an epoch, in Keras' way.
func (r *ReduceLROnPlateau) step(m *Model, better bool) {
	s := &r.state
	if s.Cooled > 0 {
		s.Cooled--
		s.Waited = 0
	}
	switch {
	case better:
		s.Waited = 0
	case s.Cooled == 0:
		patience := r.Patience
		if patience == 0 {
			patience = 10
		}
		if s.Waited++; s.Waited >= patience {
			m.SetLearningRate(max(m.LearningRate()*orDefault(r.Factor, 0.1), r.MinRate))
			s.Cooled, s.Waited = r.Cooldown, 0
		}
	}
}

// SaveState implements Stateful.
func (r *ReduceLROnPlateau) SaveState() ([]byte, error) { return encodeState(r.state) }

// LoadState implements Stateful.
func (r *ReduceLROnPlateau) LoadState(_ *Model, data []byte) error {
	return decodeState(data, &r.state)
}

// LearningRate is the optimizer's learning rate now, 0 before Compile.
func (m *Model) LearningRate() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.compiled == nil {
		return 0
	}
	return m.compiled.rate
}

// SetLearningRate changes the optimizer's learning rate from the next step on.
// It does nothing before Compile.
func (m *Model) SetLearningRate(rate float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.compiled != nil {
		m.compiled.rate = rate
	}
}
