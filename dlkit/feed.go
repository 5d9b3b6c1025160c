package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
)

// feed is a graph parameter's place for data: a tensor to be filled, which is
// the device's own memory where the device allows it.
type feed struct {
	device *device
	tensor *tensor.Tensor
	buffer compute.Buffer
	fresh  bool // the buffer has the tensor's values, where it is memory of its own
}

func newFeed(d *device, dtype tensor.DType, shape tensor.Shape) (*feed, error) {
	f := &feed{device: d}
	if !d.shared {
		f.tensor = tensor.Reuse(nil, dtype, shape)
		return f, nil
	}
	buf, flat, err := d.NewSharedBuffer(0, graphShape(dtype, shape))
	if err != nil {
		return nil, fmt.Errorf("dlkit: memory for a batch of shape %v: %w", shape, err)
	}
	f.buffer = buf
	f.tensor, err = tensorOver(flat, shape)
	return f, err
}

// onDevice is the buffer with the tensor's values.
func (f *feed) onDevice() (compute.Buffer, error) {
	if f.device.shared {
		return f.buffer, nil
	}
	if !f.fresh {
		if err := f.upload(); err != nil {
			return nil, err
		}
	}
	f.fresh = false
	return f.buffer, nil
}

// upload copies the tensor's values to the device, if that has memory of its own.
func (f *feed) upload() error {
	if f.device.shared {
		return nil
	}
	f.finalize()
	buf, err := f.device.put(f.tensor)
	f.buffer, f.fresh = buf, err == nil
	return err
}

// like reports whether a tensor could be the feed's own: it has its type and
// shape.
func (f *feed) like(t *tensor.Tensor) bool {
	return f.tensor.DType() == t.DType() && f.tensor.Shape().Equal(t.Shape())
}

func (f *feed) finalize() {
	if f.buffer != nil {
		_ = f.buffer.Finalize()
		f.buffer = nil
	}
}

// fill copies t's values into the feed, unless t is the feed's own tensor,
// which the data wrote into.
func (f *feed) fill(t *tensor.Tensor) error {
	if t == f.tensor {
		return nil
	}
	return f.set(t)
}

// set copies t's values, converting them where the types differ. t has as many
// elements as the feed.
func (f *feed) set(t *tensor.Tensor) error {
	if t.Size() != f.tensor.Size() {
		return fmt.Errorf("dlkit: a batch of shape %v came where %v was expected", t.Shape(), f.tensor.Shape())
	}
	switch dst := flatOf(f.tensor).(type) {
	case []float32:
		copy(dst, tensor.Values[float32](t))
	case []float64:
		copy(dst, tensor.Values[float64](t))
	case []int32:
		copy(dst, tensor.Values[int32](t))
	case []int64:
		copy(dst, tensor.Values[int64](t))
	case []bool:
		for i, v := range tensor.Values[uint8](t) {
			dst[i] = v != 0
		}
	}
	return nil
}
