package dlkit

import (
	"context"
	"iter"
	"runtime"
	"time"

	"github.com/gofromzero/fromzero/tensor"
)

// batches are the batches of a pass over data, one after another. While a program
// runs on one of them, the next is read.
type batches interface {
	// more reports whether there is another batch. The caller does not hold the
	// model's lock: data may be made with the model.
	more() (bool, error)
	// take gives the program for the next batch, whose feeds are filled. The
	// caller holds the model's lock, as that of ahead does.
	take(ctx context.Context, kind programKind) (*program, error)
	// ahead begins to read the batch after that, for a program of the given kind,
	// while the busy one runs.
	ahead(ctx context.Context, kind programKind, busy *program)
	// join waits until nothing is read any more. Nobody else may use the data
	// before.
	join()
}

// worthAhead is how long reading a batch takes where it is worth another
// goroutine. A step uses all processors itself: what comes between its parts costs
// it some fifty microseconds.
const worthAhead = 200 * time.Microsecond

// readsAhead reports whether to read ahead what takes so long.
func (m *Model) readsAhead(took time.Duration) bool {
	return took >= worthAhead && (runtime.GOMAXPROCS(0) > 1 || !isGo(m.device.Backend))
}

// task is work in the background.
type task struct {
	done  chan struct{}
	fault any // what it panicked with
}

// inBackground begins the work.
func inBackground(work func()) *task {
	t := &task{done: make(chan struct{})}
	go func() {
		defer close(t.done)
		defer func() { t.fault = recover() }()
		work()
	}()
	return t
}

// wait waits for the end of the work. It may be called again.
func (t *task) wait() {
	if t != nil {
		<-t.done
	}
}

// raise waits, and panics where the work did: for those who called for it.
func (t *task) raise() {
	if t.wait(); t.fault != nil {
		panic(t.fault)
	}
}

// rowBatches are rows of data that can be read in any order.
type rowBatches struct {
	m       *Model
	data    tensor.Indexed
	scoring *scoring // what is measured; nil is what the model is compiled with
	order   []int    // of the rows that are left
	size    int

	memory *memoryRows // the data, if it is of this kind
	looked bool        // whether it is has been seen

	known bool         // whether the first batch has been seen
	spec  dataSpec     // its make-up
	own   tensor.Batch // what the data gave last, to be written to again
	took  time.Duration
	next  *rowsRead // what has been read ahead
	task  *task     // of that
}

// rowsRead is a batch that was read.
type rowsRead struct {
	program *program
	into    *batchFeeds // the program's
	asked   int         // rows
	spec    dataSpec
	batch   tensor.Batch
	filled  bool      // into holds the batch
	rows    *hostRows // but for these, which the program's work fetches
	took    time.Duration
	err     error
}

func (r *rowBatches) more() (bool, error) { return len(r.order) > 0, nil }

func (r *rowBatches) join() { r.task.wait() }

// coming are the rows of the next batch, and those of the batch after that.
func (r *rowBatches) coming() (next, later []int) {
	n := min(r.size, len(r.order))
	return r.order[:n], r.order[n:]
}

func (r *rowBatches) take(ctx context.Context, kind programKind) (*program, error) {
	at, later := r.coming()
	read, err := r.readAhead(kind)
	if read == nil && err == nil {
		read, err = r.readNow(ctx, kind, at)
	}
	if err == nil {
		err = read.err
	}
	if err != nil {
		return nil, err
	}
	p := read.program
	r.took = read.took
	switch {
	case !read.filled:
		if p, err = r.m.program(kind, read.spec); err != nil {
			return nil, err
		}
		if err := p.fill(read.batch); err != nil {
			return nil, err
		}
	case read.into == p.spare:
		p.swap()
	}
	if p.calls != nil {
		p.calls.rows = read.rows
	}
	if r.order = later; !r.known || !r.spec.equal(read.spec) {
		r.spec, r.known = read.spec, true
		r.spec.written = p.key.targets
	}
	r.keep(p, read.batch)
	return p, nil
}

// readAhead is what has been read ahead, nil if nothing has or if it lies in the
// memory of a program that is not there any more. A batch of another make-up than
// those before is copied: its own program may take that one's place.
func (r *rowBatches) readAhead(kind programKind) (*rowsRead, error) {
	read := r.next
	if read == nil {
		return nil, nil
	}
	r.next = nil
	r.task.raise()
	if read.err != nil {
		return nil, read.err
	}
	if r.m.programs.find(r.spec.withBatch(read.asked).key(kind)) != read.program {
		return nil, nil
	}
	if !read.filled {
		read.batch = cloned(read.batch)
	}
	return read, nil
}

// cloned is a copy of a batch.
func cloned(b tensor.Batch) (out tensor.Batch) {
	for _, t := range b.Inputs {
		out.Inputs = append(out.Inputs, t.Clone())
	}
	for _, t := range b.Targets {
		out.Targets = append(out.Targets, t.Clone())
	}
	if b.Weights != nil {
		out.Weights = b.Weights.Clone()
	}
	return out
}

