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
	acc    *accumulator
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

// Array is a metric in full, where it has more to say than one number: the
// precision of every class, the points of a curve, a confusion matrix. The
// metric's documentation says what, and in which shape. A name that was not
// measured, or has only one number, is an error.
func (s Scores) Array(name string) (*tensor.Tensor, error) {
	var full []string
	for i, n := range s.names[min(1, len(s.names)):] { // the first is the loss
		m, ok := s.acc.metrics[i].metric.(ArrayMetric)
		if ok && n == name {
			return m.Array(s.acc.sumsOf(i))
		}
		if ok {
			full = append(full, n)
		}
	}
	hint := "; none of those measured is"
	if full != nil {
		hint = "; those measured that are: " + strings.Join(full, ", ")
	}
	if slices.Contains(s.names, name) {
		return nil, fmt.Errorf("dlkit: scores: %q is one number, which Get returns, and not an ArrayMetric%s", name, hint)
	}
	return nil, fmt.Errorf("dlkit: scores: %q was not measured, or is not an ArrayMetric%s", name, hint)
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
	// Metrics and WeightedMetrics are measured instead of those that the model
	// was compiled with, for every output; nil for both measures those.
	Metrics, WeightedMetrics []Metric
	// Progress is told about every batch; nil tells nobody.
	Progress Progress
}

// EvaluateWith is Evaluate with a choice of batch size, metrics and progress.
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
	if config.Metrics == nil && config.WeightedMetrics == nil {
		return m.evaluate(ctx, data, config.BatchSize, config.Progress)
	}
	scoring, err := m.compiled.scoringFor(config.Metrics, config.WeightedMetrics)
	if err != nil {
		return Scores{}, err
	}
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.programs.drop(scoring)
	}()
	return m.evaluateAs(ctx, data, config.BatchSize, config.Progress, scoring)
}

// evaluate measures what the model is compiled with.
func (m *Model) evaluate(ctx context.Context, data tensor.Dataset, size int, progress Progress) (Scores, error) {
	return m.evaluateAs(ctx, data, size, progress, nil)
}

// evaluateAs measures what s says, nil being what the model is compiled with.
func (m *Model) evaluateAs(ctx context.Context, data tensor.Dataset, size int, progress Progress, s *scoring) (Scores, error) {
	if size <= 0 {
		size = evaluationBatch
	}
	e := &evaluation{m: m, scoring: s, progress: progress, total: int64(stepsOf(data.Len(), size))}
	if err := e.run(ctx, data, size); err != nil {
		return Scores{}, err
	}
	if e.acc == nil || e.acc.n == 0 {
		return Scores{}, errors.New("dlkit: Evaluate got data without a single example")
	}
	out := Scores{names: namesOf(m.compiled.headsFor(s)), values: e.acc.values(nil), acc: e.acc}
	out.Loss = out.values[0]
	if progress != nil {
		progress.Finish("evaluating", out.names, out.values)
	}
	return out, nil
}

// evaluation is one call of Evaluate.
type evaluation struct {
	m        *Model
	scoring  *scoring
	acc      *accumulator
	progress Progress
	done     int64
	total    int64
}

func (e *evaluation) run(ctx context.Context, data tensor.Dataset, size int) error {
	var source batches
	if rows, ok := data.(tensor.Indexed); ok {
		source = &rowBatches{m: e.m, data: rows, scoring: e.scoring, order: identity(data.Len()), size: size}
	} else {
		stream := newStreamBatches(ctx, e.m, data, size)
		defer stream.close()
		stream.scoring = e.scoring
		source = stream
	}
	for {
		if more, err := source.more(); err != nil || !more {
			return err
		}
		if err := e.step(ctx, source); err != nil {
			return err
		}
	}
}

func (e *evaluation) step(ctx context.Context, source batches) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := e.lockedStep(ctx, source)
	if err == nil && e.progress != nil {
		e.progress.Update("evaluating", e.done, e.total, nil, nil)
	}
	return err
}

func (e *evaluation) lockedStep(ctx context.Context, source batches) error {
	defer source.join()
	e.m.mu.Lock()
	defer e.m.mu.Unlock()
	p, err := source.take(ctx, evaluateProgram)
	if err != nil {
		return err
	}
	source.ahead(ctx, evaluateProgram, p)
	stats, err := p.stats()
	if err != nil {
		return err
	}
	if e.acc == nil {
		e.acc = newAccumulator(measuredOf(e.m.compiled.headsFor(e.scoring)), p.widths)
	}
	e.done++
	return e.acc.add(stats, p.key.batch)
}
