//go:build goexperiment.simd

package pictures

// conv is a convolution with stride 1: of x into y. dx and dy are the gradients
// by them, nil outside training, dx also where nobody asks for it.
type conv struct {
	Layer
	x, y, dx, dy *plane
	relu         bool // is taken of the result

	channels int       // of the input that count; dx may have more
	kernel   []float32 // (filters/8, kh, kw, channels of x, 8)
	turned   []float32 // (channels of dx/8, kh, kw, filters of y, 8), from the last tap to the first
	bias     []float32 // (channels of y)
	dkernel  []float32 // (kh, up8(kw·channels), columns)
	lines    []float64 // (lines of y, channels): sums of dy
	sums     workspace // (channels, lanes)
	scaled   []float32 // the kernel, where it is scaled
	byPixel  *[]float32
	// ahead and back compute y and dx, nil where that is done without tiles.
	ahead, back *winograd
}

// inputMargins are what a convolution reads around its input of so many channels.
// Tiles read as if all of them were whole.
func (l Layer) inputMargins(channels, h, w int) margins {
	tile := max(1, l.tileFor(channels, l.Out[0], l.Out[1]))
	return margins{
		top: l.Pad[0], left: l.Pad[1],
		bottom: max(0, whole(l.Out[0], tile)-1+l.Window[0]-l.Pad[0]-h),
		right:  max(0, whole(l.Out[1], tile)-1+l.Window[1]-l.Pad[1]-w),
	}
}

// outputMargins are what the gradient by the input reads around that by the
// output.
func (l Layer) outputMargins(channels, h, w int) margins {
	tile := max(1, l.tileFor(channels, h, w))
	return margins{
		top: max(0, l.Window[0]-1-l.Pad[0]), left: max(0, l.Window[1]-1-l.Pad[1]),
		bottom: max(0, whole(h, tile)+l.Pad[0]-l.Out[0]), right: max(0, whole(w, tile)+l.Pad[1]-l.Out[1]),
	}
}

// whole rounds up to a multiple.
func whole(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }

// columns is how many numbers of a pixel's gradient lie together once it is
// turned: a multiple of what tiles are wide.
func (c *conv) columns() int { return whole(c.y.c, 16) }

// prepare brings the weights into the layouts that are worked with. scale, if
// any, is what every filter is multiplied with.
func (c *conv) prepare(kernel, bias, scale []float32) {
	clear(c.bias)
	copy(c.bias, bias)
	taps, in := c.Window[0]*c.Window[1], c.channels
	each(taps*in, func(row int) {
		weights := kernel[row*c.Filters : (row+1)*c.Filters]
		if scale != nil {
			weights = c.scaled[row*c.Filters : (row+1)*c.Filters]
			for f, v := range kernel[row*c.Filters : (row+1)*c.Filters] {
				weights[f] = v * scale[f]
			}
		}
		c.place(weights, row/in, row%in)
	})
	if c.ahead != nil {
		c.ahead.prepare()
	}
	if c.back != nil {
		c.back.prepare()
	}
}

// place puts the weights of a tap and a channel where they are worked with.
func (c *conv) place(weights []float32, tap, channel int) {
	taps := c.Window[0] * c.Window[1]
	if c.ahead != nil {
		copy(c.ahead.taps[(tap*c.x.c+channel)*c.ahead.width:], weights)
	} else {
		for f, v := range weights {
			c.kernel[(f/8*taps*c.x.c+tap*c.x.c+channel)*8+f%8] = v
		}
	}
	switch {
	case c.back != nil:
		for f, v := range weights {
			c.back.taps[((taps-1-tap)*c.y.c+f)*c.back.width+channel] = v
		}
	case c.dx != nil:
		panel := c.turned[(channel/8*taps+taps-1-tap)*c.y.c*8+channel%8:]
		for f, v := range weights {
			panel[f*8] = v
		}
	}
}

func (c *conv) forward() {
	if c.ahead != nil {
		c.ahead.run()
		return
	}
	eachLine(c.y, func(g, y int) {
		c.forwardLine(g, y)
		if c.relu {
			line := c.y.line(g, y)
			reluLine(line, line)
		}
	})
}

