package pipe

import (
	"context"
	"math/rand/v2"
	"sync/atomic"

	"github.com/gofromzero/fromzero/tensor"
)

// defaultBuffer is how many examples of a stream are mixed.
const defaultBuffer = 10_000

// Shuffle is d in random order, another one in each pass; the same seed gives the
// same orders. If d is Indexed, every order is as likely as any other. Else
// examples are drawn from a buffer of 10,000, or of buffer if that is given, so
// that one comes at most so much earlier than in d.
//
// The result is read in its order only. Training shuffles Indexed data by
// itself; Shuffle is for streams, and for what else reads batches.
func Shuffle(d tensor.Dataset, seed uint64, buffer ...int) tensor.Dataset {
	s := &shuffled{seed: seed, buffer: defaultBuffer}
	if len(buffer) > 0 {
		s.buffer = max(buffer[0], 1)
	}
	s.rows, _ = d.(tensor.Indexed)
	run := func(ctx context.Context, size int) batches {
		return s.drawn(d.Batches(ctx, min(scanSize, s.buffer)), size)
	}
	if s.rows != nil {
		run = func(ctx context.Context, size int) batches {
			return tensor.Subset(s.rows, s.order()).Batches(ctx, size)
		}
	}
	s.stream = newStream(d.Len, run, d)
	return s
}

// shuffled is a stream whose passes differ.
type shuffled struct {
	*stream
	rows   tensor.Indexed // nil if the dataset is a stream
	seed   uint64
	buffer int
	passes atomic.Uint64
}

func (s *shuffled) random() *rand.Rand { return rand.New(rand.NewPCG(s.seed, s.passes.Add(1))) }

// order is the next pass's order of the rows.
func (s *shuffled) order() []int { return s.random().Perm(max(s.rows.Len(), 0)) }

// plan lets Prefetch read the rows of a pass by several goroutines.
func (s *shuffled) plan() (tensor.Indexed, []int, bool) {
	if s.rows == nil {
		return nil, nil, false
	}
	return s.rows, s.order(), true
}

// drawn fills a buffer, and then draws from it a batch for every one that comes.
func (s *shuffled) drawn(in batches, size int) batches {
	return regroup(func(yield func(tensor.Batch, error) bool) {
		random := s.random()
		var held []tensor.Batch
		n := 0
		draw := func(count int) bool {
			all, err := join(held)
			if err != nil {
				return yield(tensor.Batch{}, err) && false
			}
			order := random.Perm(n)
			out, err := pick(all, order[:count])
			if err == nil {
				all, err = pick(all, order[count:])
			}
			held, n = []tensor.Batch{all}, n-count
			return yield(out, err) && err == nil
		}
		for b, err := range in {
			if err != nil {
				yield(tensor.Batch{}, err)
				return
			}
			held, n = append(held, b), n+b.Len()
			// Drawing half the buffer at once copies each example only twice.
			if n > s.buffer && !draw(n-s.buffer/2) {
				return
			}
		}
		if n > 0 {
			draw(n)
		}
	}, size)
}
