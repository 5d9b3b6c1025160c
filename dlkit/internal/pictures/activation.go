//go:build goexperiment.simd

package pictures

// activation applies a function to every number of x. x and y may be the same
// plane, and dx and dy, where the slope is known from the result.
type activation struct {
	Layer
	x, y, dx, dy *plane
}

func (a activation) forward(_, _ [][]float32, _ uint64) {
	eachLine(a.y, func(g, y int) { a.apply(a.y.line(g, y), a.x.line(g, y)) })
}

func (a activation) backward([][]float32) {
	if a.dx == nil {
		return
	}
	by := a.y
	if a.Function.wantsInput() {
		by = a.x
	}
	eachLine(a.y, func(g, y int) { a.applySlope(a.dx.line(g, y), a.dy.line(g, y), by.line(g, y)) })
}
