package dlkit

import (
	"errors"
	"fmt"
	"math/rand/v2"
)

// CompileConfig says how a model is trained. The zero value is a good start:
// Adam, the loss that fits the last layer, accuracy for classes and the mean
// absolute error for numbers, seed 1, the fastest backend there is.
type CompileConfig struct {
	// Optimizer changes the weights; nil is Adam{}.
	Optimizer Optimizer
	// Loss is what training makes small. Nil is the one that fits the last
	// layer: SparseCategoricalCrossEntropy after Softmax, BinaryCrossEntropy
	// after Sigmoid, MeanSquaredError after anything else.
	Loss Loss
	// Losses are the losses of a model with several outputs, in their order,
	// instead of Loss; nil entries are chosen as for Loss. The model's loss is
	// their sum, each times its LossWeights.
	Losses []Loss
	// LossWeights are the losses' factors; nil is 1 for each.
	LossWeights []float64
	// Metrics are measured beside the loss, for every output. Nil is Accuracy
	// for losses of classes and the mean absolute error for other losses. Losses
	// are metrics too. Where there are several outputs, names begin with the
	// output's layer: "digit_accuracy".
	Metrics []Metric
	// OutputMetrics are the metrics of a model with several outputs, for each
	// output in their order, instead of Metrics; nil entries are chosen as for
	// Metrics.
	OutputMetrics [][]Metric
	// WeightedMetrics are measured too, for every output, with every example
	// counting as much as its weight says; Metrics count all alike. One that is
	// also among the Metrics is called "weighted_accuracy".
	WeightedMetrics []Metric
	// NoMetrics measures nothing but the loss.
	NoMetrics bool
	// Clip limits the gradients before every step.
	Clip Clip
	// Accumulate, if above 1, makes one step of the optimizer out of so many
	// batches, with the mean of their gradients: large batches on little
	// memory.
	Accumulate int
	// EMA, in (0, 1), keeps a moving average of every weight, average =
	// EMA·average + (1−EMA)·weight, and gives it to the model when Fit ends.
	// 0 keeps none; 0.99 is usual.
	EMA float64
	// Seed fixes first weights, shuffling and dropout: the same seed, data and
	// machine give the same model. 0 is seed 1.
	Seed uint64
	// RandomSeed draws another seed every time.
	RandomSeed bool
	// Backend names the GoMLX backend, such as "go" or "xla:cpu". Empty is the
	// environment's GOMLX_BACKEND, else XLA where the program brings it and a
	// plugin is installed, else pure Go.
	Backend string
}

// compiled is a filled-in CompileConfig with what training carries along.
type compiled struct {
	config    CompileConfig // as given, for saving
	optimizer Optimizer
	heads     []head
	seed      uint64
	rate      float64 // learning rate now
	trained   int     // batches trained on so far
	updates   int     // steps of the optimizer so far
	slots     map[*variable][]*variable
}

