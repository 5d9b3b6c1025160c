package dlkit

import (
	"errors"
	"fmt"
	"slices"
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
	attached map[string][]byte // by name; see Attach
}

// step is a layer in its place. Values are numbered: the inputs first, then
// the output of every step.
type step struct {
	layer any // Layer or Merge
	name  string
	from  []int // the values that go in
	in    []tensor.Shape
	out   tensor.Shape
}

// Sequential makes a model whose layers follow one another. input is the shape
// of one example, without the batch axis. The layers' shapes are checked at
// once; a mistake is kept and returned by Err, Compile and Fit.
func Sequential(input tensor.Shape, layers ...Layer) *Model {
	m := newModel()
	m.inputs = []tensor.Shape{input.Clone()}
	m.err = m.addSequence(layers)
	return m
}

func newModel() *Model { return &Model{dtype: dtypes.Float32} }

func (m *Model) addSequence(layers []Layer) error {
	if err := m.inputs[0].Check(); err != nil {
		return fmt.Errorf("dlkit: input shape: %w", err)
	}
	if len(layers) == 0 {
		return errors.New("dlkit: the model has no layers; give Sequential at least one, such as Dense(10, Softmax)")
	}
	names := newNames()
	for i, l := range layers {
		if isNil(l) {
			return fmt.Errorf("dlkit: layer %d is nil", i+1)
		}
		name, err := names.give(l)
		if at := usedBefore(l, layers[:i]); err == nil && at >= 0 {
			err = fmt.Errorf("the same layer value is already layer %d; call its constructor again for a second layer", at+1)
		}
		if err != nil {
			return &LayerError{i + 1, name, describe(l), []tensor.Shape{m.shapeOf(i)}, err}
		}
		if err := m.place(l, name, []int{i}); err != nil {
			return err
		}
	}
	m.outputs = []int{len(layers)}
	return nil
}

// place adds a Layer or Merge that takes the given values.
func (m *Model) place(layer any, name string, from []int) error {
	in := make([]tensor.Shape, len(from))
	for i, v := range from {
		in[i] = m.shapeOf(v)
	}
	out, err := outShape(layer, in)
	if err != nil {
		return &LayerError{len(m.steps) + 1, name, describe(layer), in, err}
	}
	m.steps = append(m.steps, step{layer, name, from, in, out})
	return nil
}

// outShape asks a layer, and turns a panic of the user's own layer into an
// error.
func outShape(layer any, in []tensor.Shape) (out tensor.Shape, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = asError(r)
		}
	}()
	switch l := layer.(type) {
	case Merge:
		out, err = l.OutShapeOf(in)
	case Layer:
		out, err = l.OutShape(in[0].Clone())
	}
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

// trace applies all layers to the inputs, in the graph of b, and returns all
// values.
func (m *Model) trace(b *Builder, inputs []*graph.Node) []*graph.Node {
	values := append([]*graph.Node{}, inputs...)
	uses := m.uses()
	for i := 0; i < len(m.steps); i++ {
		s := &m.steps[i]
		if y, n := b.chained(m, i, values[s.from[0]]); n > 0 {
			values = append(append(values, make([]*graph.Node, n-1)...), y)
			i += n - 1
			continue
		}
		in := make([]*graph.Node, len(s.from))
		b.sole = nil
		for k, v := range s.from {
			in[k] = values[v]
			if uses[v] == 1 {
				b.sole = in[k]
			}
		}
		b.layer = s.name
		y := m.applyStep(b, i, in)
		if b.watch == len(m.inputs)+i {
			y = b.watchedOutput(y)
		}
		values = append(values, y)
	}
	b.layer = ""
	return values
}

// uses counts how often each value goes into a layer or comes out.
func (m *Model) uses() []int {
	n := make([]int, len(m.inputs)+len(m.steps))
	for _, s := range m.steps {
		for _, v := range s.from {
			n[v]++
		}
	}
	for _, v := range m.outputs {
		n[v]++
	}
	return n
}

// outputsOf picks the model's outputs out of all values.
func (m *Model) outputsOf(values []*graph.Node) []*graph.Node {
	out := make([]*graph.Node, len(m.outputs))
	for i, v := range m.outputs {
		out[i] = values[v]
	}
	return out
}

func (m *Model) applyStep(b *Builder, i int, in []*graph.Node) (y *graph.Node) {
	s := &m.steps[i]
	defer func() {
		if r := recover(); r != nil {
			panic(&LayerError{i + 1, s.name, describe(s.layer), s.in, asError(r)})
		}
	}()
	switch l := s.layer.(type) {
	case Merge:
		y = l.ApplyAll(b, in)
	case Layer:
		y = l.Apply(b, in[0])
	}
	if y == nil {
		panic(errors.New("Apply returned nil"))
	}
	if got := tensor.Shape(dims(y)); !got.Equal(append(tensor.Shape{batchOf(in[0])}, s.out...)) {
		panic(fmt.Errorf("Apply made a value of shape %v, but OutShape promises %v after the batch axis", got, s.out))
	}
	b.passMask(s.layer, in, y)
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
		out := m.outputsOf(m.trace(b, m.parameters(g, 2)))
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
		if w, ok := s.layer.(intInput); ok && w.wantsInts() && slices.Contains(s.from, i) {
			return tensor.Int32
		}
	}
	return tensorDType(m.dtype)
}

func newBuilder(g *graph.Graph, vars *variables, training bool) *Builder {
	return &Builder{graph: g, vars: vars, training: training, nodes: map[*variable]*graph.Node{},
		updates: map[*variable]*graph.Node{}, constraints: map[*variable]func(*graph.Node) *graph.Node{}, raw: map[*graph.Node]preactivation{}, masks: map[*graph.Node]*graph.Node{}}
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
