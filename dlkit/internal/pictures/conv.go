//go:build goexperiment.simd

package pictures

import (
	"github.com/gofromzero/fromzero/dlkit/internal/parallel"
	"github.com/gofromzero/fromzero/dlkit/internal/rows"
)

// conv is a convolution of x into y. dx and dy are the gradients
// by them, nil outside training, dx also where nobody asks for it.
type conv struct {
	Layer
	x, y, dx, dy *plane
	relu         bool // is taken of the result

	channels int       // of the input that count; dx may have more
	bias     []float32 // (channels of y)
	dkernel  []float32 // (kh, up8(kw·channels), columns)
	lines    []float64 // (lines of y, channels): sums of dy
	sums     workspace // (channels, lanes)
	scaled   []float32 // the kernel, where it is scaled
	turned   turned
	tiled    *filtering // computes the gradient by the kernel, if not nil
	narrow   *narrow    // does so instead, if not nil
	// ahead and back compute y and dx; back is nil where nobody asks for dx.
	ahead, back slide
}

// inputMargins are what a convolution reads around its input of so many channels.
// Tiles read as if all of them were whole.
func (l Layer) inputMargins(channels, h, w int) margins {
	tile := max(1, l.tileFor(channels, l.Out[0], l.Out[1]))
	down, right := l.stride()
	return margins{
		top: l.Pad[0], left: l.Pad[1],
		bottom: max(0, (whole(l.Out[0], tile)-1)*down+l.Window[0]-l.Pad[0]-h),
		right:  max(0, (whole(l.Out[1], tile)-1)*right+l.Window[1]-l.Pad[1]-w),
	}
}

// outputMargins are what the gradient by the input reads around that by the
// output.
func (l Layer) outputMargins(channels, h, w int) margins {
	tile := max(1, l.tileFor(channels, h, w))
	down, right := l.stride()
	return margins{
		top:    max(0, whole(l.Window[0]-1-l.Pad[0], down)/down),
		left:   max(0, whole(l.Window[1]-1-l.Pad[1], right)/right),
		bottom: max(0, (whole(h, tile)-1+l.Pad[0])/down+1-l.Out[0]),
		right:  max(0, (whole(w, tile)-1+l.Pad[1])/right+1-l.Out[1]),
	}
}

// whole rounds up to a multiple.
func whole(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }

// prepare brings the weights into the layouts that are worked with. scale, if
// any, is what every filter is multiplied with.
func (c *conv) prepare(kernel, bias, scale []float32) {
	clear(c.bias)
	copy(c.bias, bias)
	taps, in := c.Window[0]*c.Window[1], c.channels
	parallel.Each(taps*in, func(row int) {
		weights := kernel[row*c.Filters : (row+1)*c.Filters]
		if scale != nil {
			weights = c.scaled[row*c.Filters : (row+1)*c.Filters]
			for f, v := range kernel[row*c.Filters : (row+1)*c.Filters] {
				weights[f] = v * scale[f]
			}
		}
		tap, channel := row/in, row%in
		c.ahead.put(tap, channel, weights)
		if c.back != nil {
			c.back.putTurned(taps-1-tap, channel, weights)
		}
	})
	c.ahead.prepare()
	if c.back != nil {
		c.back.prepare()
	}
}

// backward computes the gradients by the weights into dkernel and dbias, which
// may be nil, and by the input.
func (c *conv) backward(dkernel, dbias []float32) {
	if c.relu {
		eachLine(c.y, func(g, y int) { rows.Gate(c.dy.line(g, y), c.y.line(g, y)) })
	}
	c.turn()
	for f := range dbias {
		var sum float64
		for line := range c.y.groups * c.y.h {
			sum += c.lines[line*c.y.c+f]
		}
		dbias[f] = float32(sum)
	}
	switch {
	case c.tiled != nil:
		c.tiled.run(dkernel, c.channels, c.Filters)
	case c.narrow != nil:
		c.narrow.run(dkernel)
	default:
		c.weigh()
		c.unload(dkernel)
	}
	if c.back != nil {
		c.back.run()
	}
}

// turn lays out every pixel of the gradient by the output with the filters
// innermost, and adds up each line of it.
func (c *conv) turn() {
	t := &c.turned
	pixel := lanes * t.columns
	c.sums.eachLine(c.y, func(g, y int, sums []float32) {
		line := c.dy.line(g, y)
		addLine(sums, line)
		sumLanes(c.lines[(g*c.y.h+y)*c.y.c:], sums)
		if c.narrow != nil { // which reads the gradient as it is
			return
		}
		to := t.data[(g*t.h+y)*t.w*pixel:]
		for x := range c.y.w {
			turnPixel(to[x*pixel:], t.columns, line[x*c.dy.pixel:], c.y.c)
		}
		clear(to[c.y.w*pixel : t.w*pixel])
		if y == c.y.h-1 {
			clear(to[t.w*pixel : (t.h-y)*t.w*pixel])
		}
	})
}

// weigh adds up the gradient by the kernel. Each worker has tiles of its own,
// and goes with all of them along the lines, which so stay in its cache.
func (c *conv) weigh() {
	kh, kw := c.Window[0], c.Window[1]
	down, right := c.stride()
	height, columns := up8(kw*c.x.c), c.turned.columns
	clear(c.dkernel)
	type tile struct{ row, i, f, width int }
	var tiles []tile
	for row := range kh {
		for i := 0; i < height; i += tileRows {
			for f := 0; f < columns; f += 32 {
				tiles = append(tiles, tile{row, i, f, min(32, columns-f)})
			}
		}
	}
	parts := parallel.Workers(len(tiles))
	parallel.Each(parts, func(part int) {
		for line := range c.y.groups * c.y.h {
			g, y := line/c.y.h, line%c.y.h
			for _, t := range tiles[part*len(tiles)/parts : (part+1)*len(tiles)/parts] {
				to := c.dkernel[(t.row*height+t.i)*columns+t.f:]
				a := factor{c.x.data[c.x.at(g, y*down-c.Pad[0]+t.row, -c.Pad[1])+t.i*lanes:], lanes, 1, right * c.x.pixel}
				b := factor{c.turned.data[line*c.y.w*lanes*columns+t.f:], columns, 1, lanes * columns}
				addTile(to, columns, t.width, a, b, lanes, c.y.w)
			}
		}
	})
}

// unload copies the kernel's gradient into the order in which it is saved.
func (c *conv) unload(dkernel []float32) {
	kh, kw := c.Window[0], c.Window[1]
	height, columns := up8(kw*c.x.c), c.turned.columns
	for row := range kh {
		for j := range kw {
			for i := range c.channels {
				to := dkernel[((row*kw+j)*c.channels+i)*c.Filters:][:c.Filters]
				copy(to, c.dkernel[(row*height+j*c.x.c+i)*columns:])
			}
		}
	}
}
