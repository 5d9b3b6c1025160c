package dlkit

import (
	"fmt"
	"runtime"
	"slices"

	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/steps"
	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
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
	now       func(w, g []float32, slots [][]float32) // the step of these numbers
	weights   []*variable                             // their gradients are the graph's last outputs, in this order
	slots     [][]*variable
	lookups   []*hostLookup           // that give the gradients of their rows, the very last outputs
	written   []*hostFeed             // the gradients that host work writes: these are no outputs, and nil here
	during    []*hostUpdate           // the weights that host work changes, nil for others
	sparse    map[*variable][]float32 // gradients of the lookups' tables, zero between steps
	pieces    []hostPiece
	// spent are the gradients of the step before. They are given to the next
	// one, as parameters that nothing reads: the backend takes memory back in
	// no other way.
	spent  []compute.Buffer
	shapes []tensor.Shape // of these
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
	if !ok || t.p.key.kind != trainProgram || !m.device.sharesFloats(m.dtype) ||
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
	by := t.gradientsFor(u)
	for i, g := range t.c.config.Clip.apply(graph.Gradient(loss, by...)) {
		written, call, k := t.p.calls.gradient(g)
		u.written = append(u.written, written)
		if written == nil {
			t.outputs = append(t.outputs, g)
			u.shapes = append(u.shapes, slices.Clone(g.Shape().Dimensions))
			graph.Parameter(t.p.graph, fmt.Sprintf("spent_%d", i+1), g.Shape())
		}
		u.leave(call, k, by[i], t)
	}
	t.p.host = u
}

// leave has host work that goes on to the program's head change weight w by the
// k-th of its gradients.
func (u *hostUpdates) leave(call *hostCall, k int, w *graph.Node, t *training) {
	if call == nil || call.head == nil || t.p.stage != nil {
		return
	}
	i := slices.Index(t.weights, w)
	if i < 0 {
		return
	}
	if u.during == nil {
		u.during = make([]*hostUpdate, len(u.weights))
	}
	if call.updates == nil {
		call.updates = map[int]*hostUpdate{}
	}
	u.during[i] = &hostUpdate{updates: u}
	call.updates[k] = u.during[i]
}

// hostUpdate is one weight that host work changes.
type hostUpdate struct {
	updates *hostUpdates
	w       []float32
	slots   [][]float32
	parts   [][][]float32 // of the slots, that each worker is at
}

// step changes the numbers from the at-th on by their gradient.
func (h *hostUpdate) step(worker, at int, g []float32) {
	if worker >= len(h.parts) { // the program has just been given more processors
		h.updates.now(h.w[at:at+len(g)], g, cut(h.slots, at, at+len(g)))
		return
	}
	slots := h.parts[worker]
	for i, s := range h.slots {
		slots[i] = s[at : at+len(g)]
	}
	h.updates.now(h.w[at:at+len(g)], g, slots)
}

// begin makes ready for a step.
func (h *hostUpdate) begin(d *device, v *variable, slots []*variable) (err error) {
	h.w, h.slots, err = memoryOf(d, v, slots, h.slots[:0])
	for len(h.parts) < runtime.GOMAXPROCS(0) {
		h.parts = append(h.parts, make([][]float32, len(slots)))
	}
	return err
}

// begin makes ready for a step.
func (u *hostUpdates) begin(d *device) (err error) {
	u.now = u.optimizer.hostStep(u.numbers)
	for i, h := range u.during {
		if h == nil {
			continue
		}
		if err = h.begin(d, u.weights[i], u.slots[i]); err != nil {
			return err
		}
	}
	return nil
}

// memoryOf is where a weight and its slots lie; the latter are appended to held.
func memoryOf(d *device, v *variable, slots []*variable, held [][]float32) (w []float32, all [][]float32, err error) {
	if w, err = v.memory(d); err != nil {
		return nil, nil, fmt.Errorf("dlkit: weight %s: %w", v.name, err)
	}
	for _, s := range slots {
		h, err := s.hostMemory()
		if err != nil {
			return nil, nil, fmt.Errorf("dlkit: weight %s: %w", v.name, err)
		}
		held = append(held, h)
	}
	return w, held, nil
}

