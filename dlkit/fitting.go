package dlkit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/gofromzero/fromzero/tensor"
)

// fitting is one call of Fit.
type fitting struct {
	m        *Model
	config   FitConfig
	hist     *History
	data     tensor.Dataset
	validate tensor.Dataset
	// unweighted is data as it is without the weights of classes.
	unweighted tensor.Dataset
	seed       uint64
	epoch      int
	start      int           // the epoch to begin with, above 0 when going on
	skip       int           // steps of that epoch that are done already
	took       time.Duration // time that they took
	began      time.Time     // the epoch's beginning
	steps      int           // of an epoch, -1 if not known
	done       int           // steps of this Fit so far
	acc        *accumulator
	names      []string
	values     []float64
	event      Event
	sound      snapshot // the weights at the epoch's start
	finished   bool     // training ended by itself
}

func (f *fitting) begin(ctx context.Context, data tensor.Dataset) (err error) {
	if err := load(ctx, data); err != nil {
		return err
	}
	if err := load(ctx, f.config.Validation); err != nil {
		return err
	}
	m := f.m
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fitting {
		return errors.New("dlkit: Fit is already running on this model")
	}
	f.data, f.validate = data, f.config.Validation
	f.seed = m.compiled.seed
	f.names = m.compiled.metricNames()
	if f.config.ValidationSplit > 0 {
		if err := f.split(); err != nil {
			return err
		}
	}
	if f.data.Len() == 0 {
		return errors.New("dlkit: Fit got data without a single example")
	}
	if f.validate != nil && f.validate.Len() == 0 {
		return errors.New("dlkit: Validation is data without a single example; give it some, or leave it out")
	}
	f.steps = stepsOf(f.data.Len(), f.config.BatchSize)
	if f.config.Schedule != nil {
		if err := checkSchedule(f.config.Schedule, f.steps); err != nil {
			return err
		}
	}
	f.unweighted = f.data
	if f.config.ClassWeights != nil {
		if f.data, err = weightedByClass(f.data, f.config.ClassWeights, m.compiled.heads); err != nil {
			return err
		}
	}
	f.event = Event{Epochs: f.config.Epochs, Steps: f.steps, Model: m, History: f.hist, fit: f}
	m.fitting, m.touched = true, true
	return nil
}

func (f *fitting) end() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.m.fitting = false
	return f.m.finishAverages()
}

// checkData asks the user's Check.
func (f *fitting) checkData(ctx context.Context) error {
	if f.config.Check == nil {
		return nil
	}
	if err := f.config.Check(ctx, f.unweighted, f.validate); err != nil {
		return fmt.Errorf("dlkit: Fit does not train on this data: %w", err)
	}
	return nil
}

// load fetches lazy data.
func load(ctx context.Context, data tensor.Dataset) error {
	if l, ok := data.(tensor.Loader); ok {
		if err := l.Load(ctx); err != nil {
			return fmt.Errorf("dlkit: loading the data: %w", err)
		}
	}
	return nil
}

func stepsOf(examples, batch int) int {
	if examples < 0 {
		return -1
	}
	return (examples + batch - 1) / batch
}

// split keeps a share of the data for validation.
func (f *fitting) split() error {
	data, ok := f.data.(tensor.Indexed)
	if !ok {
		return fmt.Errorf("dlkit: ValidationSplit needs data that can be read in any order (tensor.Indexed), and %T cannot; pass Validation instead", f.data)
	}
	n := data.Len()
	held := int(math.Round(float64(n) * f.config.ValidationSplit))
	if held == 0 || held == n {
		return fmt.Errorf("dlkit: ValidationSplit %v of %d examples leaves %d to train on and %d to validate on; want at least 1 of each",
			f.config.ValidationSplit, n, n-held, held)
	}
	order := identity(n)
	if !f.config.NoShuffle {
		order = rand.New(rand.NewPCG(f.seed, splitStream)).Perm(n)
	}
	f.data, f.validate = tensor.Subset(data, order[:n-held]), tensor.Subset(data, order[n-held:])
	return nil
}

// Streams of random numbers that must not be the same.
const (
	splitStream   = 1
	shuffleStream = 2
	dropoutStream = 3
	augmentStream = 4
)

func identity(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (f *fitting) run(ctx context.Context) error {
	if err := f.notify(TrainBegin); err != nil {
		return err
	}
	err := f.runEpochs(ctx)
	f.finished = err == nil || errors.Is(err, ErrStop)
	if endErr := f.notify(TrainEnd); err == nil {
		err = endErr
	}
	return err
}

func (f *fitting) runEpochs(ctx context.Context) error {
	for f.epoch = f.start; f.epoch < f.config.Epochs; f.epoch++ {
		f.event.Epoch = f.epoch
		if err := f.keepSound(); err != nil {
			return err
		}
		if err := f.notify(EpochBegin); err != nil {
			return err
		}
		if err := f.runEpoch(ctx); err != nil {
			if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
				return fmt.Errorf("dlkit: training was interrupted in epoch %d of %d; the model keeps its weights and the history its %d finished epochs: %w",
					f.epoch+1, f.config.Epochs, f.hist.Epochs(), err)
			}
			return err
		}
		err := f.notify(EpochEnd)
		f.event.names = nil
		if err != nil {
			return err
		}
	}
	return nil
}

