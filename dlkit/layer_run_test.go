package dlkit

import (
	"fmt"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// layerRun is one layer in a graph of its own, with values to run it on.
type layerRun struct {
	layer    any
	dtype    dtypes.DType
	training bool
	inputs   []*tensor.Tensor
	mask     *tensor.Tensor
	weights  []*tensor.Tensor // in order of the layer's asking; nil for those it starts with
	upstream *tensor.Tensor
}

// layerResult holds the output, the gradients of sum(output·upstream) by
// inputs (nil for whole numbers) and weights, and the weights' new values.
type layerResult struct {
	output      *tensor.Tensor
	inputGrads  []*tensor.Tensor
	weightGrads []*tensor.Tensor
	after       []*tensor.Tensor
	names       []string
}

// preparedRun is a layerRun compiled for a device, to be run again and again
// with the values that its tensors then have.
type preparedRun struct {
	layerRun
	program   *program
	variables *variables
	vars      []*variable
	feeds     []*tensor.Tensor // what is in the program's feeds
	outputs   []*graph.Node
	kinds     []func(*layerResult) *[]*tensor.Tensor // where each output after the first goes
}

func (r layerRun) run(d *device) (*layerResult, error) {
	p, err := r.prepare(d)
	if err != nil {
		return nil, err
	}
	defer p.finalize()
	return p.run()
}

func (r layerRun) prepare(d *device) (*preparedRun, error) {
	p := &preparedRun{layerRun: r, variables: newVariables(r.dtype, 1)}
	err := guard(func() {
		p.program = &program{device: d, graph: graph.NewGraph(d.Backend, "layer")}
		p.build()
		if err := p.program.addStages("layer", func(stage *program) error {
			again := &preparedRun{layerRun: r, variables: p.variables, program: stage}
			again.build()
			return nil
		}); err != nil {
			panic(err)
		}
	})
	if err == nil && r.weights != nil && len(r.weights) != len(p.vars) {
		err = fmt.Errorf("the layer asked for %d weights, the reference has %d", len(p.vars), len(r.weights))
	}
	if err != nil {
		p.finalize()
		return nil, err
	}
	return p, nil
}

func (p *preparedRun) finalize() {
	p.program.finalize()
	for _, v := range p.vars {
		_ = v.drop()
	}
}

// feed adds a parameter that has the values of t.
func (p *preparedRun) feed(t *tensor.Tensor) *graph.Node {
	_, n, err := p.program.addFeed(fmt.Sprintf("in%d", len(p.feeds)), t.DType(), t.Shape())
	if err != nil {
		panic(err)
	}
	p.feeds = append(p.feeds, t)
	return n
}

func (p *preparedRun) build() {
	b := newBuilder(p.program.graph, p.variables, p.training)
	b.program = p.program
	b.layer = "layer"
	var nodes []*graph.Node
	for _, x := range p.inputs {
		nodes = append(nodes, p.feed(x))
	}
	if p.mask != nil {
		b.SetMask(nodes[0], p.feed(p.mask))
	}
	if p.training {
		b.rng = graph.ConvertDType(p.feed(tensor.Must(tensor.New([]int64{1, 2, 3}))), dtypes.Uint64)
	}
	var upstream *graph.Node
	if p.upstream != nil {
		upstream = p.feed(p.upstream)
	}
	var y *graph.Node
	switch l := p.layer.(type) {
	case Merge:
		y = l.ApplyAll(b, nodes)
	case Layer:
		y = l.Apply(b, nodes[0])
	}
	p.vars, p.outputs = b.order, []*graph.Node{y}
	if upstream != nil {
		p.addGradients(b, nodes, graph.ReduceAllSum(graph.Mul(y, upstream)))
	}
	for _, v := range b.order {
		next, ok := b.updates[v]
		if !ok {
			next = graph.Identity(b.nodes[v])
		}
		p.outputs = append(p.outputs, next)
		p.kinds = append(p.kinds, func(r *layerResult) *[]*tensor.Tensor { return &r.after })
	}
	if err := p.program.compile(b.order, nil, p.outputs); err != nil {
		panic(err)
	}
}

func (p *preparedRun) addGradients(b *Builder, inputs []*graph.Node, loss *graph.Node) {
	var by []*graph.Node
	for i, n := range inputs {
		if p.inputs[i].DType().IsFloat() {
			by = append(by, n)
			p.kinds = append(p.kinds, func(r *layerResult) *[]*tensor.Tensor { return &r.inputGrads })
		}
	}
	for _, v := range b.order {
		if v.trainable {
			by = append(by, b.nodes[v])
			p.kinds = append(p.kinds, func(r *layerResult) *[]*tensor.Tensor { return &r.weightGrads })
		}
	}
	if len(by) > 0 {
		p.outputs = append(p.outputs, graph.Gradient(loss, by...)...)
	}
}

func (p *preparedRun) mustRun(t *testing.T) *layerResult {
	t.Helper()
	res, err := p.run()
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func (p *preparedRun) run() (*layerResult, error) {
	for i, x := range p.feeds {
		if err := p.program.feeds[i].set(x); err != nil {
			return nil, err
		}
	}
	res := &layerResult{}
	for i, v := range p.vars {
		res.names = append(res.names, v.name)
		if p.weights != nil {
			if err := v.set(p.weights[i]); err != nil {
				return nil, err
			}
		}
	}
	all, err := p.program.runAll()
	if err != nil {
		return nil, err
	}
	for i, buf := range all {
		t := tensor.Reuse(nil, tensorDType(p.outputs[i].DType()), dims(p.outputs[i]))
		if err := readBuffer(buf, t); err != nil {
			return nil, err
		}
		if err := buf.Finalize(); err != nil {
			return nil, err
		}
		if i == 0 {
			res.output = t
		} else {
			at := p.kinds[i-1](res)
			*at = append(*at, t)
		}
	}
	return res, nil
}
