package dlkit

import (
	"fmt"
	"math"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// affine is what layers that normalise have in common: the learnt scale gamma
// and offset beta that they end with.
type affine struct {
	// Epsilon is added to the variance, so that a value that is always the same
	// does not divide by zero.
	Epsilon float64
	// NoScale leaves out gamma, NoCenter leaves out beta.
	NoScale, NoCenter bool
	// GammaInit and BetaInit give their first values; nil is ones and zeros.
	GammaInit, BetaInit Initializer
}

// NormOption is an option of BatchNormalization, LayerNormalization and
// GroupNormalization: NoScale, NoCenter, GammaInit, BetaInit.
type NormOption func(*affine)

// NoScale leaves out the learnt scale gamma: right where the next layer is a
// Dense or a convolution without a bend in between, which can scale as well.
var NoScale NormOption = func(a *affine) { a.NoScale = true }

// NoCenter leaves out the learnt offset beta.
var NoCenter NormOption = func(a *affine) { a.NoCenter = true }

// GammaInit chooses how the scale is made; ones if not given. Zeros, in the
// last normalisation of a residual block, makes the block start as if it were
// not there.
func GammaInit(init Initializer) NormOption { return func(a *affine) { a.GammaInit = init } }

// BetaInit chooses how the offset is made; zeros if not given.
func BetaInit(init Initializer) NormOption { return func(a *affine) { a.BetaInit = init } }

// EpsilonOption is made by Epsilon.
type EpsilonOption float64

// Epsilon is the small number that a layer adds to the variance before it
// divides by its root. 0.001 if not given, as in Keras.
func Epsilon(epsilon float64) EpsilonOption { return EpsilonOption(epsilon) }

// AxesOption is made by Axes.
type AxesOption []int

// Axes are the axes of an example that are normalised together, counted from 0
// without the batch; negative ones count from the end. The last axis if not
// given.
func Axes(axes ...int) AxesOption { return AxesOption(axes) }

// check returns an error for settings that cannot work.
func (a *affine) check() error { return wantEpsilon(a.Epsilon) }

func wantEpsilon(e float64) error {
	if !(e > 0) || math.IsInf(e, 1) {
		return fmt.Errorf("epsilon is %v; it must be above 0, such as 0.001, or a value that never changes divides by zero", e)
	}
	return nil
}

// describe names what is not as usual, for String.
func (a *affine) describe() string {
	s := ""
	if a.NoScale {
		s += ", no scale"
	}
	if a.NoCenter {
		s += ", no center"
	}
	return s
}

// weights asks for gamma and beta, nil where the layer has none.
func (a *affine) weights(b *Builder, shape tensor.Shape) (gamma, beta *graph.Node) {
	if !a.NoScale {
		gamma = b.Weight("gamma", shape, initOr(a.GammaInit, Ones))
	}
	if !a.NoCenter {
		beta = b.Weight("beta", shape, initOr(a.BetaInit, Zeros))
	}
	return gamma, beta
}

func initOr(init, otherwise Initializer) Initializer {
	if init == nil {
		return otherwise
	}
	return init
}

// wantFeatures returns an error unless examples have a last axis with values.
func wantFeatures(in tensor.Shape) error {
	if len(in) == 0 {
		return fmt.Errorf("an example is a single number; the layer needs features along a last axis, such as input shape (1)")
	}
	return nil
}

// axesOf resolves axes of an example of shape in: sorted, counted from 0.
func axesOf(axes []int, in tensor.Shape) ([]int, error) {
	if err := wantFeatures(in); err != nil {
		return nil, err
	}
	if len(axes) == 0 {
		return []int{len(in) - 1}, nil
	}
	out := make([]int, len(axes))
	for i, a := range axes {
		out[i] = a
		if a < 0 {
			out[i] = a + len(in)
		}
		if out[i] < 0 || out[i] >= len(in) {
			return nil, fmt.Errorf("axis %d of an input %v; want %d to %d, counted without the batch", a, in, -len(in), len(in)-1)
		}
	}
	slices.Sort(out)
	for i := 1; i < len(out); i++ {
		if out[i] == out[i-1] {
			return nil, fmt.Errorf("axes %v of an input %v name axis %d twice", axes, in, out[i])
		}
	}
	return out, nil
}

// describeAxes is ", axes 0 1", or nothing for the last axis.
func describeAxes(axes []int) string {
	if len(axes) == 0 || (len(axes) == 1 && axes[0] == -1) {
		return ""
	}
	s := ", axes"
	for _, a := range axes {
		s += fmt.Sprintf(" %d", a)
	}
	return s
}
