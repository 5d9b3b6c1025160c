package dlkit

import (
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// Clip limits gradients, so that one bad batch cannot throw the weights far
// away. At most one of the limits may be set; 0 is none.
type Clip struct {
	// Value limits every number of a gradient to [−Value, Value].
	Value float64
	// Norm scales the gradient of every weight down to that length.
	Norm float64
	// GlobalNorm scales all gradients down together, so that all their numbers
	// taken as one vector have at most that length.
	GlobalNorm float64
}

// checkUpdates returns an error for settings that cannot work.
func (c CompileConfig) checkUpdates() error {
	set := 0
	for _, v := range []float64{c.Clip.Value, c.Clip.Norm, c.Clip.GlobalNorm} {
		if !(v >= 0) {
			return fmt.Errorf("dlkit: Clip has the limit %v; limits must be above 0, or 0 for none", v)
		}
		if v > 0 {
			set++
		}
	}
	switch {
	case set > 1:
		return errors.New("dlkit: Clip has several limits; set one of Value, Norm and GlobalNorm")
	case c.Accumulate < 0:
		return fmt.Errorf("dlkit: Accumulate is %d; it is a number of batches and must be 0 or more", c.Accumulate)
	case !(c.EMA >= 0 && c.EMA < 1):
		return fmt.Errorf("dlkit: EMA is %v; it is how much of the average is kept and must be at least 0 and below 1", c.EMA)
	}
	return nil
}

// apply limits the gradients.
func (c Clip) apply(gradients []*graph.Node) []*graph.Node {
	out := make([]*graph.Node, len(gradients))
	var all *graph.Node
	if c.GlobalNorm > 0 {
		for _, g := range gradients {
			sum := graph.ReduceAllSum(square(g))
			if all == nil {
				all = sum
			} else {
				all = graph.Add(all, sum)
			}
		}
	}
	for i, g := range gradients {
		switch {
		case c.Value > 0:
			out[i] = graph.MaxScalar(graph.MinScalar(g, c.Value), -c.Value)
		case c.Norm > 0:
			out[i] = shortened(g, graph.ReduceAllSum(square(g)), c.Norm)
		case all != nil:
			out[i] = shortened(g, all, c.GlobalNorm)
		default:
			out[i] = g
		}
	}
	return out
}

// shortened is g·limit/√squared where that root is above the limit, else g.
func shortened(g, squared *graph.Node, limit float64) *graph.Node {
	top := graph.ConstAs(squared, limit)
	return graph.Mul(g, graph.Div(top, graph.Max(graph.Sqrt(squared), top)))
}

// Names of the slots that are not the optimizer's own.
const (
	accumulatedSlot = "accumulated"
	averageSlot     = "average"
)

// slotList are the values kept for every weight: the optimizer's, the sum of
// gradients, the moving average.
func (c *compiled) slotList() []Slot {
	list := append([]Slot{}, c.optimizer.Slots()...)
	if c.config.Accumulate > 1 {
		list = append(list, Slot{Name: accumulatedSlot})
	}
	if c.config.EMA > 0 {
		list = append(list, Slot{Name: averageSlot})
	}
	return list
}

// numbers are a step's own numbers: the optimizer's, and how much of the
// moving average is kept, which is nothing at the first step.
func (c *compiled) numbers(step int) []float64 {
	list := c.optimizer.Numbers(step, c.rate)
	switch {
	case c.config.EMA > 0 && step == 1:
		list = append(list, 0)
	case c.config.EMA > 0:
		list = append(list, c.config.EMA)
	}
	return list
}

// update adds the step of one weight: its new value and those of its slots.
func (c *compiled) update(b *Builder, v *variable, numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	own := len(c.optimizer.Slots())
	next, nextSlots := c.optimizer.Apply(numbers, w, g, slots[:own:own])
	if constrain := b.constraints[v]; constrain != nil {
		next = constrain(next)
	}
	if c.config.Accumulate > 1 {
		nextSlots = append(nextSlots, graph.ZerosLike(w))
	}
	if c.config.EMA > 0 {
		keep, average := numbers[len(numbers)-1], slots[len(slots)-1]
		nextSlots = append(nextSlots, graph.Add(graph.Mul(average, keep), graph.Mul(next, graph.OneMinus(keep))))
	}
	return next, nextSlots
}

// finishAverages gives the weights their moving averages, at the end of Fit.
func (m *Model) finishAverages() error {
	c := m.compiled
	if c.config.EMA == 0 || c.updates == 0 {
		return nil
	}
	for _, v := range m.vars.list {
		slots := c.slots[v]
		if slots == nil {
			continue
		}
		average, err := slots[len(slots)-1].value()
		if err != nil {
			return err
		}
		if err := v.set(average); err != nil {
			return err
		}
	}
	return nil
}

// accumulating reports whether the next batch only adds its gradients up.
func (c *compiled) accumulating() bool {
	return c.config.Accumulate > 1 && (c.trained+1)%c.config.Accumulate != 0
}

// addedGradients adds a batch's gradients to those gathered before.
func (c *compiled) addedGradients(gradients []*graph.Node, slots [][]*graph.Node) []*graph.Node {
	if c.config.Accumulate <= 1 {
		return gradients
	}
	out := make([]*graph.Node, len(gradients))
	for i, g := range gradients {
		out[i] = graph.Add(slots[i][len(c.optimizer.Slots())], g)
	}
	return out
}
