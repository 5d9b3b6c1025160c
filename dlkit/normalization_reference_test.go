package dlkit

import (
	"context"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func init() {
	layerMakers["BatchNormalization"] = func(_ *testing.T, c refLayer) any {
		options := []BatchNormalizationOption{c.epsilon(1e-3)}
		for _, o := range c.affine() {
			options = append(options, o)
		}
		if m, ok := c.Config["momentum"].(float64); ok {
			options = append(options, Momentum(m))
		}
		return BatchNormalization(options...)
	}
	layerMakers["LayerNormalization"] = func(_ *testing.T, c refLayer) any {
		options := []LayerNormalizationOption{c.epsilon(1e-3), c.axes()}
		for _, o := range c.affine() {
			options = append(options, o)
		}
		return LayerNormalization(options...)
	}
	layerMakers["RMSNormalization"] = func(_ *testing.T, c refLayer) any {
		return RMSNormalization(c.epsilon(1e-6), c.axes())
	}
	layerMakers["UnitNormalization"] = func(_ *testing.T, c refLayer) any { return UnitNormalization(c.axes()) }
	layerMakers["GroupNormalization"] = func(_ *testing.T, c refLayer) any {
		options := []GroupNormalizationOption{c.epsilon(1e-3)}
		for _, o := range c.affine() {
			options = append(options, o)
		}
		return GroupNormalization(c.int("groups"), options...)
	}
}

// affine reads Keras' scale and center.
func (c refLayer) affine() []NormOption {
	var out []NormOption
	if c.isOff("scale") {
		out = append(out, NoScale)
	}
	if c.isOff("center") {
		out = append(out, NoCenter)
	}
	return out
}

// isOff reports whether the reference says false; where it says nothing, Keras'
// default, true, holds.
func (c refLayer) isOff(name string) bool {
	on, said := c.Config[name].(bool)
	return said && !on
}

// epsilon reads Keras' epsilon, or gives the layer's default.
func (c refLayer) epsilon(otherwise float64) EpsilonOption {
	if e, ok := c.Config["epsilon"].(float64); ok {
		return Epsilon(e)
	}
	return Epsilon(otherwise)
}

// axes reads Keras' axis, which counts the batch.
func (c refLayer) axes() AxesOption {
	list, ok := c.Config["axis"].([]any)
	switch {
	case c.Config["axis"] == nil:
		return nil
	case !ok:
		list = []any{c.Config["axis"]}
	}
	var out AxesOption
	for _, v := range list {
		a := int(v.(float64))
		if a > 0 {
			a--
		}
		out = append(out, a)
	}
	return out
}

func TestNormalizationAgreesWithKeras(t *testing.T) { runLayerReferences(t, "layers_norm.json") }

func init() {
	layerMakers["Rescaling"] = func(_ *testing.T, c refLayer) any {
		return Rescaling(c.float("scale"), Offset(c.float("offset")))
	}
	layerMakers["Normalization"] = func(t *testing.T, c refLayer) any {
		if c.Adapt == nil {
			return NormalizationOf(c.floats("mean"), c.floats("variance"))
		}
		l := Normalization()
		data := tensor.Must(tensor.FromTensors(c.Adapt.tensor(tensor.Float32), nil))
		if err := l.Adapt(context.Background(), data); err != nil {
			t.Fatal(err)
		}
		return l
	}
}

func (c refLayer) floats(name string) []float64 {
	var out []float64
	list, _ := c.Config[name].([]any)
	for _, v := range list {
		out = append(out, v.(float64))
	}
	return out
}

// TestAdaptFindsKerasStatistics compares what Adapt finds with the reference's
// weights, which the layer tests put in by themselves.
func TestAdaptFindsKerasStatistics(t *testing.T) {
	seen := 0
	for _, c := range readReference[refLayer](t, "layers_basic.json") {
		if c.Adapt == nil {
			continue
		}
		seen++
		l := layerMakers["Normalization"](t, c).(*NormalizationLayer)
		wantClose(t, c.Name+": mean", l.found.mean, c.Weights[0].values(), 1e-6)
		wantClose(t, c.Name+": variance", l.found.variance(), c.Weights[1].values(), 1e-6)
	}
	if seen == 0 {
		t.Error("no reference adapts")
	}
}
