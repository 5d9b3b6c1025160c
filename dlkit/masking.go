package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// MaskingLayer is made by Masking.
type MaskingLayer struct {
	named
	// Value marks a step as padding if all its features equal it.
	Value float64
}

// Masking tells the layers behind it which steps of a sequence are padding:
// those whose features all equal value. Recurrent layers skip them and
// GlobalAvgPool1D leaves them out of the mean. Input and output (steps,
// features); padded steps come out as zeros.
func Masking(value float64, name ...NameOption) *MaskingLayer {
	m := &MaskingLayer{Value: value}
	m.rename(name)
	return m
}

// String describes the layer: "Masking 0".
func (m *MaskingLayer) String() string { return fmt.Sprintf("Masking %v", m.Value) }

// OutShape implements Layer.
func (m *MaskingLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := wantSequence(in); err != nil {
		return nil, err
	}
	return in, nil
}

// Apply implements Layer.
func (m *MaskingLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	differs := graph.NotEqual(x, graph.ConstAs(x, m.Value))
	counts := graph.ReduceMax(graph.ConvertDType(differs, x.DType()), 2) // (n, steps)
	d := dims(x)
	y := graph.Mul(x, graph.StopGradient(graph.Reshape(counts, d[0], d[1], 1)))
	b.SetMask(y, graph.GreaterThan(counts, graph.ZerosLike(counts)))
	return y
}
