//go:build goexperiment.simd

package pictures

// pool takes of every window the largest number or the mean. Windows lie side by
// side; what is left at the end counts for nothing.
type pool struct {
	Layer
	x, y, dx, dy *plane
}

func (p *pool) share() float32 { return 1 / float32(p.Window[0]*p.Window[1]) }

// eachTap goes through the numbers of the windows of a line, from the last column
// to the first, and in each from the last row to the first. of is the window's
// place in lines of y; row and column are those of one of its pixels.
func (p *pool) eachTap(y int, tap func(of, row, column int)) {
	for x := range p.y.w {
		for j := p.Window[1] - 1; j >= 0; j-- {
			for i := p.Window[0] - 1; i >= 0; i-- {
				tap(x*p.y.pixel, y*p.Window[0]+i, x*p.Window[1]+j)
			}
		}
	}
}

func (p *pool) forward() {
	n := p.y.pixel
	eachLine(p.y, func(g, y int) {
		line, last := p.y.line(g, y), -1
		p.eachTap(y, func(of, row, column int) {
			to, tap := line[of:of+n], p.x.data[p.x.at(g, row, column):][:n]
			switch {
			case of != last && p.Kind == MaxPool:
				copy(to, tap)
			case of != last:
				clear(to)
				addScaled(to, tap, p.share())
			case p.Kind == MaxPool:
				largest(to, tap)
			default:
				addScaled(to, tap, p.share())
			}
			last = of
		})
	})
}

func (p *pool) backward() {
	n := p.y.pixel
	if p.y.h*p.Window[0] < p.x.h || p.y.w*p.Window[1] < p.x.w {
		eachLine(p.x, func(g, y int) { clear(p.dx.line(g, y)) })
	}
	eachLine(p.y, func(g, y int) {
		d, line := p.dy.line(g, y), p.y.line(g, y)
		p.eachTap(y, func(of, row, column int) {
			to := p.dx.data[p.dx.at(g, row, column):][:n]
			if p.Kind == MaxPool {
				giveLargest(to, d[of:of+n], p.x.data[p.x.at(g, row, column):][:n], line[of:of+n])
				return
			}
			clear(to)
			addScaled(to, d[of:of+n], p.share())
		})
	})
}
