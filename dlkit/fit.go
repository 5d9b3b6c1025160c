package dlkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"github.com/gofromzero/fromzero/tensor"
)

// FitConfig says how long and on what a model is trained. The zero value is
// one epoch in batches of 32, shuffled, without validation.
type FitConfig struct {
	// Epochs is how often the data is gone through; 1 if zero.
	Epochs int
	// BatchSize is the number of examples per step; 32 if zero.
	BatchSize int
	// ValidationSplit, in [0, 1), is the share of the data kept for
	// validation. It is drawn at random with the model's seed, so that sorted
	// data does no harm (Keras takes the last rows); with NoShuffle it is the
	// last rows. The data must be tensor.Indexed.
	ValidationSplit float64
	// Validation is data to validate on after every epoch, instead of a split.
	Validation tensor.Dataset
	// NoShuffle keeps the data in its order. Data that is not tensor.Indexed
	// is never shuffled here.
	NoShuffle bool
	// Schedule changes the learning rate from step to step; nil keeps the
	// optimizer's.
	Schedule Schedule
	// ClassWeights multiply the loss of examples of a class, found by its
	// number, such as {1: 10} for a rare class 1; classes not named count 1.
	ClassWeights map[int]float64
	// Callbacks are called in order.
	Callbacks []Callback
	// Progress is told about every step; nil tells nobody.
	Progress Progress
}

func (c FitConfig) filled() (FitConfig, error) {
	if c.Epochs == 0 {
		c.Epochs = 1
	}
	if c.BatchSize == 0 {
		c.BatchSize = 32
	}
	switch {
	case c.Epochs < 0:
		return c, fmt.Errorf("dlkit: Fit for %d epochs; want at least 1", c.Epochs)
	case c.BatchSize < 0:
		return c, fmt.Errorf("dlkit: Fit with batches of %d; want at least 1", c.BatchSize)
	case !(c.ValidationSplit >= 0 && c.ValidationSplit < 1):
		return c, fmt.Errorf("dlkit: ValidationSplit is %v; it is the share of the data to validate on and must be at least 0 and below 1", c.ValidationSplit)
	case c.ValidationSplit > 0 && c.Validation != nil:
		return c, errors.New("dlkit: both Validation and ValidationSplit are given; want one of them")
	}
	for i, cb := range c.Callbacks {
		if cb == nil {
			return c, fmt.Errorf("dlkit: callback %d is nil", i)
		}
	}
	return c, nil
}

// Fit trains the model. An uncompiled model is compiled with the zero
// CompileConfig first. The history returned is never nil; when ctx is
// cancelled or a callback fails, it holds the epochs finished until then, the
// model keeps its weights, and the error says what ended the training.
// Calling Fit again goes on with the training.
func (m *Model) Fit(ctx context.Context, data tensor.Dataset, config FitConfig) (*History, error) {
	hist := &History{}
	config, err := config.filled()
	if err != nil {
		return hist, err
	}
	if m.err != nil {
		return hist, m.err
	}
	if m.compiled == nil {
		if err := m.Compile(CompileConfig{}); err != nil {
			return hist, err
		}
	}
	f := &fitting{m: m, config: config, hist: hist}
	if err := f.begin(ctx, data); err != nil {
		return hist, err
	}
	err = f.run(ctx)
	if errors.Is(err, ErrStop) {
		err = nil
	}
	if endErr := f.end(); err == nil {
		err = endErr
	}
	if c, ok := config.Progress.(io.Closer); ok { // shows a last line that it still holds back
		if closeErr := c.Close(); err == nil {
			err = closeErr
		}
	}
	return hist, err
}

// fitting is one call of Fit.
type fitting struct {
	m        *Model
	config   FitConfig
	hist     *History
	data     tensor.Dataset
	validate tensor.Dataset
	seed     uint64
	epoch    int
	steps    int // of an epoch, -1 if not known
	done     int // steps of this Fit so far
	acc      *accumulator
	names    []string
	values   []float64
	event    Event
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
	f.steps = stepsOf(f.data.Len(), f.config.BatchSize)
	if f.config.Schedule != nil {
		if err := checkSchedule(f.config.Schedule, f.steps); err != nil {
			return err
		}
	}
	if f.config.ClassWeights != nil {
		if f.data, err = weightedByClass(f.data, f.config.ClassWeights, m.compiled.heads); err != nil {
			return err
		}
	}
	f.event = Event{Epochs: f.config.Epochs, Steps: f.steps, Model: m, History: f.hist}
	m.fitting, m.touched = true, true
	return nil
}

func (f *fitting) end() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.m.fitting = false
	return f.m.finishAverages()
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
	f.data, f.validate = rowsOf{data, order[:n-held]}, rowsOf{data, order[n-held:]}
	return nil
}

// Streams of random numbers that must not be the same.
const (
	splitStream   = 1
	shuffleStream = 2
	dropoutStream = 3
)

func identity(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// rowsOf are some rows of a dataset.
type rowsOf struct {
	tensor.Indexed
	at []int
}

func (r rowsOf) Len() int { return len(r.at) }

func (r rowsOf) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	mapped := make([]int, len(at))
	for i, a := range at {
		mapped[i] = r.at[a]
	}
	return r.Indexed.Rows(ctx, mapped, reuse)
}

