package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// Builder is handed to a layer, loss or metric while the graph of a model is
// built: it gives weights, random numbers and the mode. It must not be kept.
type Builder struct {
	graph      *graph.Graph
	training   bool
	predicting bool // for Predict alone: nothing is differentiated
	vars       *variables
	layer      string // name of the layer being applied, prefix of its weights

	nodes     map[*variable]*graph.Node // parameter of each variable used so far
	order     []*variable               // those variables in order of use
	updates   map[*variable]*graph.Node // new values of states
	penalties []*graph.Node             // scalars to be added to the loss
	// constraints change weights after a step
	constraints map[*variable]func(*graph.Node) *graph.Node
	rng         *graph.Node // state of the random numbers
	raw         map[*graph.Node]preactivation
	masks       map[*graph.Node]*graph.Node // which steps of a sequence count
	inside      map[*graph.Node]*graph.Node // inner layout of pictures and sequences, see layout.go
	convolved   map[*graph.Node]convolved   // what made a convolution's output, see conv_pool.go
	sole        *graph.Node                 // the layer's input, if no other layer gets it
	attended    map[string]*graph.Node      // scores of each attention, by layer, see attention_scores.go
	weights     *graph.Node                 // sample weights (n,), nil if none
	lookups     []*hostLookup               // rows of tables that are fetched before a run, see host_lookups.go
	lookedUp    []*graph.Node               // the words of each
	watch       int                         // number of the value that is differentiated by, 0 if none
	wanted      []int                       // numbers of values that are asked for besides the outputs
	program     *program                    // that may leave work to the host, nil if the graph must do all
	head        *hostHead                   // of a training program that may leave its end to the host, see host_head.go
}

// preactivation is what went into an activation, kept so that a loss can be
// computed in its stable form. x is nil where it was never computed.
type preactivation struct {
	x   *graph.Node
	act Activation
}

// Graph is the graph being built.
func (b *Builder) Graph() *graph.Graph { return b.graph }

// Training reports whether the graph is for training: dropout is on then.
func (b *Builder) Training() bool { return b.training }

// DType is the type that the model computes in, float32.
func (b *Builder) DType() dtypes.DType { return b.vars.dtype }

// Weight returns the layer's trainable weight of the given name, made by init
// when the model is built. A nil init is GlorotUniform.
func (b *Builder) Weight(name string, shape tensor.Shape, init Initializer) *graph.Node {
	return b.node(b.vars.get(b.layer, name, shape, init, true))
}

// State returns a value that belongs to the layer, is saved with it, and is
// not trained by gradients, such as a running average.
func (b *Builder) State(name string, shape tensor.Shape, init Initializer) *graph.Node {
	return b.node(b.vars.get(b.layer, name, shape, init, false))
}

// SetState gives a state, asked for with State before, its value after this
// training step. It does nothing outside training.
func (b *Builder) SetState(name string, value *graph.Node) {
	v := b.vars.byName[b.layer+"/"+name]
	if v == nil {
		panic(fmt.Errorf("SetState(%q): the layer has no such state; ask for it with State first", name))
	}
	if b.training {
		b.updates[v] = value
	}
}

// Penalize adds a scalar to the training loss, as weight decay does.
func (b *Builder) Penalize(penalty *graph.Node) { b.penalties = append(b.penalties, penalty) }

// Constrain changes a weight, asked for with Weight before, after every step
// of training: fn gets its new value and returns the one to keep.
func (b *Builder) Constrain(name string, fn func(w *graph.Node) *graph.Node) {
	v := b.vars.byName[b.layer+"/"+name]
	if v == nil {
		panic(fmt.Errorf("Constrain(%q): the layer has no such weight; ask for it with Weight first", name))
	}
	b.constraints[v] = fn
}

// Uniform returns random numbers from [0, 1), new ones at every step, that
// depend on the model's seed and the step alone.
func (b *Builder) Uniform(dims ...int) *graph.Node {
	if b.rng == nil {
		panic(fmt.Errorf("random numbers are only there while training; look at Training first"))
	}
	var values *graph.Node
	b.rng, values = graph.RandomUniform(b.rng, shapes.Make(b.DType(), dims...))
	return values
}

// SampleWeights are the weights of the batch's examples, shape (n,), or nil
// where there are none. Metrics get them if they are WeightedMetrics.
func (b *Builder) SampleWeights() *graph.Node { return b.weights }

// watchedOutput is a layer's output in a form that all later layers build on,
// so that it can be differentiated by.
func (b *Builder) watchedOutput(y *graph.Node) *graph.Node {
	w := b.watched(y)
	if mask := b.masks[y]; mask != nil {
		b.masks[w] = mask
	}
	return w
}

// Scalar is a constant of the model's type.
func (b *Builder) Scalar(v float64) *graph.Node { return graph.Scalar(b.graph, b.DType(), v) }

func (b *Builder) node(v *variable) *graph.Node {
	if n, ok := b.nodes[v]; ok {
		return n
	}
	n := graph.Parameter(b.graph, v.name, v.graphShape(b.vars.dtype))
	b.nodes[v] = n
	b.order = append(b.order, v)
	return n
}

// Mask tells which steps of the sequence x count: a boolean node of shape
// (n, steps), or nil if all do. Embedding makes masks for padded texts, and
// layers that keep the steps pass them on.
func (b *Builder) Mask(x *graph.Node) *graph.Node { return b.masks[x] }

// SetMask says which steps of the sequence x count.
func (b *Builder) SetMask(x, mask *graph.Node) { b.masks[x] = mask }

// maskStopper is implemented by layers that keep the number of steps but mix
// them, so that the input's mask means nothing for the output.
type maskStopper interface{ stopsMask() }

// passMask hands the first input's mask on to the output, where the output is
// a sequence of as many steps and the layer has not set a mask itself.
func (b *Builder) passMask(layer any, in []*graph.Node, y *graph.Node) {
	mask := b.masks[in[0]]
	if _, stops := layer.(maskStopper); stops || mask == nil || b.masks[y] != nil {
		return
	}
	if d := dims(y); len(d) >= 3 && d[0] == dims(mask)[0] && d[1] == dims(mask)[1] {
		b.masks[y] = mask
	}
}

// activated remembers that y is the given activation of x.
func (b *Builder) activated(y, x *graph.Node, act Activation) *graph.Node {
	b.raw[y] = preactivation{x, act}
	return y
}

// logits returns what went into the softmax or sigmoid that made y, and false
// if y was not made by the given activation.
func (b *Builder) logits(y *graph.Node, act Activation) (*graph.Node, bool) {
	p, ok := b.raw[y]
	return p.x, ok && p.x != nil && p.act == act
}

// activate applies an activation and remembers its input.
func (b *Builder) activate(x *graph.Node, act Activation) *graph.Node {
	if act == Linear {
		return x
	}
	if b.isInner(x) {
		return b.activateConvolved(x, b.activateInner(b.inner(x), act), act)
	}
	return b.activateConvolved(x, b.activated(act.apply(x), x, act), act)
}

// dims are the dimensions of a node.
func dims(x *graph.Node) []int { return x.Shape().Dimensions }

// batchOf is the size of a node's first axis.
func batchOf(x *graph.Node) int { return x.Shape().Dimensions[0] }
