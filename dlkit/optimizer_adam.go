package dlkit

import (
	"math"

	"github.com/gofromzero/fromzero/dlkit/internal/steps"
	"github.com/gomlx/gomlx/core/graph"
)

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
	// AMSGrad divides by the largest v so far. Reddi et al., 2018.
	AMSGrad bool
}

func (o Adam) filled() Adam {
	o.LearningRate = orDefault(o.LearningRate, 1e-3)
	o.Beta1, o.Beta2 = orDefault(o.Beta1, 0.9), orDefault(o.Beta2, 0.999)
	o.Epsilon = orDefault(o.Epsilon, 1e-7)
	return o
}

// Rate implements Optimizer.
func (o Adam) Rate() float64 { return o.filled().LearningRate }

// Check returns an error for settings that cannot work.
func (o Adam) Check() error { return checkMoments("Adam", o.Beta1, o.Beta2, o.Epsilon) }

func checkMoments(optimizer string, beta1, beta2, epsilon float64) error {
	if err := checkRange(optimizer+".Beta1", beta1, 0, 1); err != nil {
		return err
	}
	if err := checkRange(optimizer+".Beta2", beta2, 0, 1); err != nil {
		return err
	}
	return checkNonNegative(optimizer, map[string]float64{"Epsilon": epsilon})
}

// Slots implements Optimizer. The averages are kept divided by 1−β, which
// saves a pass over every weight.
func (o Adam) Slots() []Slot {
	if o.AMSGrad {
		return zeroSlots("m", "v", "v_max")
	}
	return zeroSlots("m", "v")
}

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
	v := graph.Add(graph.MulScalar(slots[1], o.Beta2), square(g))
	next := []*graph.Node{m, v}
	if o.AMSGrad {
		v = graph.Max(slots[2], v)
		next = append(next, v)
	}
	step := graph.Div(graph.Mul(m, numbers[0]), graph.Add(graph.Sqrt(v), numbers[1]))
	return graph.Sub(w, step), next
}

// hostStep implements hostOptimizer.
func (o Adam) hostStep(numbers []float64) func(w, g []float32, slots [][]float32) {
	return o.hostStepKeeping(numbers, 1)
}

// hostStepKeeping is a step that first multiplies the weights with keep.
func (o Adam) hostStepKeeping(numbers []float64, keep float64) func(w, g []float32, slots [][]float32) {
	if o.AMSGrad {
		return nil
	}
	o = o.filled()
	s := steps.Adam{Beta1: float32(o.Beta1), Beta2: float32(o.Beta2),
		A: float32(numbers[0]), E: float32(numbers[1]), Keep: float32(keep)}
	return func(w, g []float32, slots [][]float32) { s.Step(w, g, slots[0], slots[1]) }
}

// AdamW is Adam with decoupled weight decay: every weight also shrinks by
// rate·WeightDecay of itself. Loshchilov & Hutter, 2017.
type AdamW struct {
	Adam
	// WeightDecay is 0.004 if zero.
	WeightDecay float64
}

// Check returns an error for settings that cannot work.
func (o AdamW) Check() error {
	if err := checkNonNegative("AdamW", map[string]float64{"WeightDecay": o.WeightDecay}); err != nil {
		return err
	}
	return o.Adam.Check()
}

// Numbers implements Optimizer.
func (o AdamW) Numbers(step int, rate float64) []float64 {
	return append(o.Adam.Numbers(step, rate), rate)
}

// Apply implements Optimizer.
func (o AdamW) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	return o.Adam.Apply(numbers, decayed(w, numbers[2], orDefault(o.WeightDecay, 0.004)), g, slots)
}

// hostStep implements hostOptimizer.
func (o AdamW) hostStep(numbers []float64) func(w, g []float32, slots [][]float32) {
	return o.hostStepKeeping(numbers, 1-numbers[2]*orDefault(o.WeightDecay, 0.004))
}

// Nadam is Adam with Nesterov's look ahead. Dozat, 2016, in Keras' form.
type Nadam struct {
	// LearningRate is 0.001 if zero.
	LearningRate float64
	// Beta1 and Beta2, in [0, 1), are how much of the averages is kept; 0.9
	// and 0.999 if zero.
	Beta1, Beta2 float64
	// Epsilon keeps the division finite; 1e-7 if zero.
	Epsilon float64
}

func (o Nadam) filled() Adam {
	return Adam{LearningRate: o.LearningRate, Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon}.filled()
}

// Rate implements Optimizer.
func (o Nadam) Rate() float64 { return o.filled().LearningRate }

