package dlkit

import (
	"fmt"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// A graph runs from its start to its end, so a program that leaves it for host
// work has one for every time that it does, and a last one: the graph of the whole
// program each time, whose parameters are what the works compute, but compiled for
// nothing else than what the next work waits for, and for those of the program's
// outputs that can be computed by then. What a graph was not asked for costs
// nothing.

// hostStage is a graph that is run up to a call's inputs, or to the gradient by
// its output, and the work that is done then.
type hostStage struct {
	call     *hostCall
	backward bool         // the gradient, of work that has no head
	graph    *graph.Graph // nil if nothing is computed
	sources  []hostSource // of the values that the work waits for
	given    []int        // the program's outputs that the graph gives out, behind those values
}

// hostSource is where a value is: among a program's arguments, or among a graph's
// outputs.
type hostSource struct {
	argument bool
	at       int
}

// plan divides the program's outputs among the stages, which it makes, and gives
// those of the last graph: the outputs that wait for all works, or for none. Those
// that works make come from no graph.
func (c *hostCalls) plan(outputs []*graph.Node) (last []*graph.Node) {
	ready := map[int]int{} // the first stage that can read a work's result, by its parameter
	add := func(s *hostStage, results ...*hostFeed) {
		c.stages = append(c.stages, s)
		for _, f := range results {
			ready[f.parameter] = len(c.stages)
		}
	}
	for _, call := range c.list {
		made := append([]*hostFeed{call.out}, call.besides...)
		if call.head != nil {
			made = append(made, call.grads...)
		}
		add(&hostStage{call: call}, made...)
	}
	for i := len(c.list) - 1; i >= 0; i-- {
		if call := c.list[i]; call.dout != nil && call.head == nil {
			add(&hostStage{call: call, backward: true}, call.grads...)
		}
	}
	known := map[*graph.Node]int{}
	c.made = make([]*hostFeed, len(outputs))
	for i, n := range outputs {
		if c.made[i] = c.output(n); c.made[i] != nil {
			continue
		}
		if at := firstStage(n, ready, known); at > 0 && at < len(c.stages) {
			c.stages[at].given = append(c.stages[at].given, i)
		} else {
			last = append(last, n)
		}
	}
	return last
}

// firstStage is the first stage in which a node can be computed.
func firstStage(n *graph.Node, ready map[int]int, known map[*graph.Node]int) int {
	if at, ok := known[n]; ok {
		return at
	}
	at := 0
	if n.Type() == graph.NodeTypeParameter {
		at = ready[int(n.GetParameterHandle())]
	}
	for _, in := range n.Inputs() {
		at = max(at, firstStage(in, ready, known))
	}
	known[n] = at
	return at
}

// addStages builds the graphs that come before the program's last, which has
// been built. build builds the whole graph again.
func (p *program) addStages(name string, build func(p *program) error) error {
	if p.calls == nil {
		return nil
	}
	for _, s := range p.calls.stages {
		s.graph = graph.NewGraph(p.device.Backend, name)
		p.calls.traced = 0
		again := &program{key: p.key, device: p.device, graph: s.graph, calls: p.calls, first: p, stage: s}
		if err := build(again); err != nil {
			return err
		}
	}
	return nil
}

// compile finishes the stage's graph, that of the whole program with its outputs.
// What does not come from it is read where it is.
func (s *hostStage) compile(p *program, outputs []*graph.Node) error {
	waited := s.call.in
	if s.backward {
		waited = []*graph.Node{s.call.dout}
	}
	var wanted []*graph.Node
	for _, n := range waited {
		if n = p.calls.parameter(n, p.lookups); n.Type() == graph.NodeTypeParameter {
			s.sources = append(s.sources, hostSource{true, int(n.GetParameterHandle())})
			continue
		}
		s.sources = append(s.sources, hostSource{false, len(wanted)})
		wanted = append(wanted, n)
	}
	for _, i := range s.given {
		wanted = append(wanted, outputs[i])
	}
	if len(wanted) == 0 {
		s.graph.Finalize()
		s.graph = nil
		return nil
	}
	return s.graph.Compile(wanted...)
}

// run runs all stages. given are the program's outputs that they gave out, by
// their numbers; used are buffers that are in use until the program has ended.
func (c *hostCalls) run(args []compute.Buffer) (given map[int]compute.Buffer, used []compute.Buffer, err error) {
	given = map[int]compute.Buffer{}
	if w, ok := c.list[0].work.(fetchingWork); ok {
		w.fetchFrom(c.rows)
		c.rows = nil
	}
	for _, s := range c.stages {
		out, err := s.execute(args)
		if err != nil {
			return given, used, err
		}
		computed := len(out) - len(s.given)
		used = append(used, out[:computed]...)
		for k, i := range s.given {
			given[i] = out[computed+k]
		}
		values := make([][]float32, len(s.sources))
		for i, source := range s.sources {
			buf := args[source.at]
			if !source.argument {
				buf = out[source.at]
			} else if source.at == 0 && c.input != nil { // inputs are a graph's first parameters
				values[i] = c.input
				continue
			}
			if values[i], err = numbersOf(buf); err != nil {
				return given, used, err
			}
		}
		if err := s.work(args, values); err != nil {
			return given, used, err
		}
	}
	return given, used, nil
}

// computeGraphs reports whether anything is computed by graphs between the works.
func (c *hostCalls) computeGraphs() bool {
	return slices.ContainsFunc(c.stages, func(s *hostStage) bool { return s.graph != nil })
}

// execute runs the stage's graph.
func (s *hostStage) execute(args []compute.Buffer) (out []compute.Buffer, err error) {
	if s.graph == nil {
		return nil, nil
	}
	if guarded := guard(func() { out, err = s.graph.Executable().Execute(args, nil, 0) }); guarded != nil {
		err = guarded
	}
	return out, err
}

// work does the stage's work on what its graph computed.
func (s *hostStage) work(args []compute.Buffer, values [][]float32) error {
	if s.call.head == nil && !s.backward {
		s.call.held = values
		s.call.work.forward(s.call.out.numbers(), values)
		return nil
	}
	grads := make([][]float32, len(s.call.grads))
	for i, g := range s.call.grads {
		grads[i] = g.numbers()
	}
	if s.backward {
		s.call.work.backward(grads, s.call.held, values[0])
		return nil
	}
	if err := s.call.head.begin(args); err != nil {
		return err
	}
	s.call.work.(steppingWork).step(hostStep{values, grads, s.call.head, s.call.update})
	return nil
}

// update implements hostStep's.
func (c *hostCall) update(worker, k, at int, g []float32) bool {
	u := c.updates[k]
	if u != nil {
		u.step(worker, at, g)
	}
	return u != nil
}

func (f *hostFeed) numbers() []float32 {
	flat, _ := tensor.Flat[float32](f.tensor)
	return flat
}

// numbersOf is the memory of a buffer of float32.
func numbersOf(buf compute.Buffer) ([]float32, error) {
	flat, err := buf.Data()
	if err != nil {
		return nil, err
	}
	values, ok := flat.([]float32)
	if !ok {
		return nil, fmt.Errorf("dlkit: the device holds values of type %T where float32 was expected", flat)
	}
	return values, nil
}

func (c *hostCalls) finalize() {
	if c == nil {
		return
	}
	for _, s := range c.stages {
		if s.graph != nil {
			s.graph.Finalize()
		}
	}
	for _, f := range c.feeds() {
		f.finalize()
	}
}
