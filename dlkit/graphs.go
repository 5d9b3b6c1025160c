package dlkit

import (
	"fmt"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// dataSpec is the make-up of one batch: what a program is compiled for.
type dataSpec struct {
	batch    int
	targets  []feedSpec
	weighted bool
	scoring  *scoring // what is measured; nil is what the model is compiled with
	written  string   // the targets, if key has been asked for before
}

type feedSpec struct {
	dtype tensor.DType
	shape tensor.Shape
}

func (s dataSpec) key(kind programKind) programKey {
	if s.written == "" {
		s.written = fmt.Sprint(s.targets)
	}
	return programKey{kind, s.batch, s.written, s.weighted, s.scoring}
}

// program returns the compiled program of a kind for a make-up of data. The
// caller holds the model's lock.
func (m *Model) program(kind programKind, spec dataSpec) (*program, error) {
	return m.cached(spec.key(kind), func(p *program) error { return m.buildProgram(p, kind, spec) })
}

// cached returns the program of a key, building it if it is not there.
func (m *Model) cached(key programKey, build func(p *program) error) (*program, error) {
	if p := m.programs.find(key); p != nil {
		return p, nil
	}
	p := &program{key: key, device: m.device}
	err := guard(func() {
		p.graph = graph.NewGraph(m.device.Backend, "dlkit")
		if err := build(p); err != nil {
			panic(err)
		}
		if err := p.addStages("dlkit", build); err != nil {
			panic(err)
		}
	})
	if err != nil {
		p.finalize()
		return nil, err
	}
	m.programs.add(p)
	return p, nil
}

func (m *Model) buildProgram(p *program, kind programKind, spec dataSpec) error {
	b := newBuilder(p.graph, m.vars, kind.trains())
	if !kind.trains() || m.leavesGraph(spec.batch) {
		b.program = p
	}
	inputs, err := m.addInputs(p, spec.batch)
	if err != nil {
		return err
	}
	if err := m.addLookups(p, b, inputs); err != nil {
		return err
	}
	targets, err := p.addTargets(spec)
	if err != nil {
		return err
	}
	if spec.weighted {
		if p.weights, b.weights, err = p.addFeed("weights", tensorDType(m.dtype), tensor.Shape{spec.batch}); err != nil {
			return err
		}
	}
	if kind.trains() {
		return m.buildTraining(p, b, inputs, targets)
	}
	_, stats := m.score(p, b, targets, m.outputsOf(m.trace(b, inputs)))
	return p.compile(b.order, nil, []*graph.Node{stats})
}

func (m *Model) addInputs(p *program, batch int) ([]*graph.Node, error) {
	nodes := make([]*graph.Node, len(m.inputs))
	for i, shape := range m.inputs {
		f, n, err := p.addFeed(fmt.Sprintf("input_%d", i+1), m.inputDType(i), append(tensor.Shape{batch}, shape...))
		if err != nil {
			return nil, err
		}
		p.inputs, nodes[i] = append(p.inputs, f), n
	}
	return nodes, nil
}

func (p *program) addTargets(spec dataSpec) ([]*graph.Node, error) {
	nodes := make([]*graph.Node, len(spec.targets))
	for i, t := range spec.targets {
		f, n, err := p.addFeed(fmt.Sprintf("target_%d", i+1), t.dtype, t.shape)
		if err != nil {
			return nil, err
		}
		p.targets, nodes[i] = append(p.targets, f), n
	}
	return nodes, nil
}

// score adds the losses and the metrics: the scalar loss, and the statistics
// float64 vector that a step reports, whose first number is the loss; nil if the
// host makes it.
func (m *Model) score(p *program, b *Builder, targets, outputs []*graph.Node) (loss, stats *graph.Node) {
	if h := b.head; h != nil && h.node != nil {
		p.widths = h.widths()
		return h.node, nil
	}
	n := batchOf(outputs[0])
	var parts []*graph.Node
	heads := m.compiled.headsFor(p.key.scoring)
	for i, h := range heads {
		rows := h.rows(b, targets[i], outputs[i])
		if len(heads) > 1 {
			parts = append(parts, meanStatsOf(rows, nil))
		}
		part := graph.MulScalar(graph.ReduceAllSum(rows), h.weight/float64(n))
		if loss == nil {
			loss = part
		} else {
			loss = graph.Add(loss, part)
		}
		for _, metric := range h.metrics {
			parts = append(parts, metric.stats(b, targets[i], outputs[i]))
		}
	}
	for _, penalty := range b.penalties {
		loss = graph.Add(loss, penalty)
	}
	for _, s := range parts {
		p.widths = append(p.widths, dims(s)[0])
	}
	return loss, joinedStats(append([]*graph.Node{graph.Reshape(loss, 1)}, parts...))
}

// joinedStats joins vectors of statistics to one, in float64.
func joinedStats(parts []*graph.Node) *graph.Node {
	for _, s := range parts[1:] {
		if s.DType() != parts[0].DType() { // else one conversion does for all
			for i := range parts {
				parts[i] = graph.ConvertDType(parts[i], dtypes.Float64)
			}
			break
		}
	}
	return graph.ConvertDType(graph.Concatenate(parts, 0), dtypes.Float64)
}

// buildTraining adds the loss, its gradients and the optimizer's step; an
// accumulating program gathers the gradients instead.
func (m *Model) buildTraining(p *program, b *Builder, inputs, targets []*graph.Node) error {
	c := m.compiled
	if err := p.addRandom(b); err != nil {
		return err
	}
	numbers, err := m.addNumbers(p)
	if err != nil {
		return err
	}
	b.head = m.hostHeadFor(b, targets)
	loss, stats := m.score(p, b, targets, m.outputsOf(m.trace(b, inputs)))
	t := &training{c: c, p: p, b: b, outputs: present(stats), vars: append([]*variable{}, b.order...)}
	for _, v := range b.order {
		if next, ok := b.updates[v]; ok {
			t.change(v, next)
		}
		if v.trainable && !v.frozen {
			t.trained, t.weights = append(t.trained, v), append(t.weights, b.nodes[v])
		}
	}
	switch u := t.hostUpdatesFor(m); {
	case len(t.trained) == 0:
	case u != nil:
		t.addHostUpdates(m, loss, u)
	default:
		t.addUpdates(m, loss, numbers)
	}
	return p.compile(t.vars, t.changed, t.outputs)
}

func (m *Model) addNumbers(p *program) ([]*graph.Node, error) {
	if p.key.kind == accumulateProgram {
		return nil, nil
	}
	var nodes []*graph.Node
	for i := range m.compiled.numbers(1) {
		f, n, err := p.addFeed(fmt.Sprintf("number_%d", i+1), tensorDType(m.dtype), tensor.Shape{})
		if err != nil {
			return nil, err
		}
		p.numbers, nodes = append(p.numbers, f), append(nodes, n)
	}
	return nodes, nil
}

// training is a training graph in the making.
type training struct {
	c       *compiled
	p       *program
	b       *Builder
	vars    []*variable // parameters
	changed []*variable // those with a new value
	outputs []*graph.Node
	trained []*variable
	weights []*graph.Node
}

func (t *training) change(v *variable, next *graph.Node) {
	t.changed, t.outputs = append(t.changed, v), append(t.outputs, next)
}

// addUpdates adds the gradients and what is made of them.
func (t *training) addUpdates(m *Model, loss *graph.Node, numbers []*graph.Node) {
	slots := make([][]*variable, len(t.trained))
	nodes := make([][]*graph.Node, len(t.trained))
	for i, v := range t.trained {
		slots[i] = t.c.slotsOf(v, m.vars)
		for _, s := range slots[i] {
			if t.p.key.kind == accumulateProgram && !strings.HasSuffix(s.name, ":"+accumulatedSlot) {
				nodes[i] = append(nodes[i], nil)
				continue
			}
			nodes[i] = append(nodes[i], graph.Parameter(t.p.graph, s.name, s.graphShape(m.dtype)))
			t.vars = append(t.vars, s)
		}
	}
	gradients := t.c.addedGradients(graph.Gradient(loss, t.weights...), nodes)
	if t.p.key.kind == accumulateProgram {
		for i := range gradients {
			t.change(slots[i][len(t.c.optimizer.Slots())], gradients[i])
		}
		return
	}
	if n := t.c.config.Accumulate; n > 1 {
		for i := range gradients {
			gradients[i] = graph.MulScalar(gradients[i], 1/float64(n))
		}
	}
	for i, g := range t.c.config.Clip.apply(gradients) {
		next, nextSlots := t.c.update(t.b, t.trained[i], numbers, t.weights[i], g, nodes[i])
		t.change(t.trained[i], next)
		for k, s := range slots[i] {
			t.change(s, nextSlots[k])
		}
	}
}

// rngWords is the size of the state of GoMLX's random numbers.
const rngWords = 3
