package dlkit

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Activation is the function that bends a layer's output, so that layers on
// top of each other can learn more than straight lines. It is an option of
// Dense and its like, and a layer of its own. The zero value is Linear.
type Activation struct {
	kind  activationKind
	param float64
}

type activationKind uint8

const (
	linear activationKind = iota
	relu
	leakyReLU
	elu
	selu
	gelu
	geluApprox
	sigmoid
	hardSigmoid
	tanh
	softmax
	softplus
	softsign
	silu
	mish
)

// The activations without parameters. Formulas are Keras'.
var (
	// Linear leaves x as it is.
	Linear = Activation{}
	// ReLU is max(x, 0).
	ReLU = Activation{kind: relu}
	// SELU is s·x for x > 0 and s·a·(exp(x) − 1) below, with s = 1.0507 and
	// a = 1.6733. Klambauer et al., 2017.
	SELU = Activation{kind: selu}
	// GELU is x·Φ(x), Φ being the normal distribution function, computed
	// exactly with erf. Hendrycks & Gimpel, 2016.
	GELU = Activation{kind: gelu}
	// GELUApproximate is GELU by its formula with tanh.
	GELUApproximate = Activation{kind: geluApprox}
	// Sigmoid is 1 / (1 + exp(−x)), between 0 and 1.
	Sigmoid = Activation{kind: sigmoid}
	// HardSigmoid is x/6 + 1/2, cut at 0 and 1.
	HardSigmoid = Activation{kind: hardSigmoid}
	// Tanh is the hyperbolic tangent, between −1 and 1.
	Tanh = Activation{kind: tanh}
	// Softmax turns the last axis into probabilities: exp(x) / sum(exp(x)).
	Softmax = Activation{kind: softmax}
	// Softplus is log(1 + exp(x)).
	Softplus = Activation{kind: softplus}
	// Softsign is x / (1 + |x|).
	Softsign = Activation{kind: softsign}
	// SiLU, also called swish, is x·sigmoid(x).
	SiLU = Activation{kind: silu}
	// Swish is SiLU.
	Swish = SiLU
	// Mish is x·tanh(softplus(x)). Misra, 2019.
	Mish = Activation{kind: mish}
)

// LeakyReLU is x for x > 0 and slope·x below. Keras' default slope is 0.3 for
// the layer and 0.2 for the function; here it is always said.
func LeakyReLU(slope float64) Activation { return Activation{leakyReLU, slope} }

// ELU is x for x > 0 and alpha·(exp(x) − 1) below. Clevert et al., 2015.
func ELU(alpha float64) Activation { return Activation{elu, alpha} }

var activationNames = map[activationKind]string{
	linear: "linear", relu: "relu", leakyReLU: "leaky_relu", elu: "elu", selu: "selu",
	gelu: "gelu", geluApprox: "gelu_approximate", sigmoid: "sigmoid", hardSigmoid: "hard_sigmoid",
	tanh: "tanh", softmax: "softmax", softplus: "softplus", softsign: "softsign", silu: "silu", mish: "mish",
}

// String is the activation's name in Keras, with its parameter if it has one:
// "relu", "leaky_relu(0.2)".
func (a Activation) String() string {
	name := activationNames[a.kind]
	if a.kind == leakyReLU || a.kind == elu {
		name += "(" + strconv.FormatFloat(a.param, 'g', -1, 64) + ")"
	}
	return name
}

// ActivationByName finds an activation by its Keras name, such as "relu" or
// "leaky_relu(0.2)". Unknown names are an error that lists those known.
func ActivationByName(name string) (Activation, error) {
	base, arg, hasArg := strings.Cut(strings.TrimSuffix(name, ")"), "(")
	if base == "swish" {
		base = "silu"
	}
	for kind, known := range activationNames {
		if known != base {
			continue
		}
		a := Activation{kind: kind}
		if hasArg {
			p, err := strconv.ParseFloat(arg, 64)
			if err != nil || (kind != leakyReLU && kind != elu) {
				return Activation{}, fmt.Errorf("dlkit: activation %q: %q is not a parameter it can have", name, arg)
			}
			a.param = p
		} else if kind == leakyReLU {
			a.param = 0.2
		} else if kind == elu {
			a.param = 1
		}
		return a, nil
	}
	return Activation{}, fmt.Errorf("dlkit: unknown activation %q; known are %s", name, strings.Join(sortedValues(activationNames), ", "))
}

