package dlkit

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
)

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

// equal reports whether batches of both specs go through the same program.
func (s dataSpec) equal(other dataSpec) bool {
	return s.batch == other.batch && s.weighted == other.weighted && s.scoring == other.scoring &&
		slices.EqualFunc(s.targets, other.targets, func(a, b feedSpec) bool { return a.dtype == b.dtype && a.shape.Equal(b.shape) })
}

// programScoring checks a batch, and fills it into the program it needs, which
// measures what s says, nil being what the model is compiled with. The caller
// holds the model's lock.
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
