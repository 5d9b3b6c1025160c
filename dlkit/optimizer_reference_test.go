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

// plain reports whether the case is about the optimizer's own formula, without
// what CompileConfig adds.
func (c refOptimizer) plain() bool {
	for _, special := range []string{"clipvalue", "clipnorm", "global_clipnorm", "gradient_accumulation_steps"} {
		if v, ok := c.Config[special]; ok && v != nil && v != false {
			return false
		}
	}
	return !c.bool("use_ema")
}

func TestOptimizersAgreeWithKeras(t *testing.T) {
	for _, c := range readReference[refOptimizer](t, "optimizers.json") {
		t.Run(c.Name, func(t *testing.T) {
			maker, ok := optimizerMakers[c.Class]
			if !ok {
				t.Skipf("dlkit has no %s yet", c.Class)
			}
			if !c.plain() {
				t.Skip("dlkit has no such option yet")
			}
			opt := maker(c)
			for k := range c.Initial {
				w := c.Initial[k].tensor(tensor.Float32)
				state := []*tensor.Tensor{w}
				for _, s := range opt.Slots() {
					state = append(state, tensor.Must(tensor.Full(float32(s.Start), w.Shape()...)))
				}
				for s := range c.Grads {
					state = oneUpdate(t, opt, s+1, state, c.Grads[s][k].tensor(tensor.Float32))
					wantClose(t, fmt.Sprintf("%s after step %d", c.Initial[k].Name, s+1), tensor.Values[float64](state[0]), c.After[s][k].values(), 1e-5)
				}
			}
		})
	}
}

// oneUpdate runs an optimizer's step on one weight and its slots.
func oneUpdate(t *testing.T, opt Optimizer, step int, state []*tensor.Tensor, grad *tensor.Tensor) []*tensor.Tensor {
	t.Helper()
	d := testDevices(t)[0]
	p := &program{device: d, graph: graph.NewGraph(d.Backend, "update")}
	defer p.finalize()
	var nodes []*graph.Node
	add := func(x *tensor.Tensor) {
		f, n, err := p.addFeed(fmt.Sprint(len(nodes)), x.DType(), x.Shape())
		if err != nil {
			t.Fatal(err)
		}
		if err := f.set(x); err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, n)
	}
	numbers := opt.Numbers(step, opt.Rate())
	for _, x := range append([]*tensor.Tensor{grad}, state...) {
		add(x)
	}
	for _, v := range numbers {
		add(tensor.Scalar(float32(v)))
	}
	next, slots := opt.Apply(nodes[1+len(state):], nodes[1], nodes[0], nodes[2:1+len(state)])
	if err := p.compile(nil, nil, append([]*graph.Node{next}, slots...)); err != nil {
		t.Fatal(err)
	}
	out, err := p.runAll()
	if err != nil {
		t.Fatal(err)
	}
	for i := range state {
		fresh := tensor.Reuse(nil, tensor.Float32, state[i].Shape())
		if err := readBuffer(out[i], fresh); err != nil {
			t.Fatal(err)
		}
		state[i] = fresh
	}
	return state
}