func (c *conv) forwardLine(g, y int) {
	kh, kw := c.Window[0], c.Window[1]
	k := kw * c.x.c
	for f := 0; f < c.y.c; f += tileRows {
		w := factor{c.kernel[f*kh*k:], 1, 8, k * 8}
		for x := range c.y.w {
			to := c.y.data[c.y.at(g, y, x)+f*lanes:]
			for r := range tileRows {
				fill(to[r*lanes:(r+1)*lanes], c.bias[f+r])
			}
			from := factor{c.x.data[c.x.at(g, y-c.Pad[0], x-c.Pad[1]):], lanes, 1, c.x.row}
			addTile(to, lanes, lanes, w, from, k, kh)
		}
	}
}

func fill(s []float32, v float32) {
	for i := range s {
		s[i] = v
	}
}

// backward computes the gradients by the weights into dkernel and dbias, which
// may be nil, and by the input.
func (c *conv) backward(dkernel, dbias []float32) {
	if c.relu {
		eachLine(c.y, func(g, y int) { gateLine(c.dy.line(g, y), c.y.line(g, y)) })
	}
	c.turn()
	for f := range dbias {
		var sum float64
		for line := range c.y.groups * c.y.h {
			sum += c.lines[line*c.y.c+f]
		}
		dbias[f] = float32(sum)
	}
	c.weigh()
	c.unload(dkernel)
	switch {
	case c.back != nil:
		c.back.run()
	case c.dx != nil:
		eachLine(c.dx, c.backwardLine)
	}
}

// turn lays out every pixel of the gradient by the output with the filters
// innermost, and adds up each line of it.
func (c *conv) turn() {
	columns := c.columns()
	c.sums.eachLine(c.y, func(g, y int, sums []float32) {
		line := c.dy.line(g, y)
		addLine(sums, line)
		sumLanes(c.lines[(g*c.y.h+y)*c.y.c:], sums)
		to := (*c.byPixel)[(g*c.y.h+y)*c.y.w*lanes*columns:]
		for x := range c.y.w {
			turnPixel(to[x*lanes*columns:], columns, line[x*c.dy.pixel:], c.y.c)
		}
	})
}

// weigh adds up the gradient by the kernel. Each worker has tiles of its own,
// and goes with all of them along the lines, which so stay in its cache.
func (c *conv) weigh() {
	kh, kw := c.Window[0], c.Window[1]
	height, columns := up8(kw*c.x.c), c.columns()
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
	parts := min(len(tiles), processors())
	each(parts, func(part int) {
		for line := range c.y.groups * c.y.h {
			g, y := line/c.y.h, line%c.y.h
			for _, t := range tiles[part*len(tiles)/parts : (part+1)*len(tiles)/parts] {
				to := c.dkernel[(t.row*height+t.i)*columns+t.f:]
				a := factor{c.x.data[c.x.at(g, y-c.Pad[0]+t.row, -c.Pad[1])+t.i*lanes:], lanes, 1, c.x.pixel}
				b := factor{(*c.byPixel)[line*c.y.w*lanes*columns+t.f:], columns, 1, lanes * columns}
				addTile(to, columns, t.width, a, b, lanes, c.y.w)
			}
		}
	})
}

// unload copies the kernel's gradient into the order in which it is saved.
func (c *conv) unload(dkernel []float32) {
	kh, kw := c.Window[0], c.Window[1]
	height, columns := up8(kw*c.x.c), c.columns()
	for row := range kh {
		for j := range kw {
			for i := range c.channels {
				to := dkernel[((row*kw+j)*c.channels+i)*c.Filters:][:c.Filters]
				copy(to, c.dkernel[(row*height+j*c.x.c+i)*columns:])
			}
		}
	}
}

// backwardLine computes a line of the gradient by the input: a convolution of
// that by the output with the taps from the last to the first.
func (c *conv) backwardLine(g, y int) {
	kh, kw := c.Window[0], c.Window[1]
	k := kw * c.y.c
	for i := 0; i < c.dx.c; i += tileRows {
		w := factor{c.turned[i*kh*k:], 1, 8, k * 8}
		for x := range c.dx.w {
			to := c.dx.data[c.dx.at(g, y, x)+i*lanes:]
			from := factor{c.dy.data[c.dy.at(g, y+c.Pad[0]-kh+1, x+c.Pad[1]-kw+1):], lanes, 1, c.dy.row}
			setTile(to, lanes, lanes, w, from, k, kh)
		}
	}
}
