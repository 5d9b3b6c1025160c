package dlkit

import "github.com/gomlx/gomlx/core/graph"

// The normalisations as graphs of matrices, with gradients of their own: the
// automatic ones go three times over the data where once is enough.

// across shapes a vector of one number per channel so that it broadcasts over
// a matrix whose channels' values lie along axis.
func across(v *graph.Node, axis int) *graph.Node {
	if axis == 0 {
		return graph.Reshape(v, 1, -1)
	}
	return graph.Reshape(v, -1, 1)
}

// inverseRoot is 1/sqrt(x), with the gradient that GoMLX lacks.
func inverseRoot(x *graph.Node) *graph.Node {
	return customVJP(graph.Rsqrt(x), func(y, dy *graph.Node) []*graph.Node {
		return []*graph.Node{graph.Mul(dy, graph.MulScalar(graph.Mul(y, graph.Mul(y, y)), -0.5))}
	}, x)
}

// scaledBy is x·gamma + beta, where either may be nil; gamma and beta broadcast.
func scaledBy(x, gamma, beta *graph.Node) *graph.Node {
	if gamma != nil {
		x = graph.Mul(x, gamma)
	}
	if beta != nil {
		x = graph.Add(x, beta)
	}
	return x
}

// batchNormalized normalises every channel of the matrix x by its own mean and
// variance, which it returns too, as vectors. Along axis lie the values of one
// channel; gamma and beta are vectors with a number per channel, or nil.
func batchNormalized(x *graph.Node, axis int, gamma, beta *graph.Node, epsilon float64) (y, mean, variance *graph.Node) {
	n := 1 / float64(dims(x)[axis])
	mean = graph.MulScalar(graph.ReduceSum(x, axis), n)
	centred := graph.Sub(x, across(mean, axis))
	variance = graph.MulScalar(graph.ReduceSum(graph.Mul(centred, centred), axis), n)
	inverse := graph.Rsqrt(graph.AddScalar(variance, epsilon))
	scale := inverse
	if gamma != nil {
		scale = graph.Mul(gamma, inverse)
	}
	y = graph.Mul(centred, across(scale, axis))
	if beta != nil {
		y = graph.Add(y, across(beta, axis))
	}
	inputs := append([]*graph.Node{x}, append(present(gamma), present(beta)...)...)
	y = customVJP(y, func(_, dy *graph.Node) []*graph.Node {
		sum := graph.ReduceSum(dy, axis)
		withCentred := graph.ReduceSum(graph.Mul(dy, centred), axis)
		// dx = scale·(dy − mean(dy) − centred·inverse²·mean(dy·centred))
		slope := graph.MulScalar(graph.Mul(graph.Mul(scale, graph.Mul(inverse, inverse)), withCentred), -n)
		level := graph.MulScalar(graph.Mul(scale, sum), -n)
		dx := graph.Add(graph.Mul(dy, across(scale, axis)), graph.Mul(centred, across(slope, axis)))
		grads := []*graph.Node{graph.Add(dx, across(level, axis))}
		if gamma != nil {
			grads = append(grads, graph.Mul(withCentred, inverse))
		}
		if beta != nil {
			grads = append(grads, sum)
		}
		return grads
	}, inputs...)
	return y, mean, variance
}

// rowNorm normalises the rows of a matrix: to mean 0 and variance 1 if it
// centres, else to a mean square of 1.
type rowNorm struct {
	centre  bool
	epsilon float64
}

// apply normalises every row of x (rows, values), and scales by gamma and
// shifts by beta, vectors with a number per column, or nil.
func (r rowNorm) apply(x, gamma, beta *graph.Node) *graph.Node {
	n := 1 / float64(dims(x)[1])
	mean := func(x *graph.Node) *graph.Node { return across(graph.MulScalar(graph.ReduceSum(x, 1), n), 1) }
	columns := func(v *graph.Node) *graph.Node {
		if v == nil {
			return nil
		}
		return across(v, 0)
	}
	centred := x
	if r.centre {
		centred = graph.Sub(x, mean(x))
	}
	inverse := graph.Rsqrt(graph.AddScalar(mean(graph.Mul(centred, centred)), r.epsilon))
	unit := graph.Mul(centred, inverse)
	y := scaledBy(unit, columns(gamma), columns(beta))
	inputs := append([]*graph.Node{x}, append(present(gamma), present(beta)...)...)
	return customVJP(y, func(_, dy *graph.Node) []*graph.Node {
		dunit := scaledBy(dy, columns(gamma), nil)
		dx := graph.Sub(dunit, graph.Mul(unit, mean(graph.Mul(dunit, unit))))
		if r.centre {
			dx = graph.Sub(dx, mean(dunit))
		}
		grads := []*graph.Node{graph.Mul(dx, inverse)}
		if gamma != nil {
			grads = append(grads, graph.ReduceSum(graph.Mul(dy, unit), 0))
		}
		if beta != nil {
			grads = append(grads, graph.ReduceSum(dy, 0))
		}
		return grads
	}, inputs...)
}
