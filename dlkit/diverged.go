package dlkit

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// ErrDiverged is wrapped by Fit's error when the loss or the weights are no
// longer numbers. The error itself is a *DivergedError.
var ErrDiverged = errors.New("training has diverged")

// DivergedError tells where the first value arose that is no number, NaN or
// infinite, and what to try.
type DivergedError struct {
	// Epoch and Step say when, counting from 1: the batch is the Step-th of the
	// epoch.
	Epoch, Step int
	// Loss is the loss of that batch.
	Loss float64
	// Layer is the name of the layer where it began, such as "dense_2". It is
	// empty if it began in the data or in the loss.
	Layer string
	// Found says what was found, Advice what to try.
	Found, Advice string
}

// Error implements error.
func (e *DivergedError) Error() string {
	return fmt.Sprintf("dlkit: %v in epoch %d, step %d: the loss is %v: %s; %s (the model has the weights of the epoch's start again)",
		ErrDiverged, e.Epoch, e.Step, e.Loss, e.Found, e.Advice)
}

// Unwrap returns ErrDiverged.
func (e *DivergedError) Unwrap() error { return ErrDiverged }

// huge is beyond what values of a network that learns can be.
const huge = 1e8

// finite reports whether v is a number.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// diverged explains the loss of the step that program p has just done, while
// the model still has the weights of before. It looks where the first value is
// that is not finite: in the data, in the weights, in what the layers make of
// the batch, one after another, and last in the loss.
func (f *fitting) diverged(p *program, loss float64) *DivergedError {
	batch := p.tensors()
	e := &DivergedError{Epoch: f.epoch + 1, Step: f.event.Step + 1, Loss: loss}
	if found := dataNotFinite(batch); found != "" {
		e.Found, e.Advice = found, "fill in or drop such values before training"
		return e
	}
	if f.weightsNotFinite(e) {
		return e
	}
	values, rows, err := f.m.rerun(batch, p)
	if err != nil {
		e.Found, e.Advice = fmt.Sprintf("the data and the weights are finite, and looking into the layers failed (%v)", err), f.smallerSteps()
		return e
	}
	if !f.outputNotFinite(e, batch, values) {
		f.lossNotFinite(e, values, rows)
	}
	return e
}

// dataNotFinite describes a value of the batch that is no number, empty if
// there is none.
func dataNotFinite(batch tensor.Batch) string {
	for _, part := range []struct {
		name    string
		tensors []*tensor.Tensor
	}{{"data", batch.Inputs}, {"targets", batch.Targets}, {"sample weights", []*tensor.Tensor{batch.Weights}}} {
		for _, x := range part.tensors {
			if row, col, v, bad := firstNotFinite(x); bad {
				return fmt.Sprintf("the %s: %v in example %d of the batch, value %d (counted from 0)", part.name, v, row, col)
			}
		}
	}
	return ""
}

// weightsNotFinite names the layer whose gradient was the first that was no
// number. Gradients go from the last layer to the first, and what is no number
// in one layer spoils all before it.
func (f *fitting) weightsNotFinite(e *DivergedError) bool {
	for i := len(f.m.steps) - 1; i >= 0; i-- {
		s := f.m.steps[i]
		for _, v := range f.m.vars.list {
			if !strings.HasPrefix(v.name, s.name+"/") {
				continue
			}
			t, err := v.value()
			if err != nil {
				continue
			}
			if _, _, value, bad := firstNotFinite(t); bad {
				e.Layer = s.name
				e.Found = fmt.Sprintf("weight %s holds %v, though the losses before were finite: of all layers, %s (%s) is the last with such weights, so its gradient was the first that was no number",
					v.name, value, s.name, describe(s.layer))
				e.Advice = f.steepOrFast(value)
				return true
			}
		}
	}
	return false
}

// usualRate is above what learning rates usually are.
const usualRate = 0.5

// steepOrFast is the advice for a weight that became v: an infinite one has mostly
// grown too fast, for one that is no number an infinite slope is as likely.
func (f *fitting) steepOrFast(v float64) string {
	slope := "look for a root, a norm or a division at 0 in this layer or what follows it, whose slope is infinite there"
	if math.IsInf(v, 0) || f.m.compiled.rate > usualRate {
		return f.smallerSteps() + "; else " + slope
	}
	return slope + "; " + f.smallerSteps()
}

// rerun computes what every layer makes of a batch that program p was run on,
// with the same random numbers, and the loss of every example.
func (m *Model) rerun(batch tensor.Batch, p *program) (values, rows []*tensor.Tensor, err error) {
	spec, err := m.specOf(batch, nil)
	if err != nil {
		return nil, nil, err
	}
	again := &program{key: spec.key(p.key.kind), device: m.device}
	defer again.finalize()
	err = guard(func() {
		again.graph = graph.NewGraph(m.device.Backend, "rerun")
		nodes, err := m.addRerun(again, spec)
		if err == nil {
			err = errors.Join(again.fill(batch), again.rng.set(p.rng.tensor))
		}
		if err != nil {
			panic(err)
		}
		var out []compute.Buffer
		if out, err = again.runAll(); err != nil {
			panic(err)
		}
		for i, buf := range out {
			t := tensor.Reuse(nil, tensorDType(nodes[i].DType()), dims(nodes[i]))
			if err := errors.Join(readBuffer(buf, t), buf.Finalize()); err != nil {
				panic(err)
			}
			values = append(values, t)
		}
	})
	if err != nil {
		return nil, nil, err
	}
	return values[:len(m.steps)], values[len(m.steps):], nil
}

