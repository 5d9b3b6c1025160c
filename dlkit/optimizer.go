package dlkit

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// Optimizer changes weights by their gradients, a little at every step. The
// zero value of each optimizer here is a good default. Write your own exactly
// like this package's.
type Optimizer interface {
	// Rate is the learning rate to begin with.
	Rate() float64
	// Slots are the values that the optimizer remembers for every weight, such
	// as a running average. They have the weight's shape.
	Slots() []Slot
	// Numbers are the step's own numbers, computed on the host: step counts
	// from 1, rate is the learning rate now. They reach Apply as scalars.
	Numbers(step int, rate float64) []float64
	// Apply adds one weight's step to the graph and returns its new value and
	// those of its slots.
	Apply(numbers []*graph.Node, weight, gradient *graph.Node, slots []*graph.Node) (next *graph.Node, nextSlots []*graph.Node)
}

// Slot is a value that an optimizer remembers for every weight.
type Slot struct {
	// Name tells an optimizer's slots apart in saved models.
	Name string
	// Start is the value that all numbers of the slot begin with.
	Start float64
}

// zeroSlots are slots that start at 0.
func zeroSlots(names ...string) []Slot {
	slots := make([]Slot, len(names))
	for i, n := range names {
		slots[i].Name = n
	}
	return slots
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

// decayed is w·(1 − rate·decay), decoupled weight decay; rate is a scalar.
func decayed(w, rate *graph.Node, decay float64) *graph.Node {
	if decay == 0 {
		return w
	}
	return graph.Sub(w, graph.Mul(w, graph.MulScalar(rate, decay)))
}

// moving is keep·average + (1 − keep)·x.
func moving(average, x *graph.Node, keep float64) *graph.Node {
	return graph.Add(graph.MulScalar(average, keep), graph.MulScalar(x, 1-keep))
}

func square(x *graph.Node) *graph.Node { return graph.Mul(x, x) }

// checkNonNegative returns an error if one of the values is below 0 or not a
// number.
func checkNonNegative(optimizer string, values map[string]float64) error {
	for name, v := range values {
		if !(v >= 0) {
			return fmt.Errorf("dlkit: %s.%s is %v; it must be 0 or more", optimizer, name, v)
		}
	}
	return nil
}
