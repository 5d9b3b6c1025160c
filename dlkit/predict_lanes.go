package dlkit

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
)

// Large predictions compute several batches at a time on the Go backend: only
// its matrix products use all cores, while everything else goes from one end of
// a batch to the other on one. The batches share the compiled graph and the
// weights; each has inputs of its own.

// mostLanes bounds the memory that batches side by side take on machines of
// many cores.
const mostLanes = 4

// lanesFor is how many batches of size to compute side by side, for n rows.
func (m *Model) lanesFor(size, n int) int {
	if !isGo(m.device.Backend) {
		return 1
	}
	return max(1, min(n/size, runtime.GOMAXPROCS(0), mostLanes))
}

// lane is a batch on its way through a prediction program.
type lane struct {
	feeds []*feed
	rows  []int     // which the first examples of the batch are
	input []float32 // instead of the first feed's, nil if the batch is there
}

// lane is the i-th of the batches side by side.
func (p *program) lane(i int, rows []int) (lane, error) {
	if i == 0 {
		return lane{feeds: p.feeds, rows: rows}, nil
	}
	for len(p.besides) < i {
		var feeds []*feed
		for _, f := range p.feeds {
			own, err := newFeed(p.device, f.tensor.DType(), f.tensor.Shape())
			if err != nil {
				return lane{}, err
			}
			feeds = append(feeds, own)
		}
		p.besides = append(p.besides, feeds)
	}
	return lane{feeds: p.besides[i-1], rows: rows}, nil
}

// readsInPlace reports whether a batch can be read where the data has it: nothing
// but host work reads the only input.
func (p *program) readsInPlace() bool {
	return p.idle && len(p.inputs) == 1 && len(p.lookups) == 0 && p.inputs[0].tensor.DType() == tensor.Float32 && !p.calls.computeGraphs()
}

// reusable is the batch of so many inputs that a dataset may write the lane's
// rows into. Inputs are a program's first feeds.
func (l lane) reusable(inputs int) tensor.Batch {
	var b tensor.Batch
	for _, f := range l.feeds[:inputs] {
		b.Inputs = append(b.Inputs, f.tensor)
	}
	return b
}

func (l lane) fill(batch tensor.Batch) error {
	for i, x := range batch.Inputs {
		if err := l.feeds[i].fill(x); err != nil {
			return err
		}
	}
	return nil
}

// read copies a lane's results into its rows of out.
func (l lane) read(p *program, buffers []compute.Buffer, out []*tensor.Tensor) error {
	for i, buf := range buffers {
		if buf == nil {
			copyRows(out[i], l.rows[0], p.calls.made[i].tensor, len(l.rows))
			continue
		}
		shape, err := buf.Shape()
		if err != nil {
			return fmt.Errorf("dlkit: reading predictions: %w", err)
		}
		result := tensor.Reuse(nil, out[i].DType(), tensor.Shape(shape.Dimensions))
		if err := readBuffer(buf, result); err != nil {
			return fmt.Errorf("dlkit: reading predictions: %w", err)
		}
		copyRows(out[i], l.rows[0], result, len(l.rows))
		if err := buf.Finalize(); err != nil {
			return err
		}
	}
	return nil
}

// runLanes computes all lanes and hands each its results.
func (p *program) runLanes(lanes []lane, done func(l lane, buffers []compute.Buffer) error) error {
	errs := make([]error, len(lanes))
	args := make([][]compute.Buffer, len(lanes))
	for i, l := range lanes {
		var err error
		if args[i], err = p.arguments(l.feeds); err != nil {
			return err
		}
	}
	compute := func(i int) {
		if p.calls != nil {
			p.calls.input = lanes[i].input
		}
		out, err := p.execute(args[i])
		if err == nil {
			err = done(lanes[i], out)
		}
		errs[i] = err
	}
	var wg sync.WaitGroup
	for i := range lanes[1:] {
		if p.calls != nil { // host work uses all cores, and is there once
			compute(i + 1)
			continue
		}
		wg.Go(func() { compute(i + 1) })
	}
	compute(0)
	wg.Wait()
	p.calls.forget()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// copyRows copies the first n rows of src to dst, from row start on.
func copyRows(dst *tensor.Tensor, start int, src *tensor.Tensor, n int) {
	width := src.Size() / max(src.Len(), 1)
	if d, ok := tensor.Flat[float32](dst); ok {
		copy(d[start*width:(start+n)*width], tensor.Values[float32](src))
	} else if d, ok := tensor.Flat[float64](dst); ok {
		copy(d[start*width:(start+n)*width], tensor.Values[float64](src))
	}
}
