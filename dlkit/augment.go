package dlkit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// Augment shows what augmentation layers make of pictures in training: n
// versions of each of x (pictures, height, width, channels). The result is
// (pictures·n, …), the versions of the first picture first, so that a grid of n
// columns has one row for each picture. The same seed gives the same versions.
//
//	versions, err := dlkit.Augment(ctx, pictures, 8, 1, dlkit.RandomFlip(dlkit.Horizontal), dlkit.RandomRotation(0.05))
func Augment(ctx context.Context, x *tensor.Tensor, n int, seed uint64, layers ...Layer) (*tensor.Tensor, error) {
	if x == nil || x.Rank() < 2 {
		return nil, errors.New("dlkit: Augment needs pictures of shape (pictures, height, width, channels)")
	}
	m := Sequential(x.Shape()[1:], layers...)
	if m.err != nil {
		return nil, m.err
	}
	return m.augmented(ctx, x, n, seed, m.outputs[0])
}

// Augmented is Augment with the model's own layers, from the first up to the
// last that changes pictures at random, and the model's seed: what the rest of
// the model gets to see while it is trained.
func (m *Model) Augmented(ctx context.Context, x *tensor.Tensor, n int) (*tensor.Tensor, error) {
	if m.err != nil {
		return nil, m.err
	}
	value := -1
	for i, s := range m.steps {
		if _, ok := s.layer.(augmenter); ok {
			value = len(m.inputs) + i
		}
	}
	if value < 0 {
		return nil, errors.New("dlkit: Augmented: the model has no augmentation layer, such as RandomFlip")
	}
	seed := uint64(1)
	if m.compiled != nil {
		seed = m.compiled.seed
	}
	return m.augmented(ctx, x, n, seed, value)
}

// augmentBatch is how many pictures are changed at a time.
const augmentBatch = 64

// augmented is the value of that number in training mode, for n copies of each
// row of x.
func (m *Model) augmented(ctx context.Context, x *tensor.Tensor, n int, seed uint64, value int) (*tensor.Tensor, error) {
	if n < 1 {
		return nil, fmt.Errorf("dlkit: %d versions of each picture; want at least 1", n)
	}
	if err := m.ready(); err != nil {
		return nil, err
	}
	if err := m.checkInputs([]*tensor.Tensor{x}); err != nil {
		return nil, err
	}
	data, err := tensor.FromTensors(x, nil)
	if err != nil {
		return nil, err
	}
	rows := make([]int, 0, x.Len()*n)
	for i := range x.Len() {
		for range n {
			rows = append(rows, i)
		}
	}
	out := tensor.Reuse(nil, tensorDType(m.dtype), append(tensor.Shape{len(rows)}, m.shapeOf(value)...))
	if len(rows) == 0 {
		return out, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p, err := m.augmentProgram(min(len(rows), augmentBatch), value)
	if err != nil {
		return nil, err
	}
	defer p.finalize()
	rng := rand.New(rand.NewPCG(seed, augmentStream))
	for start := 0; start < len(rows); start += p.key.batch {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.augmentChunk(ctx, data, rng, rows[start:min(start+p.key.batch, len(rows))], start, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// augmentProgram computes a value in training mode. The caller holds the
// model's lock, and finalizes the program.
func (m *Model) augmentProgram(batch, value int) (*program, error) {
	p := &program{key: programKey{batch: batch}, device: m.device}
	err := guard(func() {
		p.graph = graph.NewGraph(m.device.Backend, "augment")
		b := newBuilder(p.graph, m.vars, true)
		inputs, err := m.addInputs(p, batch)
		if err != nil {
			panic(err)
		}
		if err := p.addRandom(b); err != nil {
			panic(err)
		}
		if err := p.compile(b.order, nil, []*graph.Node{m.trace(b, inputs)[value]}); err != nil {
			panic(err)
		}
	})
	if err != nil {
		p.finalize()
		return nil, err
	}
	return p, nil
}

// addRandom gives a graph its place for the random numbers' state.
func (p *program) addRandom(b *Builder) error {
	f, seed, err := p.addFeed("rng", tensor.Int64, tensor.Shape{rngWords})
	if err != nil {
		return err
	}
	p.rng, b.rng = f, graph.ConvertDType(seed, dtypes.Uint64)
	return nil
}

// reseed gives a program new random numbers.
func (p *program) reseed(rng *rand.Rand) {
	words, _ := tensor.Flat[int64](p.rng.tensor)
	for i := range words {
		words[i] = rng.Int64()
	}
	p.calls.reseed(rng)
}

// augmentChunk computes the given rows of the data into out, from row start on.
func (p *program) augmentChunk(ctx context.Context, data tensor.Indexed, rng *rand.Rand, rows []int, start int, out *tensor.Tensor) error {
	full := rows
	for len(full) < p.key.batch { // fill up with the last row; its results are dropped
		full = append(full[:len(full):len(full)], rows[len(rows)-1])
	}
	batch, err := data.Rows(ctx, full, p.tensors())
	if err != nil {
		return err
	}
	if err := p.fill(batch); err != nil {
		return err
	}
	p.reseed(rng)
	buffers, err := p.runAll()
	if err != nil {
		return err
	}
	result := tensor.Reuse(nil, out.DType(), append(tensor.Shape{p.key.batch}, out.Shape()[1:]...))
	if err := readBuffer(buffers[0], result); err != nil {
		return fmt.Errorf("dlkit: reading augmented pictures: %w", err)
	}
	copyRows(out, start, result, len(rows))
	return buffers[0].Finalize()
}