// notify calls the callbacks: backups last, so that they have what the others
// have made of the event. All learn of the end, whatever one of them says.
func (f *fitting) notify(kind EventKind) error {
	f.event.Kind = kind
	var errs []error
	for _, backups := range []bool{false, true} {
		for _, cb := range f.config.Callbacks {
			if _, is := cb.(*BackupAndRestore); is != backups {
				continue
			}
			if err := cb.Notify(&f.event); err != nil {
				if kind != TrainEnd {
					return err
				}
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// keepSound remembers the weights, to go back to if the epoch spoils them.
func (f *fitting) keepSound() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	return f.sound.take(f.m)
}

func (f *fitting) runEpoch(ctx context.Context) error {
	f.began = time.Now().Add(-f.took)
	label := fmt.Sprintf("epoch %d/%d", f.epoch+1, f.config.Epochs)
	if f.acc != nil && f.skip == 0 {
		f.acc.reset()
	}
	f.event.Step = f.skip
	var err error
	if data, ok := f.data.(tensor.Indexed); ok {
		err = f.trainRows(ctx, data, label)
	} else {
		err = f.trainBatches(ctx, label)
	}
	f.skip, f.took = 0, 0
	if err != nil {
		return err
	}
	if f.acc == nil || f.acc.n == 0 {
		return errors.New("dlkit: the data gave no batch in this epoch; a dataset must give its examples anew every time Batches is called")
	}
	if err := f.checkWeights(f.acc.last); err != nil {
		return err
	}
	names := f.names
	values := f.acc.values(f.values)
	if f.validate != nil {
		scores, err := f.m.evaluate(ctx, f.validate, 0, nil)
		if err != nil {
			return err
		}
		names, values = f.withValidation(names, values, scores)
	}
	f.hist.add(names, values, time.Since(f.began))
	f.event.names, f.event.values = names, values
	if f.config.Progress != nil {
		f.config.Progress.Finish(label, names, values)
	}
	return nil
}

func (f *fitting) withValidation(names []string, values []float64, s Scores) ([]string, []float64) {
	allNames := append([]string{}, names...)
	all := append([]float64{}, values...)
	for i, n := range s.names {
		allNames, all = append(allNames, "val_"+n), append(all, s.values[i])
	}
	return allNames, all
}

// trainRows goes through data that can be read in any order.
func (f *fitting) trainRows(ctx context.Context, data tensor.Indexed, label string) error {
	n := data.Len()
	var order []int
	if f.config.NoShuffle {
		order = identity(n)
	} else {
		order = rand.New(rand.NewPCG(f.seed^f.trainedEpochs(), shuffleStream)).Perm(n)
	}
	skip := min(f.skip*f.config.BatchSize, n)
	return f.train(ctx, label, &rowBatches{m: f.m, data: data, order: order[skip:], size: f.config.BatchSize})
}

// kind is that of the next step's program.
func (f *fitting) kind() programKind {
	if f.m.compiled.accumulating() {
		return accumulateProgram
	}
	return trainProgram
}

// trainedEpochs tells the epochs of several Fit calls apart: the steps that the
// model had been trained before this one.
func (f *fitting) trainedEpochs() uint64 { return uint64(f.m.compiled.trained - f.skip) }

// trainBatches goes through data in its own order.
func (f *fitting) trainBatches(ctx context.Context, label string) error {
	source := newStreamBatches(ctx, f.m, f.data, f.config.BatchSize)
	defer source.close()
	source.skip = f.skip
	return f.train(ctx, label, source)
}

// train does a step with every batch.
func (f *fitting) train(ctx context.Context, label string, source batches) error {
	for {
		if more, err := source.more(); err != nil || !more {
			return err
		}
		if err := f.step(ctx, label, source); err != nil {
			return err
		}
	}
}

// step trains on one batch. What callbacks see of the data is theirs alone: the
// next batch is read only while the step is under way.
func (f *fitting) step(ctx context.Context, label string, source batches) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.lockedStep(ctx, source); err != nil {
		return err
	}
	f.event.Step++
	f.values = f.acc.values(f.values)
	if f.config.Progress != nil {
		f.config.Progress.Update(label, int64(f.event.Step), int64(f.event.Steps), f.names, f.values)
	}
	if len(f.config.Callbacks) == 0 {
		return nil
	}
	f.event.names, f.event.values = f.names, f.values
	err := f.notify(StepEnd)
	f.event.names = nil
	return err
}

// lockedStep does the step itself, and has ended with everything when it returns
// or panics.
func (f *fitting) lockedStep(ctx context.Context, source batches) error {
	defer source.join()
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	p, err := source.take(ctx, f.kind())
	if err != nil {
		return err
	}
	c := f.m.compiled
	if s := f.config.Schedule; s != nil {
		c.rate = s.Rate(c.optimizer.Rate(), f.done, f.steps*f.config.Epochs)
	}
	c.trained++
	f.done++
	source.ahead(ctx, f.kind(), p)
	p.setStep(c)
	stats, after, err := p.attempt()
	if err != nil {
		return err
	}
	if !finite(stats[0]) {
		return errors.Join(f.diverged(p, stats[0]), p.reject(after), f.sound.restore())
	}
	if err := p.accept(after); err != nil {
		return err
	}
	if f.acc == nil {
		f.acc = newAccumulator(c.metrics(), p.widths)
	}
	return f.acc.add(stats, p.key.batch)
}
