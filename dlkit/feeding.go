package dlkit

import (
	"fmt"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// specOf looks at a batch: which program it needs, after checking that it fits
// the model, its losses and what s measures, nil being what it is compiled with.
func (m *Model) specOf(batch tensor.Batch, s *scoring) (dataSpec, error) {
	if err := m.checkInputs(batch.Inputs); err != nil {
		return dataSpec{}, err
	}
	n := batch.Inputs[0].Len()
	spec := dataSpec{batch: n, weighted: batch.Weights != nil, scoring: s}
	heads := m.compiled.headsFor(s)
	if len(batch.Targets) != len(m.outputs) {
		return spec, fmt.Errorf("dlkit: the data has %d targets per example, the model %d outputs; training and evaluation need one target for each output",
			len(batch.Targets), len(m.outputs))
	}
	for i, t := range batch.Targets {
		if t.Rank() == 0 || t.Len() != n {
			return spec, fmt.Errorf("dlkit: %d examples came with targets of shape %v; every example needs one row of targets", n, t.Shape())
		}
		if err := heads[i].checkTargets(t); err != nil {
			return spec, err
		}
		spec.targets = append(spec.targets, feedSpec{m.targetDType(t), t.Shape().Clone()})
	}
	if w := batch.Weights; w != nil && !w.Shape().Equal(tensor.Shape{n}) {
		return spec, fmt.Errorf("dlkit: %d examples came with weights of shape %v; want one weight per example, shape (%d,)", n, w.Shape(), n)
	}
	return spec, nil
}

// targetDType is the type in which targets reach the graph.
func (m *Model) targetDType(t *tensor.Tensor) tensor.DType {
	if t.DType().IsFloat() {
		return tensorDType(m.dtype)
	}
	return tensor.Int32
}

// checkInputs wants a tensor of the right shape and kind for every input.
func (m *Model) checkInputs(inputs []*tensor.Tensor) error {
	if len(inputs) != len(m.inputs) {
		return fmt.Errorf("dlkit: the data has %d inputs per example, the model %d", len(inputs), len(m.inputs))
	}
	for i, x := range inputs {
		if err := m.checkInput(i, x); err != nil {
			return err
		}
	}
	return nil
}

func (m *Model) checkInput(i int, x *tensor.Tensor) error {
	want := m.inputs[i]
	if x == nil {
		return fmt.Errorf("dlkit: input %d is nil", i+1)
	}
	got := x.Shape()
	if len(got) == 0 || !got[1:].Equal(want) {
		return fmt.Errorf("dlkit: the model wants examples of shape %v, so a batch of shape %v; got %v%s",
			want, batched(want), got, shapeHint(got, want))
	}
	if m.inputDType(i).IsFloat() && !x.DType().IsFloat() && !m.takesWholeNumbers(i) {
		return fmt.Errorf("dlkit: the input holds %v but layer %s calculates with fractions; convert it with x.Convert(tensor.Float32), and scale pictures of 0–255 to 0–1 (whole numbers belong to Embedding)",
			x.DType(), m.steps[0].name)
	}
	return m.checkValues(i, x)
}

// valueChecker is implemented by layers that can only work on some values of
// the model's input, such as the numbers of words that Embedding knows.
type valueChecker interface {
	checkValues(x *tensor.Tensor) error
}

// checkValues asks the layers on input i.
func (m *Model) checkValues(i int, x *tensor.Tensor) error {
	for _, s := range m.steps {
		c, ok := s.layer.(valueChecker)
		if !ok || !slices.Contains(s.from, i) {
			continue
		}
		if err := c.checkValues(x); err != nil {
			return fmt.Errorf("dlkit: layer %s (%s): %w", s.name, describe(s.layer), err)
		}
	}
	return nil
}

// takesWholeNumbers reports whether the layers on an input say that whole
// numbers are fine, though they calculate with fractions.
func (m *Model) takesWholeNumbers(i int) bool {
	for _, s := range m.steps {
		if !slices.Contains(s.from, i) {
			continue
		}
		if w, ok := s.layer.(interface{ takesInts() bool }); !ok || !w.takesInts() {
			return false
		}
	}
	return true
}

func shapeHint(got, want tensor.Shape) string {
	switch {
	case got.Equal(want):
		return "; one example alone needs a batch axis in front: x.Reshape(1, …)"
	case len(got) > 0 && got[1:].Size() == want.Size():
		return fmt.Sprintf("; the examples have as many values in another shape: reshape the data, or begin the model with input %v and a Flatten layer", got[1:])
	}
	if len(got) == 0 {
		return "; a batch has the examples along its first axis"
	}
	return fmt.Sprintf("; give Sequential the shape of one example, %v, or data of the other shape", got[1:])
}
