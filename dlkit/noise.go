package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// spatialDropout is what layers that drop whole channels have in common.
type spatialDropout struct {
	named
	// Rate is the share of channels set to zero, in [0, 1).
	Rate float64
}

// check returns an error for a rate outside [0, 1).
func (d *spatialDropout) check() error {
	_, err := Dropout(d.Rate).OutShape(nil)
	return err
}

// Apply implements Layer.
func (d *spatialDropout) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() || d.Rate == 0 {
		return x
	}
	return b.elementwise(x, func(x *graph.Node) *graph.Node {
		shape := make([]int, x.Rank())
		for i := range shape {
			shape[i] = 1
		}
		shape[0], shape[len(shape)-1] = dims(x)[0], dims(x)[x.Rank()-1]
		return dropped(b, x, b.Uniform(shape...), d.Rate)
	})
}

// SpatialDropout2DLayer is made by SpatialDropout2D.
type SpatialDropout2DLayer struct{ spatialDropout }

// SpatialDropout2D is Dropout of whole channels: neighbouring pixels tell so
// much of each other that dropping single ones has little effect. Input
// (height, width, channels); rate in [0, 1). Tompson et al., 2014.
func SpatialDropout2D(rate float64, name ...NameOption) *SpatialDropout2DLayer {
	d := &SpatialDropout2DLayer{spatialDropout{Rate: rate}}
	d.rename(name)
	return d
}

// String describes the layer: "SpatialDropout2D 0.5".
func (d *SpatialDropout2DLayer) String() string { return fmt.Sprintf("SpatialDropout2D %v", d.Rate) }

// OutShape implements Layer.
func (d *SpatialDropout2DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return in, firstError(d.check(), wantPicture(in))
}

// SpatialDropout1DLayer is made by SpatialDropout1D.
type SpatialDropout1DLayer struct{ spatialDropout }

// SpatialDropout1D is Dropout of whole channels of sequences. Input (steps,
// channels); rate in [0, 1).
func SpatialDropout1D(rate float64, name ...NameOption) *SpatialDropout1DLayer {
	d := &SpatialDropout1DLayer{spatialDropout{Rate: rate}}
	d.rename(name)
	return d
}

// String describes the layer: "SpatialDropout1D 0.5".
func (d *SpatialDropout1DLayer) String() string { return fmt.Sprintf("SpatialDropout1D %v", d.Rate) }

// OutShape implements Layer.
func (d *SpatialDropout1DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	return in, firstError(d.check(), wantSequence(in))
}

// GaussianNoiseLayer is made by GaussianNoise.
type GaussianNoiseLayer struct {
	named
	// StdDev is the noise's standard deviation.
	StdDev float64
}

// GaussianNoise adds normally distributed noise of mean 0 and the given
// standard deviation while training; otherwise it does nothing. Any shape.
func GaussianNoise(stddev float64, name ...NameOption) *GaussianNoiseLayer {
	g := &GaussianNoiseLayer{StdDev: stddev}
	g.rename(name)
	return g
}

// String describes the layer: "GaussianNoise 0.1".
func (g *GaussianNoiseLayer) String() string { return fmt.Sprintf("GaussianNoise %v", g.StdDev) }

// OutShape implements Layer.
func (g *GaussianNoiseLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if !(g.StdDev >= 0) || math.IsInf(g.StdDev, 1) {
		return nil, fmt.Errorf("standard deviation is %v; it must be 0 or more", g.StdDev)
	}
	return in, nil
}

// Apply implements Layer.
func (g *GaussianNoiseLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	if !b.Training() || g.StdDev == 0 {
		return x
	}
	return b.elementwise(x, func(x *graph.Node) *graph.Node {
		return graph.Add(x, graph.StopGradient(graph.MulScalar(b.normal(dims(x)...), g.StdDev)))
	})
}

// normal returns normally distributed random numbers of mean 0 and deviation
// 1, by the method of Box and Muller.
func (b *Builder) normal(dims ...int) *graph.Node {
	u, v := b.Uniform(dims...), b.Uniform(dims...)
	radius := graph.Sqrt(graph.MulScalar(graph.Log1p(graph.Neg(u)), -2))
	return graph.Mul(radius, graph.Cos(graph.MulScalar(v, 2*math.Pi)))
}
