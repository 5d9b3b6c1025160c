package dlkit

import (
	"fmt"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

type refOptimizer struct {
	refLayer
	Initial  []refTensor
	Grads    [][]refTensor
	After    [][]refTensor
	Averages [][]refTensor
	Final    []refTensor
}

// optimizerMakers turn a Keras class and its arguments into an optimizer.
var optimizerMakers = map[string]func(c refOptimizer) Optimizer{
	"SGD": func(c refOptimizer) Optimizer {
		return SGD{LearningRate: c.rate(), Momentum: c.float("momentum"), Nesterov: c.bool("nesterov"), WeightDecay: c.float("weight_decay")}
	},
	"Adam": func(c refOptimizer) Optimizer { return c.adam() },
	"AdamW": func(c refOptimizer) Optimizer {
		return AdamW{Adam: c.adam(), WeightDecay: c.float("weight_decay")}
	},
	"Nadam": func(c refOptimizer) Optimizer {
		return Nadam{LearningRate: c.rate(), Beta1: c.float("beta_1"), Beta2: c.float("beta_2"), Epsilon: c.float("epsilon")}
	},
	"Adamax": func(c refOptimizer) Optimizer {
		return Adamax{LearningRate: c.rate(), Beta1: c.float("beta_1"), Beta2: c.float("beta_2"), Epsilon: c.float("epsilon")}
	},
	"Lion": func(c refOptimizer) Optimizer {
		return Lion{LearningRate: c.rate(), Beta1: c.float("beta_1"), Beta2: c.float("beta_2"), WeightDecay: c.float("weight_decay")}
	},
	"RMSprop": func(c refOptimizer) Optimizer {
		return RMSprop{LearningRate: c.rate(), Rho: c.float("rho"), Momentum: c.float("momentum"), Epsilon: c.float("epsilon"), Centered: c.bool("centered")}
	},
	"Adagrad": func(c refOptimizer) Optimizer {
		start := c.float("initial_accumulator_value")
		return Adagrad{LearningRate: c.rate(), InitialAccumulator: start, NoInitialAccumulator: start == 0, Epsilon: c.float("epsilon")}
	},
	"Adadelta": func(c refOptimizer) Optimizer {
		return Adadelta{LearningRate: c.rate(), Rho: c.float("rho"), Epsilon: c.float("epsilon")}
	},
}

func (c refOptimizer) rate() float64 { return c.float("learning_rate") }

func (c refOptimizer) adam() Adam {
	return Adam{LearningRate: c.rate(), Beta1: c.float("beta_1"), Beta2: c.float("beta_2"), Epsilon: c.float("epsilon"), AMSGrad: c.bool("amsgrad")}
}

// config is what of the case belongs to CompileConfig.
func (c refOptimizer) config() CompileConfig {
	config := CompileConfig{
		Optimizer: optimizerMakers[c.Class](c), Loss: itsOutput{}, NoMetrics: true,
		Clip:       Clip{c.float("clipvalue"), c.float("clipnorm"), c.float("global_clipnorm")},
		Accumulate: c.int("gradient_accumulation_steps"),
	}
	if c.bool("use_ema") {
		config.EMA = c.float("ema_momentum")
	}
	return config
}

// givenGradient is a layer whose gradients by its weights are its input: the
// sum of all weights, each times its own number of the input.
type givenGradient struct{ shapes []tensor.Shape }

func (g *givenGradient) OutShape(tensor.Shape) (tensor.Shape, error) { return tensor.Shape{}, nil }

func (g *givenGradient) Apply(b *Builder, x *graph.Node) *graph.Node {
	var parts []*graph.Node
	for i, s := range g.shapes {
		parts = append(parts, graph.Reshape(b.Weight(fmt.Sprint("w", i), s, Zeros), -1))
	}
	return graph.ReduceSum(graph.Mul(x, graph.Reshape(graph.Concatenate(parts, 0), 1, -1)), 1)
}

// itsOutput is a loss that is the model's output itself.
type itsOutput struct{}

func (itsOutput) Name() string { return "output" }

func (itsOutput) Loss(_ *Builder, _, yPred *graph.Node) *graph.Node { return perRow(yPred) }

// Every optimizer runs through Fit on the reference's gradients, step by step.
func TestOptimizersAgreeWithKeras(t *testing.T) {
	for _, c := range readReference[refOptimizer](t, "optimizers.json") {
		for _, backend := range testBackends() {
			t.Run(c.Name+" on "+kindOf(backend), func(t *testing.T) { c.checkSteps(t, backend) })
		}
	}
}

func (c refOptimizer) checkSteps(t *testing.T, backend string) {
	layer := &givenGradient{}
	var rows []float32
	for _, w := range c.Initial {
		layer.shapes = append(layer.shapes, w.Shape)
	}
	for _, step := range c.Grads {
		for k := range step {
			rows = append(rows, tensor.Values[float32](step[k].tensor(tensor.Float32))...)
		}
	}
	steps := len(c.Grads)
	x := tensor.Must(tensor.New(rows, steps, len(rows)/steps))
	m := Sequential(x.Shape()[1:], layer)
	config := c.config()
	config.Backend = backend
	if err := m.Compile(config); err != nil {
		t.Fatal(err)
	}
	for i, v := range m.vars.list {
		if err := v.set(c.Initial[i].tensor(tensor.Float32)); err != nil {
			t.Fatal(err)
		}
	}
	check := func(what string, want []refTensor, slot bool) {
		for i, v := range m.vars.list {
			if slot {
				v = m.compiled.slots[v][len(m.compiled.slots[v])-1]
			}
			got, err := v.value()
			if err != nil {
				t.Fatal(err)
			}
			wantClose(t, fmt.Sprintf("%s %s", want[i].Name, what), tensor.Values[float64](got), want[i].values(), 1e-5)
		}
	}
	data := tensor.Must(tensor.FromTensors(x, tensor.Must(tensor.Zeros(tensor.Float32, steps))))
	mustFit(t, m, data, FitConfig{BatchSize: 1, NoShuffle: true, Callbacks: []Callback{CallbackFunc(func(e *Event) error {
		if e.Kind == StepEnd {
			check(fmt.Sprintf("after step %d", e.Step), c.After[e.Step-1], false)
			if c.Averages != nil {
				check(fmt.Sprintf("averaged after step %d", e.Step), c.Averages[e.Step-1], true)
			}
		}
		return nil
	})}})
	if c.Final != nil {
		check("in the end", c.Final, false)
	}
}
