package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// hostHead is the end of a training program outside the graph: the cross-entropy
// of an output that goes through softmax, its gradient by the logits, and the
// accuracy. A graph makes some thirty small operations of it.
type hostHead struct {
	fromLogits bool
	weight     float64     // of the loss
	metrics    int         // how many of them there are, accuracies all
	labels     int         // the parameter that holds them
	weights    int         // the parameter that holds those of the examples, −1 if they have none
	loss       *graph.Node // in the graph being built, once it is known

	numbers []int32   // of the batch's classes
	weigh   []float32 // the batch's weights
	losses  []float64 // of every example
	right   []bool    // whether its answer is
	stats   []float64
}

// hostHeadFor is the head that can be computed outside the graph, nil if it must
// be inside.
func (m *Model) hostHeadFor(b *Builder, targets []*graph.Node) *hostHead {
	if !b.callsHost() || len(m.outputs) != 1 {
		return nil
	}
	out, h := m.shapeOf(m.outputs[0]), m.compiled.heads[0]
	loss, ok := h.loss.(SparseCategoricalCrossEntropy)
	if !ok || loss.LabelSmoothing != 0 || loss.IgnoreClass != nil || len(out) != 1 || targets[0].DType() != int32DType {
		return nil
	}
	for _, metric := range h.metrics {
		if a, ok := metric.metric.(SparseCategoricalAccuracy); !ok || a.IgnoreClass != nil || metric.weighted {
			return nil
		}
	}
	head := &hostHead{fromLogits: loss.FromLogits, weight: h.weight, metrics: len(h.metrics),
		labels: int(targets[0].GetParameterHandle()), weights: -1}
	if b.weights != nil {
		head.weights = int(b.weights.GetParameterHandle())
	}
	return head
}

// follows reports whether the head can follow logits that the model then sends
// through an activation.
func (h *hostHead) follows(after Activation) bool {
	return h != nil && (after == Softmax && !h.fromLogits || after == Linear && h.fromLogits)
}

// widths are the numbers of statistics of the metrics: a sum and a count.
func (h *hostHead) widths() []int {
	out := make([]int, h.metrics)
	for i := range out {
		out[i] = 2
	}
	return out
}

// begin reads the batch from a program's arguments.
func (h *hostHead) begin(args []compute.Buffer) error {
	flat, err := args[h.labels].Data()
	if err != nil {
		return err
	}
	var ok bool
	if h.numbers, ok = flat.([]int32); !ok {
		return fmt.Errorf("dlkit: the device holds class numbers of type %T where int32 was expected", flat)
	}
	if h.weights >= 0 {
		if h.weigh, err = numbersOf(args[h.weights]); err != nil {
			return err
		}
	}
	if h.losses == nil {
		h.losses, h.right = make([]float64, len(h.numbers)), make([]bool, len(h.numbers))
	}
	return nil
}

// example is the loss of the i-th example of the batch, and dx the gradient of the
// batch's loss by the example's logits x.
func (h *hostHead) example(i int, x, dx []float32) {
	class, best := int(h.numbers[i]), 0
	for k, v := range x {
		if v > x[best] {
			best = k
		}
	}
	sum := 0.0
	for k, v := range x {
		e := math.Exp(float64(v - x[best]))
		dx[k] = float32(e)
		sum += e
	}
	w := h.weight
	if h.weights >= 0 {
		w *= float64(h.weigh[i])
	}
	h.losses[i], h.right[i] = w*(math.Log(sum)-float64(x[class]-x[best])), best == class
	scale := w / float64(len(h.numbers))
	for k := range dx {
		dx[k] *= float32(scale / sum)
	}
	dx[class] -= float32(scale)
}

// end sums the batch up and reports whether its loss is a number.
func (h *hostHead) end() bool {
	loss, right := 0.0, 0.0
	for i, l := range h.losses {
		loss += l
		if h.right[i] {
			right++
		}
	}
	n := float64(len(h.losses))
	h.stats = append(h.stats[:0], loss/n)
	for range h.metrics {
		h.stats = append(h.stats, right, n)
	}
	return finite(h.stats[0])
}

// callStep is callHost for the last work of a training program, which goes on to
// the head and back. It gives the loss.
func (b *Builder) callStep(newWork func() hostWork, inputs []*graph.Node, fixed ...*graph.Node) *graph.Node {
	loss := graph.Reshape(b.callHost(newWork, tensor.Shape{1}, inputs, fixed...))
	if call := b.program.calls.list[b.program.calls.traced-1]; call.head == nil {
		call.head = b.head
	}
	b.head.loss = loss
	return loss
}
