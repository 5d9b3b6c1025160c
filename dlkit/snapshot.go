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
	s := &snapshot{}
	return s, s.take(m)
}

// take copies the present values, into the tensors of an earlier copy where
// there are some. The caller holds the model's lock.
func (s *snapshot) take(m *Model) error {
	s.vars = append(s.vars[:0], m.vars.list...)
	for _, v := range m.vars.list {
		s.vars = append(s.vars, m.compiled.slots[v]...)
	}
	if len(s.values) != len(s.vars) {
		s.values = make([]*tensor.Tensor, len(s.vars))
	}
	for i, v := range s.vars {
		t, err := v.value()
		if err != nil {
			return err
		}
		s.values[i] = tensor.Reuse(s.values[i], t.DType(), t.Shape())
		copyRows(s.values[i], 0, t, t.Len())
	}
	return nil
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
