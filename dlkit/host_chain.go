package dlkit

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// A chain is several steps of a model that follow one another and are left to the
// host as one work: pictures' layers, see picture_chain.go, or fully connected
// ones, see dense_chain.go; or a text's words and their mean, see host_means.go.

// links tell which steps do nothing but follow the one before.
type links struct {
	m      *Model
	uses   []int
	wanted []int // numbers of values that are asked for besides the outputs
}

func (m *Model) newLinks(wanted []int) links { return links{m, m.uses(), wanted} }

// follows reports whether the step takes what the one before it makes, which
// nobody else does.
func (l links) follows(step int) bool {
	value := len(l.m.inputs) + step - 1
	from := l.m.steps[step].from
	return len(from) == 1 && from[0] == value && l.uses[value] == 1 && !slices.Contains(l.wanted, value)
}

// stretch is a row of steps that all live on what the first one takes.
type stretch struct {
	links
	start int   // number of the value that the first step takes
	first int   // and that it makes
	open  []int // how many more take each value that a step makes
}

// newStretch is one that begins with step i, and has no steps yet.
func (m *Model) newStretch(i int, wanted []int) *stretch {
	return &stretch{links: m.newLinks(wanted), start: m.steps[i].from[0], first: len(m.inputs) + i}
}

// add adds the next step, and reports whether the stretch has all that it takes.
func (s *stretch) add(step int) bool {
	from := s.m.steps[step].from
	for _, v := range from {
		if v != s.start && v < s.first {
			return false
		}
	}
	for _, v := range from {
		if v >= s.first {
			s.open[v-s.first]--
		}
	}
	value := len(s.m.inputs) + step
	left := s.uses[value]
	if slices.Contains(s.wanted, value) {
		left++
	}
	s.open = append(s.open, left)
	return true
}

// closed reports whether nobody else takes what the steps make, but for the last.
func (s *stretch) closed() bool {
	return !slices.ContainsFunc(s.open[:len(s.open)-1], func(left int) bool { return left > 0 })
}

// chainFrom is the number of steps from the i-th on that training does as a
// chain, 0 if it does none.
func (m *Model) chainFrom(i, batch int) int {
	if n := m.pictureChainAt(i, batch, true, nil); n > 0 {
		return n
	}
	return m.denseChainAt(i, batch, true, nil).steps
}

// chained applies the chain of steps that starts at the i-th to x, and returns
// how many they are, 0 if the graph is to do them one by one.
func (b *Builder) chained(m *Model, i int, x *graph.Node) (y *graph.Node, steps int) {
	if y := b.fetchedMean(m, i, x); y != nil {
		return y, 2
	}
	if !b.callsHost() || b.watch != 0 || x.DType() != b.DType() || len(m.steps[i].from) != 1 || b.masks[x] != nil {
		return nil, 0
	}
	if y, steps = b.pictureChained(m, i, x); steps > 0 {
		return y, steps
	}
	return b.denseChained(m, i, x)
}

// trains reports whether anything that has been applied so far is trained.
func (b *Builder) trains() bool {
	return slices.ContainsFunc(b.order, func(v *variable) bool { return v.trainable && !v.frozen })
}
