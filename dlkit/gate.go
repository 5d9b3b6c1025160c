package dlkit

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// bendGradient turns the gradient by an activation's output into that by its
// input.
type bendGradient func(dy *graph.Node) *graph.Node

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
	y := act.bare(z)
	return y, func(dy *graph.Node) *graph.Node { return act.gradient(z, y, dy) }
}

// bare is apply without the links to gradients of our own.
func (a Activation) bare(z *graph.Node) *graph.Node {
	if a.kind == relu {
		return graph.MaxScalar(z, 0.0)
	}
	return a.apply(z)
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
