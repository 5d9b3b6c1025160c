package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// GroupNormalizationLayer is made by GroupNormalization.
type GroupNormalizationLayer struct {
	named
	affine
	// Groups is the number of groups that the channels are split into; −1 makes
	// every channel a group.
	Groups int
}

// GroupNormalization splits the channels of every example into groups and
// brings each group, over all places of the picture or sequence, to mean 0 and
// variance 1, and then every channel to a learnt scale gamma and offset beta.
// It does not look at other examples, so that batches may be small, where
// BatchNormalization suffers. Input (…, channels); groups divides the channels,
// and −1 makes every channel a group (instance normalisation). Weights gamma,
// beta (channels,). ε is 0.001 if not given. Wu & He, 2018.
func GroupNormalization(groups int, options ...GroupNormalizationOption) *GroupNormalizationLayer {
	l := &GroupNormalizationLayer{affine: affine{Epsilon: 1e-3}, Groups: groups}
	for _, o := range options {
		o.applyGroupNormalization(l)
	}
	return l
}

// GroupNormalizationOption is an option of GroupNormalization: Epsilon,
// NoScale, NoCenter, GammaInit, BetaInit, Name.
type GroupNormalizationOption interface {
	applyGroupNormalization(*GroupNormalizationLayer)
}

func (o EpsilonOption) applyGroupNormalization(l *GroupNormalizationLayer) { l.Epsilon = float64(o) }
func (o NormOption) applyGroupNormalization(l *GroupNormalizationLayer)    { o(&l.affine) }
func (o NameOption) applyGroupNormalization(l *GroupNormalizationLayer)    { l.Name = o.name }

// String describes the layer: "GroupNormalization 8".
func (l *GroupNormalizationLayer) String() string {
	return fmt.Sprintf("GroupNormalization %d", l.Groups) + l.describe()
}

// groups is the number of groups for channels.
func (l *GroupNormalizationLayer) groups(channels int) int {
	if l.Groups == -1 {
		return channels
	}
	return l.Groups
}

// OutShape implements Layer.
func (l *GroupNormalizationLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := firstError(l.check(), wantFeatures(in)); err != nil {
		return nil, err
	}
	channels := in[len(in)-1]
	if g := l.groups(channels); g < 1 || channels%g != 0 {
		return nil, fmt.Errorf("%d groups for the %d channels of input %v; groups must divide the channels, or be -1 for a group per channel", l.Groups, channels, in)
	}
	return in, nil
}

// Apply implements Layer.
func (l *GroupNormalizationLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	d := dims(x)
	n, channels := d[0], d[len(d)-1]
	gamma, beta := l.weights(b, tensor.Shape{channels})
	groups := l.groups(channels)
	if len(d) == 2 {
		return scaledChannels(l.rows(x, n, groups), 0, gamma, beta)
	}
	x = b.inner(x)
	y := graph.Reshape(x, -1, n)
	if groups <= maxParts {
		y = unitNorm{0, true, l.Epsilon}.applyToParts(y, groups)
	} else {
		y = graph.Transpose(l.rows(graph.Transpose(y, 0, 1), n, groups), 0, 1)
	}
	y = scaledChannels(graph.Reshape(y, channels, -1), 1, gamma, beta)
	return b.fromInner(graph.Reshape(y, dims(x)...))
}

// maxParts is the number of groups up to which it is faster to go through them
// one by one than to turn the data so that every group becomes a row.
const maxParts = 32

// rows normalises x (n, values), which holds the groups of an example one behind
// another.
func (l *GroupNormalizationLayer) rows(x *graph.Node, n, groups int) *graph.Node {
	y := unitNorm{1, true, l.Epsilon}.apply(graph.Reshape(x, n*groups, -1), nil, nil)
	return graph.Reshape(y, n, -1)
}

// flops implements flopsCounter.
func (l *GroupNormalizationLayer) flops(_ []tensor.Shape, out tensor.Shape) int64 {
	return 7 * int64(out.Size())
}

// scaledChannels is x·gamma + beta for a matrix whose channels' values lie
// along axis; gamma and beta may be nil.
func scaledChannels(x *graph.Node, axis int, gamma, beta *graph.Node) *graph.Node {
	wide := func(v *graph.Node) *graph.Node {
		if v == nil {
			return nil
		}
		return across(v, axis)
	}
	y := scaledBy(x, wide(gamma), wide(beta))
	inputs := append([]*graph.Node{x}, append(present(gamma), present(beta)...)...)
	return customVJP(y, func(_, dy *graph.Node) []*graph.Node {
		grads := []*graph.Node{scaledBy(dy, wide(gamma), nil)}
		if gamma != nil {
			grads = append(grads, graph.ReduceSum(graph.Mul(dy, x), axis))
		}
		if beta != nil {
			grads = append(grads, graph.ReduceSum(dy, axis))
		}
		return grads
	}, inputs...)
}
