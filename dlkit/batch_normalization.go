package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// BatchNormalizationLayer is made by BatchNormalization.
type BatchNormalizationLayer struct {
	named
	affine
	// Momentum is the share of the running averages that a step of training
	// keeps, in [0, 1).
	Momentum float64
}

// BatchNormalization brings every feature to mean 0 and variance 1, and then
// to a learnt scale gamma and offset beta, which lets deep networks train
// faster and with larger learning rates: gamma·(x − mean)/sqrt(variance + ε) +
// beta. Any shape; every position along the last axis is a feature.
//
// While training, mean and variance are those of the batch, and the layer
// keeps running averages of them: moving = momentum·moving + (1 −
// momentum)·batch. Evaluate and Predict use the averages, and so does Fit where
// the layer is frozen (see Model.Freeze). Steps that a mask leaves out do not
// count.
//
// Weights gamma, beta (features,); states moving_mean, moving_variance
// (features,). Momentum is 0.99 and ε 0.001 if not given. Ioffe & Szegedy,
// 2015.
func BatchNormalization(options ...BatchNormalizationOption) *BatchNormalizationLayer {
	l := &BatchNormalizationLayer{affine: affine{Epsilon: 1e-3}, Momentum: 0.99}
	for _, o := range options {
		o.applyBatchNormalization(l)
	}
	return l
}

// BatchNormalizationOption is an option of BatchNormalization: Momentum,
// Epsilon, NoScale, NoCenter, GammaInit, BetaInit, Name.
type BatchNormalizationOption interface {
	applyBatchNormalization(*BatchNormalizationLayer)
}

// MomentumOption is made by Momentum.
type MomentumOption float64

// Momentum is the share of a running average that a step of training keeps, in
// [0, 1). With short trainings 0.9 follows faster than the default of 0.99.
func Momentum(momentum float64) MomentumOption { return MomentumOption(momentum) }

func (o MomentumOption) applyBatchNormalization(l *BatchNormalizationLayer) { l.Momentum = float64(o) }
func (o EpsilonOption) applyBatchNormalization(l *BatchNormalizationLayer)  { l.Epsilon = float64(o) }
func (o NormOption) applyBatchNormalization(l *BatchNormalizationLayer)     { o(&l.affine) }
func (o NameOption) applyBatchNormalization(l *BatchNormalizationLayer)     { l.Name = o.name }

// String describes the layer: "BatchNormalization, momentum 0.9".
func (l *BatchNormalizationLayer) String() string {
	s := "BatchNormalization"
	if l.Momentum != 0.99 {
		s += fmt.Sprintf(", momentum %v", l.Momentum)
	}
	return s + l.describe()
}

// OutShape implements Layer.
func (l *BatchNormalizationLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if !(l.Momentum >= 0 && l.Momentum < 1) {
		return nil, fmt.Errorf("momentum is %v; it is the share of the running averages that a step keeps and must be at least 0 and below 1, such as 0.99", l.Momentum)
	}
	return in, firstError(l.check(), wantFeatures(in))
}

// Apply implements Layer.
func (l *BatchNormalizationLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	d := dims(x)
	features := tensor.Shape{d[len(d)-1]}
	gamma, beta := l.weights(b, features)
	s := l.averages(b, features[0])
	mask := b.Mask(x)
	if c, ok := b.convolvedInto(x); ok && !b.Training() && c.activation == Linear {
		scale, offset := l.line(s.mean, s.variance, gamma, beta)
		return b.convolveScaled(c, scale, offset)
	}
	switch {
	case !b.Training() || b.Frozen("moving_mean"):
		return b.perChannel(x, func(x *graph.Node, axis int) *graph.Node {
			return l.byStatistics(x, axis, s.mean, s.variance, gamma, beta)
		})
	case mask != nil && len(d) == 3:
		return l.masked(b, x, mask, s, gamma, beta)
	}
	return b.perChannel(x, func(x *graph.Node, axis int) *graph.Node {
		y, mean, variance := batchNormalized(x, axis, gamma, beta, l.Epsilon)
		s.update(b, mean, variance)
		return y
	})
}

// perChannel applies fn, which works on x as a matrix and keeps its shape, in
// the layout that x is kept in. Along axis of the matrix lie the values of one
// channel: axis 0 of (values, channels), or axis 1 of (channels, values).
func (b *Builder) perChannel(x *graph.Node, fn func(x *graph.Node, axis int) *graph.Node) *graph.Node {
	if b.isInner(x) {
		x = b.inner(x)
		return b.fromInner(graph.Reshape(fn(graph.Reshape(x, dims(x)[0], -1), 1), dims(x)...))
	}
	d := dims(x)
	return graph.Reshape(fn(graph.Reshape(x, -1, d[len(d)-1]), 0), d...)
}

// runningStatistics are the states of a BatchNormalization.
type runningStatistics struct {
	mean, variance *graph.Node
	momentum       float64
}

// averages are those of the layer being applied.
func (l *BatchNormalizationLayer) averages(b *Builder, features int) runningStatistics {
	shape := tensor.Shape{features}
	return runningStatistics{b.State("moving_mean", shape, Zeros), b.State("moving_variance", shape, Ones), l.Momentum}
}

// update moves the averages towards a batch's mean and variance.
func (s runningStatistics) update(b *Builder, mean, variance *graph.Node) {
	move := func(old, batch *graph.Node) *graph.Node {
		return graph.Add(graph.MulScalar(old, s.momentum), graph.MulScalar(batch, 1-s.momentum))
	}
	b.SetState("moving_mean", move(s.mean, mean))
	b.SetState("moving_variance", move(s.variance, variance))
}

// byStatistics normalises x with a given mean and variance per channel: one
// multiplication and one addition for every number.
func (l *BatchNormalizationLayer) byStatistics(x *graph.Node, axis int, mean, variance, gamma, beta *graph.Node) *graph.Node {
	scale, offset := l.line(mean, variance, gamma, beta)
	return graph.Add(graph.Mul(x, across(scale, axis)), across(offset, axis))
}

// line is the normalisation as x·scale + offset, for every channel.
func (l *BatchNormalizationLayer) line(mean, variance, gamma, beta *graph.Node) (scale, offset *graph.Node) {
	scale = inverseRoot(graph.AddScalar(variance, l.Epsilon))
	if gamma != nil {
		scale = graph.Mul(scale, gamma)
	}
	offset = graph.Neg(graph.Mul(mean, scale))
	if beta != nil {
		offset = graph.Add(offset, beta)
	}
	return scale, offset
}

// masked normalises a sequence (n, steps, features) by the mean and variance of
// the steps that count. Keras' formula, whose small number keeps a batch of
// padding alone from dividing by zero.
func (l *BatchNormalizationLayer) masked(b *Builder, x, mask *graph.Node, s runningStatistics, gamma, beta *graph.Node) *graph.Node {
	d := dims(x)
	rows := graph.Reshape(x, -1, d[2])
	counts := graph.StopGradient(graph.Reshape(graph.ConvertDType(mask, b.DType()), -1, 1))
	total := graph.AddScalar(graph.ReduceAllSum(counts), 1e-7)
	mean := graph.Div(graph.ReduceSum(graph.Mul(rows, counts), 0), total)
	centred := graph.Mul(graph.Sub(rows, across(mean, 0)), counts)
	variance := graph.Div(graph.ReduceSum(graph.Mul(centred, centred), 0), total)
	s.update(b, mean, variance)
	return graph.Reshape(l.byStatistics(rows, 0, mean, variance, gamma, beta), d...)
}
