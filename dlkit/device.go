package dlkit

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/gofromzero/fromzero/dlkit/internal/backends"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
)

// device is a backend of GoMLX that computes a model's graphs. All buffers are
// on its first device.
type device struct {
	compute.Backend
	// shared is true if the program may write into the device's memory, which
	// saves copying every batch.
	shared bool
}

// isGo reports whether a backend is GoMLX's pure-Go one.
func isGo(b compute.Backend) bool {
	if d, ok := b.(*device); ok {
		b = d.Backend
	}
	return b.String() == gobackend.BackendName
}

// sharesFloats reports whether the program may do on the device's own float32
// numbers what a graph would do more slowly: on the Go backend, for models that
// compute in this type.
func (d *device) sharesFloats(dtype dtypes.DType) bool {
	return d.shared && isGo(d) && dtype == dtypes.Float32 && !plainOps
}

// devices are kept for the life of the program: a backend holds pools of
// memory and workers that models can share.
var devices = struct {
	sync.Mutex
	byConfig map[string]*device
}{byConfig: map[string]*device{}}

// deviceFor returns the device for a backend configuration such as "go",
// "go:ops_sequential" or "xla:cpu". Empty means: GOMLX_BACKEND if it is set,
// else XLA if it is in the program and a plugin is installed, else pure Go.
func deviceFor(config string) (*device, error) {
	if config == "" {
		config = defaultBackend()
	}
	if config == gobackend.BackendName {
		// Idle executors of the default setting keep matrix products from
		// using the other cores.
		config = fmt.Sprintf("%s:num_executors=%d", gobackend.BackendName, runtime.GOMAXPROCS(0))
	}
	devices.Lock()
	defer devices.Unlock()
	if d, ok := devices.byConfig[config]; ok {
		return d, nil
	}
	name, _, _ := strings.Cut(config, ":")
	if known := compute.List(); !slices.Contains(known, name) {
		slices.Sort(known)
		return nil, fmt.Errorf("dlkit: there is no backend %q in this program; there are: %s (XLA needs an import of dlkit/xla)", name, strings.Join(known, ", "))
	}
	backend, err := compute.NewWithConfig(config)
	if err != nil {
		return nil, fmt.Errorf("dlkit: backend %q does not start: %w", config, err)
	}
	d := &device{Backend: backend, shared: backend.HasSharedBuffers()}
	devices.byConfig[config] = d
	return d, nil
}

// sequential is implemented by layers whose operations are many, small and in
// a row, such as recurrent ones.
type sequential interface{ prefersSequential() bool }

// deviceFor is the device for a model's backend configuration. Where pure Go is
// to run a model of many small operations it runs them one after another:
// handing each to an executor takes longer than it saves. Large operations use
// all cores either way.
func (m *Model) deviceFor(config string) (*device, error) {
	if config == "" {
		config = defaultBackend()
	}
	if config == gobackend.BackendName && slices.ContainsFunc(m.steps, func(s step) bool {
		l, ok := s.layer.(sequential)
		return ok && l.prefersSequential()
	}) {
		config += ":ops_sequential"
	}
	return deviceFor(config)
}

func defaultBackend() string {
	if env := os.Getenv(compute.ConfigEnvVar); env != "" {
		return env
	}
	if preferred := backends.Preferred(); preferred != "" {
		return preferred
	}
	return gobackend.BackendName
}

// put copies a tensor to the device.
func (d *device) put(t *tensor.Tensor) (compute.Buffer, error) {
	return d.BufferFromFlatData(0, flatOf(t), graphShape(t.DType(), t.Shape()))
}

// readBuffer copies a buffer's values into a tensor of the same type and shape.
func readBuffer(buf compute.Buffer, t *tensor.Tensor) error { return buf.ToFlatData(flatOf(t)) }

// flatOf is a tensor's own flat slice.
func flatOf(t *tensor.Tensor) any {
	switch t.DType() {
	case tensor.Float32:
		s, _ := tensor.Flat[float32](t)
		return s
	case tensor.Float64:
		s, _ := tensor.Flat[float64](t)
		return s
	case tensor.Int32:
		s, _ := tensor.Flat[int32](t)
		return s
	case tensor.Int64:
		s, _ := tensor.Flat[int64](t)
		return s
	case tensor.Uint8:
		s, _ := tensor.Flat[uint8](t)
		return s
	default:
		s, _ := tensor.Flat[bool](t)
		return s
	}
}

// tensorOver makes a tensor around a device's shared memory.
func tensorOver(flat any, shape tensor.Shape) (*tensor.Tensor, error) {
	if len(shape) == 0 {
		shape = tensor.Shape{}
	}
	switch s := flat.(type) {
	case []float32:
		return tensor.New(s, shape...)
	case []float64:
		return tensor.New(s, shape...)
	case []int32:
		return tensor.New(s, shape...)
	case []int64:
		return tensor.New(s, shape...)
	case []uint8:
		return tensor.New(s, shape...)
	case []bool:
		return tensor.New(s, shape...)
	}
	return nil, fmt.Errorf("dlkit: the device holds values of type %T, which no tensor can hold", flat)
}

var graphDTypes = map[tensor.DType]dtypes.DType{
	tensor.Float32: dtypes.Float32, tensor.Float64: dtypes.Float64, tensor.Int32: dtypes.Int32,
	tensor.Int64: dtypes.Int64, tensor.Uint8: dtypes.Uint8, tensor.Bool: dtypes.Bool,
}

func tensorDType(d dtypes.DType) tensor.DType {
	for t, g := range graphDTypes {
		if g == d {
			return t
		}
	}
	return tensor.Float32
}

func graphShape(d tensor.DType, s tensor.Shape) shapes.Shape {
	return shapes.Make(graphDTypes[d], s...)
}
