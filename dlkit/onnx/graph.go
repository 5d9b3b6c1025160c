package onnx

import "fmt"

// node is one operation.
type node struct {
	op      string
	name    string
	inputs  []string
	outputs []string
	attrs   attributes
}

// graph is what is written: operations on named values. Names are given once.
type graph struct {
	name      string
	nodes     []*node
	constants []*initializer
	inputs    []port
	outputs   []port

	taken   map[string]bool
	numbers map[string]string // names of small constants, by their values
	outer   *graph            // of a graph inside an operation
}

func newGraph(name string) *graph {
	return &graph{name: name, taken: map[string]bool{}, numbers: map[string]string{}}
}

// unique makes a name that is not taken: the one wanted, or with a number.
func (g *graph) unique(name string) string {
	root := g
	for root.outer != nil {
		root = root.outer
	}
	out := name
	for i := 2; root.taken[out]; i++ {
		out = fmt.Sprintf("%s_%d", name, i)
	}
	root.taken[out] = true
	return out
}

// add appends an operation with one output and returns the output's name.
func (g *graph) add(op, name string, attrs attributes, inputs ...string) string {
	return g.addMany(op, name, attrs, 1, inputs...)[0]
}

// addMany is add for an operation with several outputs.
func (g *graph) addMany(op, name string, attrs attributes, outputs int, inputs ...string) []string {
	name = g.unique(name)
	n := &node{op: op, name: name, inputs: inputs, attrs: attrs}
	for i := range outputs {
		out := name
		if i > 0 {
			out = g.unique(name + "/" + fmt.Sprint(i+1))
		}
		n.outputs = append(n.outputs, out)
	}
	g.nodes = append(g.nodes, n)
	return n.outputs
}

// constant adds values of a shape; nil is a single number.
func (g *graph) constant(name string, shape []int, values []float32) string {
	name = g.unique(name)
	g.constants = append(g.constants, &initializer{name: name, shape: shape, floats: values})
	return name
}

// scalar is a single number. Equal ones are shared.
func (g *graph) scalar(v float64) string {
	key := fmt.Sprintf("f%v", v)
	if name, ok := g.numbers[key]; ok {
		return name
	}
	name := g.constant(fmt.Sprintf("const/%.6g", v), nil, []float32{float32(v)})
	g.numbers[key] = name
	return name
}

// ints is a list of whole numbers: a shape, axes, margins. Equal ones are shared.
func (g *graph) ints(values ...int) string {
	key := fmt.Sprintf("i%v", values)
	if name, ok := g.numbers[key]; ok {
		return name
	}
	wide := make([]int64, len(values))
	for i, v := range values {
		wide[i] = int64(v)
	}
	name := g.unique(fmt.Sprintf("const/%v", values))
	g.constants = append(g.constants, &initializer{name: name, shape: []int{len(values)}, ints: wide})
	g.numbers[key] = name
	return name
}

// rename gives a value that an operation makes another name.
func (g *graph) rename(from, to string) {
	for _, n := range g.nodes {
		for _, list := range [][]string{n.inputs, n.outputs} {
			for i, name := range list {
				if name == from {
					list[i] = to
				}
			}
		}
	}
}

// made reports whether an operation makes a value of that name.
func (g *graph) made(name string) bool {
	for _, n := range g.nodes {
		for _, out := range n.outputs {
			if out == name {
				return true
			}
		}
	}
	return false
}

// encode writes a GraphProto.
func (g *graph) encode() message {
	var m message
	for _, n := range g.nodes {
		var op message
		for _, in := range n.inputs {
			op.text(1, in)
		}
		for _, out := range n.outputs {
			op.text(2, out)
		}
		op.text(3, n.name)
		op.text(4, n.op)
		n.attrs.encode(&op, 5)
		m.bytes(1, op)
	}
	m.text(2, g.name)
	for _, c := range g.constants {
		m.bytes(5, c.encode())
	}
	for _, p := range g.inputs {
		m.bytes(11, p.encode())
	}
	for _, p := range g.outputs {
		m.bytes(12, p.encode())
	}
	return m
}