// readNow reads rows while nothing runs.
func (r *rowBatches) readNow(ctx context.Context, kind programKind, at []int) (*rowsRead, error) {
	read := &rowsRead{}
	if r.known {
		p, err := r.m.program(kind, r.spec.withBatch(len(at)))
		if err != nil {
			return nil, err
		}
		read.program, read.into = p, &p.batchFeeds
	}
	r.read(ctx, read, at)
	return read, nil
}

// read reads the rows. It is called in the background.
func (r *rowBatches) read(ctx context.Context, read *rowsRead, at []int) {
	begin := time.Now()
	defer func() { read.took = time.Since(begin) }()
	if read.batch, read.err = r.rows(ctx, read, at); read.err != nil {
		return
	}
	if read.spec, read.err = r.m.specOf(read.batch, r.scoring); read.err != nil {
		return
	}
	if read.into == nil || !read.spec.equal(r.spec.withBatch(len(at))) {
		return
	}
	read.filled = true
	if read.err = read.into.fill(read.batch); read.err == nil {
		read.err = read.into.upload()
	}
}

// rows reads the rows, but for inputs that the program's work fetches.
func (r *rowBatches) rows(ctx context.Context, read *rowsRead, at []int) (tensor.Batch, error) {
	if !r.looked {
		r.memory, r.looked = memoryRowsOf(r.data), true
	}
	if r.memory == nil || read.into == nil || !read.program.fetches() {
		return r.data.Rows(ctx, at, r.reusable(read.into))
	}
	into := r.reusable(read.into)
	rest, err := r.memory.rest.Rows(ctx, at, tensor.Batch{Inputs: into.Targets, Weights: into.Weights})
	read.rows = r.memory.rows(at)
	return tensor.Batch{Inputs: read.into.tensors().Inputs, Targets: rest.Inputs, Weights: rest.Weights}, err
}

// reusable is what the data may write rows into: the feeds' own memory, or what
// the data gave last where it has other types.
func (r *rowBatches) reusable(into *batchFeeds) tensor.Batch {
	if into == nil {
		return r.own
	}
	out := into.tensors()
	either := func(list, own []*tensor.Tensor) {
		for i := range min(len(list), len(own)) {
			if own[i] != nil {
				list[i] = own[i]
			}
		}
	}
	either(out.Inputs, r.own.Inputs)
	either(out.Targets, r.own.Targets)
	if r.own.Weights != nil {
		out.Weights = r.own.Weights
	}
	return out
}

// keep remembers the tensors of a batch that could not be the feeds' own.
func (r *rowBatches) keep(p *program, batch tensor.Batch) {
	others := func(feeds []*feed, list []*tensor.Tensor) []*tensor.Tensor {
		out := make([]*tensor.Tensor, len(list))
		for i, t := range list {
			if !feeds[i].like(t) {
				out[i] = t
			}
		}
		return out
	}
	r.own.Inputs, r.own.Targets = others(p.inputs, batch.Inputs), others(p.targets, batch.Targets)
	if p.weights != nil && !p.weights.like(batch.Weights) {
		r.own.Weights = batch.Weights
	}
}

func (r *rowBatches) ahead(ctx context.Context, kind programKind, busy *program) {
	at, _ := r.coming()
	if len(at) == 0 || !r.m.readsAhead(r.took) {
		return
	}
	p := r.m.programs.find(r.spec.withBatch(len(at)).key(kind))
	if p == nil || p == busy && p.addSpare() != nil {
		return // it will be read when it is its turn
	}
	read := &rowsRead{program: p, into: &p.batchFeeds, asked: len(at)}
	if p == busy {
		read.into = p.spare
	}
	r.next, r.task = read, inBackground(func() { r.read(ctx, read, at) })
}

// streamBatches are batches in the data's own order.
type streamBatches struct {
	m       *Model
	scoring *scoring
	pull    func() (tensor.Batch, error, bool)
	stop    func()
	skip    int // batches that are done already

	batch tensor.Batch
	err   error
	has   bool
	task  *task // of the batch that is pulled ahead
	took  time.Duration
}

func newStreamBatches(ctx context.Context, m *Model, data tensor.Dataset, size int) *streamBatches {
	pull, stop := iter.Pull2(data.Batches(ctx, size))
	return &streamBatches{m: m, pull: pull, stop: stop}
}

// fetch pulls the next batch that is to be used.
func (s *streamBatches) fetch() {
	begin := time.Now()
	defer func() { s.took = time.Since(begin) }()
	for {
		s.batch, s.err, s.has = s.pull()
		if s.err != nil || !s.has {
			return
		}
		if s.batch.Len() == 0 {
			continue
		}
		if s.skip == 0 {
			return
		}
		s.skip--
	}
}

func (s *streamBatches) more() (bool, error) {
	if s.task == nil {
		s.fetch()
		return s.has, s.err
	}
	s.task.raise()
	s.task = nil
	return s.has, s.err
}

func (s *streamBatches) join() { s.task.wait() }

// close ends the pass.
func (s *streamBatches) close() {
	s.join()
	s.stop()
}

func (s *streamBatches) take(_ context.Context, kind programKind) (*program, error) {
	return s.m.programScoring(kind, s.batch, s.scoring)
}

func (s *streamBatches) ahead(context.Context, programKind, *program) {
	if s.m.readsAhead(s.took) {
		s.task = inBackground(s.fetch)
	}
}
