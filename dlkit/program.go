package dlkit

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

// programKind is what a program is for.
type programKind uint8

const (
	trainProgram programKind = iota
	accumulateProgram
	evaluateProgram
	predictProgram
)

// trains reports whether the program computes gradients.
func (k programKind) trains() bool { return k == trainProgram || k == accumulateProgram }

// programKey tells programs apart: one is compiled per batch size and kind of
// data, and kept.
type programKey struct {
	kind     programKind
	batch    int
	targets  string // types and shapes
	weighted bool
	scoring  *scoring
}

// program is a compiled graph with its places for data. It is run many times.
type program struct {
	key    programKey
	device *device
	graph  *graph.Graph
	batchFeeds
	spare   *batchFeeds // for one more batch, if there ever was one
	rng     *feed
	numbers []*feed
	vars    []*variable  // in order of the graph's parameters, after the feeds
	changed []*variable  // in order of the graph's outputs, after the first
	widths  []int        // statistics of each metric
	host    *hostUpdates // nil if the graph itself changes the weights
	lookups []*hostLookup
	calls   *hostCalls // nil if nothing is computed outside the graph
	first   *program   // whose feeds it shares, if it is but a stage of that
	stage   *hostStage // what it is compiled for then
	idle    bool       // the graph computes nothing, host work does all

	besides [][]*feed // inputs of further batches, see predict_lanes.go
	donate  []bool    // in order of the graph's parameters
	places  []int     // among those, of the feeds, the variables and what is given back
}

// programCache keeps the programs used last.
type programCache struct {
	list []*program // most recent last
}

// maxPrograms bounds the graphs kept: data whose batches have ever new sizes
// compiles again instead of filling the memory.
const maxPrograms = 12

func (c *programCache) find(key programKey) *program {
	for i := len(c.list) - 1; i >= 0; i-- {
		if p := c.list[i]; p.key == key {
			if i != len(c.list)-1 {
				c.list = append(append(c.list[:i:i], c.list[i+1:]...), p)
			}
			return p
		}
	}
	return nil
}

func (c *programCache) add(p *program) {
	if len(c.list) == maxPrograms {
		c.list[0].finalize()
		c.list = append([]*program{}, c.list[1:]...)
	}
	c.list = append(c.list, p)
}

// drop forgets the programs that measure what a scoring says.
func (c *programCache) drop(s *scoring) {
	c.list = slices.DeleteFunc(c.list, func(p *program) bool {
		if p.key.scoring != s {
			return false
		}
		p.finalize()
		return true
	})
}

func (c *programCache) clear() {
	for _, p := range c.list {
		p.finalize()
	}
	c.list = nil
}

func (p *program) finalize() {
	p.graph.Finalize()
	p.calls.finalize()
	all := append([][]*feed{p.feeds}, p.besides...)
	if p.spare != nil {
		all = append(all, p.spare.feeds)
	}
	for _, feeds := range all {
		for _, f := range feeds {
			f.finalize()
		}
	}
}

// addFeed makes a graph parameter that is filled for every run.
func (p *program) addFeed(name string, dtype tensor.DType, shape tensor.Shape) (*feed, *graph.Node, error) {
	if p.first != nil {
		f := p.first.feeds[len(p.feeds)]
		p.feeds = append(p.feeds, f)
		return f, graph.Parameter(p.graph, name, graphShape(dtype, shape)), nil
	}
	f, err := newFeed(p.device, dtype, shape)
	if err != nil {
		return nil, nil, err
	}
	p.feeds = append(p.feeds, f)
	return f, graph.Parameter(p.graph, name, graphShape(dtype, shape)), nil
}

// compile finishes the graph. vars are its parameters after the feeds, outputs
// its results: the statistics, if the host does not make them, the new values of
// changed, and the gradients for updates on the host.
func (p *program) compile(vars, changed []*variable, outputs []*graph.Node) error {
	p.vars, p.changed = vars, changed
	if p.stage != nil {
		return p.stage.compile(p, outputs)
	}
	if p.calls != nil {
		outputs = p.calls.plan(outputs)
	}
	p.addPlaces()
	if p.idle = len(outputs) == 0; p.idle {
		return nil
	}
	return p.graph.Compile(outputs...)
}

