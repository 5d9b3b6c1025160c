package dlkit

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// bendGradient turns the gradient by an activation's output into that by its
// input.
type bendGradient func(dy *graph.Node) *graph.Node

// fusedKinds are the activations that the Go backend has fused.
var fusedKinds = map[activationKind]compute.ActivationType{
	relu: compute.ActivationRelu, sigmoid: compute.ActivationSigmoid, tanh: compute.ActivationTanh,
}

// gate is activation(x·w + bias), the piece that recurrent cells are made of,
// with its gradient by what is inside the activation. bias may be nil.
func gate(x, w, bias *graph.Node, act Activation) (*graph.Node, bendGradient) {
	if !onGo(x) {
		z := graph.Dot(x, w).Product()
		if bias != nil {
			z = graph.Add(z, graph.Reshape(bias, 1, -1))
		}
		return bend(z, act)
	}
	kind, fused := fusedKinds[act.kind]
	if !fused {
		return bend(graph.BackendFusedDense(x, w, bias, compute.DenseConfig{}), act)
	}
	y := graph.BackendFusedDense(x, w, bias, compute.DenseConfig{Activation: compute.ActivationConfig{Type: kind}})
	return y, func(dy *graph.Node) *graph.Node { return fusedVJP(y, dy, kind) }
}

// bend applies an activation and gives its gradient.
func bend(z *graph.Node, act Activation) (*graph.Node, bendGradient) {
	if act.kind == relu { // a bare maximum, whose gradient is written below
		y := graph.MaxScalar(z, 0.0)
		return y, func(dy *graph.Node) *graph.Node { return gatedByPositive(y, dy) }
	}
	y := act.apply(z)
	return y, func(dy *graph.Node) *graph.Node { return bendBack(act, z, y, dy) }
}

// bendBack is the gradient by z of y = act(z).
func bendBack(act Activation, z, y, dy *graph.Node) *graph.Node {
	if kind, fused := fusedKinds[act.kind]; fused && onGo(y) {
		return fusedVJP(y, dy, kind)
	}
	switch act.kind {
	case linear:
		return dy
	case sigmoid:
		return graph.Mul(dy, graph.Mul(y, graph.OneMinus(y)))
	case tanh:
		return graph.Mul(dy, graph.OneMinus(graph.Mul(y, y)))
	case softsign:
		rest := graph.OneMinus(graph.Abs(y))
		return graph.Mul(dy, graph.Mul(rest, rest))
	}
	// Others by automatic differentiation, which looks at the whole graph at
	// every step: building takes longer, running does not.
	inner := graph.Identity(z)
	return graph.Gradient(graph.ReduceAllSum(graph.Mul(act.apply(inner), dy)), inner)[0]
}

// columnsOf takes block k of a kernel or bias whose last axis is made of
// blocks of the given width; nil stays nil.
func columnsOf(w *graph.Node, k, width int) *graph.Node {
	if w == nil {
		return nil
	}
	return cropped(w, w.Rank()-1, k*width, width)
}

// timesTransposed is a·bᵀ.
func timesTransposed(a, b *graph.Node) *graph.Node {
	return graph.DotGeneral(a, []int{1}, nil, b, []int{1}, nil)
}

// transposedTimes is aᵀ·b.
func transposedTimes(a, b *graph.Node) *graph.Node {
	return graph.Dot(graph.Transpose(a, 0, 1), b).Product()
}