// MarshalText writes the activation by name.
func (a Activation) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *Activation) UnmarshalText(text []byte) (err error) {
	*a, err = ActivationByName(string(text))
	return err
}

// OutShape implements Layer: an activation keeps the shape.
func (a Activation) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if a.kind == softmax && len(in) == 0 {
		return nil, fmt.Errorf("softmax needs an axis to work along, and the input has none")
	}
	return in, nil
}

// Apply implements Layer.
func (a Activation) Apply(b *Builder, x *graph.Node) *graph.Node { return b.activate(x, a) }

// Numbers of the SELU formula.
const (
	seluScale = 1.0507009873554804934193349852946
	seluAlpha = 1.6732632423543772848170429916717
)

// apply adds the activation to the graph. Softmax goes along the last axis.
// Gradients are GoMLX's, of plain operations: its own fused activations have
// had wrong ones.
func (a Activation) apply(x *graph.Node) *graph.Node {
	switch a.kind {
	case relu:
		return reluOf(x)
	case leakyReLU:
		return graph.Where(positive(x), x, graph.MulScalar(x, a.param))
	case elu:
		return graph.Where(positive(x), x, graph.MulScalar(expm1Of(negativePart(x)), a.param))
	case selu:
		return graph.MulScalar(graph.Where(positive(x), x, graph.MulScalar(expm1Of(negativePart(x)), seluAlpha)), seluScale)
	case gelu:
		return graph.Mul(x, graph.MulScalar(graph.OnePlus(graph.Erf(graph.MulScalar(x, math.Sqrt2/2))), 0.5))
	case geluApprox:
		cubic := graph.Mul(x, graph.OnePlus(graph.MulScalar(graph.Mul(x, x), 0.044715)))
		return graph.Mul(x, graph.MulScalar(graph.OnePlus(graph.Tanh(graph.MulScalar(cubic, math.Sqrt(2/math.Pi)))), 0.5))
	case sigmoid:
		return graph.Sigmoid(x)
	case hardSigmoid:
		return graph.Sub(reluOf(graph.AddScalar(graph.DivScalar(x, 6), 0.5)), reluOf(graph.AddScalar(graph.DivScalar(x, 6), -0.5)))
	case tanh:
		return graph.Tanh(x)
	case softmax:
		return graph.Softmax(x, -1)
	case softplus:
		return softplusOf(x)
	case softsign:
		return graph.Div(x, graph.OnePlus(graph.Abs(x)))
	case silu:
		return graph.Mul(x, graph.Sigmoid(x))
	case mish:
		return graph.Mul(x, graph.Tanh(softplusOf(x)))
	}
	return x
}

func positive(x *graph.Node) *graph.Node { return graph.GreaterThan(x, graph.ZerosLike(x)) }

// negativePart is min(x, 0), so that exp of it cannot overflow where Where
// throws its value away: a gradient of inf times 0 is not a number.
func negativePart(x *graph.Node) *graph.Node { return graph.Where(positive(x), graph.ZerosLike(x), x) }

// softplusOf is log(1 + exp(x)) as max(x, 0) + log1p(exp(−|x|)), which never
// overflows. Its gradient is written by hand: at 0, where both parts have a
// kink, the sum of theirs would be −1/2 instead of 1/2.
func softplusOf(x *graph.Node) *graph.Node {
	y := graph.Add(graph.MaxScalar(x, 0.0), graph.Log1p(graph.Exp(graph.Neg(graph.Abs(x)))))
	return customVJP(y, func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{graph.Mul(dy, graph.Sigmoid(x))}
	}, x)
}

// expm1Of is exp(x) − 1, with the gradient that GoMLX lacks.
func expm1Of(x *graph.Node) *graph.Node {
	return customVJP(graph.Expm1(x), func(y, dy *graph.Node) []*graph.Node {
		return []*graph.Node{graph.Mul(dy, graph.OnePlus(y))}
	}, x)
}
