package dlkit

import "github.com/gofromzero/fromzero/tensor"

// snapshot are the values of a model's weights and states, and of the
// optimizer's memory, at one moment.
type snapshot struct {
	vars   []*variable
	values []*tensor.Tensor
}

// snapshot copies the present values. The caller holds the model's lock.
func (m *Model) snapshot() (*snapshot, error) {
	s := &snapshot{vars: append([]*variable{}, m.vars.list...)}
	for _, v := range m.vars.list {
		s.vars = append(s.vars, m.compiled.slots[v]...)
	}
	for _, v := range s.vars {
		t, err := v.value()
		if err != nil {
			return nil, err
		}
		s.values = append(s.values, cloneOf(t))
	}
	return s, nil
}

// restore gives the variables their values back. The caller holds the model's
// lock.
func (s *snapshot) restore() error {
	for i, v := range s.vars {
		if err := v.set(s.values[i]); err != nil {
			return err
		}
	}
	return nil
}
