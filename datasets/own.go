package datasets

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"sync"

	"github.com/gofromzero/fromzero/tensor"
)

// FromSlices makes a dataset of inputs and the target of each, all in memory. An
// input or target is a number, a bool, a slice or array of them at any depth, or
// a *tensor.Tensor; all inputs must have one shape, and so must all targets.
//
//	d, err := datasets.FromSlices([][]float64{{1, 2}, {3, 4}}, []int{0, 1})
//
// Floats become Float32, the type that models compute in; int and smaller
// signed types become Int32, int64 and unsigned types beyond uint16 Int64, uint8
// stays Uint8. For data without targets let ys be []datasets.None(nil).
//
// It returns an error if there are no examples, the slices differ in length, or
// a value does not fit.
func FromSlices[X, Y any](xs []X, ys []Y) (*tensor.Memory, error) {
	c, err := columnsOf[X, Y]()
	if err != nil {
		return nil, err
	}
	if len(xs) == 0 || !c.noY && len(ys) != len(xs) {
		return nil, fmt.Errorf("datasets: %d inputs and %d targets; at least one is wanted, and as many of each", len(xs), len(ys))
	}
	x, y := reflect.ValueOf(xs), reflect.ValueOf(ys)
	target := func(i int) reflect.Value {
		if c.noY {
			return reflect.Value{}
		}
		return y.Index(i)
	}
	if err := c.learn(x.Index(0), target(0)); err != nil {
		return nil, fmt.Errorf("datasets: example 0: %w", err)
	}
	b := c.batch(len(xs), tensor.Batch{})
	for i := range xs {
		if err := c.write(b, i, x.Index(i), target(i)); err != nil {
			return nil, fmt.Errorf("datasets: example %d: %w", i, err)
		}
	}
	return tensor.FromBatch(b)
}

// Func is a dataset whose examples a function makes when they are asked for. It
// implements tensor.Indexed.
type Func[X, Y any] struct {
	n       int
	f       func(ctx context.Context, i int) (X, Y, error)
	mu      sync.Mutex
	columns columns
}

// FromFunc makes a dataset of n examples, of which f makes number i: it may read
// a file, compute something, draw a picture. Nothing is kept, so that n may be
// any size. See FromSlices for the types of examples; Y is None where there are
// no targets. f must give the same for the same i, and may be called by several
// goroutines at once. It returns an error if n is negative or a type can't be
// used.
func FromFunc[X, Y any](n int, f func(ctx context.Context, i int) (X, Y, error)) (*Func[X, Y], error) {
	c, err := columnsOf[X, Y]()
	if err != nil {
		return nil, err
	}
	if n < 0 || f == nil {
		return nil, fmt.Errorf("datasets: FromFunc with %d examples; at least 0 are wanted, and a function that makes them", n)
	}
	return &Func[X, Y]{n: n, f: f, columns: c}, nil
}

// Len is the number of examples.
func (d *Func[X, Y]) Len() int { return d.n }

// Batches implements tensor.Dataset.
func (d *Func[X, Y]) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return tensor.RowBatches(ctx, d, size)
}

// Rows implements tensor.Indexed: it calls the function for each position, and
// returns its first error.
func (d *Func[X, Y]) Rows(ctx context.Context, at []int, reuse tensor.Batch) (out tensor.Batch, err error) {
	for _, i := range at {
		if i < 0 || i >= d.n {
			return out, fmt.Errorf("datasets: example %d of %d; positions go from 0 to %d", i, d.n, d.n-1)
		}
	}
	var c columns
	for k, i := range at {
		if err := ctx.Err(); err != nil {
			return tensor.Batch{}, err
		}
		x, y, err := d.f(ctx, i)
		if err != nil {
			return tensor.Batch{}, fmt.Errorf("datasets: example %d: %w", i, err)
		}
		if k == 0 {
			if c, err = d.learn(x, y); err != nil {
				return tensor.Batch{}, fmt.Errorf("datasets: example %d: %w", i, err)
			}
			out = c.batch(len(at), reuse)
		}
		if err := c.write(out, k, reflect.ValueOf(&x).Elem(), reflect.ValueOf(&y).Elem()); err != nil {
			return tensor.Batch{}, fmt.Errorf("datasets: example %d: %w", i, err)
		}
	}
	if len(at) == 0 {
		return d.empty()
	}
	return out, nil
}

