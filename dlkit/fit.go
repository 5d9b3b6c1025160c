package dlkit

import (
	"context"
	"errors"
	"fmt"
	"io"

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
	// Check looks at the data before anything is learnt from it: what is trained
	// on, after ValidationSplit, and what is validated on, nil if nothing is. Fit
	// returns its error without having trained. look.Guard of package
	// datasets/look makes one that refuses data with faults.
	Check func(ctx context.Context, train, validation tensor.Dataset) error
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
// If the loss or a weight is no longer a number, the error is a *DivergedError,
// which names the layer where that began, and the model gets back the weights of
// the epoch's start. Calling Fit again goes on with the training.
//
// Data that takes long to read is read a batch ahead, by another goroutine, while
// the model computes: never by two at a time, and never while a callback runs.
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
	ended := false
	defer func() {
		if !ended { // a callback or the data has panicked
			_ = f.end()
		}
	}()
	if err = f.checkData(ctx); err == nil {
		err = f.run(ctx)
	}
	if errors.Is(err, ErrStop) {
		err = nil
	}
	ended = true
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