func (r rowsOf) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return tensor.RowBatches(ctx, r, size)
}

func (f *fitting) run(ctx context.Context) error {
	if err := f.notify(TrainBegin); err != nil {
		return err
	}
	err := f.runEpochs(ctx)
	if endErr := f.notify(TrainEnd); err == nil {
		err = endErr
	}
	return err
}

func (f *fitting) runEpochs(ctx context.Context) error {
	for f.epoch = 0; f.epoch < f.config.Epochs; f.epoch++ {
		f.event.Epoch = f.epoch
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

// notify calls the callbacks.
func (f *fitting) notify(kind EventKind) error {
	f.event.Kind = kind
	for _, cb := range f.config.Callbacks {
		if err := cb.Notify(&f.event); err != nil {
			return err
		}
	}
	return nil
}

func (f *fitting) runEpoch(ctx context.Context) error {
	start := time.Now()
	label := fmt.Sprintf("epoch %d/%d", f.epoch+1, f.config.Epochs)
	if f.acc != nil {
		f.acc.reset()
	}
	f.event.Step = 0
	var err error
	if data, ok := f.data.(tensor.Indexed); ok {
		err = f.trainRows(ctx, data, label)
	} else {
		err = f.trainBatches(ctx, label)
	}
	if err != nil {
		return err
	}
	if f.acc == nil || f.acc.n == 0 {
		return errors.New("dlkit: the data gave no batch in this epoch; a dataset must give its examples anew every time Batches is called")
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
	f.hist.add(names, values, time.Since(start))
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
	r := rowReader{data: data}
	for start := 0; start < n; start += f.config.BatchSize {
		at := order[start:min(start+f.config.BatchSize, n)]
		if err := f.step(ctx, label, func() (tensor.Batch, *program, error) { return r.read(ctx, f.m, f.kind(), at) }); err != nil {
			return err
		}
	}
	return nil
}

// kind is that of the next step's program.
func (f *fitting) kind() programKind {
	if f.m.compiled.accumulating() {
		return accumulateProgram
	}
	return trainProgram
}

// trainedEpochs tells the epochs of several Fit calls apart.
func (f *fitting) trainedEpochs() uint64 { return uint64(f.m.compiled.trained) }

// trainBatches goes through data in its own order.
func (f *fitting) trainBatches(ctx context.Context, label string) error {
	for batch, err := range f.data.Batches(ctx, f.config.BatchSize) {
		if err != nil {
			return err
		}
		if batch.Len() == 0 {
			continue
		}
		if err := f.step(ctx, label, func() (tensor.Batch, *program, error) {
			p, err := f.m.programFor(f.kind(), batch)
			return batch, p, err
		}); err != nil {
			return err
		}
	}
	return nil
}

// step trains on one batch.
func (f *fitting) step(ctx context.Context, label string, next func() (tensor.Batch, *program, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m := f.m
	m.mu.Lock()
	err := f.lockedStep(next)
	m.mu.Unlock()
	if err != nil {
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
	err = f.notify(StepEnd)
	f.event.names = nil
	return err
}

func (f *fitting) lockedStep(next func() (tensor.Batch, *program, error)) error {
	batch, p, err := next()
	if err != nil {
		return err
	}
	c := f.m.compiled
	if s := f.config.Schedule; s != nil {
		c.rate = s.Rate(c.optimizer.Rate(), f.done, f.steps*f.config.Epochs)
	}
	c.trained++
	f.done++
	p.setStep(c)
	stats, err := p.stats()
	if err != nil {
		return err
	}
	if loss := float64(stats[0]); math.IsNaN(loss) || math.IsInf(loss, 0) {
		return f.diverged(batch, loss)
	}
	if f.acc == nil {
		f.acc = newAccumulator(c.metrics(), p.widths)
	}
	return f.acc.add(stats, p.key.batch)
}

// ErrDiverged is wrapped by Fit's error when the loss is no longer a number.
var ErrDiverged = errors.New("the loss is no longer a finite number")

// diverged explains a loss that is not a number: bad data if there is any,
// else too large steps.
func (f *fitting) diverged(batch tensor.Batch, loss float64) error {
	where := fmt.Sprintf("dlkit: epoch %d, step %d", f.epoch+1, f.event.Step+1)
	for _, x := range append(append([]*tensor.Tensor{}, batch.Inputs...), batch.Targets...) {
		if row, col, v, bad := firstNotFinite(x); bad {
			return fmt.Errorf("%s: %w (%v): the data holds %v in example %d of the batch, value %d; fill in or drop such values before training",
				where, ErrDiverged, loss, v, row, col)
		}
	}
	return fmt.Errorf("%s: %w (%v): the data is fine, so the steps are too large; try a learning rate ten times smaller than %v, or scale the inputs to about −1 … 1",
		where, ErrDiverged, loss, f.m.compiled.rate)
}

func firstNotFinite(t *tensor.Tensor) (row, col int, v float64, bad bool) {
	if !t.DType().IsFloat() || t.Size() == 0 {
		return 0, 0, 0, false
	}
	width := t.Size() / t.Len()
	for i, v := range tensor.Values[float64](t) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return i / width, i % width, v, true
		}
	}
	return 0, 0, 0, false
}
