//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/parallel"

// global takes of every channel the largest number or the mean. Its work is
// divided by channels: its output has one line.
type global struct {
	Layer
	x, y, dx, dy *plane
	rows         int    // examples
	peaks        *peaks // of what a convolution alone has made, nil where they are not looked for
}

// eachPart goes through the channels, some at a time: of so many numbers in each
// pixel, the first of them first.
func (p *global) eachPart(do func(g, first, n int)) {
	const together = 8
	parts := (p.y.c + together - 1) / together
	parallel.Each(p.y.groups*parts, func(i int) {
		g, c := i/parts, i%parts*together
		do(g, c*lanes, min(together, p.y.c-c)*lanes)
	})
}

func (p *global) forward(_, _ [][]float32, _ uint64) {
	share := 1 / float32(p.x.h*p.x.w)
	p.eachPart(func(g, first, n int) {
		to := p.y.line(g, 0)[first:][:n]
		if p.peaks != nil {
			p.forwardPeaks(to, g, first)
			return
		}
		if p.Kind == GlobalMaxPool {
			copy(to, p.x.line(g, 0)[first:])
		} else {
			clear(to)
		}
		for y := range p.x.h {
			line := p.x.line(g, y)
			for at := first; at < len(line); at += p.x.pixel {
				if p.Kind == GlobalMaxPool {
					largest(to, line[at:at+n])
				} else {
					addScaled(to, line[at:at+n], share)
				}
			}
		}
	})
}

// forwardPeaks also writes down where the largest numbers are.
func (p *global) forwardPeaks(to []float32, g, first int) {
	place, others := p.peaks.place[g*p.y.pixel+first:][:len(to)], p.peaks.others[g*p.y.pixel+first:][:len(to)]
	clear(place)
	clear(others)
	for y := range p.x.h {
		line := p.x.line(g, y)
		for x := range p.x.w {
			from := line[x*p.x.pixel+first:][:len(to)]
			if x+y == 0 {
				copy(to, from)
			} else {
				findPeaks(to, place, others, from, float32(y*p.x.w+x))
			}
		}
	}
}

// backward gives all numbers that are the largest the gradient, as the graph
// does.
func (p *global) backward([][]float32) {
	if p.dx == nil {
		return
	}
	if p.peaks != nil {
		if p.peaks.count(p.rows); p.peaks.few {
			return // the convolution knows where it comes from
		}
	}
	share := 1 / float32(p.x.h*p.x.w)
	p.eachPart(func(g, first, n int) {
		d, most := p.dy.line(g, 0)[first:][:n], p.y.line(g, 0)[first:][:n]
		if p.Kind == GlobalAvgPool {
			scale(d, share)
		}
		for y := range p.x.h {
			x, dx := p.x.line(g, y), p.dx.line(g, y)
			for at := first; at < len(x); at += p.x.pixel {
				if p.Kind == GlobalMaxPool {
					giveEqual(dx[at:at+n], d, x[at:at+n], most)
				} else {
					copy(dx[at:at+n], d)
				}
			}
		}
	})
}
