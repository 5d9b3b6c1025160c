package dlkit

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// GradientConfig says what Gradient differentiates, and by what.
type GradientConfig struct {
	// Unit is the position, in the output of one example, of the number that
	// is differentiated, such as a class; negative is the largest number of
	// each example, its predicted class.
	Unit int
	// Layer is the name of the layer by whose output it is differentiated, as
	// Grad-CAM wants; empty is the model's input, as saliency maps want.
	Layer string
	// Probabilities differentiates the output as it is. Otherwise what went
	// into a final softmax or sigmoid is differentiated, which does not fade
	// out where the model is sure.
	Probabilities bool
}

// GradientResult is what Gradient found, one row per example.
type GradientResult struct {
	// Output is the model's output, (n, …).
	Output *tensor.Tensor
	// Value is what was differentiated by: the input's or the layer's output's
	// values, (n, …).
	Value *tensor.Tensor
	// Gradient is the derivative by each number of Value, of its shape.
	Gradient *tensor.Tensor
}

// Gradient differentiates one number of the model's output by its input, or by
// the output of a layer in the middle, for every row of x. Weights stay as
// they are, and layers act as in Predict. The model has one input and one
// output.
func (m *Model) Gradient(ctx context.Context, x *tensor.Tensor, config GradientConfig) (*GradientResult, error) {
	if err := m.ready(); err != nil {
		return nil, err
	}
	if err := m.checkInputs([]*tensor.Tensor{x}); err != nil {
		return nil, err
	}
	by := 0
	if config.Layer != "" {
		var err error
		if by, err = m.valueOf(config.Layer); err != nil {
			return nil, err
		}
	}
	if units := m.OutputShape().Size(); config.Unit >= units {
		return nil, fmt.Errorf("dlkit: Gradient of unit %d of an output with %d; want 0 to %d, or -1 for the largest", config.Unit, units, units-1)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p, err := m.gradientProgram(x.Len(), by, config)
	if err != nil {
		return nil, err
	}
	if err := p.inputs[0].fill(x); err != nil {
		return nil, err
	}
	buffers, err := p.runAll()
	if err != nil {
		return nil, err
	}
	shapes := []tensor.Shape{m.OutputShape(), m.shapeOf(by), m.shapeOf(by)}
	var found [3]*tensor.Tensor
	for i, buf := range buffers {
		found[i] = tensor.Reuse(nil, tensorDType(m.dtype), append(tensor.Shape{x.Len()}, shapes[i]...))
		if err := readBuffer(buf, found[i]); err != nil {
			return nil, fmt.Errorf("dlkit: reading gradients: %w", err)
		}
		if err := buf.Finalize(); err != nil {
			return nil, err
		}
	}
	return &GradientResult{found[0], found[1], found[2]}, nil
}

func (m *Model) gradientProgram(n, by int, config GradientConfig) (*program, error) {
	key := programKey{kind: predictProgram, batch: n, targets: fmt.Sprint("gradient ", by, config)}
	return m.cached(key, func(p *program) error {
		b := newBuilder(p.graph, m.vars, false)
		b.watch = by
		inputs, err := m.addInputs(p, n)
		if err != nil {
			return err
		}
		if !inputs[0].DType().IsFloat() && by == 0 {
			return fmt.Errorf("dlkit: the input are whole numbers, which nothing can be differentiated by; name a Layer behind the Embedding")
		}
		values := m.trace(b, inputs)
		out := m.outputsOf(values)[0]
		flat := graph.Reshape(graph.StopGradient(out), n, -1)
		scores := out
		if raw, ok := b.raw[out]; ok && raw.x != nil && !config.Probabilities && (raw.act == Softmax || raw.act == Sigmoid) {
			scores = raw.x
		}
		unit := graph.ArgMax(flat, -1, int32DType)
		if config.Unit >= 0 {
			unit = graph.AddScalar(graph.ZerosLike(unit), int32(config.Unit))
		}
		chosen := graph.OneHot(unit, dims(flat)[1], out.DType())
		sum := graph.ReduceAllSum(graph.Mul(graph.Reshape(scores, n, -1), chosen))
		return p.compile(b.order, nil, []*graph.Node{out, graph.Identity(values[by]), graph.Gradient(sum, values[by])[0]})
	})
}