// Compile chooses how the model is trained, and makes its weights. It returns
// the model's own error if it has one, and an error for settings that cannot
// work together. Compiling again keeps trained weights and forgets the
// optimizer's memory.
func (m *Model) Compile(config CompileConfig) error {
	if m.err != nil {
		return m.err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fitting {
		return errors.New("dlkit: Compile while Fit runs; wait for it to return")
	}
	seed := config.Seed
	switch {
	case config.RandomSeed:
		seed = rand.Uint64()
	case seed == 0:
		seed = 1
	}
	device, err := m.deviceFor(config.Backend)
	if err != nil {
		return err
	}
	if err := m.build(seed); err != nil {
		return err
	}
	c, err := m.fill(config, seed)
	if err != nil {
		return err
	}
	if err := m.moveTo(device); err != nil {
		return err
	}
	m.compiled = c
	return nil
}

// moveTo makes a device the model's own; values on another come home first.
func (m *Model) moveTo(d *device) error {
	m.programs.clear()
	if m.device != nil {
		for _, v := range m.vars.list {
			if _, err := v.value(); err != nil {
				return err
			}
			if err := v.drop(); err != nil {
				return err
			}
		}
	}
	m.device = d
	return nil
}

// fill chooses defaults and checks that all fits together.
func (m *Model) fill(config CompileConfig, seed uint64) (*compiled, error) {
	c := &compiled{config: config, optimizer: config.Optimizer, seed: seed, slots: map[*variable][]*variable{}}
	if c.optimizer == nil {
		c.optimizer = Adam{}
	}
	if err := checkOptimizer(c.optimizer); err != nil {
		return nil, err
	}
	c.rate = c.optimizer.Rate()
	if err := config.checkUpdates(); err != nil {
		return nil, err
	}
	losses, err := config.losses(len(m.outputs))
	if err != nil {
		return nil, err
	}
	if err := config.checkMetrics(len(m.outputs)); err != nil {
		return nil, err
	}
	for i, value := range m.outputs {
		s := m.steps[value-len(m.inputs)]
		h := head{output: Output{Name: s.name, Shape: s.out, Activation: m.acts[i]}, loss: losses[i], weight: 1}
		if config.LossWeights != nil {
			h.weight = config.LossWeights[i]
		}
		if h.loss == nil {
			h.loss = defaultLoss(h.output.Activation)
		}
		if err := checkOutput("loss", h.loss.Name(), h.loss, h.output); err != nil {
			return nil, err
		}
		if err := h.setMetrics(config.metricsOf(i, h.loss), config.WeightedMetrics, len(m.outputs) > 1); err != nil {
			return nil, err
		}
		c.heads = append(c.heads, h)
	}
	return c, nil
}

// losses are the losses of n outputs, nil where one is to be chosen.
func (c CompileConfig) losses(n int) ([]Loss, error) {
	switch {
	case c.Losses != nil && len(c.Losses) != n:
		return nil, fmt.Errorf("dlkit: %d Losses for a model with %d outputs; want one for each", len(c.Losses), n)
	case c.Loss != nil && (n > 1 || c.Losses != nil):
		return nil, fmt.Errorf("dlkit: Loss is for models with one output and this one has %d; give Losses, and nothing else", n)
	case c.LossWeights != nil && len(c.LossWeights) != n:
		return nil, fmt.Errorf("dlkit: %d LossWeights for a model with %d outputs; want one for each", len(c.LossWeights), n)
	case c.Losses != nil:
		return c.Losses, nil
	}
	losses := make([]Loss, n)
	losses[0] = c.Loss
	return losses, nil
}

// checkMetrics looks at how metrics are given to n outputs.
func (c CompileConfig) checkMetrics(n int) error {
	switch {
	case c.NoMetrics && (c.Metrics != nil || c.OutputMetrics != nil || c.WeightedMetrics != nil):
		return errors.New("dlkit: NoMetrics and metrics are given; want one of them")
	case c.OutputMetrics != nil && c.Metrics != nil:
		return errors.New("dlkit: both Metrics and OutputMetrics are given; Metrics are for every output alike, OutputMetrics for each its own; want one of them")
	case c.OutputMetrics != nil && len(c.OutputMetrics) != n:
		return fmt.Errorf("dlkit: %d OutputMetrics for a model with %d outputs; want a list for each", len(c.OutputMetrics), n)
	}
	return nil
}

// metricsOf are the metrics of output i, which has the given loss.
func (c CompileConfig) metricsOf(i int, loss Loss) []Metric {
	metrics := c.Metrics
	if c.OutputMetrics != nil {
		metrics = c.OutputMetrics[i]
	}
	if metrics == nil && !c.NoMetrics {
		metrics = defaultMetrics(loss)
	}
	return metrics
}

func checkOptimizer(o Optimizer) error {
	if c, ok := o.(interface{ Check() error }); ok {
		if err := c.Check(); err != nil {
			return err
		}
	}
	if rate := o.Rate(); !(rate > 0 && rate <= 1e6) {
		return fmt.Errorf("dlkit: %s has learning rate %v; it must be above 0, usually between 0.0001 and 0.1", className(o), rate)
	}
	return nil
}

// slotsOf are the optimizer's values for a weight, made at first use.
func (c *compiled) slotsOf(v *variable, vars *variables) []*variable {
	if s, ok := c.slots[v]; ok {
		return s
	}
	var slots []*variable
	for _, s := range c.slotList() {
		slots = append(slots, newSlot(v, s, vars.dtype))
	}
	c.slots[v] = slots
	return slots
}
