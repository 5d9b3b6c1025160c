package dlkit

import (
	"fmt"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// variable is one weight or state of a model, or one slot of an optimizer. Its
// value lies on the host, on the device, or on both.
type variable struct {
	name      string // "dense_1/kernel"
	shape     tensor.Shape
	trainable bool // wanted by its layer; see also frozen
	frozen    bool // kept from training by the user
	host      *tensor.Tensor
	buffer    compute.Buffer // nil if the value is not on the device
	hostStale bool           // the device has a newer value
	changes   uint64         // how often it may have got another value
}

func (v *variable) graphShape(dtype dtypes.DType) shapes.Shape {
	return shapes.Make(dtype, v.shape...)
}

// onDevice returns the variable's buffer, copying the value there if needed.
func (v *variable) onDevice(d *device) (compute.Buffer, error) {
	if v.buffer != nil {
		return v.buffer, nil
	}
	buf, err := d.put(v.host)
	if err != nil {
		return nil, fmt.Errorf("dlkit: weight %s: %w", v.name, err)
	}
	v.buffer = buf
	return buf, nil
}

// replace takes over the buffer with the variable's new value.
func (v *variable) replace(buf compute.Buffer) error {
	old := v.buffer
	v.buffer, v.hostStale = buf, true
	v.changes++
	if old == nil {
		return nil
	}
	return old.Finalize()
}

// value returns the current value on the host. The tensor is the variable's
// own and changes with training.
func (v *variable) value() (*tensor.Tensor, error) {
	if v.hostStale {
		if err := readBuffer(v.buffer, v.host); err != nil {
			return nil, fmt.Errorf("dlkit: weight %s: %w", v.name, err)
		}
		v.hostStale = false
	}
	return v.host, nil
}

// set gives the variable a new value, copied from t, whose shape must be the
// variable's.
func (v *variable) set(t *tensor.Tensor) error {
	if !t.Shape().Equal(v.shape) {
		return fmt.Errorf("dlkit: weight %s has shape %v, got a value of shape %v", v.name, v.shape, t.Shape())
	}
	fresh := tensor.Reuse(nil, v.host.DType(), v.shape)
	if own, ok := tensor.Flat[float64](fresh); ok {
		copy(own, tensor.Values[float64](t))
	} else if own, ok := tensor.Flat[float32](fresh); ok {
		copy(own, tensor.Values[float32](t))
	}
	v.host, v.hostStale = fresh, false
	v.changes++
	return v.drop()
}

// drop forgets the device's copy.
func (v *variable) drop() error {
	if v.buffer == nil {
		return nil
	}
	buf := v.buffer
	v.buffer = nil
	return buf.Finalize()
}

// variables are a model's weights and states in order of their making.
type variables struct {
	dtype  dtypes.DType
	seed   uint64
	list   []*variable
	byName map[string]*variable
}

func newVariables(dtype dtypes.DType, seed uint64) *variables {
	return &variables{dtype: dtype, seed: seed, byName: map[string]*variable{}}
}

// get returns the variable of a layer, making it if it is new. It panics with
// an error if the layer asks for another shape than before.
func (vs *variables) get(layer, name string, shape tensor.Shape, init Initializer, trainable bool) *variable {
	full := layer + "/" + name
	if v, ok := vs.byName[full]; ok {
		if !v.shape.Equal(shape) {
			panic(fmt.Errorf("weight %s has shape %v but the layer now asks for %v", full, v.shape, shape))
		}
		return v
	}
	if init == nil {
		init = GlorotUniform{}
	}
	host := tensor.Reuse(nil, tensorDType(vs.dtype), shape)
	values, err := initialValues(init, shape, vs.seed, full)
	if err != nil {
		panic(fmt.Errorf("weight %s: %w", full, err))
	}
	fill(host, values)
	v := &variable{name: full, shape: shape.Clone(), trainable: trainable, host: host}
	vs.list = append(vs.list, v)
	vs.byName[full] = v
	return v
}

// fill copies float64 values into a tensor of a float type.
func fill(t *tensor.Tensor, values []float64) {
	if own, ok := tensor.Flat[float64](t); ok {
		copy(own, values)
		return
	}
	own, _ := tensor.Flat[float32](t)
	for i, v := range values {
		own[i] = float32(v)
	}
}

// newSlot makes an optimizer's value for a weight.
func newSlot(of *variable, slot Slot, dtype dtypes.DType) *variable {
	host := tensor.Reuse(nil, tensorDType(dtype), of.shape)
	if slot.Start != 0 {
		fill(host, slices.Repeat([]float64{slot.Start}, of.shape.Size()))
	}
	return &variable{name: of.name + ":" + slot.Name, shape: of.shape, host: host}
}