// addPlaces numbers the graph's parameters: those of host work, and around them
// the feeds, the variables and what is given back.
func (p *program) addPlaces() {
	n := len(p.feeds) + len(p.vars)
	given := n
	if p.host != nil {
		n += len(p.host.shapes)
	}
	ofHost := map[int]bool{}
	for _, f := range p.calls.feeds() {
		ofHost[f.parameter] = true
	}
	// A variable keeps its memory until its new value is accepted: should the
	// loss be no number, the weights that made it so are still there.
	p.donate = make([]bool, n+len(ofHost))
	for at := range p.donate {
		if ofHost[at] {
			continue
		}
		p.donate[at] = len(p.places) >= given
		p.places = append(p.places, at)
	}
}

// accept gives the changed variables their new values: all outputs of a run
// but the statistics.
func (p *program) accept(next []compute.Buffer) error {
	for i, v := range p.changed {
		if err := v.replace(next[i]); err != nil {
			return err
		}
	}
	if p.host == nil {
		return nil
	}
	return p.host.apply(p.device, p.feeds, next[len(p.changed):])
}

// reject forgets the new values, so that the variables keep theirs.
func (p *program) reject(next []compute.Buffer) error {
	if p.host != nil {
		p.host.spent, next = next[len(p.changed):], next[:len(p.changed)]
	}
	var errs []error
	for _, buf := range next {
		errs = append(errs, buf.Finalize())
	}
	return errors.Join(errs...)
}

// runAll executes the program and returns all outputs.
func (p *program) runAll() (out []compute.Buffer, err error) {
	args, err := p.arguments(p.feeds)
	if err != nil {
		return nil, err
	}
	return p.execute(args)
}

// arguments are the graph's arguments, with the given feeds, after the rows that
// lookups fetch are in theirs.
func (p *program) arguments(feeds []*feed) (args []compute.Buffer, err error) {
	for _, l := range p.lookups {
		if l.table == nil { // of a layer that the results do not need
			continue
		}
		if err := l.fetch(p.device, feeds); err != nil {
			return nil, err
		}
	}
	args = make([]compute.Buffer, len(p.donate))
	for i, f := range feeds {
		if args[p.places[i]], err = f.onDevice(); err != nil {
			return nil, fmt.Errorf("dlkit: copying data to the device: %w", err)
		}
	}
	rest := p.places[len(feeds):]
	for i, v := range p.vars {
		if args[rest[i]], err = v.onDevice(p.device); err != nil {
			return nil, err
		}
	}
	for _, f := range p.calls.feeds() {
		args[f.parameter] = f.buffer
	}
	if p.host == nil {
		return args, nil
	}
	if err := p.host.begin(p.device); err != nil {
		return nil, err
	}
	spent, err := p.host.spentOn(p.device)
	for i, buf := range spent {
		args[rest[len(p.vars)+i]] = buf
	}
	return args, err
}

// execute runs the program on the arguments. Outputs that host work makes are nil:
// they lie in its feeds until it runs again.
func (p *program) execute(args []compute.Buffer) ([]compute.Buffer, error) {
	if p.calls == nil {
		return p.executeGraph(args)
	}
	if !p.key.kind.trains() {
		p.calls.weightsAt(p.version())
	}
	given, used, err := p.calls.run(args)
	var last []compute.Buffer
	if err == nil {
		last, err = p.executeGraph(args)
	} else {
		err = fmt.Errorf("dlkit: the computation failed: %w", err)
	}
	for _, buf := range used {
		_ = buf.Finalize()
	}
	if err != nil {
		for _, buf := range given {
			_ = buf.Finalize()
		}
		return nil, err
	}
	out := make([]compute.Buffer, len(p.calls.made))
	for i, made := range p.calls.made {
		if buf, ok := given[i]; ok {
			out[i] = buf
		} else if made == nil {
			out[i], last = last[0], last[1:]
		}
	}
	return out, nil
}

// version is a number that is another one after a weight has changed, and never 0.
func (p *program) version() uint64 {
	version := uint64(1)
	for _, v := range p.vars {
		version += v.changes
	}
	return version
}

// executeGraph runs the program's own graph, its last.
func (p *program) executeGraph(args []compute.Buffer) (out []compute.Buffer, err error) {
	if p.idle {
		return nil, nil
	}
	if guarded := guard(func() { out, err = p.graph.Executable().Execute(args, p.donate, 0) }); guarded != nil {
		err = guarded
	}
	if err != nil {
		return nil, fmt.Errorf("dlkit: the computation failed: %w", err)
	}
	return out, nil
}