// addRerun builds the graph of rerun: every layer's output, and the losses.
func (m *Model) addRerun(p *program, spec dataSpec) ([]*graph.Node, error) {
	b := newBuilder(p.graph, m.vars, true)
	inputs, err := m.addInputs(p, spec.batch)
	if err != nil {
		return nil, err
	}
	targets, err := p.addTargets(spec)
	if err != nil {
		return nil, err
	}
	if spec.weighted {
		if p.weights, b.weights, err = p.addFeed("weights", tensorDType(m.dtype), tensor.Shape{spec.batch}); err != nil {
			return nil, err
		}
	}
	if err := p.addRandom(b); err != nil {
		return nil, err
	}
	values := m.trace(b, inputs)
	nodes := append([]*graph.Node{}, values[len(m.inputs):]...)
	for i, h := range m.compiled.heads {
		nodes = append(nodes, h.rows(b, targets[i], m.outputsOf(values)[i]))
	}
	return nodes, p.compile(b.order, nil, nodes)
}

// outputNotFinite names the first layer whose output is no number, or the first
// beyond all measure if the loss alone is none.
func (f *fitting) outputNotFinite(e *DivergedError, batch tensor.Batch, values []*tensor.Tensor) bool {
	m := f.m
	input := func(value int) *tensor.Tensor {
		if value < len(m.inputs) {
			return batch.Inputs[value]
		}
		return values[value-len(m.inputs)]
	}
	for i, s := range m.steps {
		row, col, v, bad := firstNotFinite(values[i])
		if !bad {
			continue
		}
		in := 0.0
		for _, from := range s.from {
			in = max(in, largest(input(from)))
		}
		weights := f.largestWeight(s.name)
		e.Layer = s.name
		e.Found = fmt.Sprintf("layer %s (%s) is the first whose output is no number: %v in example %d of the batch, value %d (counted from 0); its inputs reach %.3g",
			s.name, describe(s.layer), v, row, col, in)
		if weights > 0 {
			e.Found += fmt.Sprintf(", its weights %.3g", weights)
		}
		e.Advice = f.smallerSteps()
		if in < 1e4 && weights < 1e4 {
			e.Advice = "these are small, so that what the layer computes has no value there: look for a logarithm or a division by 0, a root of a negative number, an exponential of a large one"
		}
		return true
	}
	for i, s := range m.steps {
		if v := largest(values[i]); v > huge {
			e.Layer = s.name
			e.Found = fmt.Sprintf("all layers' outputs are finite, but those of %s (%s) reach %.3g, too much for the loss; its weights reach %.3g", s.name, describe(s.layer), v, f.largestWeight(s.name))
			e.Advice = f.smallerSteps()
			return true
		}
	}
	return false
}

// lossNotFinite describes a loss that is no number though the model's outputs
// are.
func (f *fitting) lossNotFinite(e *DivergedError, values, rows []*tensor.Tensor) {
	for i, h := range f.m.compiled.heads {
		if row, _, v, bad := firstNotFinite(rows[i]); bad {
			out := values[f.m.outputs[i]-len(f.m.inputs)]
			e.Found = fmt.Sprintf("every layer's output is finite, and the loss %s is %v for example %d of the batch (counted from 0), whose output in %s begins %.4g",
				h.loss.Name(), v, row, h.output.Name, tensor.Values[float64](out)[row*out.Size()/out.Len()])
			e.Advice = "look for a logarithm or a division by 0, or a root, in the loss, and keep its argument off 0 with a small number"
			return
		}
	}
	e.Found = "every layer's output and every example's loss is finite, but not their sum with the penalties"
	e.Advice = f.smallerSteps()
}

// smallerSteps is the advice for steps that are too large.
func (f *fitting) smallerSteps() string {
	if f.m.compiled.rate > usualRate {
		return fmt.Sprintf("the learning rate is %.3g, and 0.0001 to 0.1 is usual: try one of those", f.m.compiled.rate)
	}
	return fmt.Sprintf("if the steps are too large, try a learning rate ten times smaller than %.3g, Clip: dlkit.Clip{GlobalNorm: 1} in CompileConfig, or inputs scaled to about −1 … 1", f.m.compiled.rate)
}

// largestWeight is the largest of a layer's weights, sign left aside.
func (f *fitting) largestWeight(layer string) float64 {
	out := 0.0
	for _, v := range f.m.vars.list {
		if t, err := v.value(); err == nil && strings.HasPrefix(v.name, layer+"/") {
			out = max(out, largest(t))
		}
	}
	return out
}

// largest is the largest number of t, sign left aside.
func largest(t *tensor.Tensor) float64 {
	out := 0.0
	for _, v := range tensor.Values[float64](t) {
		out = max(out, math.Abs(v))
	}
	return out
}

// firstNotFinite finds a value that is no number: its example, and its place
// therein.
func firstNotFinite(t *tensor.Tensor) (row, col int, v float64, bad bool) {
	if t == nil || !t.DType().IsFloat() || t.Size() == 0 {
		return 0, 0, 0, false
	}
	width := t.Size()
	if t.Rank() > 0 {
		width /= t.Len()
	}
	if flat, ok := tensor.Flat[float32](t); ok {
		for i, v := range flat {
			if v-v != 0 {
				return i / width, i % width, float64(v), true
			}
		}
		return 0, 0, 0, false
	}
	for i, v := range tensor.Values[float64](t) {
		if !finite(v) {
			return i / width, i % width, v, true
		}
	}
	return 0, 0, 0, false
}
