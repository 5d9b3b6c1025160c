package dlkit

import (
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// customVJP gives y, already computed from inputs, a gradient of our own:
// backward gets y and the gradient dy of the loss by y, and returns one
// gradient per input, each of the input's shape. Compiled, it costs nothing:
// what is not asked for is dead code. backward should use the y it is handed,
// not one it captured, which would force a copy.
//
// The links are identities whose gradients are filled in when the gradient of
// the output is asked for; the barrier makes the automatic differentiation
// visit them.
func customVJP(y *graph.Node, backward func(y, dy *graph.Node) []*graph.Node, inputs ...*graph.Node) *graph.Node {
	saved := make([]*graph.Node, len(inputs))
	linked := make([]*graph.Node, 0, len(inputs)+1)
	linked = append(linked, graph.StopGradient(y))
	for i, in := range inputs {
		linked = append(linked, graph.IdentityWithCustomGradient(in, func(_, _ *graph.Node) *graph.Node { return saved[i] }))
	}
	out := graph.OptimizationBarriers(linked...)[0]
	return graph.IdentityWithCustomGradient(out, func(y, dy *graph.Node) *graph.Node {
		copy(saved, backward(y, dy))
		return dy
	})
}

// plainOps makes tests use the operations that every backend has.
var plainOps bool

// onGo reports whether a node's graph is for GoMLX's pure-Go backend, which has
// fused operations that others lack.
func onGo(x *graph.Node) bool { return !plainOps && isGo(x.Graph().Backend()) }

// fusedVJP is the gradient of an activation by its output y on the Go backend.
func fusedVJP(y, dy *graph.Node, kind compute.ActivationType) *graph.Node {
	return graph.BackendFusedActivationVJP(y, y, dy, compute.ActivationConfig{Type: kind})
}

// gatedByPositive is dy where y > 0, else 0.
func gatedByPositive(y, dy *graph.Node) *graph.Node {
	if onGo(y) {
		return fusedVJP(y, dy, compute.ActivationRelu)
	}
	return graph.Where(positive(y), dy, graph.ZerosLike(dy))
}

// reluOf is max(x, 0) with gradient 0 at 0.
func reluOf(x *graph.Node) *graph.Node {
	return customVJP(graph.MaxScalar(x, 0.0), func(y, dy *graph.Node) []*graph.Node {
		return []*graph.Node{gatedByPositive(y, dy)}
	}, x)
}

// negZero is −0, which as the filling of Pad takes the Go backend's fast path.
func negZero(x *graph.Node) *graph.Node {
	return graph.ConstAsDType(x.Graph(), x.DType(), math.Copysign(0, -1))
}
