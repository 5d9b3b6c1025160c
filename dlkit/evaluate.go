package dlkit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gofromzero/fromzero/tensor"
)

// Scores are the loss and metrics of a model on a data set.
type Scores struct {
	// Loss is the mean loss.
	Loss   float64
	names  []string
	values []float64
}

// Names are the names of the loss and the metrics, in order.
func (s Scores) Names() []string { return slices.Clone(s.names) }

// Get is the value of a metric, or of "loss"; NaN if it was not measured.
func (s Scores) Get(name string) float64 {
	if i := slices.Index(s.names, name); i >= 0 {
		return s.values[i]
	}
	return math.NaN()
}

// String writes "loss 0.0712, accuracy 0.9776".
func (s Scores) String() string {
	parts := make([]string, len(s.names))
	for i, n := range s.names {
		parts[i] = fmt.Sprintf("%s %.4f", n, s.values[i])
	}
	return strings.Join(parts, ", ")
}

// evaluationBatch is large, for speed; it does not change the result.
const evaluationBatch = 256

// Evaluate measures the loss and the metrics on data, without training.
// Metrics are computed over the whole set. The model must be compiled, or is
// compiled with the zero CompileConfig.
func (m *Model) Evaluate(ctx context.Context, data tensor.Dataset) (Scores, error) {
	return m.EvaluateWith(ctx, data, EvaluateConfig{})
}

// EvaluateConfig says how Evaluate goes about it.
type EvaluateConfig struct {
	// BatchSize is the number of examples computed at once; 256 if zero.
	BatchSize int
	// Progress is told about every batch; nil tells nobody.
	Progress Progress
}

// EvaluateWith is Evaluate with a choice of batch size and progress.
func (m *Model) EvaluateWith(ctx context.Context, data tensor.Dataset, config EvaluateConfig) (Scores, error) {
	if m.err != nil {
		return Scores{}, m.err
	}
	if m.compiled == nil {
		if err := m.Compile(CompileConfig{}); err != nil {
			return Scores{}, err
		}
	}
	if err := load(ctx, data); err != nil {
		return Scores{}, err
	}
	return m.evaluate(ctx, data, config.BatchSize, config.Progress)
}

func (m *Model) evaluate(ctx context.Context, data tensor.Dataset, size int, progress Progress) (Scores, error) {
	if size <= 0 {
		size = evaluationBatch
	}
	e := &evaluation{m: m, progress: progress, total: int64(stepsOf(data.Len(), size))}
	var err error
	if rows, ok := data.(tensor.Indexed); ok {
		err = e.rows(ctx, rows, size)
	} else {
		err = e.batches(ctx, data, size)
	}
	if err != nil {
		return Scores{}, err
	}
	if e.acc == nil || e.acc.n == 0 {
		return Scores{}, errors.New("dlkit: Evaluate got data without a single example")
	}
	s := Scores{names: m.compiled.metricNames(), values: e.acc.values(nil)}
	s.Loss = s.values[0]
	if progress != nil {
		progress.Finish("evaluating", s.names, s.values)
	}
	return s, nil
}

// evaluation is one call of Evaluate.
type evaluation struct {
	m        *Model
	acc      *accumulator
	progress Progress
	done     int64
	total    int64
}

func (e *evaluation) rows(ctx context.Context, data tensor.Indexed, size int) error {
	r := rowReader{data: data}
	n := data.Len()
	all := identity(n)
	for start := 0; start < n; start += size {
		at := all[start:min(start+size, n)]
		if err := e.step(ctx, func() (*program, error) {
			_, p, err := r.read(ctx, e.m, evaluateProgram, at)
			return p, err
		}); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluation) batches(ctx context.Context, data tensor.Dataset, size int) error {
	for batch, err := range data.Batches(ctx, size) {
		if err != nil {
			return err
		}
		if batch.Len() == 0 {
			continue
		}
		if err := e.step(ctx, func() (*program, error) { return e.m.programFor(evaluateProgram, batch) }); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluation) step(ctx context.Context, next func() (*program, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.m.mu.Lock()
	defer e.m.mu.Unlock()
	p, err := next()
	if err != nil {
		return err
	}
	stats, err := p.stats()
	if err != nil {
		return err
	}
	if e.acc == nil {
		e.acc = newAccumulator(e.m.compiled.metrics(), p.widths)
	}
	e.done++
	if e.progress != nil {
		e.progress.Update("evaluating", e.done, e.total, nil, nil)
	}
	return e.acc.add(stats, p.key.batch)
}
