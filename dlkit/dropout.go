package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// DropoutLayer is made by Dropout.
type DropoutLayer struct {
	named
	// Rate is the share of values set to zero, in [0, 1).
	Rate float64
}

// Dropout sets a random share of its input to zero while training and scales
// the rest by 1/(1−rate), so that the sum is kept on average; otherwise it does
// nothing. Any shape; rate in [0, 1). Srivastava et al., 2014.
func Dropout(rate float64, name ...NameOption) *DropoutLayer {
	d := &DropoutLayer{Rate: rate}
	d.rename(name)
	return d
}

// String describes the layer: "Dropout 0.5".
func (d *DropoutLayer) String() string { return fmt.Sprintf("Dropout %v", d.Rate) }

// OutShape implements Layer.
func (d *DropoutLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if !(d.Rate >= 0 && d.Rate < 1) {
		return nil, fmt.Errorf("rate is %v; it is the share to drop and must be at least 0 and below 1", d.Rate)
	}
	return in, nil
}

// Apply implements Layer.
func (d *DropoutLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() || d.Rate == 0 {
		return x
	}
	return b.elementwise(x, func(x *graph.Node) *graph.Node {
		return dropped(b, x, b.Uniform(dims(x)...), d.Rate)
	})
}

// dropped is x scaled by 1/(1−rate) where noise, of x's shape or one that
// broadcasts to it, is at least rate, and 0 elsewhere.
func dropped(b *Builder, x, noise *graph.Node, rate float64) *graph.Node {
	return graph.Mul(x, b.keptOf(noise, rate))
}

// keptOf is what dropout multiplies with: 1/(1−rate) where noise is at least
// rate, and 0 elsewhere.
func (b *Builder) keptOf(noise *graph.Node, rate float64) *graph.Node {
	kept := graph.GreaterOrEqual(noise, graph.ConstAs(noise, rate))
	return graph.StopGradient(graph.MulScalar(graph.ConvertDType(kept, b.DType()), 1/(1-rate)))
}
