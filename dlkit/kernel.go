package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// kernelOptions are what layers with a kernel have in common.
type kernelOptions struct {
	// NoBias leaves the bias out.
	NoBias bool
	// KernelInit and BiasInit give the first weights; nil is GlorotUniform for
	// the kernel and zeros for the bias.
	KernelInit, BiasInit Initializer
	// L1 and L2 add L1·sum(|w|) + L2·sum(w²) of the kernel to the loss.
	L1, L2 float64
	// BiasL2 adds BiasL2·sum(b²) of the bias to the loss.
	BiasL2 float64
	// MaxNorm, if above 0, is the largest length that the weights of one unit
	// may have together; longer ones are scaled down after every step.
	MaxNorm float64
}

// KernelOption is an option of every layer that has a kernel: NoBias,
// KernelInit, BiasInit, L1, L2, BiasL2, MaxNorm.
type KernelOption func(*kernelOptions)

// NoBias leaves a layer's bias out.
var NoBias KernelOption = func(o *kernelOptions) { o.NoBias = true }

// KernelInit chooses how a layer's kernel is made.
func KernelInit(init Initializer) KernelOption {
	return func(o *kernelOptions) { o.KernelInit = init }
}

// BiasInit chooses how a layer's bias is made.
func BiasInit(init Initializer) KernelOption { return func(o *kernelOptions) { o.BiasInit = init } }

// L1 adds rate·sum(|w|) of a layer's kernel to the loss, which drives small
// weights to zero.
func L1(rate float64) KernelOption { return func(o *kernelOptions) { o.L1 = rate } }

// L2 adds rate·sum(w²) of a layer's kernel to the loss, which keeps weights
// small.
func L2(rate float64) KernelOption { return func(o *kernelOptions) { o.L2 = rate } }

// BiasL2 adds rate·sum(b²) of a layer's bias to the loss.
func BiasL2(rate float64) KernelOption { return func(o *kernelOptions) { o.BiasL2 = rate } }

// MaxNorm keeps the weights that lead into one unit no longer than norm
// together: sqrt(sum(w²)) ≤ norm, by scaling after every step.
func MaxNorm(norm float64) KernelOption { return func(o *kernelOptions) { o.MaxNorm = norm } }

// check returns an error for options that cannot work.
func (o *kernelOptions) check() error {
	for _, v := range []struct {
		name  string
		value float64
	}{{"L1", o.L1}, {"L2", o.L2}, {"BiasL2", o.BiasL2}, {"MaxNorm", o.MaxNorm}} {
		if !(v.value >= 0) {
			return fmt.Errorf("%s is %v; it must be 0 or more", v.name, v.value)
		}
	}
	return nil
}

// kernel asks for the layer's kernel and adds its penalty to the loss. Units
// lie along the last axis.
func (o *kernelOptions) kernel(b *Builder, name string, shape tensor.Shape) *graph.Node {
	w := b.Weight(name, shape, o.KernelInit)
	if o.L1 > 0 {
		b.Penalize(graph.MulScalar(graph.ReduceAllSum(graph.Abs(w)), o.L1))
	}
	if o.L2 > 0 {
		b.Penalize(graph.MulScalar(graph.ReduceAllSum(graph.Mul(w, w)), o.L2))
	}
	if o.MaxNorm > 0 {
		b.Constrain(name, func(w *graph.Node) *graph.Node { return limitedNorm(w, o.MaxNorm) })
	}
	return w
}

// bias asks for the layer's bias, nil with NoBias.
func (o *kernelOptions) bias(b *Builder, units int) *graph.Node {
	return o.biasOf(b, tensor.Shape{units}, o.biasInit())
}

// biasInit is the layer's own initializer of the bias, or zeros.
func (o *kernelOptions) biasInit() Initializer {
	if o.BiasInit != nil {
		return o.BiasInit
	}
	return Zeros
}

// biasOf is bias for one of any shape and initializer.
func (o *kernelOptions) biasOf(b *Builder, shape tensor.Shape, init Initializer) *graph.Node {
	if o.NoBias {
		return nil
	}
	bias := b.Weight("bias", shape, init)
	if o.BiasL2 > 0 {
		b.Penalize(graph.MulScalar(graph.ReduceAllSum(graph.Mul(bias, bias)), o.BiasL2))
	}
	return bias
}

// limitedNorm scales w so that the weights of each unit, along the last axis,
// have a length of at most limit.
func limitedNorm(w *graph.Node, limit float64) *graph.Node {
	units := dims(w)[w.Rank()-1]
	flat := graph.Reshape(w, -1, units)
	norm := graph.Sqrt(graph.ReduceAndKeep(graph.Mul(flat, flat), graph.ReduceSum, 0))
	wanted := graph.MinScalar(norm, limit)
	scale := graph.Div(wanted, graph.AddScalar(norm, tiny))
	return graph.Reshape(graph.Mul(flat, scale), dims(w)...)
}
