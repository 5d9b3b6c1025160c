package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// head is one output of a model with what is measured of it.
type head struct {
	output  Output
	loss    Loss
	weight  float64
	metrics []measured
}

// measured is a metric of an output.
type measured struct {
	metric   Metric
	name     string     // as it is shown
	weighted bool       // whether it sees sample weights
	link     Activation // makes the probabilities that it wants of logits
}

// setMetrics chooses what is measured of an output: plain metrics, and weighted
// ones, which see sample weights. several says that the model has other outputs
// too. checked are the metrics as they stand in messages.
func (h *head) setMetrics(plain, weighted []Metric, several bool) error {
	h.metrics = nil
	taken := map[string]bool{"loss": true}
	for i, metric := range append(append([]Metric{}, plain...), weighted...) {
		if isNil(metric) {
			return fmt.Errorf("dlkit: metric %d is nil", i)
		}
		m, err := h.measuring(metric)
		if err != nil {
			return err
		}
		m.weighted = i >= len(plain)
		if m.weighted && taken[m.name] {
			m.name = "weighted_" + m.name
		}
		if taken[m.name] {
			return fmt.Errorf("dlkit: two metrics are called %q; give one another name with RenamedMetric", m.name)
		}
		taken[m.name] = true
		if several {
			m.name = h.output.Name + "_" + m.name
		}
		h.metrics = append(h.metrics, m)
	}
	return nil
}

// measuring fits a metric to the output and its loss.
func (h *head) measuring(metric Metric) (measured, error) {
	m := measured{metric: metric, name: metric.Name()}
	if r, ok := metric.(RenamedMetric); ok && r.Metric != nil && r.As != "" {
		m.metric = r.Metric
	}
	if f, ok := m.metric.(fitter); ok {
		m.metric = f.fitted(h.loss, h.output)
	}
	out := h.output
	if _, ok := m.metric.(probabilistic); ok {
		if c, ok := h.loss.(classLoss); ok && c.link() != Linear {
			m.link, out.Activation = c.link(), c.link()
		}
	}
	return m, checkOutput("metric", m.name, m.metric, out)
}

// checkTargets asks the loss and the metrics whether targets fit them.
func (h *head) checkTargets(targets *tensor.Tensor) error {
	if err := checkTargets("loss", h.loss.Name(), h.loss, targets, h.output); err != nil {
		return err
	}
	for _, m := range h.metrics {
		if err := checkTargets("metric", m.name, m.metric, targets, h.output); err != nil {
			return err
		}
	}
	return nil
}

// rows are the losses of every example, times its weight.
func (h *head) rows(b *Builder, target, pred *graph.Node) *graph.Node {
	rows := h.loss.Loss(b, target, pred)
	if got := tensor.Shape(dims(rows)); !got.Equal(tensor.Shape{batchOf(pred)}) {
		panic(fmt.Errorf("dlkit: loss %s gave a value of shape %v for a batch of %d; it must give one number per example", h.loss.Name(), got, batchOf(pred)))
	}
	return times(rows, b.weights)
}

// stats are a metric's statistics of a batch.
func (m measured) stats(b *Builder, target, pred *graph.Node) *graph.Node {
	if m.link != Linear {
		p := b.activate(pred, m.link)
		b.masks[p] = b.masks[pred]
		pred = p
	}
	if !m.weighted {
		defer func(w *graph.Node) { b.weights = w }(b.weights)
		b.weights = nil
	}
	s := m.metric.Update(b, target, pred)
	if s.Rank() != 1 {
		panic(fmt.Errorf("dlkit: metric %s gave statistics of shape %v; it must give a vector", m.name, tensor.Shape(dims(s))))
	}
	return s
}

// rowMean is the mean of an output's loss, whose statistics are the sum of the
// rows and their number.
type rowMean struct{ Metric }

// Result implements Metric.
func (rowMean) Result(sums []float64) float64 { return mean(sums) }

// measuredOf are what is measured beside the loss, in order: of each output its
// loss, where there are several outputs, and its metrics.
func measuredOf(heads []head) []measured {
	var out []measured
	for _, h := range heads {
		if len(heads) > 1 {
			out = append(out, measured{metric: rowMean{}, name: h.output.Name + "_loss"})
		}
		out = append(out, h.metrics...)
	}
	return out
}

// namesOf are the names of the loss and of what is measured, in order.
func namesOf(heads []head) []string {
	names := []string{"loss"}
	for _, m := range measuredOf(heads) {
		names = append(names, m.name)
	}
	return names
}

// metrics are what is measured beside the loss, in order.
func (c *compiled) metrics() []measured { return measuredOf(c.heads) }

// metricNames are the names of the loss and metrics, in order.
func (c *compiled) metricNames() []string { return namesOf(c.heads) }

// scoring is what an evaluation measures instead of what the model was compiled
// with. A program is compiled for each.
type scoring struct{ heads []head }

// scoringFor are the model's outputs and losses with other metrics.
func (c *compiled) scoringFor(plain, weighted []Metric) (*scoring, error) {
	s := &scoring{heads: append([]head{}, c.heads...)}
	for i := range s.heads {
		if err := s.heads[i].setMetrics(plain, weighted, len(s.heads) > 1); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// headsFor are those of a scoring, nil being what the model was compiled with.
func (c *compiled) headsFor(s *scoring) []head {
	if s != nil {
		return s.heads
	}
	return c.heads
}

// defaultLoss is the loss that fits an output.
func defaultLoss(last Activation) Loss {
	switch last {
	case Softmax:
		return SparseCategoricalCrossEntropy{}
	case Sigmoid:
		return BinaryCrossEntropy{}
	}
	return MeanSquaredError{}
}

// defaultMetrics are the metrics that say most beside a loss.
func defaultMetrics(loss Loss) []Metric {
	switch l := loss.(type) {
	case classLoss:
		return []Metric{Accuracy{}}
	case MeanAbsoluteError:
		return []Metric{MeanSquaredError{}}
	case CosineSimilarity:
		return []Metric{l}
	case valued:
		return []Metric{MeanAbsoluteError{}}
	case TargetChecker: // a user's loss, whose targets may be anything
		return nil
	}
	return []Metric{MeanAbsoluteError{}}
}