// empty is a batch of no examples, whose shape only an example tells.
func (d *Func[X, Y]) empty() (tensor.Batch, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.columns.known {
		return tensor.Batch{}, errors.New("datasets: no positions were asked for; at least one is wanted")
	}
	return d.columns.batch(0, tensor.Batch{}), nil
}

// learn takes shapes and types from the first example that anyone asks for.
func (d *Func[X, Y]) learn(x X, y Y) (columns, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.columns.learn(reflect.ValueOf(&x).Elem(), reflect.ValueOf(&y).Elem())
	return d.columns, err
}

// Stream is a dataset whose examples come one after the other, and can't be read
// in another order. It implements tensor.Dataset.
type Stream[X, Y any] struct {
	n       int
	f       func(ctx context.Context, yield func(X, Y) bool) error
	columns columns
}

// Generate makes a dataset of what f hands to yield, example by example, until
// it returns: lines of a file, messages, games that are played. Only one batch
// is in memory at a time, so there may be any number; each pass over the dataset
// calls f anew. f must stop when yield returns false; its error ends the pass.
// See FromSlices for the types of examples; Y is None where there are no
// targets. It returns an error if a type can't be used.
//
// Data in an order that training should not see, such as all examples of one
// class first, wants pipe.Shuffle.
func Generate[X, Y any](f func(ctx context.Context, yield func(X, Y) bool) error) (*Stream[X, Y], error) {
	c, err := columnsOf[X, Y]()
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, errors.New("datasets: Generate without a function")
	}
	return &Stream[X, Y]{n: -1, f: f, columns: c}, nil
}

// WithLen tells the dataset how many examples f hands out, for progress bars and
// schedules, and returns it. A negative n, unknown, is the default.
func (d *Stream[X, Y]) WithLen(n int) *Stream[X, Y] {
	d.n = max(n, -1)
	return d
}

// Len is the number of examples, -1 if it is not known.
func (d *Stream[X, Y]) Len() int { return d.n }

// Batches implements tensor.Dataset.
func (d *Stream[X, Y]) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return func(yield func(tensor.Batch, error) bool) {
		if size < 1 {
			yield(tensor.Batch{}, fmt.Errorf("datasets: batch size %d; it must be at least 1", size))
			return
		}
		b := batcher{columns: d.columns, size: size, yield: yield}
		err := d.f(ctx, func(x X, y Y) bool {
			if b.err == nil {
				b.err = ctx.Err()
			}
			return !b.stopped && b.err == nil && b.add(reflect.ValueOf(&x).Elem(), reflect.ValueOf(&y).Elem())
		})
		if b.err == nil {
			b.err = err
		}
		b.finish()
	}
}

// batcher collects examples into batches and hands those on.
type batcher struct {
	columns columns
	size    int
	yield   func(tensor.Batch, error) bool

	batch   tensor.Batch
	have    int // rows of batch that are filled
	total   int
	stopped bool // yield wants no more
	err     error
}

func (b *batcher) add(x, y reflect.Value) bool {
	if b.err = b.columns.learn(x, y); b.err == nil {
		b.makeRoom()
		b.err = b.columns.write(b.batch, b.have, x, y)
	}
	if b.err != nil {
		b.err = fmt.Errorf("datasets: example %d: %w", b.total, b.err)
		return false
	}
	b.total++
	if b.have++; b.have == b.size {
		b.have = 0
		b.stopped = !b.yield(b.batch, nil)
	}
	return !b.stopped
}

// makeRoom makes sure that there is a row to write to. Whoever asks for batches
// of all there is need not have memory for more than that.
func (b *batcher) makeRoom() {
	const few = 1024
	if b.have == 0 {
		b.batch = b.columns.batch(min(b.size, few), tensor.Batch{})
	} else if rows := b.batch.Len(); b.have == rows {
		larger := b.columns.batch(min(b.size, 2*rows), tensor.Batch{})
		copyAll(larger.X(), b.batch.X())
		if !b.columns.noY {
			copyAll(larger.Y(), b.batch.Y())
		}
		b.batch = larger
	}
}

// finish hands on the last, smaller batch, or the error.
func (b *batcher) finish() {
	switch {
	case b.stopped:
	case b.err != nil:
		b.yield(tensor.Batch{}, b.err)
	case b.have > 0:
		for _, list := range [][]*tensor.Tensor{b.batch.Inputs, b.batch.Targets} {
			for i, t := range list {
				if list[i], b.err = t.Slice(tensor.UpTo(b.have)); b.err != nil {
					b.yield(tensor.Batch{}, b.err)
					return
				}
			}
		}
		b.yield(b.batch, nil)
	}
}
