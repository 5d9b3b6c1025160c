//go:build goexperiment.simd

package pictures

import "github.com/gofromzero/fromzero/dlkit/internal/product"

// lanes is the number of examples that lie together.
const lanes = 32

// margins are pixels of zeros around pictures.
type margins struct{ top, left, bottom, right int }

// with is the larger of both on every side.
func (m margins) with(n margins) margins {
	return margins{max(m.top, n.top), max(m.left, n.left), max(m.bottom, n.bottom), max(m.right, n.right)}
}

// plane holds pictures with the same channels: (groups, height, width, channels,
// lanes), with margins around height and width.
type plane struct {
	groups, h, w, c int
	margins
	pixel, row, group int // distances
	data              []float32
}

// newPlane makes a plane of zeros. Tiles may read some channels beyond the last
// pixel; that is memory of the plane too.
func newPlane(rows, h, w, c int, m margins) *plane {
	p := &plane{groups: whole(rows, lanes) / lanes, h: h, w: w, c: c, margins: m}
	p.pixel = c * lanes
	p.row = (m.left + w + m.right) * p.pixel
	p.group = (m.top + h + m.bottom) * p.row
	p.data = make([]float32, p.groups*p.group+tileRows*lanes)
	return p
}

// at is where a pixel starts. Rows and columns may lie in the margin.
func (p *plane) at(group, y, x int) int {
	return group*p.group + (y+p.top)*p.row + (x+p.left)*p.pixel
}

// line is a row of pixels without the margin.
func (p *plane) line(group, y int) []float32 {
	at := p.at(group, y, 0)
	return p.data[at : at+p.w*p.pixel : at+p.w*p.pixel]
}

// load reads pictures (n, h, w, channels) into the plane. The plane may have more
// channels, which stay as they are.
func (p *plane) load(x []float32, n, channels, group, y int) {
	line, there := p.line(group, y), min(lanes, n-group*lanes)
	if channels == p.c || channels >= 16 {
		p.pieces(channels, func(number, at, length int) {
			from := product.Rows(x[((group*lanes*p.h)+y)*p.w*channels+number:], p.h*p.w*channels)
			product.Turn(product.Rows(line[at:], lanes), from, there, length)
		})
		return
	}
	for r := range there {
		from := x[((group*lanes+r)*p.h+y)*p.w*channels:][:p.w*channels]
		for i := range p.w {
			for c, v := range from[i*channels : (i+1)*channels] {
				line[(i*p.c+c)*lanes+r] = v
			}
		}
	}
}

// pieces goes through the numbers of an example's line that lie together, in the
// plane too: length of them, from the example's number on, lie at at.
func (p *plane) pieces(channels int, do func(number, at, length int)) {
	if channels == p.c {
		do(0, 0, p.w*channels)
		return
	}
	for i := range p.w {
		do(i*channels, i*p.pixel, channels)
	}
}

// store is load the other way round.
func (p *plane) store(x []float32, n, channels, group, y int) {
	line, there := p.line(group, y), min(lanes, n-group*lanes)
	if channels == p.c || channels >= 16 {
		p.pieces(channels, func(number, at, length int) {
			to := product.Rows(x[((group*lanes*p.h)+y)*p.w*channels+number:], p.h*p.w*channels)
			product.Turn(to, product.Rows(line[at:], lanes), length, there)
		})
		return
	}
	for r := range there {
		to := x[((group*lanes+r)*p.h+y)*p.w*channels:][:p.w*channels]
		for i := range p.w {
			for c := range channels {
				to[i*channels+c] = line[(i*p.c+c)*lanes+r]
			}
		}
	}
}

// up8 rounds up to what tiles are high.
func up8(n int) int { return whole(n, tileRows) }
