package look

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
)

// batchRows is how many examples are read at a time.
const batchRows = 256

// Describe reads a data set once and reports what it looks like and what is
// conspicuous about it. Its findings are those that can be made without a second
// data set; Check compares two.
//
// It returns an error if the data can't be read, or examples differ in shape or
// type; what is wrong with their values is a finding.
func Describe(ctx context.Context, d tensor.Dataset, opts ...Option) (*Report, error) {
	if d == nil {
		return nil, errors.New("look: the data set is nil")
	}
	if l, ok := d.(tensor.Loader); ok {
		if err := l.Load(ctx); err != nil {
			return nil, fmt.Errorf("look: the data can't be loaded: %w", err)
		}
	}
	r := newReport(gather(opts))
	if c, ok := d.(tensor.Classes); ok {
		r.names = c.ClassNames()
	}
	if c, ok := d.(interface{ ColumnNames() []string }); ok && r.options.columns == nil {
		r.options.columns = c.ColumnNames()
	}
	if c, ok := d.(interface{ ColumnCodes() []bool }); ok {
		r.options.codes = c.ColumnCodes()
	}
	if err := r.read(ctx, d); err != nil {
		return nil, err
	}
	if err := r.readImageSizes(ctx, d); err != nil {
		return nil, err
	}
	r.findings()
	return r, nil
}

func newReport(o options) *Report {
	return &Report{options: o, seen: map[uint64]seenRow{}}
}

// reader holds what is gathered while batches are read.
type reader struct {
	report          *Report
	inputs, targets []*scan
	x, y            [][]float64 // values of the batch
}

// read goes through all batches.
func (r *Report) read(ctx context.Context, d tensor.Dataset) error {
	in := &reader{report: r}
	for b, err := range d.Batches(ctx, batchRows) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = in.add(b)
		}
		if err != nil {
			return fmt.Errorf("look: after %d examples: %w", r.Rows, err)
		}
	}
	for _, s := range in.inputs {
		r.Inputs = append(r.Inputs, s.finish())
	}
	for _, s := range in.targets {
		r.Targets = append(r.Targets, s.finish())
	}
	return nil
}

func (in *reader) add(b tensor.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	if in.inputs == nil {
		in.begin(b)
	}
	if len(b.Inputs) != len(in.inputs) || len(b.Targets) != len(in.targets) {
		return fmt.Errorf("look: a batch has %d inputs and %d targets, an earlier one %d and %d; all must be alike",
			len(b.Inputs), len(b.Targets), len(in.inputs), len(in.targets))
	}
	var err error
	if in.x, err = take(in.inputs, b.Inputs, b.Len()); err != nil {
		return err
	}
	if in.y, err = take(in.targets, b.Targets, b.Len()); err != nil {
		return err
	}
	for k := range b.Len() {
		in.row(k)
	}
	return nil
}

// begin learns from the first batch what there is.
func (in *reader) begin(b tensor.Batch) {
	name := func(what string, i, n int) string {
		if n == 1 {
			return what
		}
		return fmt.Sprintf("%s %d", what, i)
	}
	for i, t := range b.Inputs {
		s := newScan(name("input", i, len(b.Inputs)), t, nil)
		if i == 0 {
			s = newScan(name("input", i, len(b.Inputs)), t, in.report.options.columns)
			s.codes = in.report.options.codes
		}
		in.inputs = append(in.inputs, s)
	}
	for i, t := range b.Targets {
		in.targets = append(in.targets, newScan(name("target", i, len(b.Targets)), t, nil))
	}
	if len(in.targets) > 0 {
		if s := in.targets[0].array; s.Shape.Rank() <= 1 && s.Shape.Size() > 0 {
			in.report.labels = newLabels(s.Shape.Size(), s.DType)
		}
	}
}

// take scans tensors and gives their values.
func take(scans []*scan, ts []*tensor.Tensor, n int) ([][]float64, error) {
	out := make([][]float64, len(ts))
	for i, t := range ts {
		if t == nil || t.Rank() == 0 || t.Len() != n {
			return nil, fmt.Errorf("look: %s has not one row for each of the %d examples of a batch", scans[i].array.Name, n)
		}
		out[i] = tensor.Values[float64](t)
		if err := scans[i].add(t, out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// row takes example k of the batch as a whole.
func (in *reader) row(k int) {
	r := in.report
	if len(in.targets) > 0 && r.labels != nil {
		r.labels.add(part(in.y[0], in.targets[0], k))
	}
	if len(r.hashes) < r.options.remember {
		r.remember(hashRow(in.x, in.inputs, k), hashRow(in.y, in.targets, k), len(in.targets) > 0)
	}
	r.Rows++
}

// part is the values of example k.
func part(values []float64, s *scan, k int) []float64 {
	each := s.array.Shape.Size()
	return values[k*each : (k+1)*each]
}

func hashRow(values [][]float64, scans []*scan, k int) uint64 {
	h := uint64(1)
	for i, s := range scans {
		for _, v := range part(values[i], s, k) {
			h = mix(h, v)
		}
	}
	return h
}

// seenRow is what is remembered of an input: where it came first, with which
// target, and how often it came again.
type seenRow struct {
	first  int32
	again  int32
	target uint64
	differ bool // with another target
}

func (r *Report) remember(input, target uint64, labelled bool) {
	r.hashes = append(r.hashes, input)
	old, again := r.seen[input]
	if !again {
		r.seen[input] = seenRow{first: int32(r.Rows), target: target}
		return
	}
	r.DuplicateRows++
	old.again++
	old.differ = old.differ || labelled && old.target != target
	r.seen[input] = old
}

// order sorts findings, the worst first.
func (fs Findings) order() {
	slices.SortStableFunc(fs, func(a, b Finding) int { return cmp.Compare(b.Level, a.Level) })
}