// gradientsFor are what the loss is differentiated by: the weights, and instead
// of tables the rows that were fetched from them. Clipping is by the gradients
// of weights, and so goes without.
func (t *training) gradientsFor(u *hostUpdates) []*graph.Node {
	if t.c.config.Clip == (Clip{}) {
		for _, l := range t.p.lookups {
			if l.table != nil && slices.Contains(t.trained, l.table) {
				u.lookups = append(u.lookups, l)
			}
		}
	}
	var by []*graph.Node
	for i, v := range t.trained {
		if !u.fetches(v) {
			by = append(by, t.weights[i])
		}
	}
	for _, l := range u.lookups {
		by = append(by, l.node)
	}
	return by
}

// fetches reports whether a weight's gradient comes by rows.
func (u *hostUpdates) fetches(v *variable) bool {
	return slices.ContainsFunc(u.lookups, func(l *hostLookup) bool { return l.table == v })
}

// spentOn returns the memory to give to the next step.
func (u *hostUpdates) spentOn(d *device) ([]compute.Buffer, error) {
	if u.spent != nil {
		return u.spent, nil
	}
	for _, shape := range u.shapes {
		buf, err := d.put(tensor.Reuse(nil, tensor.Float32, shape))
		if err != nil {
			return nil, err
		}
		u.spent = append(u.spent, buf)
	}
	return u.spent, nil
}

// apply changes the weights by their gradients, which belong to the updates
// from then on. feeds are those of the program that made them.
func (u *hostUpdates) apply(d *device, feeds []*feed, gradients []compute.Buffer) error {
	u.spent, u.pieces = gradients, u.pieces[:0]
	flat := make([][]float32, len(u.written))
	for i, f := range u.written {
		if f != nil {
			flat[i] = f.numbers()
			continue
		}
		var err error
		if flat[i], err = numbersOf(gradients[0]); err != nil {
			return fmt.Errorf("dlkit: reading a gradient: %w", err)
		}
		gradients = gradients[1:]
	}
	u.scatter(flat[len(flat)-len(u.lookups):], feeds)
	for i, v := range u.weights {
		g, ok := u.sparse[v]
		if !ok {
			g, flat = flat[0], flat[1:]
		}
		if u.during != nil && u.during[i] != nil {
			continue
		}
		if err := u.add(d, v, u.slots[i], g); err != nil {
			return err
		}
	}
	u.work(u.now)
	for _, l := range u.lookups {
		steps.Clear(u.sparse[l.table], l.table.shape[1], l.wordsOf(feeds))
	}
	return nil
}

// scatter adds the gradients of fetched rows up to those of the tables.
func (u *hostUpdates) scatter(rows [][]float32, feeds []*feed) {
	for i, l := range u.lookups {
		if u.sparse == nil {
			u.sparse = map[*variable][]float32{}
		}
		if u.sparse[l.table] == nil {
			u.sparse[l.table] = make([]float32, l.table.shape.Size())
		}
		l.scatter(u.sparse[l.table], rows[i], feeds)
	}
}

// add cuts a weight into pieces.
func (u *hostUpdates) add(d *device, v *variable, slots []*variable, g []float32) error {
	w, held, err := memoryOf(d, v, slots, nil)
	if err != nil {
		return err
	}
	for start := 0; start < len(w); start += hostPieceSize {
		end := min(start+hostPieceSize, len(w))
		u.pieces = append(u.pieces, hostPiece{w: w[start:end], g: g[start:end], slots: cut(held, start, end)})
	}
	return nil
}

// cut takes the same part of all slots.
func cut(slots [][]float32, start, end int) [][]float32 {
	out := make([][]float32, len(slots))
	for i, s := range slots {
		out[i] = s[start:end]
	}
	return out
}

// work does the step on all pieces.
func (u *hostUpdates) work(step func(w, g []float32, slots [][]float32)) {
	total := 0
	for _, p := range u.pieces {
		total += len(p.w)
	}
	workers := parallel.Workers((total + hostPieceSize - 1) / hostPieceSize)
	parallel.EachBy(workers, len(u.pieces), func(_, i int) {
		step(u.pieces[i].w, u.pieces[i].g, u.pieces[i].slots)
	})
}

// memory is the variable's value on a device that shares its memory. What is
// written there is the variable's new value.
func (v *variable) memory(d *device) ([]float32, error) {
	buf, err := v.onDevice(d)
	if err != nil {
		return nil, err
	}
	numbers, err := numbersOf(buf)
	v.hostStale = v.hostStale || err == nil
	v.changes++
	return numbers, err
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
