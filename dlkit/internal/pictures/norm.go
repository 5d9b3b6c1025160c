//go:build goexperiment.simd

package pictures

import (
	"math"

	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// norm is batch normalisation of x into y while training. dx and dy are the
// gradients by them.
type norm struct {
	Layer
	x, y, dx, dy *plane
	relu         bool // is taken of the result
	rows         int  // examples

	mean, inverse  []float32 // of every channel; 1/sqrt(variance + ε)
	scale, shift   []float32
	slope, level   []float32
	lines          []float64 // (lines, 2, channels): sums over a line
	sums           workspace // (2, channels, lanes)
	counts, padded []float32 // (lanes): 1 for the examples of the last group that are there
}

func newNorm(l Layer, x, y *plane, rows int) *norm {
	n := &norm{Layer: l, x: x, y: y, rows: rows}
	for _, v := range []*[]float32{&n.mean, &n.inverse, &n.scale, &n.shift, &n.slope, &n.level} {
		*v = make([]float32, x.c)
	}
	n.lines, n.sums = make([]float64, x.groups*x.h*2*x.c), newWorkspace(2*x.c*lanes)
	n.counts, n.padded = make([]float32, lanes), make([]float32, lanes)
	for i := range lanes {
		n.counts[i] = 1
		if (x.groups-1)*lanes+i < rows {
			n.padded[i] = 1
		}
	}
	return n
}

// there are the lanes of a group that hold examples.
func (n *norm) there(group int) []float32 {
	if group == n.x.groups-1 {
		return n.padded
	}
	return n.counts
}

// forward normalises by the batch, whose mean and variance it writes down.
func (n *norm) forward(gamma, beta, mean, variance []float32) {
	c, number := n.x.c, float64(n.rows*n.x.h*n.x.w)
	n.sum(func(g, y int, sums []float32) { addLine(sums, n.x.line(g, y)) })
	total := n.total(0)
	for i := range c {
		n.mean[i] = float32(total[i] / number)
	}
	n.sum(func(g, y int, sums []float32) { addSquares(sums, n.x.line(g, y), n.mean) })
	total = n.total(0)
	for i := range mean {
		v := total[i] / number
		mean[i], variance[i] = n.mean[i], float32(v)
		n.inverse[i] = float32(1 / math.Sqrt(v+float64(n.Epsilon)))
		n.scale[i] = n.inverse[i]
		if gamma != nil {
			n.scale[i] *= gamma[i]
		}
		n.shift[i] = -n.mean[i] * n.scale[i]
		if beta != nil {
			n.shift[i] += beta[i]
		}
	}
	eachLine(n.x, func(g, y int) { scaleLine(n.y.line(g, y), n.x.line(g, y), n.scale, n.shift, n.relu) })
}

// sum adds up lines, each by itself, of the examples that are there.
func (n *norm) sum(add func(g, y int, sums []float32)) {
	c := n.x.c
	n.sums.eachLine(n.x, func(g, y int, sums []float32) {
		sums = sums[:c*lanes]
		add(g, y, sums)
		there := n.there(g)
		for i := range c {
			rows.Multiply(sums[i*lanes:(i+1)*lanes], sums[i*lanes:(i+1)*lanes], there)
		}
		sumLanes(n.lines[(g*n.x.h+y)*2*c:], sums)
	})
}

// total adds up the first or second sums of all lines.
func (n *norm) total(which int) []float64 {
	c := n.x.c
	out := make([]float64, c)
	for line := range n.x.groups * n.x.h {
		for i, v := range n.lines[(2*line+which)*c : (2*line+which+1)*c] {
			out[i] += v
		}
	}
	return out
}

// backward computes the gradients by gamma and beta, which may be nil, and by x:
// scale·(dy − mean(dy) − centred·inverse²·mean(dy·centred)).
func (n *norm) backward(dgamma, dbeta []float32) {
	c, number := n.x.c, float64(n.rows*n.x.h*n.x.w)
	n.sums.eachLine(n.x, func(g, y int, sums []float32) {
		d := n.dy.line(g, y)
		if n.relu {
			rows.Gate(d, n.y.line(g, y))
		}
		addGradients(sums[:c*lanes], sums[c*lanes:], d, n.x.line(g, y), n.mean)
		sumLanes(n.lines[(g*n.x.h+y)*2*c:], sums)
	})
	sum, product := n.total(0), n.total(1)
	for i := range c {
		scale, inverse := float64(n.scale[i]), float64(n.inverse[i])
		n.slope[i] = float32(-scale * inverse * inverse * product[i] / number)
		n.level[i] = float32(-scale * sum[i] / number)
	}
	for i := range dgamma {
		dgamma[i] = float32(product[i] * float64(n.inverse[i]))
	}
	for i := range dbeta {
		dbeta[i] = float32(sum[i])
	}
	if n.dx == nil {
		return
	}
	eachLine(n.x, func(g, y int) {
		combineLine(n.dx.line(g, y), n.dy.line(g, y), n.x.line(g, y), n.mean, n.scale, n.slope, n.level, n.there(g))
	})
}
