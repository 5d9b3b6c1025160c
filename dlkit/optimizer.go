package dlkit

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// Optimizer changes weights by their gradients, a little at every step. The
// zero value of each optimizer here is a good default. Write your own exactly
// like this package's.
type Optimizer interface {
	// Rate is the learning rate to begin with.
	Rate() float64
	// Slots names the values that the optimizer remembers for every weight,
	// such as a running average. They have the weight's shape and start at 0.
	Slots() []string
	// Numbers are the step's own numbers, computed on the host: step counts
	// from 1, rate is the learning rate now. They reach Apply as scalars.
	Numbers(step int, rate float64) []float64
	// Apply adds one weight's step to the graph and returns its new value and
	// those of its slots.
	Apply(numbers []*graph.Node, weight, gradient *graph.Node, slots []*graph.Node) (next *graph.Node, nextSlots []*graph.Node)
}

// checkRange returns an error unless low <= v < high.
func checkRange(what string, v, low, high float64) error {
	if !(v >= low && v < high) {
		return fmt.Errorf("dlkit: %s is %v; it must be at least %v and below %v", what, v, low, high)
	}
	return nil
}

func orDefault(v, def float64) float64 {
	if v == 0 {
		return def
	}
	return v
}

// SGD is stochastic gradient descent: w −= rate·gradient, with momentum if
// wanted: v = momentum·v − rate·gradient; w += v, or with Nesterov
// w += momentum·v − rate·gradient. Formulas are Keras'.
type SGD struct {
	// LearningRate is 0.01 if zero.
	LearningRate float64
	// Momentum, in [0, 1), is how much of the last step is kept.
	Momentum float64 `json:",omitempty"`
	// Nesterov looks ahead along the momentum. It needs Momentum.
	Nesterov bool `json:",omitempty"`
}

// Rate implements Optimizer.
func (o SGD) Rate() float64 { return orDefault(o.LearningRate, 0.01) }

// Check returns an error for settings that cannot work.
func (o SGD) Check() error {
	if o.Nesterov && o.Momentum == 0 {
		return fmt.Errorf("dlkit: SGD with Nesterov needs a Momentum, for example 0.9")
	}
	return checkRange("SGD.Momentum", o.Momentum, 0, 1)
}

// Slots implements Optimizer.
func (o SGD) Slots() []string {
	if o.Momentum == 0 {
		return nil
	}
	return []string{"momentum"}
}

// Numbers implements Optimizer.
func (o SGD) Numbers(_ int, rate float64) []float64 { return []float64{rate} }

// Apply implements Optimizer.
func (o SGD) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
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

// Adam adapts the step of every weight by running averages of its gradient m
// and squared gradient v: w −= rate·m̂/(√v̂ + ε), with the averages' start made
// up for. Kingma & Ba, 2014, in Keras' form (ε outside the correction).
type Adam struct {
	// LearningRate is 0.001 if zero.
	LearningRate float64
	// Beta1 and Beta2, in [0, 1), are how much of the averages is kept; 0.9
	// and 0.999 if zero.
	Beta1, Beta2 float64
	// Epsilon keeps the division finite; 1e-7 if zero.
	Epsilon float64
}

func (o Adam) filled() Adam {
	return Adam{orDefault(o.LearningRate, 1e-3), orDefault(o.Beta1, 0.9), orDefault(o.Beta2, 0.999), orDefault(o.Epsilon, 1e-7)}
}

// Rate implements Optimizer.
func (o Adam) Rate() float64 { return o.filled().LearningRate }

// Check returns an error for settings that cannot work.
func (o Adam) Check() error {
	if err := checkRange("Adam.Beta1", o.Beta1, 0, 1); err != nil {
		return err
	}
	if o.Epsilon < 0 {
		return fmt.Errorf("dlkit: Adam.Epsilon is %v; it must be above 0", o.Epsilon)
	}
	return checkRange("Adam.Beta2", o.Beta2, 0, 1)
}

// Slots implements Optimizer. The averages are kept divided by 1−β, which
// saves a pass over every weight.
func (o Adam) Slots() []string { return []string{"m", "v"} }

// Numbers implements Optimizer: the factors a and e of the step
// m·a / (√v + e), in which all corrections are gathered.
func (o Adam) Numbers(step int, rate float64) []float64 {
	o = o.filled()
	t := float64(step)
	root := math.Sqrt(1 - o.Beta2)
	alpha := rate * math.Sqrt(1-math.Pow(o.Beta2, t)) / (1 - math.Pow(o.Beta1, t))
	return []float64{alpha * (1 - o.Beta1) / root, o.Epsilon / root}
}

// Apply implements Optimizer.
func (o Adam) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	o = o.filled()
	m := graph.Add(graph.MulScalar(slots[0], o.Beta1), g)
	v := graph.Add(graph.MulScalar(slots[1], o.Beta2), graph.Mul(g, g))
	step := graph.Div(graph.Mul(m, numbers[0]), graph.Add(graph.Sqrt(v), numbers[1]))
	return graph.Sub(w, step), []*graph.Node{m, v}
}
