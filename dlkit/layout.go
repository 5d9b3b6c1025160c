package dlkit

import "github.com/gomlx/gomlx/core/graph"

// Pictures have two layouts. Layers take and give Keras' (n, height, width,
// channels). Inside, convolution and pooling work on (channels, height, width,
// n), batch innermost: there every matrix product of a convolution is free of
// transposes, and every shift of a picture copies long runs of memory.
// Sequences (n, steps, channels) are (channels, steps, n) inside.
//
// So that layers that follow one another need not turn the data around between
// them, the Builder remembers for the nodes that fromInner made what they were
// made of, and inner gives it back. The turned node is then used by nobody, and
// compiles to nothing; neither it nor its gradient is computed. Where both are
// used, both gradients count, as always in automatic differentiation.

// inner returns x, (n, …, channels), with channels first and batch last.
func (b *Builder) inner(x *graph.Node) *graph.Node {
	if y, ok := b.inside[x]; ok {
		return y
	}
	y := channelsFirst(x)
	b.remember(x, y)
	return y
}

// fromInner returns x, (channels, …, n), with batch first and channels last,
// and remembers x for inner.
func (b *Builder) fromInner(x *graph.Node) *graph.Node {
	y := batchFirst(x)
	b.remember(y, x)
	return y
}

func (b *Builder) remember(outer, inner *graph.Node) {
	if b.inside == nil {
		b.inside = map[*graph.Node]*graph.Node{}
	}
	b.inside[outer] = inner
}

// isInner reports whether x is kept in the inner layout, so that inner costs
// nothing.
func (b *Builder) isInner(x *graph.Node) bool {
	_, ok := b.inside[x]
	return ok
}

// elementwise applies fn, which treats every value alike, to x in the layout
// that x is kept in. Layers such as Dropout use it so as not to break a chain
// of convolutions.
func (b *Builder) elementwise(x *graph.Node, fn func(x *graph.Node) *graph.Node) *graph.Node {
	if y, ok := b.inside[x]; ok {
		return b.fromInner(fn(y))
	}
	return fn(x)
}

// elementwiseAll is elementwise for several values, joined number by number.
func (b *Builder) elementwiseAll(xs []*graph.Node, fn func(xs []*graph.Node) *graph.Node) *graph.Node {
	if inners := b.inners(xs); inners != nil {
		return b.fromInner(fn(inners))
	}
	return fn(xs)
}

// inners are the inner layouts of all of xs, nil if one of them has none yet.
func (b *Builder) inners(xs []*graph.Node) []*graph.Node {
	out := make([]*graph.Node, len(xs))
	for i, x := range xs {
		if !b.isInner(x) {
			return nil
		}
		out[i] = b.inner(x)
	}
	return out
}

// joined concatenates along an axis, with a gradient that copies runs of
// memory.
func joined(xs []*graph.Node, axis int) *graph.Node {
	return customVJP(graph.Concatenate(xs, axis), func(_, dy *graph.Node) []*graph.Node {
		grads := make([]*graph.Node, len(xs))
		at := 0
		for i, x := range xs {
			size := dims(x)[axis]
			grads[i] = cropped(dy, axis, at, size)
			at += size
		}
		return grads
	}, xs...)
}

// watched returns a node equal to x that later layers are bound to use: its
// inner layout and what it was computed from are unknown. For a value whose
// gradient is asked for, such as a feature map of Grad-CAM; the gradient by x
// itself would miss the layers that work on its inner layout.
func (b *Builder) watched(x *graph.Node) *graph.Node { return graph.Identity(x) }

// activateInner applies an activation to x, kept in the inner layout, and gives
// the result in the outer one.
func (b *Builder) activateInner(x *graph.Node, act Activation) *graph.Node {
	outer := b.fromInner(x)
	switch act.kind {
	case linear:
		return outer
	case softmax: // goes along the last axis
		return b.activated(act.apply(outer), outer, act)
	}
	return b.activated(b.fromInner(act.apply(x)), outer, act)
}

// channelsFirst turns (n, …, c) into (c, …, n), in two steps that are fast.
func channelsFirst(x *graph.Node) *graph.Node {
	d := dims(x)
	n, c := d[0], d[len(d)-1]
	x = graph.Transpose(graph.Reshape(x, n, -1), 0, 1)
	if c > 1 {
		x = graph.TransposeAllAxes(graph.Reshape(x, -1, c, n), 1, 0, 2)
	}
	return graph.Reshape(x, swappedEnds(d)...)
}

// batchFirst turns (c, …, n) into (n, …, c).
func batchFirst(x *graph.Node) *graph.Node {
	d := dims(x)
	c, n := d[0], d[len(d)-1]
	if c > 1 {
		x = graph.TransposeAllAxes(graph.Reshape(x, c, -1, n), 1, 0, 2)
	}
	x = graph.Transpose(graph.Reshape(x, -1, n), 0, 1)
	return graph.Reshape(x, swappedEnds(d)...)
}

func swappedEnds(d []int) []int {
	out := append([]int{}, d...)
	out[0], out[len(d)-1] = d[len(d)-1], d[0]
	return out
}
