//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/rows"

// addStep is the sum of values x.
type addStep struct {
	x, dx []*plane
	y, dy *plane
	relu  bool // is taken of the result
}

// sum makes the work of an Add, whose value is given.
func (c *Chain) sum(s *step, value int) addStep {
	a := addStep{y: c.values[value], dy: c.slope(value), relu: s.relu}
	for _, v := range s.in {
		a.x, a.dx = append(a.x, c.values[v]), append(a.dx, c.part(v))
	}
	return a
}

func (a addStep) forward([][]float32, [][]float32, uint64) {
	eachLine(a.y, func(g, y int) {
		line := a.y.line(g, y)
		copy(line, a.x[0].line(g, y))
		for _, x := range a.x[1:] {
			addLine(line, x.line(g, y))
		}
		if a.relu {
			rows.ReLU(line, line)
		}
	})
}

func (a addStep) backward([][]float32) {
	eachLine(a.y, func(g, y int) {
		d := a.dy.line(g, y)
		if a.relu {
			rows.Gate(d, a.y.line(g, y))
		}
		for _, dx := range a.dx {
			if dx != nil {
				copy(dx.line(g, y), d)
			}
		}
	})
}
