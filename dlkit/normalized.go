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

// unitNorm brings the units of a matrix, which lie along an axis, to mean 0 and
// variance 1 if it centres, else to a mean square of 1.
type unitNorm struct {
	axis    int
	centre  bool
	epsilon float64
}

// mean is that of every unit, so that it broadcasts over them.
func (u unitNorm) mean(x *graph.Node) *graph.Node {
	return across(graph.MulScalar(graph.ReduceSum(x, u.axis), 1/float64(dims(x)[u.axis])), u.axis)
}

// forward gives the units, and what they were multiplied with.
func (u unitNorm) forward(x *graph.Node) (unit, inverse *graph.Node) {
	if u.centre {
		x = graph.Sub(x, u.mean(x))
	}
	inverse = graph.Rsqrt(graph.AddScalar(u.mean(graph.Mul(x, x)), u.epsilon))
	return graph.Mul(x, inverse), inverse
}

// backward gives the gradient by the input from that by the units.
func (u unitNorm) backward(unit, inverse, dunit *graph.Node) *graph.Node {
	dx := graph.Sub(dunit, graph.Mul(unit, u.mean(graph.Mul(dunit, unit))))
	if u.centre {
		dx = graph.Sub(dx, u.mean(dunit))
	}
	return graph.Mul(dx, inverse)
}

// apply normalises every unit of x, and scales by gamma and shifts by beta,
// vectors with a number for every place in a unit, or nil.
func (u unitNorm) apply(x, gamma, beta *graph.Node) *graph.Node {
	places := func(v *graph.Node) *graph.Node {
		if v == nil {
			return nil
		}
		return across(v, 1-u.axis)
	}
	unit, inverse := u.forward(x)
	y := scaledBy(unit, places(gamma), places(beta))
	inputs := append([]*graph.Node{x}, append(present(gamma), present(beta)...)...)
	return customVJP(y, func(_, dy *graph.Node) []*graph.Node {
		grads := []*graph.Node{u.backward(unit, inverse, scaledBy(dy, places(gamma), nil))}
		if gamma != nil {
			grads = append(grads, graph.ReduceSum(graph.Mul(dy, unit), 1-u.axis))
		}
		if beta != nil {
			grads = append(grads, graph.ReduceSum(dy, 1-u.axis))
		}
		return grads
	}, inputs...)
}

// applyToParts normalises every column of each of several equal parts of the
// rows of x: matrices that lie one behind another.
func (u unitNorm) applyToParts(x *graph.Node, parts int) *graph.Node {
	rows := dims(x)[0] / parts
	part := func(x *graph.Node, i int) *graph.Node { return cropped(x, 0, i*rows, rows) }
	units, inverses := make([]*graph.Node, parts), make([]*graph.Node, parts)
	for i := range units {
		units[i], inverses[i] = u.forward(part(x, i))
	}
	return customVJP(graph.Concatenate(units, 0), func(_, dy *graph.Node) []*graph.Node {
		dx := make([]*graph.Node, parts)
		for i := range dx {
			dx[i] = u.backward(units[i], inverses[i], part(dy, i))
		}
		return []*graph.Node{graph.Concatenate(dx, 0)}
	}, x)
}
