package serve

import (
	"context"
	"fmt"
	"sync"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// batcher computes the examples of requests that wait at the same time
// together, which costs little more than computing one. Nobody waits for others
// to come: a request that finds the model free is computed alone.
//
// There is no goroutine for it. Of the requests that wait, one gets the turn and
// computes what is at the head of the queue; then the next one does, until its
// own is done.
type batcher struct {
	model   *dlkit.Model
	maxRows int
	turn    chan struct{} // holds one value while somebody computes

	mu      sync.Mutex
	waiting []*job
}

// job is a request's examples.
type job struct {
	ctx    context.Context
	inputs []*tensor.Tensor
	done   chan struct{}

	outputs []*tensor.Tensor
	err     error
}

func newBatcher(m *dlkit.Model, maxRows int) *batcher {
	return &batcher{model: m, maxRows: maxRows, turn: make(chan struct{}, 1)}
}

// predict returns the model's outputs for a request's inputs. Its error is
// ctx's if that ends first.
func (b *batcher) predict(ctx context.Context, inputs []*tensor.Tensor) ([]*tensor.Tensor, error) {
	j := &job{ctx: ctx, inputs: inputs, done: make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, j)
	b.mu.Unlock()
	for {
		select {
		case <-j.done:
			return j.outputs, j.err
		case <-ctx.Done():
			return nil, ctx.Err()
		case b.turn <- struct{}{}:
		}
		select {
		case <-j.done: // computed by the one before
		default:
			b.compute(b.next())
		}
		<-b.turn
	}
}

// next takes jobs off the head of the queue: one at least, and more while they
// fit a batch. Those whose clients have gone are dropped.
func (b *batcher) next() []*job {
	b.mu.Lock()
	defer b.mu.Unlock()
	var jobs []*job
	rows := 0
	for len(b.waiting) > 0 {
		j := b.waiting[0]
		n := j.inputs[0].Len()
		if len(jobs) > 0 && rows+n > b.maxRows {
			break
		}
		b.waiting[0], b.waiting = nil, b.waiting[1:]
		if j.ctx.Err() == nil {
			jobs, rows = append(jobs, j), rows+n
		}
	}
	return jobs
}

// compute finishes jobs, together if that works. If it does not, one of them may
// be at fault: then each is computed by itself.
func (b *batcher) compute(jobs []*job) {
	if len(jobs) > 1 && b.computeJoined(jobs) == nil {
		return
	}
	for _, j := range jobs {
		j.outputs, j.err = b.run(j.ctx, j.inputs)
		close(j.done)
	}
}

func (b *batcher) computeJoined(jobs []*job) error {
	inputs, err := joinedInputs(jobs)
	if err != nil {
		return err
	}
	outputs, err := b.run(context.Background(), inputs)
	if err != nil {
		return err
	}
	start := 0
	for _, j := range jobs {
		n := j.inputs[0].Len()
		for _, y := range outputs {
			part, err := rowsOf(y, start, n)
			if err != nil {
				return err
			}
			j.outputs = append(j.outputs, part)
		}
		start += n
	}
	for _, j := range jobs {
		close(j.done)
	}
	return nil
}

// run predicts. A panic, which would be a fault of the model's own layers, is an
// error.
func (b *batcher) run(ctx context.Context, inputs []*tensor.Tensor) (outputs []*tensor.Tensor, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicError{fmt.Sprint(r)}
		}
	}()
	return b.model.PredictAll(ctx, inputs...)
}

// panicError is an error of ours, not of the request.
type panicError struct{ text string }

// Error implements error.
func (e *panicError) Error() string { return "the model panicked: " + e.text }

func joinedInputs(jobs []*job) ([]*tensor.Tensor, error) {
	out := make([]*tensor.Tensor, len(jobs[0].inputs))
	for i := range out {
		parts := make([]*tensor.Tensor, len(jobs))
		for k, j := range jobs {
			parts[k] = j.inputs[i]
		}
		var err error
		if out[i], err = tensor.Concatenate(0, parts...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rowsOf are some rows of y.
func rowsOf(y *tensor.Tensor, start, n int) (*tensor.Tensor, error) {
	values := tensor.Values[float32](y)
	width := len(values) / max(y.Len(), 1)
	shape := append([]int{n}, y.Shape()[1:]...)
	return tensor.New(values[start*width:(start+n)*width], shape...)
}
