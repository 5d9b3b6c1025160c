package dlkit

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/gofromzero/fromzero/tensor"
)

// Value is a place in the plan of a model: an input, or what comes out of a
// layer. Values are joined by Apply, Then and the merges, and made into a model
// by Functional.
type Value struct {
	shape tensor.Shape // of an input
	layer any          // Layer or Merge; nil for an input
	from  []*Value
}

// Input begins a plan: examples of the given shape, without the batch axis.
func Input(shape tensor.Shape) *Value { return &Value{shape: shape.Clone()} }

// Apply puts a layer behind a value. The same layer applied to several values
// uses the same weights for each.
func Apply(layer Layer, x *Value) *Value { return &Value{layer: layer, from: []*Value{x}} }

// Then puts layers behind a value, one after another.
func (v *Value) Then(layers ...Layer) *Value {
	for _, l := range layers {
		v = Apply(l, v)
	}
	return v
}

// ApplyMerge joins several values by a Merge.
func ApplyMerge(merge Merge, xs ...*Value) *Value { return &Value{layer: merge, from: xs} }

// Functional makes a model of a plan with branches: residual connections,
// several inputs, several outputs. Data must then give as many inputs and
// targets per example, in this order. Mistakes are kept and returned by Err,
// Compile and Fit, as by Sequential.
//
//	in := dlkit.Input(tensor.Shape{32})
//	h := in.Then(dlkit.Dense(32, dlkit.ReLU))
//	out := dlkit.Add(in, h).Then(dlkit.Dense(10, dlkit.Softmax))
//	m := dlkit.Functional([]*dlkit.Value{in}, out)
func Functional(inputs []*Value, outputs ...*Value) *Model {
	m := newModel()
	p := &planner{m: m, at: map[*Value]int{}, names: newNames(), layers: map[any]string{}}
	m.err = p.plan(inputs, outputs)
	return m
}

// planner turns values into a model's steps.
type planner struct {
	m      *Model
	at     map[*Value]int // number of each value placed
	open   map[*Value]bool
	names  *names
	layers map[any]string // names of layers placed, for sharing
}

func (p *planner) plan(inputs, outputs []*Value) error {
	if len(inputs) == 0 || len(outputs) == 0 {
		return fmt.Errorf("dlkit: Functional got %d inputs and %d outputs; want at least one of each", len(inputs), len(outputs))
	}
	for i, v := range inputs {
		switch _, twice := p.at[v]; {
		case v == nil || v.layer != nil:
			return fmt.Errorf("dlkit: input %d of Functional was not made by Input", i+1)
		case twice:
			return fmt.Errorf("dlkit: input %d of Functional is given twice", i+1)
		}
		if err := v.shape.Check(); err != nil {
			return fmt.Errorf("dlkit: shape of input %d: %w", i+1, err)
		}
		p.at[v] = i
		p.m.inputs = append(p.m.inputs, v.shape)
	}
	p.open = map[*Value]bool{}
	for i, v := range outputs {
		at, err := p.place(v)
		if err != nil {
			return err
		}
		if at < len(inputs) {
			return fmt.Errorf("dlkit: output %d of Functional is an input, with no layer in between", i+1)
		}
		p.m.outputs = append(p.m.outputs, at)
	}
	return p.allInputsUsed()
}

// place gives a value and all it comes from their numbers.
func (p *planner) place(v *Value) (int, error) {
	switch {
	case v == nil:
		return 0, errors.New("dlkit: a value of the plan is nil")
	case v.layer == nil && v.from == nil:
		at, ok := p.at[v]
		if !ok {
			return 0, errors.New("dlkit: the plan uses an Input that is not among Functional's inputs")
		}
		return at, nil
	case isNil(v.layer):
		return 0, errors.New("dlkit: the plan has a nil layer")
	}
	if at, ok := p.at[v]; ok {
		return at, nil
	}
	from := make([]int, len(v.from))
	for i, x := range v.from {
		at, err := p.place(x)
		if err != nil {
			return 0, err
		}
		from[i] = at
	}
	if len(from) == 0 {
		return 0, fmt.Errorf("dlkit: %s joins no values; give it at least two", describe(v.layer))
	}
	name, err := p.name(v.layer)
	if err != nil {
		return 0, &LayerError{len(p.m.steps) + 1, name, describe(v.layer), nil, err}
	}
	if err := p.m.place(v.layer, name, from); err != nil {
		return 0, err
	}
	p.at[v] = len(p.m.inputs) + len(p.m.steps) - 1
	return p.at[v], nil
}

// name is that of the layer's first use, if it is used again.
func (p *planner) name(layer any) (string, error) {
	shared := reflect.TypeOf(layer).Kind() == reflect.Pointer && reflect.TypeOf(layer).Elem().Size() > 0
	if name, ok := p.layers[layer]; shared && ok {
		return name, nil
	}
	name, err := p.names.give(layer)
	if shared && err == nil {
		p.layers[layer] = name
	}
	return name, err
}

func (p *planner) allInputsUsed() error {
	used := make([]bool, len(p.m.inputs))
	for _, s := range p.m.steps {
		for _, v := range s.from {
			if v < len(used) {
				used[v] = true
			}
		}
	}
	for i, ok := range used {
		if !ok {
			return fmt.Errorf("dlkit: input %d of Functional leads to no output", i+1)
		}
	}
	return nil
}
