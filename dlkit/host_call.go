package dlkit

import (
	"fmt"
	"math/rand/v2"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// hostWork is a part of a model that is computed outside the graph, where a
// graph's operations would be too many and too small. It is done on float32
// numbers, which the graph and the work read in each other's memory.
type hostWork interface {
	// forward computes the output from the inputs.
	forward(out []float32, in [][]float32)
	// backward computes the gradients by the inputs, as many as the work is
	// differentiated by, from that by the output of the last forward, whose
	// inputs it is given again.
	backward(grads, in [][]float32, dout []float32)
}

// steppingWork is hostWork that can go on to the loss and back: the last of a
// training program.
type steppingWork interface {
	hostWork
	step(s hostStep)
}

// hostStep is what a steppingWork works on.
type hostStep struct {
	in, grads [][]float32 // as forward's and backward's
	head      *hostHead
	// update changes the weight that is the k-th of grads by what is known of its
	// gradient, from its at-th number on. It returns false if it leaves that to
	// others, who will read the gradient in grads. Several workers may call it at a
	// time.
	update func(worker, k, at int, g []float32) bool
}

// packingWork is hostWork that packs weights, and packs them anew only where their
// version is another one.
type packingWork interface{ weightsAt(version uint64) }

// hostInputs are what is left of a work's inputs while they are taken off one
// after another.
type hostInputs [][]float32

func (h *hostInputs) next() []float32 {
	first := (*h)[0]
	*h = (*h)[1:]
	return first
}

// take is the next n.
func (h *hostInputs) take(n int) [][]float32 {
	first := (*h)[:n:n]
	*h = (*h)[n:]
	return first
}

// nextIf is next, or nil.
func (h *hostInputs) nextIf(present bool) []float32 {
	if !present || len(*h) == 0 {
		return nil
	}
	return h.next()
}

// hostCalls are the places in a program where the graph is left for host work,
// and the graphs between them, see host_stages.go.
type hostCalls struct {
	list   []*hostCall
	traced int // calls met so far by the graph that is being built
	stages []*hostStage
	made   []*hostFeed // the program's outputs that works make, nil for others
	input  []float32   // to be read instead of the program's first feed, nil for that
	rows   *hostRows   // to be fetched into the program's first feed, nil for none
}

// hostCall is one use of host work.
type hostCall struct {
	work  hostWork
	out   *hostFeed
	grads []*hostFeed // nil before the gradient was asked for
	// besides are what the work computes besides; nothing is differentiated by
	// them.
	besides []*hostFeed
	// head is what follows the program's last work, if the work goes on to it and
	// back: its output is nothing then.
	head *hostHead
	// updates change weights while the work computes their gradients, grads of
	// those numbers. Others have none.
	updates map[int]*hostUpdate

	// In the graph that is being built:
	in    []*graph.Node
	value *graph.Node // the output, with its gradients
	place *graph.Node // and the parameter that it is read from
	dout  *graph.Node

	held [][]float32 // the inputs of the last forward
}

// hostFeed is a feed that host work fills, and the number of its parameter.
type hostFeed struct {
	*feed
	parameter int
}

// callsHost reports whether the graph being built may leave some of its work to
// the host.
func (b *Builder) callsHost() bool {
	return b.program != nil && b.program.device.sharesFloats(b.DType())
}

// leavesGraph reports whether training on batches of that size gains by leaving
// layers to the host. Each of the program's graphs computes anew what lies before
// or between two works, and its gradient, so that should not be the larger part.
// What comes behind the last one is computed once.
func (m *Model) leavesGraph(batch int) bool {
	var outside, inside, behind, works int64
	chained := 0 // steps before this belong to a chain
	for i, s := range m.steps {
		flops := flopsOf(s.layer, s.in, s.out, m.weightsOf(s.name))
		inChain := i < chained
		if !inChain {
			chained = i + m.chainFrom(i, batch)
		}
		switch l, ok := s.layer.(hostLayer); {
		case inChain:
			outside += flops
		case ok && l.runsOnHost() || i < chained:
			works++
			outside += flops
			inside += behind
			behind = 0
		default:
			behind += flops
		}
	}
	if m.branches() {
		inside *= works // what goes past a work makes every graph compute all that is behind
	}
	return works > 0 && inside <= outside
}

// branches reports whether a value goes into several layers.
func (m *Model) branches() bool {
	used := map[int]bool{}
	for _, s := range m.steps {
		for _, from := range s.from {
			if used[from] {
				return true
			}
			used[from] = true
		}
	}
	return false
}

// hostLayer is implemented by layers that can be left to the host.
type hostLayer interface{ runsOnHost() bool }

// callHost has work done on inputs, differentiated by all but those in fixed, and
// gives its output, of the given dimensions. newWork is called once in a program.
func (b *Builder) callHost(newWork func() hostWork, dimensions []int, inputs []*graph.Node, fixed ...*graph.Node) *graph.Node {
	p := b.program
	c := p.nextCall(newWork, dimensions)
	c.in, c.dout = append(append([]*graph.Node{}, inputs...), fixed...), nil
	name := fmt.Sprintf("host_%d", p.calls.traced)
	c.place = p.hostParameter(c.out, name)
	if b.predicting {
		c.value = c.place
		return c.value
	}
	c.value = customVJP(c.place, func(_, dy *graph.Node) []*graph.Node {
		c.dout = dy
		if c.grads == nil {
			for _, x := range inputs {
				c.grads = append(c.grads, p.newHostFeed(dims(x)))
			}
		}
		grads := make([]*graph.Node, len(inputs))
		for i, g := range c.grads {
			grads[i] = p.hostParameter(g, fmt.Sprintf("%s_gradient_%d", name, i+1))
		}
		return grads
	}, inputs...)
	return c.value
}

// nextCall is the call that the trace of the graph has come to, made by the
// first graph of the program.
func (p *program) nextCall(newWork func() hostWork, dimensions []int) *hostCall {
	if p.calls == nil {
		p.calls = &hostCalls{}
	}
	if p.calls.traced == len(p.calls.list) {
		p.calls.list = append(p.calls.list, &hostCall{work: newWork(), out: p.newHostFeed(dimensions)})
	}
	p.calls.traced++
	return p.calls.list[p.calls.traced-1]
}

func (p *program) newHostFeed(dimensions []int) *hostFeed {
	f, err := newFeed(p.device, tensor.Float32, dimensions)
	if err != nil {
		panic(err)
	}
	return &hostFeed{feed: f}
}

// hostParameter is the feed's parameter in the graph being built. Its number is
// the same in all graphs of the program.
func (p *program) hostParameter(f *hostFeed, name string) *graph.Node {
	n := graph.Parameter(p.graph, name, graphShape(tensor.Float32, f.tensor.Shape()))
	f.parameter = int(n.GetParameterHandle())
	return n
}

// feeds are all feeds that host work fills.
func (c *hostCalls) feeds() []*hostFeed {
	if c == nil {
		return nil
	}
	var out []*hostFeed
	for _, call := range c.list {
		out = append(append(append(out, call.out), call.grads...), call.besides...)
	}
	return out
}

// head is the program's end, if the host does it.
func (c *hostCalls) head() *hostHead {
	if c == nil || len(c.list) == 0 {
		return nil
	}
	return c.list[len(c.list)-1].head
}

// parameter is where a node's value lies when the graph begins to run, if it does:
// what the program fetched, or other works have made. Otherwise it is the node.
func (c *hostCalls) parameter(n *graph.Node, lookups []*hostLookup) *graph.Node {
	for _, l := range lookups {
		if l.fetched == n {
			return l.node
		}
	}
	for _, call := range c.list {
		if call.value == n {
			return call.place
		}
	}
	return n
}

// output is the feed that a node reads, if it is a work's output.
func (c *hostCalls) output(n *graph.Node) *hostFeed {
	for _, call := range c.list {
		if n.Type() == graph.NodeTypeParameter && call.out.parameter == int(n.GetParameterHandle()) {
			return call.out
		}
	}
	return nil
}

// gradient is the feed that a node reads, if host work writes a gradient there: the
// number of its call and which of the call's gradients it is.
func (c *hostCalls) gradient(n *graph.Node) (f *hostFeed, of *hostCall, k int) {
	if c == nil || n.Type() != graph.NodeTypeParameter {
		return nil, nil, 0
	}
	for _, call := range c.list {
		for k, f := range call.grads {
			if f.parameter == int(n.GetParameterHandle()) {
				return f, call, k
			}
		}
	}
	return nil, nil, 0
}

// beside is the k-th vector, of n numbers, that the work computes besides.
func (c *hostCall) beside(p *program, k, n int) *graph.Node {
	if k == len(c.besides) {
		c.besides = append(c.besides, p.newHostFeed([]int{n}))
	}
	return p.hostParameter(c.besides[k], fmt.Sprintf("host_%d_beside_%d", p.calls.traced, k+1))
}

// weightsAt tells works the version of the weights that they are about to be given.
func (c *hostCalls) weightsAt(version uint64) {
	for _, call := range c.list {
		if w, ok := call.work.(packingWork); ok {
			w.weightsAt(version)
		}
	}
}

// forget gives up what the works have been given of a caller's data.
func (c *hostCalls) forget() {
	if c == nil {
		return
	}
	c.input = nil
	for _, call := range c.list {
		call.held = nil
	}
}

// reseed gives works that draw random numbers a new seed.
func (c *hostCalls) reseed(rng *rand.Rand) {
	if c == nil {
		return
	}
	for _, call := range c.list {
		if w, ok := call.work.(interface{ reseed(seed uint64) }); ok {
			w.reseed(rng.Uint64())
		}
	}
}
