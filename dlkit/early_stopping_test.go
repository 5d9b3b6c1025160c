package dlkit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// falling is a model of one weight that begins at 0 and falls by half the rate's
// worth at every step, and its four examples: after k steps of rate 0.5 the
// weight is −0.5·k, whatever the data.
func falling(t *testing.T) (*Model, *tensor.Memory) {
	t.Helper()
	m := Sequential(tensor.Shape{1}, Dense(1, NoBias, KernelInit(Zeros)))
	if err := m.Compile(CompileConfig{Optimizer: SGD{LearningRate: 0.5}, Loss: itsOutput{}, NoMetrics: true}); err != nil {
		t.Fatal(err)
	}
	ones := tensor.Must(tensor.New([]float32{1, 1, 1, 1}, 4, 1))
	return m, tensor.Must(tensor.FromTensors(ones, ones))
}

// afterEpoch is the weight of falling after an epoch, counted from 0, of one
// step.
func afterEpoch(epoch int) float64 { return -0.5 * float64(epoch+1) }

// failingIn is data that cannot be read any more from an epoch on.
type failingIn struct {
	tensor.Dataset
	epoch int
	seen  *int
}

func (d failingIn) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	*d.seen++
	if *d.seen > d.epoch {
		return func(yield func(tensor.Batch, error) bool) { yield(tensor.Batch{}, errBroken) }
	}
	return d.Dataset.Batches(ctx, size)
}

var errBroken = errors.New("broken")

// atEvent calls fn at one moment of one epoch.
func atEvent(kind EventKind, epoch int, fn func() error) Callback {
	return CallbackFunc(func(e *Event) error {
		if e.Kind == kind && (kind == TrainEnd || e.Epoch == epoch) {
			return fn()
		}
		return nil
	})
}

// However a training ends, the model has the weights of its best epoch, here the
// second: −1. Told not to, it keeps the last.
func TestEarlyStoppingRestoresByValue(t *testing.T) {
	values := []float64{3, 1, 2, 2, 2, 2, 2, 2, 2, 2}
	fail := func() error { return errBroken }
	stop := func() error { return ErrStop }
	for _, c := range []struct {
		name   string
		config FitConfig
		data   func(tensor.Dataset) tensor.Dataset
		cancel func(cancel func()) Callback
		last   float64 // the weight where training ends
		err    error
	}{
		{name: "after all epochs", config: FitConfig{Epochs: 6}, last: afterEpoch(5)},
		{name: "stopped early", config: FitConfig{Epochs: 10}, last: afterEpoch(7)}, // patience 6 after epoch 1
		{name: "stopped by another callback", config: FitConfig{Epochs: 9, Callbacks: []Callback{atEvent(EpochEnd, 4, stop)}}, last: afterEpoch(4)},
		{name: "stopped after a step", config: FitConfig{Epochs: 9, Callbacks: []Callback{atEvent(StepEnd, 4, stop)}}, last: afterEpoch(4)},
		{name: "a callback fails after an epoch", config: FitConfig{Epochs: 9, Callbacks: []Callback{atEvent(EpochEnd, 3, fail)}}, last: afterEpoch(3), err: errBroken},
		{name: "a callback fails before an epoch", config: FitConfig{Epochs: 9, Callbacks: []Callback{atEvent(EpochBegin, 3, fail)}}, last: afterEpoch(2), err: errBroken},
		{name: "a callback fails in a step", config: FitConfig{Epochs: 9, Callbacks: []Callback{atEvent(StepEnd, 3, fail)}}, last: afterEpoch(3), err: errBroken},
		{name: "a callback fails at the end", config: FitConfig{Epochs: 4, Callbacks: []Callback{atEvent(TrainEnd, 0, fail)}}, last: afterEpoch(3), err: errBroken},
		{name: "the data fails", config: FitConfig{Epochs: 9}, data: func(d tensor.Dataset) tensor.Dataset { return failingIn{d, 4, new(int)} }, last: afterEpoch(3), err: errBroken},
		{name: "interrupted after an epoch", config: FitConfig{Epochs: 9}, last: afterEpoch(3), err: context.Canceled,
			cancel: func(cancel func()) Callback { return atEvent(EpochEnd, 3, func() error { cancel(); return nil }) }},
		{name: "interrupted after a step", config: FitConfig{Epochs: 9}, last: afterEpoch(3), err: context.Canceled,
			cancel: func(cancel func()) Callback { return atEvent(StepEnd, 3, func() error { cancel(); return nil }) }},
		{name: "diverged", config: FitConfig{Epochs: 9, Callbacks: []Callback{CallbackFunc(func(e *Event) error {
			if e.Kind == EpochBegin && e.Epoch == 3 {
				return e.Model.SetWeight("dense_1/kernel", tensor.Must(tensor.New([]float32{float32(math.Inf(1))}, 1, 1)))
			}
			return nil
		})}}, last: afterEpoch(2), err: ErrDiverged},
	} {
		for _, keepLast := range []bool{false, true} {
			m, memory := falling(t)
			ctx, cancel := context.WithCancel(context.Background())
			var data tensor.Dataset = memory
			if c.data != nil {
				data = c.data(memory)
			}
			config := c.config
			config.BatchSize, config.NoShuffle = 4, true
			early := &EarlyStopping{Patience: 5, KeepLast: keepLast}
			// once before the others and once after them
			if keepLast {
				config.Callbacks = append([]Callback{scripted(values...), early}, c.config.Callbacks...)
			} else {
				config.Callbacks = append(append([]Callback{}, c.config.Callbacks...), scripted(values...), early)
			}
			if c.cancel != nil {
				config.Callbacks = append(config.Callbacks, c.cancel(cancel))
			}
			_, err := m.Fit(ctx, data, config)
			cancel()
			if !errors.Is(err, c.err) || (c.err == nil && err != nil) {
				t.Errorf("%s: error %v, want %v", c.name, err, c.err)
			}
			want := afterEpoch(1)
			if keepLast {
				want = c.last
			}
			if got := weightsOf(t, m)[0]; got != want {
				t.Errorf("%s, KeepLast %v: the weight is %v, want %v", c.name, keepLast, got, want)
			}
			if best, value := early.BestEpoch(); best != 1 || value != 1 {
				t.Errorf("%s: best epoch %d with %v, want 1 with 1", c.name, best, value)
			}
			if early.Stopped != (c.name == "stopped early") {
				t.Errorf("%s: Stopped is %v", c.name, early.Stopped)
			}
		}
	}
}

