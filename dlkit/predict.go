package dlkit

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
)

// predictSizes are the batch sizes that predictions are compiled for; a batch
// of another size is filled up to the next one.
var predictSizes = []int{1, 8, 32, 128, 256}

// Predict returns the model's output for every row of x, whose shape is
// (n, …input). Any number of rows is fine: they are computed in a few fixed
// batch sizes, so that nothing is compiled anew. Row i of the result belongs
// to row i of x. Predict needs no Compile.
func (m *Model) Predict(ctx context.Context, x *tensor.Tensor) (*tensor.Tensor, error) {
	if m.err != nil {
		return nil, m.err
	}
	if len(m.inputs) != 1 {
		return nil, fmt.Errorf("dlkit: Predict takes one input, and the model has %d", len(m.inputs))
	}
	if err := m.ready(); err != nil {
		return nil, err
	}
	if err := m.checkInput(0, x); err != nil {
		return nil, err
	}
	data, err := tensor.FromTensors(x, nil)
	if err != nil {
		return nil, err
	}
	return m.predictRows(ctx, data)
}

// PredictDataset is Predict for the inputs of a data set; targets are not
// looked at.
func (m *Model) PredictDataset(ctx context.Context, data tensor.Indexed) (*tensor.Tensor, error) {
	if m.err != nil {
		return nil, m.err
	}
	if err := m.ready(); err != nil {
		return nil, err
	}
	if err := load(ctx, data); err != nil {
		return nil, err
	}
	return m.predictRows(ctx, data)
}

// ready makes weights and finds a device for a model that was not compiled.
func (m *Model) ready() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.vars == nil {
		if err := m.build(1); err != nil {
			return err
		}
	}
	if m.device != nil {
		return nil
	}
	d, err := deviceFor("")
	m.device = d
	return err
}

func (m *Model) predictRows(ctx context.Context, data tensor.Indexed) (*tensor.Tensor, error) {
	n := data.Len()
	shape := append(tensor.Shape{n}, m.shapeOf(m.outputs[0])...)
	out := tensor.Reuse(nil, tensorDType(m.dtype), shape)
	all := identity(n)
	for start := 0; start < n; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		size := predictSize(n - start)
		at := all[start:min(start+size, n)]
		if err := m.predictChunk(ctx, data, at, size, out); err != nil {
			return nil, err
		}
		start += len(at)
	}
	return out, nil
}

func predictSize(n int) int {
	for _, s := range predictSizes {
		if n <= s {
			return s
		}
	}
	return predictSizes[len(predictSizes)-1]
}

// predictChunk computes the rows at, which fill at most size, into out.
func (m *Model) predictChunk(ctx context.Context, data tensor.Indexed, at []int, size int, out *tensor.Tensor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, err := m.program(predictProgram, dataSpec{batch: size})
	if err != nil {
		return err
	}
	full := at
	for len(full) < size { // fill up with the last row; its results are dropped
		full = append(full[:len(full):len(full)], at[len(at)-1])
	}
	batch, err := data.Rows(ctx, full, p.reusable())
	if err != nil {
		return err
	}
	if err := m.checkInputs(batch.Inputs); err != nil {
		return err
	}
	if err := p.fill(batch); err != nil {
		return err
	}
	buf, err := p.run()
	if err != nil {
		return err
	}
	result := tensor.Reuse(nil, out.DType(), append(tensor.Shape{size}, out.Shape()[1:]...))
	if err := readBuffer(buf, result); err != nil {
		return fmt.Errorf("dlkit: reading predictions: %w", err)
	}
	copyRows(out, at[0], result, len(at))
	return buf.Finalize()
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
