//go:build goexperiment.simd

package pictures

import (
	"fmt"
	"math"
	"testing"
)

// functions are all of them, with their names.
var functions = []string{"tanh", "sigmoid", "hard sigmoid", "leaky ReLU", "ELU", "SELU", "GELU", "GELU approximate", "softplus", "softsign", "SiLU", "mish"}

// naively is a function by its formula.
func (l Layer) naively(x float64) float64 {
	below := func(scale, alpha float64) float64 {
		if x > 0 {
			return scale * x
		}
		return scale * alpha * math.Expm1(x)
	}
	sigmoid := 1 / (1 + math.Exp(-x))
	softplus := max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
	switch l.Function {
	case Tanh:
		return math.Tanh(x)
	case Sigmoid:
		return sigmoid
	case HardSigmoid:
		return min(max(x/6+0.5, 0), 1)
	case LeakyReLU:
		if x > 0 {
			return x
		}
		return float64(l.Alpha) * x
	case ELU:
		return below(1, float64(l.Alpha))
	case SELU:
		return below(1.0507009873554805, 1.6732632423543772)
	case GELU:
		return x * 0.5 * (1 + math.Erf(x/math.Sqrt2))
	case GELUApproximate:
		return x * 0.5 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	case Softplus:
		return softplus
	case Softsign:
		return x / (1 + math.Abs(x))
	case SiLU:
		return x * sigmoid
	default:
		return x * math.Tanh(softplus)
	}
}

// slopeNaively is its slope by a difference, on one side: at 0 some functions have
// a corner, and the slope is that below.
func (l Layer) slopeNaively(x float64) float64 {
	const h = 1e-6
	if x > 0 {
		return (l.naively(x+h) - l.naively(x)) / h
	}
	return (l.naively(x) - l.naively(x-h)) / h
}

// Functions must be their formulas for numbers near and far, tell the same of
// their slopes, and keep what is no number.
func TestFunctionsAreTheFormulas(t *testing.T) {
	var x []float32
	for i := range 400 {
		x = append(x, float32(i-200)/16+1e-3)
	}
	for _, v := range []float32{1e-4, 1e-6, 1e-20, 30, 88, 100, 1e4, 1e6} {
		x = append(x, v, -v)
	}
	nan := len(x)
	for len(x)%lanes != 0 || len(x) == nan {
		x = append(x, float32(math.NaN()))
	}
	for f, name := range functions {
		t.Run(name, func(t *testing.T) {
			l := Layer{Kind: Activation, Function: Function(f), Alpha: 0.3}
			y, dx, d := make([]float32, len(x)), make([]float32, len(x)), make([]float32, len(x))
			fill(d, 2)
			l.apply(y, x)
			by := y
			if l.Function.wantsInput() {
				by = x
			}
			l.applySlope(dx, d, by)
			for i, v := range x[:nan] {
				want := l.naively(float64(v))
				if !near(y[i], want, 5e-7, 3e-6) {
					t.Errorf("of %v: %v, want %v", v, y[i], want)
				}
				if slope := 2 * l.slopeNaively(float64(v)); math.Abs(float64(v)) < 1e4 && !near(dx[i], slope, 3e-5, 3e-5) {
					t.Errorf("twice the slope at %v: %v, want %v", v, dx[i], slope)
				}
			}
			if y[nan] == y[nan] {
				t.Errorf("of NaN: %v", y[nan])
			}
		})
	}
}

// near reports whether x is want, but for so much and for such a share.
func near(x float32, want, much, share float64) bool {
	return math.Abs(float64(x)-want) <= much+share*math.Abs(want)
}

// bentBy is an activation as a layer.
func bentBy(f Function) Layer { return Layer{Kind: Activation, Function: f, Alpha: 0.3} }

// Every function must be learnt through: where a convolution, a normalisation or
// pooling wrote, and where another function or nothing did.
func TestChainsBend(t *testing.T) {
	for f, name := range functions {
		bend, norm := bentBy(Function(f)), Layer{Kind: Norm, Scale: true, Center: true, Epsilon: 1e-3}
		for where, c := range map[string]Config{
			"convolutions": {Height: 5, Width: 4, Channels: 3, Layers: []Layer{convOf(3, 3, 5, 4, 7, true, true), bend, convOf(3, 2, 5, 4, 17, true, false), bend}},
			"tiles":        {Height: 6, Width: 5, Channels: 16, Layers: []Layer{convOf(3, 3, 6, 5, 16, true, true), bend, norm, bend, convOf(3, 3, 6, 5, 17, true, true)}},
			"sums": {Height: 4, Width: 4, Channels: 5, Layers: []Layer{
				{Kind: Depthwise, Window: [2]int{3, 3}, Pad: [2]int{1, 1}, Out: [2]int{4, 4}, Bias: true}, bend,
				{Kind: Add, From: []int{0, 2}}, bend, convOf(2, 2, 4, 4, 3, false, true)}},
			"more": {Height: 4, Width: 4, Channels: 3, Layers: []Layer{bend, convOf(3, 3, 4, 4, 5, true, true), {Kind: ReLU}, bend, bend, {Kind: ReLU}, {Kind: AvgPool, Window: [2]int{2, 2}}, bend, convOf(1, 1, 2, 2, 3, true, true), bend, {Kind: ReLU}}},
		} {
			for _, rows := range []int{1, 33} {
				for _, train := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s/%s/rows=%d/train=%v", name, where, rows, train), func(t *testing.T) {
						c.Rows, c.Train, c.Input = rows, train, train
						checkChain(t, c)
					})
				}
			}
		}
	}
}
