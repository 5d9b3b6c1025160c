package dlkit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// NormalizationLayer is made by Normalization and NormalizationOf.
type NormalizationLayer struct {
	named
	// Mean and Variance were given, one number per feature; nil if Adapt finds
	// them.
	Mean, Variance []float64
	// Adapted tells that Adapt has been called: mean and variance are states of
	// the model then.
	Adapted bool

	found  statistics  // by Adapt
	placed atomic.Bool // a model has taken the statistics over
}

// Normalization brings every feature of the data to mean 0 and variance 1:
// (x − mean)/sqrt(variance). Mean and variance are those of the whole training
// data, found once with Adapt or AdaptTo before the layer goes into a model;
// they are saved with it. Features lie along the last axis. Whole numbers may
// come in.
//
//	norm := dlkit.Normalization()
//	err := norm.Adapt(ctx, train)
//	m := dlkit.Sequential(tensor.Shape{13}, norm, dlkit.Dense(64, dlkit.ReLU), dlkit.Dense(1))
//
// States mean, variance (features,).
func Normalization(name ...NameOption) *NormalizationLayer {
	l := &NormalizationLayer{}
	l.rename(name)
	return l
}

// NormalizationOf is Normalization with a known mean and variance, one number
// per feature, or a single one for all.
func NormalizationOf(mean, variance []float64, name ...NameOption) *NormalizationLayer {
	l := &NormalizationLayer{Mean: mean, Variance: variance}
	l.rename(name)
	return l
}

// Adapt finds the mean and variance of every feature of the data's first
// input, reading the data once. It must be called before the layer is put into
// a model that is built, and with training data only: what a model is tested
// with must not leak into it.
func (l *NormalizationLayer) Adapt(ctx context.Context, data tensor.Dataset) error {
	if err := l.mayAdapt(); err != nil {
		return err
	}
	if data == nil {
		return errors.New("dlkit: Normalization: the data to adapt to is nil")
	}
	if err := load(ctx, data); err != nil {
		return err
	}
	var found statistics
	for batch, err := range data.Batches(ctx, adaptRows) {
		if err == nil {
			err = found.add(batch.X())
		}
		if err != nil {
			return fmt.Errorf("dlkit: Normalization: adapting to the data: %w", err)
		}
	}
	return l.adapt(found)
}

// AdaptTo is Adapt for data in a tensor (n, …, features).
func (l *NormalizationLayer) AdaptTo(x *tensor.Tensor) error {
	if err := l.mayAdapt(); err != nil {
		return err
	}
	var found statistics
	if err := found.add(x); err != nil {
		return fmt.Errorf("dlkit: Normalization: adapting to the data: %w", err)
	}
	return l.adapt(found)
}

// adaptRows is how many examples Adapt reads at a time.
const adaptRows = 256

func (l *NormalizationLayer) mayAdapt() error {
	switch {
	case l.Mean != nil || l.Variance != nil:
		return errors.New("dlkit: Normalization: mean and variance were given, so there is nothing to adapt; make the layer with Normalization()")
	case l.placed.Load():
		return errors.New("dlkit: Normalization: the layer is part of a model that is built, and adapting it would not reach the model; adapt first, or make a new layer and model")
	}
	return nil
}

func (l *NormalizationLayer) adapt(found statistics) error {
	if found.n == 0 {
		return errors.New("dlkit: Normalization: the data to adapt to has no examples")
	}
	l.found, l.Adapted = found, true
	return nil
}

// String describes the layer: "Normalization, adapted".
func (l *NormalizationLayer) String() string {
	if l.Adapted {
		return "Normalization, adapted"
	}
	return "Normalization"
}

// takesInts says that whole numbers may come in.
func (l *NormalizationLayer) takesInts() bool { return true }

// OutShape implements Layer.
func (l *NormalizationLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := wantFeatures(in); err != nil {
		return nil, err
	}
	features := in[len(in)-1]
	switch {
	case l.Adapted:
		if l.found.mean != nil && len(l.found.mean) != features {
			return nil, fmt.Errorf("it was adapted to data with %d features, but input %v has %d", len(l.found.mean), in, features)
		}
		return in, nil
	case l.Mean == nil && l.Variance == nil:
		return nil, errors.New("it does not know the data's mean and variance yet; call its Adapt with the training data before putting it into a model, or use NormalizationOf")
	}
	for name, v := range map[string][]float64{"mean": l.Mean, "variance": l.Variance} {
		if len(v) != features && len(v) != 1 {
			return nil, fmt.Errorf("%s has %d numbers; want one for each of the %d features of input %v, or a single one", name, len(v), features, in)
		}
	}
	return in, l.checkGiven()
}

func (l *NormalizationLayer) checkGiven() error {
	for _, v := range l.Mean {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("the mean holds %v; it must be finite", v)
		}
	}
	for _, v := range l.Variance {
		if !(v >= 0) || math.IsInf(v, 0) {
			return fmt.Errorf("the variance holds %v; it must be finite and at least 0", v)
		}
	}
	return nil
}

