package dlkit

import (
	"math"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// attentionGraph is softmax(q·kᵀ/sqrt(keySize))·v for several heads, as a graph with
// a gradient of its own. Queries, keys and values come in as matrices
// (n·steps, heads·size), as the projections leave them.
//
// The large arrays are the weights of all pairs of steps, (n, heads, from,
// to). They are never turned round: where a product needs them so, the small
// factor is turned and the product comes out turned.
type attentionGraph struct {
	n, heads           int
	from, to           int // steps that look, steps that are looked at
	keySize, valueSize int
	mask               attentionMask
	kept               *graph.Node // what dropout multiplies the weights with; nil for nothing
}

// attentionMask tells who may look at whom. All are numbers, 1 for yes and 0
// for no, and nil where nothing is left out.
type attentionMask struct {
	queries *graph.Node // (n, from): steps that count
	keys    *graph.Node // (n, to): steps that may be looked at
	pairs   *graph.Node // (n or 1, from, to)
	earlier *graph.Node // (from, to), see earlierSteps
}

// byHead turns x (n·steps, heads·size) into (n, heads, steps, size).
func (a attentionGraph) byHead(x *graph.Node, steps int) *graph.Node {
	return graph.TransposeAllAxes(graph.Reshape(x, a.n, steps, a.heads, -1), 0, 2, 1, 3)
}

// fromHeads is byHead the other way round.
func (a attentionGraph) fromHeads(x *graph.Node) *graph.Node {
	return graph.Reshape(graph.TransposeAllAxes(x, 0, 2, 1, 3), a.n*dims(x)[2], -1)
}

// turnedByHead turns x (n·steps, heads·size) into (n, heads, size, steps), in
// two steps that are fast.
func (a attentionGraph) turnedByHead(x *graph.Node, steps int) *graph.Node {
	x = graph.Reshape(graph.Transpose(x, 0, 1), -1, a.n, steps)
	return graph.Reshape(graph.TransposeAllAxes(x, 1, 0, 2), a.n, a.heads, -1, steps)
}

// fromTurned is turnedByHead the other way round.
func (a attentionGraph) fromTurned(x *graph.Node) *graph.Node {
	steps := dims(x)[3]
	x = graph.TransposeAllAxes(graph.Reshape(x, a.n, -1, steps), 1, 0, 2)
	return graph.Transpose(graph.Reshape(x, -1, a.n*steps), 0, 1)
}

// headProduct multiplies matrices head by head, along the given axes.
func headProduct(x *graph.Node, xAxis int, y *graph.Node, yAxis int) *graph.Node {
	heads := []int{0, 1}
	return graph.DotGeneral(x, []int{xAxis}, heads, y, []int{yAxis}, heads)
}

// weights are the shares (n, heads, from, to) that every step takes of every
// other, before dropout, from q and k by head.
func (a attentionGraph) weights(q, k *graph.Node) *graph.Node {
	q = graph.MulScalar(q, 1/math.Sqrt(float64(a.keySize)))
	if a.mask.keys != nil { // one more feature carries the mask into the product
		bias := excluded(graph.Reshape(a.mask.keys, a.n, 1, a.to, 1))
		one := graph.Ones(q.Graph(), shapes.Make(q.DType(), a.n, a.heads, a.from, 1))
		q = graph.Concatenate([]*graph.Node{q, one}, -1)
		k = graph.Concatenate([]*graph.Node{k, graph.BroadcastToDims(bias, a.n, a.heads, a.to, 1)}, -1)
	}
	scores := headProduct(q, 3, k, 3)
	if a.mask.earlier != nil {
		bias := graph.Reshape(excluded(a.mask.earlier), 1, -1)
		scores = graph.Reshape(graph.Add(graph.Reshape(scores, a.n*a.heads, -1), bias), dims(scores)...)
	}
	if a.mask.pairs != nil {
		bias := graph.Reshape(excluded(a.mask.pairs), -1, 1, a.from, a.to)
		scores = graph.Add(scores, graph.BroadcastToDims(bias, dims(scores)...))
	}
	return softmaxOf(scores)
}

// softmaxOf is the softmax along the last axis, fused where the backend can.
func softmaxOf(x *graph.Node) *graph.Node {
	if onGo(x) {
		return graph.BackendFusedSoftmax(x, x.Rank()-1)
	}
	return graph.Softmax(x, -1)
}

// excluded is what is added to scores: 0 for a mask of 1, and for a mask of 0 a
// number so low that softmax makes it 0.
func excluded(mask *graph.Node) *graph.Node {
	return graph.MulScalar(graph.AddScalar(mask, -1), 1e9)
}

// earlierSteps is the matrix (from, to) of who may look at whom if nobody looks
// ahead.
func (b *Builder) earlierSteps(from, to int) *graph.Node {
	values := make([][]float32, from)
	for i := range values {
		values[i] = make([]float32, to)
		for k := range min(i+1, to) {
			values[i][k] = 1
		}
	}
	return graph.ConvertDType(graph.Const(b.Graph(), values), b.DType())
}

// seeing is 0 for a step that may look at nobody, or does not count, and 1 for
// the others: (n, from, 1), or nil if all may look at somebody.
func (a attentionGraph) seeing() *graph.Node {
	m := a.mask
	var seen *graph.Node // how many each step may look at
	switch {
	case m.pairs != nil:
		seen = m.pairs
		if m.keys != nil {
			seen = graph.Mul(seen, graph.Reshape(m.keys, a.n, 1, a.to))
		}
		if m.earlier != nil {
			seen = graph.Mul(seen, graph.Reshape(m.earlier, 1, a.from, a.to))
		}
		seen = graph.ReduceSum(seen, 2)
	case m.keys != nil && m.earlier != nil:
		seen = graph.DotGeneral(m.keys, []int{1}, nil, m.earlier, []int{1}, nil)
	case m.keys != nil:
		seen = graph.ReduceAndKeep(m.keys, graph.ReduceSum, 1)
	}
	if seen != nil {
		seen = graph.BroadcastToDims(graph.MinScalar(seen, 1.0), a.n, a.from)
	}
	switch {
	case m.queries != nil && seen != nil:
		seen = graph.Mul(seen, m.queries)
	case m.queries != nil:
		seen = m.queries
	}
	if seen == nil {
		return nil
	}
	return graph.StopGradient(graph.Reshape(seen, a.n*a.from, 1))
}

// apply is the attention of q (n·from, heads·keySize), k (n·to, heads·keySize)
// and v (n·to, heads·valueSize): (n·from, heads·valueSize).
func (a attentionGraph) apply(q, k, v *graph.Node) *graph.Node {
	parts := a.parts()
	done := make([]attended, len(parts))
	ys := make([]*graph.Node, len(parts))
	for i, p := range parts {
		done[i] = p.attend(q, k, v)
		ys[i] = done[i].y
	}
	return customVJP(joinedRows(ys), func(y, dy *graph.Node) []*graph.Node {
		var grads [3][]*graph.Node
		for i, d := range done {
			d.y = parts[i].rows(y, a.from)
			for k, g := range d.backward(parts[i].rows(dy, a.from)) {
				grads[k] = append(grads[k], g)
			}
		}
		return []*graph.Node{joinedRows(grads[0]), joinedRows(grads[1]), joinedRows(grads[2])}
	}, q, k, v)
}

// joinedRows puts matrices one behind another.
func joinedRows(xs []*graph.Node) *graph.Node {
	if len(xs) == 1 {
		return xs[0]
	}
	return graph.Concatenate(xs, 0)
}

// attentionPart is an attention of some of the examples.
type attentionPart struct {
	attentionGraph
	first int // example
	whole bool
}

// maxPairs is the number of pairs of steps that are worked on at a time.
// Several arrays of that size live at once, 16 MB each in float32.
var maxPairs = 1 << 22

// parts splits the examples into parts of nearly the same size, so that large
// batches need no more memory than small ones.
func (a attentionGraph) parts() []attentionPart {
	wanted := min(a.n, (a.n*a.heads*a.from*a.to+maxPairs-1)/maxPairs)
	each := (a.n + wanted - 1) / wanted
	var out []attentionPart
	for first := 0; first < a.n; first += each {
		p := attentionPart{a, first, a.n <= each}
		p.n = min(each, a.n-first)
		if !p.whole {
			for _, m := range []**graph.Node{&p.kept, &p.mask.keys, &p.mask.queries, &p.mask.pairs} {
				if *m != nil && dims(*m)[0] == a.n {
					*m = cropped(*m, 0, first, p.n)
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// rows are those of a matrix (n·steps, …) that belong to the part.
func (a attentionPart) rows(x *graph.Node, steps int) *graph.Node {
	if a.whole {
		return x
	}
	return cropped(x, 0, a.first*steps, a.n*steps)
}

// attended is a part of an attention with what its gradient needs.
type attended struct {
	attentionGraph
	q, k, v, y, seeing *graph.Node
	weights, used      *graph.Node // before and after dropout
}

func (a attentionPart) attend(q, k, v *graph.Node) attended {
	d := attended{attentionGraph: a.attentionGraph, q: a.rows(q, a.from), k: a.rows(k, a.to), v: a.rows(v, a.to), seeing: a.seeing()}
	d.weights = a.weights(a.byHead(d.q, a.from), a.byHead(d.k, a.to))
	d.used = d.weights
	if a.kept != nil {
		d.used = graph.Mul(d.weights, a.kept)
	}
	d.y = a.fromHeads(headProduct(d.used, 3, a.byHead(d.v, a.to), 2))
	if d.seeing != nil {
		d.y = graph.Mul(d.y, d.seeing)
	}
	return d
}

// backward gives the gradients by q, k and v. What softmax subtracts from its
// gradient, the mean of it under its weights, is the same as the mean of y·dy,
// which is much less to sum up.
func (a attended) backward(dy *graph.Node) []*graph.Node {
	if a.seeing != nil {
		dy = graph.Mul(dy, a.seeing)
	}
	dyByHead := a.byHead(dy, a.from)
	dv := a.fromTurned(headProduct(a.turnedByHead(dy, a.from), 3, a.used, 2))

	mean := graph.ReduceAndKeep(graph.Mul(dyByHead, a.byHead(a.y, a.from)), graph.ReduceSum, 3)
	dScores := graph.Mul(a.centredByMean(dyByHead, a.byHead(a.v, a.to), mean), a.weights)

	scale := 1 / math.Sqrt(float64(a.keySize))
	dq := a.fromHeads(headProduct(dScores, 3, a.byHead(graph.MulScalar(a.k, scale), a.to), 2))
	dk := a.fromTurned(headProduct(a.turnedByHead(graph.MulScalar(a.q, scale), a.from), 3, dScores, 2))
	return []*graph.Node{dq, dk, dv}
}

// centredByMean is the gradient by the weights, dy·vᵀ, less each row's mean. The
// mean comes off inside the product, by one more feature, so that the large
// array is written once.
func (a attentionGraph) centredByMean(dy, v, mean *graph.Node) *graph.Node {
	if a.kept != nil {
		return graph.Sub(graph.Mul(headProduct(dy, 3, v, 3), a.kept), mean)
	}
	one := graph.Ones(v.Graph(), shapes.Make(v.DType(), a.n, a.heads, a.to, 1))
	dy = graph.Concatenate([]*graph.Node{dy, graph.Neg(mean)}, -1)
	return headProduct(dy, 3, graph.Concatenate([]*graph.Node{v, one}, -1), 3)
}

// scores are the weights as they are shown to the user: 0 for steps that may
// look at nobody.
func (a attentionGraph) scores(q, k *graph.Node) *graph.Node {
	w := a.weights(a.byHead(q, a.from), a.byHead(k, a.to))
	if seeing := a.seeing(); seeing != nil {
		w = graph.Mul(w, graph.BroadcastToDims(graph.Reshape(seeing, a.n, 1, a.from, 1), dims(w)...))
	}
	return w
}
