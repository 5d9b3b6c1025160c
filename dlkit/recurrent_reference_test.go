package dlkit

import (
	"fmt"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

func init() {
	layerMakers["Embedding"] = func(_ *testing.T, c refLayer) any {
		if c.bool("mask_zero") {
			return Embedding(c.int("input_dim"), c.int("output_dim"), MaskZero)
		}
		return Embedding(c.int("input_dim"), c.int("output_dim"))
	}
	layerMakers["Masking"] = func(_ *testing.T, c refLayer) any { return Masking(c.float("mask_value")) }
	layerMakers["SimpleRNN"] = func(t *testing.T, c refLayer) any {
		return SimpleRNN(c.int("units"), c.activation(t), c.bias(), c.recurrent(t))
	}
	layerMakers["LSTM"] = func(t *testing.T, c refLayer) any {
		return LSTM(c.int("units"), c.activation(t), c.bias(), c.recurrent(t), RecurrentActivation(c.recurrentActivation(t)))
	}
	layerMakers["GRU"] = func(t *testing.T, c refLayer) any {
		options := []GRUOption{c.activation(t), c.bias(), c.recurrent(t), RecurrentActivation(c.recurrentActivation(t))}
		if !c.bool("reset_after") {
			options = append(options, ResetBefore)
		}
		return GRU(c.int("units"), options...)
	}
	layerMakers["Bidirectional"] = func(t *testing.T, c refLayer) any {
		return Bidirectional(c.inner(t, c.Config["layer"]).(Recurrent), MergeMode(c.string("merge_mode")))
	}
	layerMakers["TimeDistributed"] = func(t *testing.T, c refLayer) any {
		return TimeDistributed(c.inner(t, c.Config["layer"]).(Layer))
	}
	layerMakers["Sequential"] = func(t *testing.T, c refLayer) any {
		var layers chainLayer
		for _, l := range c.Config["layers"].([]any) {
			layers = append(layers, c.inner(t, l).(Layer))
		}
		return layers
	}
}

// inner makes the layer that a wrapper's configuration holds.
func (c refLayer) inner(t *testing.T, config any) any {
	m := config.(map[string]any)
	in := refLayer{Class: m["class"].(string), Config: m["config"].(map[string]any)}
	maker, ok := layerMakers[in.Class]
	if !ok {
		t.Skipf("dlkit has no %s yet", in.Class)
	}
	return maker(t, in)
}

func (c refLayer) recurrent(t *testing.T) RecurrentOption {
	if c.bool("return_state") {
		t.Skip("dlkit's recurrent layers have one output and do not return their state")
	}
	return func(s *RecurrentSettings) {
		s.ReturnSequences, s.GoBackwards = c.bool("return_sequences"), c.bool("go_backwards")
	}
}

func (c refLayer) recurrentActivation(t *testing.T) Activation {
	t.Helper()
	a, err := ActivationByName(c.string("recurrent_activation"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// chainLayer is layers in a row, as one layer, for the references of chains.
type chainLayer []Layer

func (c chainLayer) wantsInts() bool {
	w, ok := c[0].(intInput)
	return ok && w.wantsInts()
}

func (c chainLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	for _, l := range c {
		var err error
		if in, err = l.OutShape(in); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func (c chainLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	for i, l := range c {
		var y *graph.Node
		b.within(fmt.Sprint(i), func() { y = l.Apply(b, x) })
		b.passMask(l, []*graph.Node{x}, y)
		x = y
	}
	return x
}

func TestRecurrentLayersAgreeWithKeras(t *testing.T) {
	runLayerReferences(t, "layers_recurrent.json")
}

// TestRecurrentReferencesAreNotSkipped keeps a misspelt maker from skipping cases.
func TestRecurrentReferencesAreNotSkipped(t *testing.T) {
	for _, c := range readReference[refLayer](t, "layers_recurrent.json") {
		if _, ok := layerMakers[c.Class]; !ok {
			t.Errorf("%s: no maker for %s", c.Name, c.Class)
		}
	}
}
