package dlkit

import (
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// Wiring tells how a model's layers are joined, for programs that go through a
// model from outside, such as an export to another format. Values are numbered:
// the model's inputs first, then what every layer makes, in order.
type Wiring struct {
	// Inputs are the shapes of one example of each input, InputDTypes the types
	// in which they are computed with: Int32 where words or other whole numbers
	// are wanted.
	Inputs      []tensor.Shape
	InputDTypes []tensor.DType
	// Layers are those of Model.Layers, and From the numbers of the values that
	// go into each.
	Layers []LayerInfo
	From   [][]int
	// Outputs are the numbers of the values that come out of the model.
	Outputs []int
}

// Wiring tells how the model's layers are joined.
func (m *Model) Wiring() (Wiring, error) {
	layers, err := m.Layers()
	if err != nil {
		return Wiring{}, err
	}
	w := Wiring{Layers: layers, Outputs: slices.Clone(m.outputs)}
	for i, shape := range m.inputs {
		w.Inputs = append(w.Inputs, shape.Clone())
		w.InputDTypes = append(w.InputDTypes, m.inputDType(i))
	}
	for _, s := range m.steps {
		w.From = append(w.From, slices.Clone(s.from))
	}
	return w, nil
}
