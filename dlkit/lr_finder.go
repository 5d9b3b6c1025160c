package dlkit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// LRFinderConfig says how FindLearningRate searches. The zero value is a good
// start.
type LRFinderConfig struct {
	// Min and Max are the rates to begin and end with; 1e-6 and 10 if zero.
	Min, Max float64
	// Steps is the number of training steps, each with a rate a little larger
	// than the one before; 100 if zero.
	Steps int
	// BatchSize is the number of examples per step; 32 if zero.
	BatchSize int
}

func (c LRFinderConfig) filled() (LRFinderConfig, error) {
	c.Min, c.Max = orDefault(c.Min, 1e-6), orDefault(c.Max, 10)
	if c.Steps == 0 {
		c.Steps = 100
	}
	if c.BatchSize == 0 {
		c.BatchSize = 32
	}
	if !(c.Min > 0 && c.Max > c.Min) || c.Steps < 10 || c.BatchSize < 1 {
		return c, fmt.Errorf("dlkit: FindLearningRate from %v to %v in %d steps of %d; want 0 < Min < Max, at least 10 steps and a batch of at least 1",
			c.Min, c.Max, c.Steps, c.BatchSize)
	}
	return c, nil
}

// LRCurve is what FindLearningRate measured: the loss at every rate tried.
type LRCurve struct {
	// Rates are the learning rates, rising.
	Rates []float64
	// Losses are the training losses at them, smoothed.
	Losses []float64
	// Suggestion is the rate in the middle of the loss's fall.
	Suggestion float64
}

// FindLearningRate trains a copy of the model with ever larger learning rates
// and watches the loss: it falls, falls faster, and then shoots up. A good rate
// lies where it falls fastest; that one is suggested. The model itself is not
// changed. Smith, 2015; the smoothing is fastai's.
func (m *Model) FindLearningRate(ctx context.Context, data tensor.Dataset, config LRFinderConfig) (*LRCurve, error) {
	config, err := config.filled()
	if err != nil {
		return nil, err
	}
	if m.err != nil {
		return nil, m.err
	}
	if m.compiled == nil {
		if err := m.Compile(CompileConfig{}); err != nil {
			return nil, err
		}
	}
	trial, err := m.Clone()
	if err != nil {
		return nil, err
	}
	f := &lrFinder{config: config, curve: &LRCurve{}}
	_, err = trial.Fit(ctx, data, FitConfig{Epochs: config.Steps, BatchSize: config.BatchSize, Schedule: f, Callbacks: []Callback{f}})
	if err != nil && !errors.Is(err, ErrDiverged) {
		return nil, err
	}
	if err := f.suggest(); err != nil {
		return nil, err
	}
	return f.curve, nil
}

// lrFinder is the schedule and the callback of a search.
type lrFinder struct {
	config  LRFinderConfig
	curve   *LRCurve
	average float64
	best    float64
	before  accumulator
}

// Rate implements Schedule: the rates are evenly spaced in their logarithm.
func (f *lrFinder) Rate(_ float64, step, _ int) float64 {
	done := float64(step) / float64(f.config.Steps-1)
	return f.config.Min * math.Pow(f.config.Max/f.config.Min, done)
}

// smoothing is how much of the running average of losses is kept.
const smoothing = 0.98

// Notify implements Callback.
func (f *lrFinder) Notify(e *Event) error {
	switch e.Kind {
	case EpochBegin:
		f.before = accumulator{}
	case StepEnd:
		step := len(f.curve.Rates)
		acc := e.fit.acc
		loss := (acc.loss - f.before.loss) / float64(acc.n-f.before.n) // of this batch alone
		f.before = accumulator{loss: acc.loss, n: acc.n}
		f.average = smoothing*f.average + (1-smoothing)*loss
		smooth := f.average / (1 - math.Pow(smoothing, float64(step+1)))
		f.curve.Rates = append(f.curve.Rates, f.Rate(0, step, 0))
		f.curve.Losses = append(f.curve.Losses, smooth)
		if step == 0 || smooth < f.best {
			f.best = smooth
		}
		if step+1 == f.config.Steps || (step > 10 && smooth > f.best+3*math.Abs(f.best)) {
			return ErrStop
		}
	}
	return nil
}

// suggest takes the rate in the middle of the fall: neither at its beginning,
// where chance batches make the steepest steps, nor near the lowest loss, where
// the next larger rates already spoil it.
func (f *lrFinder) suggest() error {
	losses, rates := f.curve.Losses, f.curve.Rates
	if begin, end := fall(losses); end > begin {
		f.curve.Suggestion = rates[(begin+end)/2]
	}
	if f.curve.Suggestion == 0 {
		return fmt.Errorf("dlkit: FindLearningRate: the loss never fell in %d steps from rate %v on; try a smaller Min, and look at the data", len(rates), f.config.Min)
	}
	return nil
}

// fall is where the values begin to fall to the lowest and where they have all
// but arrived, either to a twentieth of the way. The first tenth, in which the
// average is still one of few batches, does not say how high they were.
func fall(values []float64) (begin, end int) {
	lowest := 0
	for i, v := range values {
		if v < values[lowest] {
			lowest = i
		}
	}
	before := values[min(len(values)/10, lowest) : lowest+1]
	margin := (slices.Max(before) - values[lowest]) / 20
	for begin = lowest; begin > 0 && values[begin] < slices.Max(before)-margin; begin-- {
	}
	for end = begin; end < lowest && values[end] > values[lowest]+margin; end++ {
	}
	return begin, end
}
