package pipe

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// WindowConfig says how a time series becomes examples.
type WindowConfig struct {
	// Size is the number of steps that a model sees.
	Size int
	// Horizon is the number of steps to predict, behind those; 0 is 1.
	Horizon int
	// Gap is the number of steps between what is seen and what is predicted.
	Gap int
	// Stride is the distance of neighbouring windows, in steps; 0 is 1.
	Stride int
	// Target is the column of the series that is predicted, -1 all of them. Of
	// a dataset that has targets itself, those are taken, and Target must be 0.
	Target int
	// NoTargets leaves the targets out: windows are all there is, for models
	// that predict their own input.
	NoTargets bool
}

// Window cuts a time series into overlapping windows, to predict its next steps
// from the last ones. Each example of d is one step, in order; its first input
// has the shape (features,) or no axes at all. Example i of the result starts at
// step i·Stride: its input has shape (Size, features), features being 1 for a
// plain series of numbers, and its target shape (Horizon,), or (Horizon,
// features) for all columns.
//
// Nothing is copied before a window is read, and the result is Indexed if d is;
// of a stream, as many steps as a window spans are kept. Neighbouring windows
// share most steps, so split the series in time before cutting it, never the
// windows by chance: a model would be tested on what it has seen.
//
// It returns an error if the sizes do not make sense. A series too short for one
// window gives no examples.
func Window(d tensor.Dataset, c WindowConfig) (tensor.Dataset, error) {
	c.Horizon, c.Stride = or(c.Horizon, 1), or(c.Stride, 1)
	if c.Size < 1 || c.Horizon < 1 || c.Stride < 1 || c.Gap < 0 || c.Target < -1 {
		return nil, fmt.Errorf("pipe: windows of Size %d, Horizon %d, Gap %d, Stride %d, Target %d; sizes of 1 or more, gaps of 0 or more, and a column or -1 are wanted",
			c.Size, c.Horizon, c.Gap, c.Stride, c.Target)
	}
	length := func() int {
		if n := d.Len(); n >= 0 {
			return c.count(n)
		}
		return -1
	}
	if steps, ok := d.(tensor.Indexed); ok {
		return &indexed{[]tensor.Dataset{d}, length, func(ctx context.Context, at []int, _ tensor.Batch) (tensor.Batch, error) {
			return c.rows(ctx, steps, at)
		}}, nil
	}
	return newStream(length, func(ctx context.Context, size int) batches {
		return regroup(c.overStream(ctx, d.Batches(ctx, max(size, c.span()))), size)
	}, d), nil
}

func or(v, otherwise int) int {
	if v == 0 {
		return otherwise
	}
	return v
}

// span is the number of steps that a window and its target take.
func (c WindowConfig) span() int {
	if c.NoTargets {
		return c.Size
	}
	return c.Size + c.Gap + c.Horizon
}

// count is the number of windows in so many steps.
func (c WindowConfig) count(steps int) int {
	if steps < c.span() {
		return 0
	}
	return (steps-c.span())/c.Stride + 1
}

// rows reads windows of a series that can be read in any order.
func (c WindowConfig) rows(ctx context.Context, series tensor.Indexed, at []int) (tensor.Batch, error) {
	seen := make([]int, 0, len(at)*c.Size)
	next := make([]int, 0, len(at)*c.Horizon)
	for _, i := range at {
		for k := range c.Size {
			seen = append(seen, i*c.Stride+k)
		}
		for k := range c.Horizon {
			next = append(next, i*c.Stride+c.Size+c.Gap+k)
		}
	}
	b, err := series.Rows(ctx, seen, tensor.Batch{})
	if err != nil {
		return tensor.Batch{}, err
	}
	x, err := c.steps(b.X(), len(at), c.Size)
	if err != nil {
		return tensor.Batch{}, err
	}
	out := tensor.Batch{Inputs: []*tensor.Tensor{x}}
	if c.NoTargets {
		return out, nil
	}
	if b, err = series.Rows(ctx, next, tensor.Batch{}); err != nil {
		return tensor.Batch{}, err
	}
	y, err := c.target(b, len(at))
	out.Targets = []*tensor.Tensor{y}
	return out, err
}

// steps gives n·size steps, one behind the other, the shape (n, size, features).
func (c WindowConfig) steps(x *tensor.Tensor, n, size int) (*tensor.Tensor, error) {
	if x == nil || x.Rank() > 2 || x.Rank() == 0 {
		return nil, fmt.Errorf("pipe: Window: a step is wanted with the shape (features,) or without axes; the batch is %v", x)
	}
	features := 1
	if x.Rank() == 2 {
		features = x.Shape()[1]
	}
	return x.Reshape(n, size, features)
}

// target picks what is to be predicted from the steps to come.
func (c WindowConfig) target(b tensor.Batch, n int) (*tensor.Tensor, error) {
	y := b.X()
	column := c.Target
	if b.Y() != nil {
		if y = b.Y(); c.Target != 0 {
			return nil, fmt.Errorf("pipe: Window: Target %d, but the series has targets of its own; leave it 0", c.Target)
		}
		if y.Rank() == 2 {
			column = -1
		}
	}
	y, err := c.steps(y, n, c.Horizon)
	if err != nil || column < 0 {
		return y, err
	}
	if features := y.Shape()[2]; column >= features {
		return nil, fmt.Errorf("pipe: Window: Target %d, but a step has %d columns, counted from 0", column, features)
	}
	return y.Slice(tensor.All(), tensor.All(), tensor.Index(column))
}

// overStream keeps the steps that windows still need, and makes all windows that
// are complete.
func (c WindowConfig) overStream(ctx context.Context, in batches) batches {
	return func(yield func(tensor.Batch, error) bool) {
		var held []tensor.Batch
		n, skip := 0, 0
		for b, err := range in {
			if err == nil && skip > 0 { // strides may be longer than windows
				drop := min(skip, b.Len())
				skip -= drop
				b, err = cut(b, drop, b.Len())
			}
			if err != nil {
				yield(tensor.Batch{}, err)
				return
			}
			held, n = append(held, b), n+b.Len()
			windows := c.count(n)
			if windows == 0 {
				continue
			}
			out, rest, err := c.windows(ctx, held, windows)
			if !yield(out, err) || err != nil {
				return
			}
			skip = max(0, windows*c.Stride-n)
			held, n = []tensor.Batch{rest}, rest.Len()
		}
	}
}

// windows makes the first windows of some steps, and returns the steps that are
// needed for the next.
func (c WindowConfig) windows(ctx context.Context, held []tensor.Batch, windows int) (out, rest tensor.Batch, err error) {
	all, err := join(held)
	if err != nil {
		return out, rest, err
	}
	steps, err := tensor.FromBatch(all)
	if err != nil {
		return out, rest, err
	}
	if out, err = c.rows(ctx, steps, counting(windows)); err != nil {
		return out, rest, err
	}
	rest, err = cut(all, min(windows*c.Stride, all.Len()), all.Len())
	return out, rest, err
}