// Check returns an error for settings that cannot work.
func (o Nadam) Check() error { return checkMoments("Nadam", o.Beta1, o.Beta2, o.Epsilon) }

// Slots implements Optimizer.
func (o Nadam) Slots() []Slot { return zeroSlots("m", "v") }

// Numbers implements Optimizer: the factors of m, of the gradient, and of v.
func (o Nadam) Numbers(step int, rate float64) []float64 {
	a := o.filled()
	u := func(t int) float64 { return a.Beta1 * (1 - 0.5*math.Pow(0.96, float64(t))) }
	product := 1.0
	for t := 1; t <= step && product > 1e-300; t++ { // beyond, it is 0
		product *= u(t)
	}
	now, next := u(step), u(step+1)
	return []float64{rate * next / (1 - product*next), rate * (1 - now) / (1 - product), 1 / (1 - math.Pow(a.Beta2, float64(step)))}
}

// Apply implements Optimizer.
func (o Nadam) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	a := o.filled()
	m, v := moving(slots[0], g, a.Beta1), moving(slots[1], square(g), a.Beta2)
	ahead := graph.Add(graph.Mul(m, numbers[0]), graph.Mul(g, numbers[1]))
	root := graph.AddScalar(graph.Sqrt(graph.Mul(v, numbers[2])), a.Epsilon)
	return graph.Sub(w, graph.Div(ahead, root)), []*graph.Node{m, v}
}

// Adamax is Adam with the largest recent gradient instead of the mean square:
// u = max(β₂·u, |g|); w −= rate·m̂/(u + ε). Kingma & Ba, 2014.
type Adamax struct {
	// LearningRate is 0.001 if zero.
	LearningRate float64
	// Beta1 and Beta2, in [0, 1), are how much of m and u is kept; 0.9 and
	// 0.999 if zero.
	Beta1, Beta2 float64
	// Epsilon keeps the division finite; 1e-7 if zero.
	Epsilon float64
}

func (o Adamax) filled() Adam { return Nadam(o).filled() }

// Rate implements Optimizer.
func (o Adamax) Rate() float64 { return o.filled().LearningRate }

// Check returns an error for settings that cannot work.
func (o Adamax) Check() error { return checkMoments("Adamax", o.Beta1, o.Beta2, o.Epsilon) }

// Slots implements Optimizer.
func (o Adamax) Slots() []Slot { return zeroSlots("m", "u") }

// Numbers implements Optimizer.
func (o Adamax) Numbers(step int, rate float64) []float64 {
	return []float64{rate / (1 - math.Pow(o.filled().Beta1, float64(step)))}
}

// Apply implements Optimizer.
func (o Adamax) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	a := o.filled()
	m := moving(slots[0], g, a.Beta1)
	u := graph.Max(graph.MulScalar(slots[1], a.Beta2), graph.Abs(g))
	step := graph.Div(graph.Mul(m, numbers[0]), graph.AddScalar(u, a.Epsilon))
	return graph.Sub(w, step), []*graph.Node{m, u}
}

// Lion steps by the sign of a running average alone: all steps have the same
// size, so its rate should be 3 to 10 times smaller than Adam's. Chen et al.,
// 2023.
type Lion struct {
	// LearningRate is 0.001 if zero.
	LearningRate float64
	// Beta1 and Beta2, in [0, 1), are how much of the average counts for the
	// step and is kept; 0.9 and 0.99 if zero.
	Beta1, Beta2 float64
	// WeightDecay takes rate·WeightDecay·w off every weight, at every step.
	WeightDecay float64
}

// Rate implements Optimizer.
func (o Lion) Rate() float64 { return orDefault(o.LearningRate, 1e-3) }

// Check returns an error for settings that cannot work.
func (o Lion) Check() error { return checkMoments("Lion", o.Beta1, o.Beta2, o.WeightDecay) }

// Slots implements Optimizer.
func (o Lion) Slots() []Slot { return zeroSlots("m") }

// Numbers implements Optimizer.
func (o Lion) Numbers(_ int, rate float64) []float64 { return []float64{rate} }

// Apply implements Optimizer.
func (o Lion) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	step := graph.Sign(moving(slots[0], g, orDefault(o.Beta1, 0.9)))
	w = decayed(w, numbers[0], o.WeightDecay)
	return graph.Sub(w, graph.Mul(step, numbers[0])), []*graph.Node{moving(slots[0], g, orDefault(o.Beta2, 0.99))}
}
