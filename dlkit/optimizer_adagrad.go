package dlkit

import "github.com/gomlx/gomlx/core/graph"

// RMSprop divides every gradient by a running root mean square of itself:
// v = ρ·v + (1−ρ)·g²; w −= rate·g/√(v + ε). Hinton, 2012, in Keras' form.
type RMSprop struct {
	// LearningRate is 0.001 if zero.
	LearningRate float64
	// Rho, in [0, 1), is how much of v is kept; 0.9 if zero.
	Rho float64
	// Momentum, in [0, 1), is how much of the last step is kept.
	Momentum float64
	// Epsilon keeps the division finite; 1e-7 if zero.
	Epsilon float64
	// Centered divides by the running standard deviation instead.
	Centered bool
}

// Rate implements Optimizer.
func (o RMSprop) Rate() float64 { return orDefault(o.LearningRate, 1e-3) }

// Check returns an error for settings that cannot work.
func (o RMSprop) Check() error {
	if err := checkRange("RMSprop.Momentum", o.Momentum, 0, 1); err != nil {
		return err
	}
	if err := checkNonNegative("RMSprop", map[string]float64{"Epsilon": o.Epsilon}); err != nil {
		return err
	}
	return checkRange("RMSprop.Rho", o.Rho, 0, 1)
}

// Slots implements Optimizer.
func (o RMSprop) Slots() []Slot {
	names := []string{"v"}
	if o.Momentum > 0 {
		names = append(names, "momentum")
	}
	if o.Centered {
		names = append(names, "mean")
	}
	return zeroSlots(names...)
}

// Numbers implements Optimizer.
func (o RMSprop) Numbers(_ int, rate float64) []float64 { return []float64{rate} }

// Apply implements Optimizer.
func (o RMSprop) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	rho, eps := orDefault(o.Rho, 0.9), orDefault(o.Epsilon, 1e-7)
	v := moving(slots[0], square(g), rho)
	next := []*graph.Node{v}
	spread := v
	var mean *graph.Node
	if o.Centered {
		mean = moving(slots[len(slots)-1], g, rho)
		spread = graph.Sub(v, square(mean))
	}
	step := graph.Div(graph.Mul(g, numbers[0]), graph.Sqrt(graph.AddScalar(spread, eps)))
	if o.Momentum > 0 {
		step = graph.Add(graph.MulScalar(slots[1], o.Momentum), step)
		next = append(next, step)
	}
	if o.Centered {
		next = append(next, mean)
	}
	return graph.Sub(w, step), next
}

// Adagrad divides every gradient by the root of the sum of all its squares so
// far: a += g²; w −= rate·g/√(a + ε). Steps only ever get smaller. Duchi et
// al., 2011.
type Adagrad struct {
	// LearningRate is 0.001 if zero.
	LearningRate float64
	// InitialAccumulator is what a starts with; 0.1 if zero, as in Keras.
	InitialAccumulator float64
	// NoInitialAccumulator starts a at 0.
	NoInitialAccumulator bool
	// Epsilon keeps the division finite; 1e-7 if zero.
	Epsilon float64
}

// Rate implements Optimizer.
func (o Adagrad) Rate() float64 { return orDefault(o.LearningRate, 1e-3) }

// Check returns an error for settings that cannot work.
func (o Adagrad) Check() error {
	return checkNonNegative("Adagrad", map[string]float64{"InitialAccumulator": o.InitialAccumulator, "Epsilon": o.Epsilon})
}

// Slots implements Optimizer.
func (o Adagrad) Slots() []Slot {
	start := orDefault(o.InitialAccumulator, 0.1)
	if o.NoInitialAccumulator {
		start = 0
	}
	return []Slot{{"accumulator", start}}
}

// Numbers implements Optimizer.
func (o Adagrad) Numbers(_ int, rate float64) []float64 { return []float64{rate} }

// Apply implements Optimizer.
func (o Adagrad) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	a := graph.Add(slots[0], square(g))
	root := graph.Sqrt(graph.AddScalar(a, orDefault(o.Epsilon, 1e-7)))
	return graph.Sub(w, graph.Div(graph.Mul(g, numbers[0]), root)), []*graph.Node{a}
}

// Adadelta scales every gradient by the ratio of the running root mean squares
// of past steps and past gradients. Zeiler, 2012; his rate is 1.
type Adadelta struct {
	// LearningRate is 0.001 if zero.
	LearningRate float64
	// Rho, in [0, 1), is how much of the averages is kept; 0.95 if zero.
	Rho float64
	// Epsilon keeps the division finite; 1e-7 if zero.
	Epsilon float64
}

// Rate implements Optimizer.
func (o Adadelta) Rate() float64 { return orDefault(o.LearningRate, 1e-3) }

// Check returns an error for settings that cannot work.
func (o Adadelta) Check() error {
	if err := checkNonNegative("Adadelta", map[string]float64{"Epsilon": o.Epsilon}); err != nil {
		return err
	}
	return checkRange("Adadelta.Rho", o.Rho, 0, 1)
}

// Slots implements Optimizer.
func (o Adadelta) Slots() []Slot { return zeroSlots("gradients", "steps") }

// Numbers implements Optimizer.
func (o Adadelta) Numbers(_ int, rate float64) []float64 { return []float64{rate} }

// Apply implements Optimizer.
func (o Adadelta) Apply(numbers []*graph.Node, w, g *graph.Node, slots []*graph.Node) (*graph.Node, []*graph.Node) {
	rho, eps := orDefault(o.Rho, 0.95), orDefault(o.Epsilon, 1e-7)
	root := func(x *graph.Node) *graph.Node { return graph.Sqrt(graph.AddScalar(x, eps)) }
	gradients := moving(slots[0], square(g), rho)
	step := graph.Div(graph.Mul(g, root(slots[1])), root(gradients))
	steps := moving(slots[1], square(step), rho)
	return graph.Sub(w, graph.Mul(step, numbers[0])), []*graph.Node{gradients, steps}
}
