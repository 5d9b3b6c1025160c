package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// hostHead is the end of a training program outside the graph: the loss with its
// gradient by what goes into the last activation, and the metrics. A graph makes
// some thirty small operations of it.
type hostHead struct {
	loss    *hostLoss
	weight  float64 // of the loss
	metrics []hostMetric
	n       int         // examples in a batch
	target  int         // the parameter that holds the targets
	weights int         // the parameter that holds those of the examples, −1 if they have none
	node    *graph.Node // the loss in the graph being built, once it is known

	// Of the batch:
	classes  []int32     // or whole numbers, as targets
	numbers  []float32   // as targets
	weigh    []float32   // the examples' weights
	losses   []float64   // of every example
	measures [][]float64 // of every metric and example
	stats    []float64
}

// hostLoss is the loss that the model's end has, where the host can compute it and
// all metrics; nil if not.
func (m *Model) hostLoss() (*hostLoss, []hostMetric) {
	last := len(m.inputs) + len(m.steps) - 1
	if m.compiled == nil || len(m.outputs) != 1 || m.outputs[0] != last || len(m.shapeOf(last)) != 1 {
		return nil, nil
	}
	h := m.compiled.heads[0]
	loss := hostLossOf(h.loss)
	if loss == nil {
		return nil, nil
	}
	metrics := make([]hostMetric, len(h.metrics))
	for i, metric := range h.metrics {
		if metrics[i] = hostMetricOf(metric, loss); metrics[i] == nil {
			return nil, nil
		}
	}
	return loss, metrics
}

// hostHeadFor is the head that can be computed outside the graph, nil if it must
// be inside.
func (m *Model) hostHeadFor(b *Builder, targets []*graph.Node) *hostHead {
	loss, metrics := m.hostLoss()
	if loss == nil || !b.callsHost() || loss.classes && targets[0].DType() != int32DType {
		return nil
	}
	head := &hostHead{n: batchOf(targets[0]), loss: loss, weight: m.compiled.heads[0].weight, metrics: metrics,
		target: int(targets[0].GetParameterHandle()), weights: -1}
	if b.weights != nil {
		head.weights = int(b.weights.GetParameterHandle())
	}
	return head
}

// follows reports whether the head can follow what the model then sends through an
// activation.
func (h *hostHead) follows(after Activation) bool { return h != nil && h.loss.last == after }

// widths are the numbers of statistics of the metrics: a sum and a count.
func (h *hostHead) widths() []int {
	out := make([]int, len(h.metrics))
	for i := range out {
		out[i] = 2
	}
	return out
}

// begin reads a batch from a program's arguments.
func (h *hostHead) begin(args []compute.Buffer) error {
	flat, err := args[h.target].Data()
	if err != nil {
		return err
	}
	switch t := flat.(type) {
	case []int32:
		h.classes = t
	case []float32:
		h.numbers = t
	default:
		return fmt.Errorf("dlkit: the device holds targets of type %T where int32 or float32 was expected", flat)
	}
	if h.weights >= 0 {
		if h.weigh, err = numbersOf(args[h.weights]); err != nil {
			return err
		}
	}
	if h.losses == nil {
		h.losses = make([]float64, h.n)
		for range h.metrics {
			h.measures = append(h.measures, make([]float64, h.n))
		}
	}
	return nil
}

// example makes dx the gradient of the batch's loss by the outputs x of its i-th
// example.
func (h *hostHead) example(i int, x, dx []float32) {
	var target hostTarget
	switch first, end := i*len(x), (i+1)*len(x); {
	case h.loss.classes:
		target.class = int(h.classes[i])
	case h.numbers != nil:
		target.floats = h.numbers[first:end]
	default:
		target.whole = h.classes[first:end]
	}
	w := h.weight
	if h.weights >= 0 {
		w *= float64(h.weigh[i])
	}
	// What is too large for float32 has diverged, as it has in a graph.
	h.losses[i] = float64(float32(w * h.loss.of(x, dx, target)))
	scale := float32(w / float64(h.n))
	for k := range dx {
		dx[k] *= scale
	}
	for k, measure := range h.metrics {
		h.measures[k][i] = measure(x, target)
	}
}

// end sums the batch up and reports whether its loss is a number.
func (h *hostHead) end() bool {
	n := float64(h.n)
	h.stats = append(h.stats[:0], float64(float32(added(h.losses)))/n)
	for _, m := range h.measures {
		h.stats = append(h.stats, added(m), n)
	}
	return finite(h.stats[0])
}

func added(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum
}

// callStep is callHost for the last work of a training program, which goes on to
// the head and back. It gives the loss.
func (b *Builder) callStep(newWork func() hostWork, inputs []*graph.Node, fixed ...*graph.Node) *graph.Node {
	loss := graph.Reshape(b.callHost(newWork, tensor.Shape{1}, inputs, fixed...))
	if call := b.program.calls.list[b.program.calls.traced-1]; call.head == nil {
		call.head = b.head
	}
	b.head.node = loss
	return loss
}
