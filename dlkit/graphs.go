package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// dataSpec is the make-up of one batch: what a program is compiled for.
type dataSpec struct {
	batch    int
	targets  []feedSpec
	weighted bool
}

type feedSpec struct {
	dtype tensor.DType
	shape tensor.Shape
}

func (s dataSpec) key(kind programKind) programKey {
	return programKey{kind, s.batch, fmt.Sprint(s.targets), s.weighted}
}

// program returns the compiled program of a kind for a make-up of data,
// building it if needed. The caller holds the model's lock.
func (m *Model) program(kind programKind, spec dataSpec) (*program, error) {
	key := spec.key(kind)
	if p := m.programs.find(key); p != nil {
		return p, nil
	}
	p := &program{key: key, device: m.device}
	err := guard(func() {
		p.graph = graph.NewGraph(m.device.Backend, "dlkit")
		if err := m.buildProgram(p, kind, spec); err != nil {
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
	b := newBuilder(p.graph, m.vars, kind == trainProgram)
	inputs, err := m.addInputs(p, spec.batch)
	if err != nil {
		return err
	}
	if kind == predictProgram {
		out := m.outputsOf(m.trace(b, inputs))
		return p.compile(b.order, nil, out[:1])
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
	if kind == trainProgram {
		return m.buildTraining(p, b, inputs, targets)
	}
	_, stats := m.score(p, b, targets[0], m.outputsOf(m.trace(b, inputs))[0])
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

// score adds the loss and the metrics: the scalar loss, and the statistics
// vector that a step reports, whose first number is the loss.
func (m *Model) score(p *program, b *Builder, target, pred *graph.Node) (loss, stats *graph.Node) {
	n := batchOf(pred)
	rows := m.compiled.loss.Loss(b, target, pred)
	if got := tensor.Shape(dims(rows)); !got.Equal(tensor.Shape{n}) {
		panic(fmt.Errorf("dlkit: loss %s gave a value of shape %v for a batch of %d; it must give one number per example", m.compiled.loss.Name(), got, n))
	}
	if b.weights != nil {
		rows = graph.Mul(rows, b.weights)
	}
	loss = graph.MulScalar(graph.ReduceAllSum(rows), 1/float64(n))
	for _, penalty := range b.penalties {
		loss = graph.Add(loss, penalty)
	}
	parts := []*graph.Node{graph.Reshape(loss, 1)}
	for _, metric := range m.compiled.metrics {
		s := metric.Update(b, target, pred)
		if s.Rank() != 1 {
			panic(fmt.Errorf("dlkit: metric %s gave statistics of shape %v; it must give a vector", metric.Name(), tensor.Shape(dims(s))))
		}
		p.widths = append(p.widths, dims(s)[0])
		parts = append(parts, s)
	}
	return loss, graph.ConvertDType(graph.Concatenate(parts, 0), dtypes.Float32)
}

// buildTraining adds the loss, its gradients and the optimizer's step.
func (m *Model) buildTraining(p *program, b *Builder, inputs, targets []*graph.Node) error {
	c := m.compiled
	var seed *graph.Node
	var err error
	if p.rng, seed, err = p.addFeed("rng", tensor.Int64, tensor.Shape{rngWords}); err != nil {
		return err
	}
	b.rng = graph.ConvertDType(seed, dtypes.Uint64)
	var numbers []*graph.Node
	for i := range c.optimizer.Numbers(1, c.rate) {
		f, n, err := p.addFeed(fmt.Sprintf("number_%d", i+1), tensorDType(m.dtype), tensor.Shape{})
		if err != nil {
			return err
		}
		p.numbers, numbers = append(p.numbers, f), append(numbers, n)
	}

	loss, stats := m.score(p, b, targets[0], m.outputsOf(m.trace(b, inputs))[0])
	var trained []*variable
	var weights []*graph.Node
	for _, v := range b.order {
		if v.trainable && !v.frozen {
			trained, weights = append(trained, v), append(weights, b.nodes[v])
		}
	}
	outputs := []*graph.Node{stats}
	vars := append([]*variable{}, b.order...)
	var changed []*variable
	for _, v := range b.order {
		if next, ok := b.updates[v]; ok {
			outputs, changed = append(outputs, next), append(changed, v)
		}
	}
	if len(trained) == 0 {
		return p.compile(vars, changed, outputs)
	}
	for i, g := range graph.Gradient(loss, weights...) {
		slots := c.slotsOf(trained[i], m.vars)
		var nodes []*graph.Node
		for _, s := range slots {
			nodes = append(nodes, graph.Parameter(p.graph, s.name, s.graphShape(m.dtype)))
		}
		next, nextSlots := c.optimizer.Apply(numbers, weights[i], g, nodes)
		if constrain := b.constraints[trained[i]]; constrain != nil {
			next = constrain(next)
		}
		outputs = append(append(outputs, next), nextSlots...)
		changed = append(append(changed, trained[i]), slots...)
		vars = append(vars, slots...)
	}
	return p.compile(vars, changed, outputs)
}

// rngWords is the size of the state of GoMLX's random numbers.
const rngWords = 3
