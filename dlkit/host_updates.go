package dlkit

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// hostOptimizer is implemented by optimizers that can do their step in one pass
// over the memory. In a graph every operation goes over all weights once more.
type hostOptimizer interface {
	// hostStep is the step with the given Numbers, nil if the optimizer's
	// settings want what it cannot do. All slices have the same length.
	hostStep(numbers []float64) func(w, g []float32, slots [][]float32)
}

// hostUpdates are the optimizer's steps of a training program whose graph ends
// with the gradients, because the weights lie where the program can reach them.
type hostUpdates struct {
	optimizer hostOptimizer
	numbers   []float64
	weights   []*variable // their gradients are the graph's last outputs, in this order
	slots     [][]*variable
	pieces    []hostPiece
	// spent are the gradients of the step before. They are given to the next
	// one, as parameters that nothing reads: the backend takes memory back in
	// no other way.
	spent []compute.Buffer
}

// hostPiece is a part of one weight, for one worker.
type hostPiece struct {
	w, g  []float32
	slots [][]float32
}

// hostPieceSize is how many numbers a worker takes at once: some ten
// microseconds of work.
const hostPieceSize = 1 << 15

// hostUpdatesFor returns the updates that can be done outside the graph, nil if
// they cannot: on other backends and types, and where more than the optimizer
// changes the weights.
func (t *training) hostUpdatesFor(m *Model) *hostUpdates {
	o, ok := t.c.optimizer.(hostOptimizer)
	if !ok || plainOps || t.p.key.kind != trainProgram || !m.device.shared || !isGo(m.device) || m.dtype != dtypes.Float32 ||
		t.c.config.Accumulate > 1 || t.c.config.EMA > 0 || o.hostStep(t.c.numbers(1)) == nil {
		return nil
	}
	for _, v := range t.trained {
		if t.b.constraints[v] != nil {
			return nil
		}
	}
	return &hostUpdates{optimizer: o, weights: t.trained}
}

// addHostUpdates ends the graph with the gradients.
func (t *training) addHostUpdates(m *Model, loss *graph.Node, u *hostUpdates) {
	for _, v := range t.trained {
		u.slots = append(u.slots, t.c.slotsOf(v, m.vars))
	}
	t.outputs = append(t.outputs, t.c.config.Clip.apply(graph.Gradient(loss, t.weights...))...)
	for i, v := range t.trained {
		graph.Parameter(t.p.graph, fmt.Sprintf("spent_%d", i+1), v.graphShape(m.dtype))
	}
	t.p.host = u
}

// spentOn returns the memory to give to the next step.
func (u *hostUpdates) spentOn(d *device) ([]compute.Buffer, error) {
	if u.spent != nil {
		return u.spent, nil
	}
	for _, v := range u.weights {
		buf, err := d.put(tensor.Reuse(nil, tensor.Float32, v.shape))
		if err != nil {
			return nil, err
		}
		u.spent = append(u.spent, buf)
	}
	return u.spent, nil
}

// apply changes the weights by their gradients, which belong to the updates
// from then on.
func (u *hostUpdates) apply(d *device, gradients []compute.Buffer) error {
	u.pieces = u.pieces[:0]
	for i, v := range u.weights {
		if err := u.add(d, v, u.slots[i], gradients[i]); err != nil {
			return fmt.Errorf("dlkit: weight %s: %w", v.name, err)
		}
	}
	u.work(u.optimizer.hostStep(u.numbers))
	u.spent = gradients
	return nil
}

// add cuts a weight into pieces.
func (u *hostUpdates) add(d *device, v *variable, slots []*variable, gradient compute.Buffer) error {
	w, err := v.memory(d)
	if err != nil {
		return err
	}
	data, err := gradient.Data()
	if err != nil {
		return err
	}
	g := data.([]float32)
	held := make([][]float32, len(slots))
	for k, s := range slots {
		if held[k], err = s.hostMemory(); err != nil {
			return err
		}
	}
	for start := 0; start < len(w); start += hostPieceSize {
		end := min(start+hostPieceSize, len(w))
		p := hostPiece{w: w[start:end], g: g[start:end], slots: make([][]float32, len(held))}
		for k, h := range held {
			p.slots[k] = h[start:end]
		}
		u.pieces = append(u.pieces, p)
	}
	return nil
}

// work does the step on all pieces.
func (u *hostUpdates) work(step func(w, g []float32, slots [][]float32)) {
	var next atomic.Int64
	worker := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(u.pieces) {
				return
			}
			step(u.pieces[i].w, u.pieces[i].g, u.pieces[i].slots)
		}
	}
	total := 0
	for _, p := range u.pieces {
		total += len(p.w)
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (total+hostPieceSize-1)/hostPieceSize) - 1 {
		others.Go(worker)
	}
	worker()
	others.Wait()
}

// memory is the variable's value on a device that shares its memory. What is
// written there is the variable's new value.
func (v *variable) memory(d *device) ([]float32, error) {
	buf, err := v.onDevice(d)
	if err != nil {
		return nil, err
	}
	data, err := buf.Data()
	if err != nil {
		return nil, err
	}
	v.hostStale = true
	return data.([]float32), nil
}

// hostMemory is the variable's value on the host, and only there.
func (v *variable) hostMemory() ([]float32, error) {
	t, err := v.value()
	if err != nil {
		return nil, err
	}
	if err := v.drop(); err != nil {
		return nil, err
	}
	flat, _ := tensor.Flat[float32](t)
	return flat, nil
}
