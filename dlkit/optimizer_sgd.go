package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/dlkit/internal/steps"
	"github.com/gomlx/gomlx/core/graph"
)

// SGD is stochastic gradient descent: w −= rate·gradient, with momentum if
// wanted: v = momentum·v − rate·gradient; w += v, or with Nesterov
// w += momentum·v − rate·gradient. Formulas are Keras'.
type SGD struct {
	// LearningRate is 0.01 if zero.
	LearningRate float64
	// Momentum, in [0, 1), is how much of the last step is kept.
	Momentum float64
	// Nesterov looks ahead along the momentum. It needs Momentum.
	Nesterov bool
	// WeightDecay takes rate·WeightDecay·w off every weight, at every step.
	WeightDecay float64
}

// Rate implements Optimizer.
func (o SGD) Rate() float64 { return orDefault(o.LearningRate, 0.01) }

// Check returns an error for settings that cannot work.
func (o SGD) Check() error {
	if o.Nesterov && o.Momentum == 0 {
		return fmt.Errorf("dlkit: SGD with Nesterov needs a Momentum, for example 0.9")
	}
	if err := checkNonNegative("SGD", map[string]float64{"WeightDecay": o.WeightDecay}); err != nil {
		return err
	}
	return checkRange("SGD.Momentum", o.Momentum, 0, 1)
}

// Slots implements Optimizer.
func (o SGD) Slots() []Slot {
	if o.Momentum == 0 {
		return nil
	}
	return zeroSlots("momentum")
}

// Numbers implements Optimizer.
func (o SGD) Numbers(_ int, rate float64) []float64 { return []float64{rate} }

// Apply implements Optimizer.
func (o SGD) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	w = decayed(w, numbers[0], o.WeightDecay)
	step := graph.Mul(g, numbers[0])
	if o.Momentum == 0 {
		return graph.Sub(w, step), nil
	}
	v := graph.Sub(graph.MulScalar(slots[0], o.Momentum), step)
	if o.Nesterov {
		return graph.Add(w, graph.Sub(graph.MulScalar(v, o.Momentum), step)), []*graph.Node{v}
	}
	return graph.Add(w, v), []*graph.Node{v}
}

// hostStep implements hostOptimizer.
func (o SGD) hostStep(numbers []float64) func(w, g []float32, slots [][]float32) {
	s := steps.Momentum{Mu: float32(o.Momentum), Rate: float32(numbers[0]),
		Keep: float32(1 - numbers[0]*o.WeightDecay), Nesterov: o.Nesterov}
	return func(w, g []float32, slots [][]float32) {
		if len(slots) == 0 {
			s.Step(w, g, nil)
			return
		}
		s.Step(w, g, slots[0])
	}
}
