package dlkit

import (
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// fusedKinds are the activations that the Go backend has fused.
var fusedKinds = map[activationKind]compute.ActivationType{
	relu: compute.ActivationRelu, sigmoid: compute.ActivationSigmoid, tanh: compute.ActivationTanh,
}

// gradient is the gradient by z of y = a(z), given dy by y, for layers that
// write their gradients by hand. Automatic differentiation looks at the whole
// graph each time it is asked, too slow where it is asked at every step of a
// sequence.
func (a Activation) gradient(z, y, dy *graph.Node) *graph.Node {
	if kind, fused := fusedKinds[a.kind]; fused && onGo(y) {
		return fusedVJP(y, dy, kind)
	}
	switch a.kind {
	case linear:
		return dy
	case relu:
		return gatedByPositive(y, dy)
	case leakyReLU:
		return graph.Where(positive(z), dy, graph.MulScalar(dy, a.param))
	case elu:
		return graph.Where(positive(z), dy, graph.Mul(dy, graph.AddScalar(y, a.param)))
	case selu:
		return graph.Where(positive(z), graph.MulScalar(dy, seluScale), graph.Mul(dy, graph.AddScalar(y, seluScale*seluAlpha)))
	case softmax:
		weighted := graph.Mul(dy, y)
		return graph.Sub(weighted, graph.Mul(y, graph.ReduceAndKeep(weighted, graph.ReduceSum, -1)))
	}
	return graph.Mul(dy, a.derivative(z, y))
}

// derivative is dy/dz of the activations that are one smooth formula, or two
// constants.
func (a Activation) derivative(z, y *graph.Node) *graph.Node {
	switch a.kind {
	case sigmoid:
		return graph.Mul(y, graph.OneMinus(y))
	case tanh:
		return oneMinusSquare(y)
	case hardSigmoid:
		between := positive(graph.Mul(y, graph.OneMinus(y)))
		return graph.MulScalar(graph.ConvertDType(between, y.DType()), 1.0/6)
	case softplus:
		return graph.Sigmoid(z)
	case softsign:
		rest := graph.OneMinus(graph.Abs(y))
		return graph.Mul(rest, rest)
	case silu:
		s := graph.Sigmoid(z)
		return graph.Add(s, graph.Mul(y, graph.OneMinus(s)))
	case mish:
		t := graph.Tanh(softplusOf(z))
		return graph.Add(t, graph.Mul(graph.Mul(z, oneMinusSquare(t)), graph.Sigmoid(z)))
	case gelu:
		below := graph.MulScalar(graph.OnePlus(graph.Erf(graph.MulScalar(z, math.Sqrt2/2))), 0.5)
		density := graph.MulScalar(graph.Exp(graph.MulScalar(graph.Mul(z, z), -0.5)), 1/math.Sqrt(2*math.Pi))
		return graph.Add(below, graph.Mul(z, density))
	case geluApprox:
		c, square := math.Sqrt(2/math.Pi), graph.Mul(z, z)
		t := graph.Tanh(graph.MulScalar(graph.Mul(z, graph.OnePlus(graph.MulScalar(square, 0.044715))), c))
		slope := graph.MulScalar(graph.OnePlus(graph.MulScalar(square, 3*0.044715)), c)
		return graph.MulScalar(graph.Add(graph.OnePlus(t), graph.Mul(graph.Mul(z, oneMinusSquare(t)), slope)), 0.5)
	}
	x := graph.Identity(z)
	return graph.Gradient(graph.ReduceAllSum(a.apply(x)), x)[0]
}

// oneMinusSquare is 1 − x².
func oneMinusSquare(x *graph.Node) *graph.Node { return graph.OneMinus(graph.Mul(x, x)) }