// The epoch in which training ends, and the best one, for all settings.
func TestEarlyStoppingCounts(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name       string
		early      EarlyStopping
		values     []float64
		last, best int
	}{
		{"no patience", EarlyStopping{}, []float64{2, 1, 1, 0, 0}, 2, 1},
		{"patience 1", EarlyStopping{Patience: 1}, []float64{2, 1, 1, 0, 0, 0, 0}, 5, 3},
		{"patience 2", EarlyStopping{Patience: 2}, []float64{2, 3, 4, 5, 1}, 3, 0},
		{"never stopped", EarlyStopping{Patience: 2}, []float64{5, 4, 3, 2, 1}, 4, 4},
		{"too little better", EarlyStopping{MinDelta: 0.5}, []float64{5, 4, 3.8, 1}, 2, 1},
		{"just not enough", EarlyStopping{MinDelta: 0.5}, []float64{5, 4.5, 1}, 1, 0},
		{"largest", EarlyStopping{Largest: true}, []float64{1, 2, 1.5, 9}, 2, 1},
		{"not a number is never better", EarlyStopping{Patience: 1}, []float64{3, nan, 2, nan, nan, 1}, 4, 2},
		{"begins with no number", EarlyStopping{Patience: 2}, []float64{nan, 3, 4, 5, 6, 1}, 4, 1},
	} {
		m, data := falling(t)
		c.early.Monitor = "val_loss"
		hist := mustFit(t, m, data, FitConfig{Epochs: len(c.values), BatchSize: 4, Callbacks: []Callback{scripted(c.values...), &c.early}})
		if hist.Epochs() != c.last+1 {
			t.Errorf("%s: ended after epoch %d, want %d", c.name, hist.Epochs()-1, c.last)
		}
		if best, _ := c.early.BestEpoch(); best != c.best || weightsOf(t, m)[0] != afterEpoch(c.best) {
			t.Errorf("%s: best epoch %d, weight %v; want epoch %d, weight %v", c.name, best, weightsOf(t, m)[0], c.best, afterEpoch(c.best))
		}
	}
	for _, early := range []*EarlyStopping{{Patience: -1}, {MinDelta: -1}} {
		m, data := falling(t)
		if _, err := m.Fit(context.Background(), data, FitConfig{Callbacks: []Callback{early}}); err == nil {
			t.Errorf("%+v: no error", early)
		}
	}
}

// Optimizer's memory is restored too: training goes on from the best epoch as it
// did then.
func TestEarlyStoppingRestoresTheOptimizer(t *testing.T) {
	run := func(epochs int, callbacks ...Callback) *Model {
		m := classifier()
		if err := m.Compile(CompileConfig{Seed: 3, Optimizer: Adam{LearningRate: 0.05}}); err != nil {
			t.Fatal(err)
		}
		mustFit(t, m, blobs(30), FitConfig{Epochs: epochs, BatchSize: 30, Callbacks: callbacks})
		return m
	}
	values := []float64{3, 1, 2, 2}
	restored := run(4, scripted(values...), &EarlyStopping{Patience: 9})
	best := run(2)
	slots := func(m *Model) string {
		var all []float64
		for _, v := range m.vars.list {
			for _, s := range m.compiled.slots[v] {
				value, err := s.value()
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, tensor.Values[float64](value)...)
			}
		}
		return fmt.Sprint(all)
	}
	if slots(restored) != slots(best) || !equal(weightsOf(t, restored), weightsOf(t, best)) {
		t.Error("the model is not as it was after its best epoch")
	}
}
