package dlkit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// predictSizes are the batch sizes that predictions are compiled for; a batch
// of another size is filled up to the next one.
var predictSizes = []int{1, 8, 32, 128, 256}

// Predict returns the model's output for every row of x, whose shape is
// (n, …input). Any number of rows is fine: they are computed in a few fixed
// batch sizes, so that nothing is compiled anew. Row i of the result belongs
// to row i of x. Predict needs no Compile. Of several outputs it returns the
// first.
func (m *Model) Predict(ctx context.Context, x *tensor.Tensor) (*tensor.Tensor, error) {
	out, err := m.PredictAll(ctx, x)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// PredictAll is Predict for models with several inputs or outputs: it takes a
// tensor for each input and returns one for each output.
func (m *Model) PredictAll(ctx context.Context, inputs ...*tensor.Tensor) ([]*tensor.Tensor, error) {
	if err := m.ready(); err != nil {
		return nil, err
	}
	if err := m.checkInputs(inputs); err != nil {
		return nil, err
	}
	data, err := tensor.FromBatch(tensor.Batch{Inputs: inputs})
	if err != nil {
		return nil, err
	}
	return m.predictRows(ctx, data, predictSpec{outputs: m.outputs})
}

// PredictDataset is Predict for the inputs of a data set; targets are not
// looked at.
func (m *Model) PredictDataset(ctx context.Context, data tensor.Indexed) (*tensor.Tensor, error) {
	if err := m.ready(); err != nil {
		return nil, err
	}
	if err := load(ctx, data); err != nil {
		return nil, err
	}
	out, err := m.predictRows(ctx, data, predictSpec{outputs: m.outputs})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// LayerOutput returns what comes out of a layer, found by its name, for every
// row of x: what a layer in the middle of the model makes of the input. For a
// layer used several times it is that of its last use.
func (m *Model) LayerOutput(ctx context.Context, layer string, x *tensor.Tensor) (*tensor.Tensor, error) {
	if err := m.ready(); err != nil {
		return nil, err
	}
	value, err := m.valueOf(layer)
	if err != nil {
		return nil, err
	}
	if err := m.checkInputs([]*tensor.Tensor{x}); err != nil {
		return nil, err
	}
	data, err := tensor.FromTensors(x, nil)
	if err != nil {
		return nil, err
	}
	out, err := m.predictRows(ctx, data, predictSpec{outputs: []int{value}})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// valueOf is the number of the value that a layer makes.
func (m *Model) valueOf(layer string) (int, error) {
	var names []string
	for i := len(m.steps) - 1; i >= 0; i-- {
		if m.steps[i].name == layer {
			return len(m.inputs) + i, nil
		}
		names = append([]string{m.steps[i].name}, names...)
	}
	return 0, fmt.Errorf("dlkit: the model has no layer %q; it has %s", layer, strings.Join(names, ", "))
}

// ready makes weights and finds a device for a model that was not compiled.
func (m *Model) ready() error {
	if m.err != nil {
		return m.err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.vars == nil {
		if err := m.build(1); err != nil {
			return err
		}
	}
	if m.device != nil {
		return nil
	}
	d, err := m.deviceFor("")
	m.device = d
	return err
}

// predictSpec says what a prediction program computes: the values of these
// numbers, or the scores of an attention.
type predictSpec struct {
	outputs []int
	scores  string       // of this layer, instead of outputs
	shape   tensor.Shape // of one example's scores
}

func (s predictSpec) key(batch int) programKey {
	return programKey{kind: predictProgram, batch: batch, targets: fmt.Sprint(s.outputs, s.scores)}
}

// shapes are those of one example of each result.
func (s predictSpec) shapes(m *Model) []tensor.Shape {
	if s.scores != "" {
		return []tensor.Shape{s.shape}
	}
	out := make([]tensor.Shape, len(s.outputs))
	for i, v := range s.outputs {
		out[i] = m.shapeOf(v)
	}
	return out
}

// nodes picks the results out of all values.
func (s predictSpec) nodes(b *Builder, values []*graph.Node) []*graph.Node {
	if s.scores != "" {
		return []*graph.Node{b.attended[s.scores]}
	}
	nodes := make([]*graph.Node, len(s.outputs))
	for i, v := range s.outputs {
		nodes[i] = values[v]
	}
	return nodes
}

func (m *Model) predictRows(ctx context.Context, data tensor.Indexed, spec predictSpec) ([]*tensor.Tensor, error) {
	n := data.Len()
	var out []*tensor.Tensor
	for _, shape := range spec.shapes(m) {
		out = append(out, tensor.Reuse(nil, tensorDType(m.dtype), append(tensor.Shape{n}, shape...)))
	}
	all, whole := identity(n), m.wholeInput(data)
	for start := 0; start < n; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		size := m.predictSize(n - start)
		at := all[start:min(start+size*m.lanesFor(size, n-start), n)]
		if err := m.predictChunk(ctx, data, whole, at, size, spec, out); err != nil {
			return nil, err
		}
		start += len(at)
	}
	return out, nil
}

// wideInside is implemented by layers that hold much more inside than they are
// given, such as a convolution's windows or attention's scores: they are
// quicker, and need a quarter of the memory, in batches that fit the caches.
type wideInside interface{ wideInside() }

// wideBatch is the largest batch that such layers predict in.
const wideBatch = 32

// narrowBatch is the smallest batch that recurrent layers predict in on the Go
// backend: its matrix products handle four rows in less time than one.
const narrowBatch = 4

// predictSize is the batch size to compute the next of n rows in.
func (m *Model) predictSize(n int) int {
	smallest, largest := 1, predictSizes[len(predictSizes)-1]
	for _, s := range m.steps {
		if _, wide := s.layer.(wideInside); wide {
			largest = wideBatch
		}
		l, recurrent := s.layer.(sequential)
		if recurrent && l.prefersSequential() {
			smallest = narrowBatch
		}
		// At every step of its loop, XLA asks the system anew for the memory of a
		// matrix product of more rows.
		if recurrent && m.device != nil && !isGo(m.device.Backend) {
			largest = wideBatch
		}
	}
	for _, s := range predictSizes {
		if s = max(s, smallest); n <= s && s <= largest {
			return s
		}
	}
	return largest
}

// wholeInput is the input of data that lies in memory just as programs read it,
// nil for other data.
func (m *Model) wholeInput(data tensor.Indexed) []float32 {
	memory, ok := data.(*tensor.Memory)
	if !ok || m.checkInputs(memory.All().Inputs) != nil {
		return nil
	}
	flat, _ := tensor.Flat[float32](memory.All().Inputs[0])
	return flat
}

// predictChunk computes the rows at, which follow one another, a few batches of
// size, into out. The last batch may have fewer rows. whole is data's wholeInput.
func (m *Model) predictChunk(ctx context.Context, data tensor.Indexed, whole []float32, at []int, size int, spec predictSpec, out []*tensor.Tensor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, err := m.predictor(spec, size)
	if err != nil {
		return err
	}
	var lanes []lane
	for rows := range slices.Chunk(at, size) {
		l, err := p.lane(len(lanes), rows)
		if err != nil {
			return err
		}
		if whole != nil && len(rows) == size && p.readsInPlace() {
			width := p.inputs[0].tensor.Size() / size
			l.input = whole[rows[0]*width : (rows[0]+size)*width]
			lanes = append(lanes, l)
			continue
		}
		batch, err := data.Rows(ctx, filledUp(rows, size), l.reusable(len(m.inputs)))
		if err != nil {
			return err
		}
		if err := m.checkInputs(batch.Inputs); err != nil {
			return err
		}
		if err := l.fill(batch); err != nil {
			return err
		}
		lanes = append(lanes, l)
	}
	return p.runLanes(lanes, func(l lane, buffers []compute.Buffer) error { return l.read(p, buffers, out) })
}

// filledUp repeats the last row until there are size; its results are dropped.
func filledUp(rows []int, size int) []int {
	for len(rows) < size {
		rows = append(rows[:len(rows):len(rows)], rows[len(rows)-1])
	}
	return rows
}

// predictor returns the compiled program of a prediction. The caller holds the
// model's lock.
func (m *Model) predictor(spec predictSpec, batch int) (*program, error) {
	return m.cached(spec.key(batch), func(p *program) error {
		b := newBuilder(p.graph, m.vars, false)
		b.program, b.predicting, b.wanted = p, true, spec.outputs
		inputs, err := m.addInputs(p, batch)
		if err != nil {
			return err
		}
		if err := m.addLookups(p, b, inputs); err != nil {
			return err
		}
		return p.compile(b.order, nil, spec.nodes(b, m.trace(b, inputs)))
	})
}
