package dlkit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
)

// rowReader reads rows of a dataset straight into a program's memory.
type rowReader struct {
	data    tensor.Indexed
	scoring *scoring // what is measured; nil is what the model is compiled with
	spec    dataSpec
	known   bool         // spec is that of the data
	reuse   tensor.Batch // what the dataset gave last, where it is not the feeds' own
}

// read fetches the rows and returns them with the program they need, whose
// feeds are filled. The caller holds the model's lock.
func (r *rowReader) read(ctx context.Context, m *Model, kind programKind, at []int) (tensor.Batch, *program, error) {
	reuse := r.reuse
	var p *program
	if r.known {
		var err error
		if p, err = m.program(kind, r.spec.withBatch(len(at))); err != nil {
			return tensor.Batch{}, nil, err
		}
		if reuse.Inputs == nil {
			reuse = p.reusable()
		}
	}
	batch, err := r.data.Rows(ctx, at, reuse)
	if err != nil {
		return tensor.Batch{}, nil, err
	}
	spec, err := m.specOf(batch, r.scoring)
	if err != nil {
		return tensor.Batch{}, nil, err
	}
	if !r.known || p == nil || p.key != spec.key(kind) {
		if p, err = m.program(kind, spec); err != nil {
			return tensor.Batch{}, nil, err
		}
		r.spec, r.known = spec, true
	}
	if r.reuse.Inputs == nil && !p.owns(batch) {
		r.reuse = batch
	}
	if r.reuse.Inputs != nil {
		r.reuse = batch
	}
	return batch, p, p.fill(batch)
}

// owns reports whether a batch's tensors could be the program's own memory:
// they have its types and shapes.
func (p *program) owns(batch tensor.Batch) bool {
	same := func(f *feed, t *tensor.Tensor) bool {
		return f.tensor.DType() == t.DType() && f.tensor.Shape().Equal(t.Shape())
	}
	for i, f := range p.inputs {
		if !same(f, batch.Inputs[i]) {
			return false
		}
	}
	for i, f := range p.targets {
		if !same(f, batch.Targets[i]) {
			return false
		}
	}
	return p.weights == nil || same(p.weights, batch.Weights)
}

// withBatch is the spec for another number of examples.
func (s dataSpec) withBatch(n int) dataSpec {
	if n == s.batch {
		return s
	}
	out := dataSpec{batch: n, weighted: s.weighted, scoring: s.scoring}
	for _, t := range s.targets {
		out.targets = append(out.targets, feedSpec{t.dtype, append(tensor.Shape{n}, t.shape[1:]...)})
	}
	return out
}

// programFor checks a batch, and fills it into the program it needs. The
// caller holds the model's lock.
func (m *Model) programFor(kind programKind, batch tensor.Batch) (*program, error) {
	return m.programScoring(kind, batch, nil)
}

// programScoring is programFor for a program that measures what s says.
func (m *Model) programScoring(kind programKind, batch tensor.Batch, s *scoring) (*program, error) {
	spec, err := m.specOf(batch, s)
	if err != nil {
		return nil, err
	}
	p, err := m.program(kind, spec)
	if err != nil {
		return nil, err
	}
	return p, p.fill(batch)
}

// setStep gives a training program the step's own numbers.
func (p *program) setStep(c *compiled) {
	p.reseed(rand.New(rand.NewPCG(c.seed^uint64(c.trained), dropoutStream)))
	if p.key.kind == accumulateProgram {
		return
	}
	c.updates++
	numbers := c.numbers(c.updates)
	if p.host != nil {
		p.host.numbers = numbers
	}
	for i, v := range numbers {
		fill(p.numbers[i].tensor, []float64{v})
	}
}

// stats runs a program that changes no variables, and whose first output is the
// statistics vector.
func (p *program) stats() ([]float64, error) {
	stats, _, err := p.attempt()
	return stats, err
}

// attempt runs a program whose first output is the statistics vector, if the host
// does not make it. The others are to be accepted or rejected.
func (p *program) attempt() (stats []float64, next []compute.Buffer, err error) {
	out, err := p.runAll()
	if err != nil {
		return nil, nil, err
	}
	if h := p.calls.head(); h != nil {
		return slices.Clone(h.stats), out, nil
	}
	shape, err := out[0].Shape()
	if err != nil {
		return nil, nil, fmt.Errorf("dlkit: reading the statistics: %w", err)
	}
	stats = make([]float64, shape.Size())
	if err := out[0].ToFlatData(stats); err != nil {
		return nil, nil, fmt.Errorf("dlkit: reading the statistics: %w", err)
	}
	return stats, out[1:], out[0].Finalize()
}
