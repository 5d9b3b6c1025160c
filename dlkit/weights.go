package dlkit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
)

// Weight is one trained array of a model, or a state kept beside them.
type Weight struct {
	// Name is the layer's name and the weight's: "dense_1/kernel".
	Name string
	// Value is a copy of the current values.
	Value *tensor.Tensor
	// Trainable is false for states, such as running averages, and for frozen
	// weights.
	Trainable bool
}

// LayerInfo describes one layer of a model.
type LayerInfo struct {
	// Name is the layer's name in the model: "dense_1".
	Name string
	// Layer is the layer itself: a Layer or a Merge.
	Layer any
	// In are the shapes of one example of each input, Out that of the output.
	In  []tensor.Shape
	Out tensor.Shape
	// Params is the number of values in its weights, of which Trainable are
	// trained. Shared weights count at the layer's first use.
	Params, Trainable int
	// FLOPs are the floating-point operations per example.
	FLOPs int64
}

// Layers lists the model's layers in order.
func (m *Model) Layers() ([]LayerInfo, error) {
	if err := m.built(); err != nil {
		return nil, err
	}
	out := make([]LayerInfo, len(m.steps))
	counted := map[string]bool{}
	for i, s := range m.steps {
		weights := m.weightsOf(s.name)
		out[i] = LayerInfo{Name: s.name, Layer: s.layer, In: slices.Clone(s.in), Out: s.out.Clone(), FLOPs: flopsOf(s.layer, s.in, s.out, weights)}
		if counted[s.name] {
			continue
		}
		counted[s.name] = true
		for _, v := range weights {
			out[i].Params += v.shape.Size()
			if v.trainable && !v.frozen {
				out[i].Trainable += v.shape.Size()
			}
		}
	}
	return out, nil
}

// weightsOf are the variables of a layer.
func (m *Model) weightsOf(layer string) []*variable {
	var out []*variable
	for _, v := range m.vars.list {
		if strings.HasPrefix(v.name, layer+"/") {
			out = append(out, v)
		}
	}
	return out
}

// Weights are copies of the model's weights and states, in order of the
// layers.
func (m *Model) Weights() ([]Weight, error) {
	if err := m.built(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Weight, len(m.vars.list))
	for i, v := range m.vars.list {
		t, err := v.value()
		if err != nil {
			return nil, err
		}
		out[i] = Weight{Name: v.name, Value: cloneOf(t), Trainable: v.trainable && !v.frozen}
	}
	return out, nil
}

// SetWeight gives a weight, named as in Weights, new values of the same shape.
func (m *Model) SetWeight(name string, value *tensor.Tensor) error {
	if err := m.built(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.vars.byName[name]
	if !ok {
		return fmt.Errorf("dlkit: the model has no weight %q; it has %s", name, strings.Join(m.weightNames(), ", "))
	}
	m.touched = true
	return v.set(value)
}

func (m *Model) weightNames() []string {
	names := make([]string, len(m.vars.list))
	for i, v := range m.vars.list {
		names[i] = v.name
	}
	return names
}

// built makes the weights if that has not been done.
func (m *Model) built() error {
	if m.err != nil {
		return m.err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.vars != nil {
		return nil
	}
	return m.build(1)
}

func cloneOf(t *tensor.Tensor) *tensor.Tensor {
	out := tensor.Reuse(nil, t.DType(), t.Shape())
	copyRows(out, 0, t, t.Len())
	return out
}