// Apply implements Layer. A feature that never changes would be divided by
// zero; like Keras, it is divided by 1e-7.
func (l *NormalizationLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	mean, variance := l.statistics(b, dims(x)[x.Rank()-1])
	inverse := graph.Reciprocal(graph.MaxScalar(graph.Sqrt(variance), 1e-7))
	return b.perChannel(x, func(x *graph.Node, axis int) *graph.Node {
		mean, inverse, d := mean, inverse, dims(x)
		if axis == 0 {
			x, mean, inverse = wide(x, mean, inverse)
		}
		return graph.Reshape(graph.Mul(graph.Sub(x, across(mean, axis)), across(inverse, axis)), d...)
	})
}

// wide is a matrix with several of its rows made one, and two rows to combine
// it with repeated as often, where that makes the rows whole vectors. The Go
// backend is much faster so for pictures in colour, whose rows are three
// numbers; and under AVX-512 Go 1.27 reads up to 60 bytes beyond a part of a
// vector, which ends the program where a large tensor's end is also that of the
// memory in use.
func wide(x, a, b *graph.Node) (_, _, _ *graph.Node) {
	const vector = 16
	n, channels := dims(x)[0], dims(x)[1]
	if a.Shape().Size() != channels {
		a = graph.BroadcastToDims(graph.Reshape(a, 1), channels)
	}
	if b.Shape().Size() != channels {
		b = graph.BroadcastToDims(graph.Reshape(b, 1), channels)
	}
	if channels%vector == 0 || n%vector != 0 {
		return x, a, b
	}
	repeat := func(v *graph.Node) *graph.Node {
		return graph.Reshape(graph.BroadcastToDims(graph.Reshape(v, 1, channels), vector, channels), vector*channels)
	}
	return graph.Reshape(x, n/vector, vector*channels), repeat(a), repeat(b)
}

func (l *NormalizationLayer) statistics(b *Builder, features int) (mean, variance *graph.Node) {
	if !l.Adapted {
		constant := func(v []float64) *graph.Node { return graph.ConstAsDType(b.Graph(), b.DType(), v) }
		return constant(l.Mean), constant(l.Variance)
	}
	l.placed.Store(true)
	shape := tensor.Shape{features}
	return b.State("mean", shape, initOr(l.found.initMean(), Zeros)), b.State("variance", shape, initOr(l.found.initVariance(), Ones))
}

// statistics are the running mean and the sum of squared distances from it, per
// feature, of all values added so far.
type statistics struct {
	n              float64
	mean, distance []float64
}

// add takes the values of x (n, …, features) in, by the method of Chan et al.,
// 1979, which does not lose digits where the mean is large.
func (s *statistics) add(x *tensor.Tensor) error {
	if x == nil || x.Rank() == 0 {
		return errors.New("there is no input with examples along its first axis")
	}
	features := 1
	if x.Rank() > 1 {
		features = x.Shape()[x.Rank()-1]
	}
	if s.mean == nil {
		s.mean, s.distance = make([]float64, features), make([]float64, features)
	}
	if features != len(s.mean) {
		return fmt.Errorf("a batch has %d features where there were %d before", features, len(s.mean))
	}
	values := tensor.Values[float64](x)
	n := float64(len(values) / max(features, 1))
	if n == 0 {
		return nil
	}
	mean, distance := momentsOf(values, features)
	total := s.n + n
	for f := range mean {
		if math.IsNaN(mean[f]) || math.IsInf(mean[f], 0) {
			return fmt.Errorf("feature %d holds values that are not finite (NaN or infinite); remove or replace them", f)
		}
		d := mean[f] - s.mean[f]
		s.mean[f] += d * n / total
		s.distance[f] += distance[f] + d*d*s.n*n/total
	}
	s.n = total
	return nil
}

// momentsOf are the mean and the sum of squared distances from it for every
// feature of values (n, features).
func momentsOf(values []float64, features int) (mean, distance []float64) {
	mean, distance = make([]float64, features), make([]float64, features)
	n := float64(len(values) / features)
	for i, v := range values {
		mean[i%features] += v / n
	}
	for i, v := range values {
		d := v - mean[i%features]
		distance[i%features] += d * d
	}
	return mean, distance
}

// variance is that of all values added, divided by their number.
func (s *statistics) variance() []float64 {
	out := make([]float64, len(s.distance))
	for f, d := range s.distance {
		out[f] = d / s.n
	}
	return out
}

// initMean makes the state of a new model; nil if nothing was added, as for a
// layer that was read from a file.
func (s *statistics) initMean() Initializer {
	if s.n == 0 {
		return nil
	}
	return listed(s.mean)
}

func (s *statistics) initVariance() Initializer {
	if s.n == 0 {
		return nil
	}
	return listed(s.variance())
}

// listed is an Initializer of given values.
type listed []float64

// Init implements Initializer.
func (l listed) Init(values []float64, _ tensor.Shape, _ *rand.Rand) { copy(values, l) }
