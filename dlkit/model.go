package dlkit

import (
	"errors"
	"fmt"
	"sync"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// Model is a network of layers with its weights. Make one with Sequential or
// Load. A Model may be used from several goroutines; they take turns.
type Model struct {
	inputs  []tensor.Shape // of one example each
	steps   []step
	outputs []int // values that come out
	err     error // first error of the model's making

	mu       sync.Mutex
	dtype    dtypes.DType
	device   *device
	vars     *variables // nil until built
	touched  bool       // weights are no longer fresh from the initializers
	acts     []Activation
	compiled *compiled
	programs programCache
	fitting  bool
}

// step is a layer in its place. Values are numbered: the inputs first, then
// the output of every step.
type step struct {
	layer Layer
	name  string
	from  int // the value that goes in
	in    tensor.Shape
	out   tensor.Shape
}

// Sequential makes a model whose layers follow one another. input is the shape
// of one example, without the batch axis. The layers' shapes are checked at
// once; a mistake is kept and returned by Err, Compile and Fit.
func Sequential(input tensor.Shape, layers ...Layer) *Model {
	m := &Model{inputs: []tensor.Shape{input.Clone()}, dtype: dtypes.Float32}
	m.err = m.addSequence(layers)
	return m
}

func (m *Model) addSequence(layers []Layer) error {
	if err := m.inputs[0].Check(); err != nil {
		return fmt.Errorf("dlkit: input shape: %w", err)
	}
	if len(layers) == 0 {
		return errors.New("dlkit: the model has no layers; give Sequential at least one, such as Dense(10, Softmax)")
	}
	names := newNames()
	shape, value := m.inputs[0], 0
	for i, l := range layers {
		out, err := m.place(i, l, value, shape, layers[:i], names)
		if err != nil {
			return err
		}
		shape, value = out, value+1
	}
	m.outputs = []int{value}
	return nil
}

// place adds a layer that takes the given value of the given shape.
func (m *Model) place(i int, l Layer, from int, in tensor.Shape, before []Layer, names *names) (tensor.Shape, error) {
	if isNil(l) {
		return nil, fmt.Errorf("dlkit: layer %d is nil", i+1)
	}
	name, err := names.give(l)
	if err != nil {
		return nil, &LayerError{i + 1, name, describe(l), in, err}
	}
	if at := usedBefore(l, before); at >= 0 {
		return nil, &LayerError{i + 1, name, describe(l), in,
			fmt.Errorf("the same layer value is already layer %d; call its constructor again for a second layer", at+1)}
	}
	out, err := outShape(l, in)
	if err != nil {
		return nil, &LayerError{i + 1, name, describe(l), in, err}
	}
	m.steps = append(m.steps, step{l, name, from, in, out})
	return out, nil
}

// outShape asks a layer, and turns a panic of the user's own layer into an
// error.
func outShape(l Layer, in tensor.Shape) (out tensor.Shape, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = asError(r)
		}
	}()
	out, err = l.OutShape(in.Clone())
	if err == nil {
		err = out.Check()
	}
	return out, err
}

// Err is the first error of the model's making, nil if the layers fit.
func (m *Model) Err() error { return m.err }

// InputShape is the shape of one input example.
func (m *Model) InputShape() tensor.Shape { return m.inputs[0].Clone() }

// OutputShape is the shape of one output example, nil if the model has an
// error.
func (m *Model) OutputShape() tensor.Shape {
	if m.err != nil {
		return nil
	}
	return m.shapeOf(m.outputs[0]).Clone()
}

func (m *Model) shapeOf(value int) tensor.Shape {
	if value < len(m.inputs) {
		return m.inputs[value]
	}
	return m.steps[value-len(m.inputs)].out
}

// trace applies all layers to the inputs, in the graph of b.
func (m *Model) trace(b *Builder, inputs []*graph.Node) []*graph.Node {
	values := append([]*graph.Node{}, inputs...)
	for i, s := range m.steps {
		b.layer = s.name
		values = append(values, m.applyStep(b, i, values[s.from]))
	}
	b.layer = ""
	out := make([]*graph.Node, len(m.outputs))
	for i, v := range m.outputs {
		out[i] = values[v]
	}
	return out
}

func (m *Model) applyStep(b *Builder, i int, x *graph.Node) (y *graph.Node) {
	s := &m.steps[i]
	defer func() {
		if r := recover(); r != nil {
			panic(&LayerError{i + 1, s.name, describe(s.layer), s.in, asError(r)})
		}
	}()
	y = s.layer.Apply(b, x)
	if y == nil {
		panic(errors.New("Apply returned nil"))
	}
	if got := tensor.Shape(dims(y)); !got.Equal(append(tensor.Shape{batchOf(x)}, s.out...)) {
		panic(fmt.Errorf("Apply made a value of shape %v, but OutShape promises %v after the batch axis", got, s.out))
	}
	return y
}

// build makes the weights, if that has not been done, by tracing the model
// once. The graph is thrown away.
func (m *Model) build(seed uint64) error {
	if m.err != nil {
		return m.err
	}
	if m.vars != nil && (m.touched || m.vars.seed == seed) {
		return nil
	}
	d, err := deviceFor("go")
	if err != nil {
		return err
	}
	vars := newVariables(m.dtype, seed)
	return guard(func() {
		g := graph.NewGraph(d.Backend, "build")
		defer g.Finalize()
		b := newBuilder(g, vars, false)
		out := m.trace(b, m.parameters(g, 2))
		m.acts = m.acts[:0]
		for _, y := range out {
			m.acts = append(m.acts, b.raw[y].act)
		}
		m.vars = vars
	})
}

// parameters are the graph's inputs for a batch of n examples.
func (m *Model) parameters(g *graph.Graph, n int) []*graph.Node {
	out := make([]*graph.Node, len(m.inputs))
	for i, shape := range m.inputs {
		out[i] = graph.Parameter(g, fmt.Sprintf("input_%d", i+1),
			graphShape(m.inputDType(i), append(tensor.Shape{n}, shape...)))
	}
	return out
}

// intInput is implemented by layers whose input is whole numbers.
type intInput interface{ wantsInts() bool }

// inputDType is the type in which input i reaches the graph.
func (m *Model) inputDType(i int) tensor.DType {
	for _, s := range m.steps {
		if s.from == i {
			if w, ok := s.layer.(intInput); ok && w.wantsInts() {
				return tensor.Int32
			}
		}
	}
	return tensorDType(m.dtype)
}

func newBuilder(g *graph.Graph, vars *variables, training bool) *Builder {
	return &Builder{graph: g, vars: vars, training: training, nodes: map[*variable]*graph.Node{},
		updates: map[*variable]*graph.Node{}, raw: map[*graph.Node]preactivation{}}
}

// guard runs graph-building code and returns what it panics with as an error:
// the one border that panics of GoMLX do not cross.
func guard(fn func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = asError(r)
		}
	}()
	fn()
	return nil
}

func asError(r any) error {
	if err, ok := r.(error); ok {
		return err
	}
	return fmt.Errorf("%v", r)
}
