//go:build goexperiment.simd

package pictures

// strided is the gradient by the input of a convolution whose window moves by
// several pixels. Which taps have seen a pixel depends on its place within such a
// move: for each of these places it is a slide of its own, with those taps.
type strided struct {
	window, move [2]int
	places       []place
	to           *plane
}

// place is one of the places within a move.
type place struct {
	*direct        // nil where no tap has been
	taps    [2]int // number of the first tap of a height and width
}

// newStrided makes the slide for a gradient dy, which is read, and dx.
func newStrided(l Layer, dy, dx *plane) *strided {
	down, right := l.stride()
	s := &strided{window: l.Window, move: [2]int{down, right}, to: dx}
	for row := range down {
		for column := range right {
			s.places = append(s.places, s.place(l, dy, dx, [2]int{row, column}))
		}
	}
	return s
}

// place is that at row and column first. Output o has seen input y by tap i where
// o·move + i − pad = y.
func (s *strided) place(l Layer, dy, dx *plane, first [2]int) place {
	var p place
	var window, start [2]int
	for axis, move := range s.move {
		p.taps[axis] = (first[axis] + l.Pad[axis]) % move
		window[axis] = max(0, (l.Window[axis]-p.taps[axis]+move-1)/move)
		start[axis] = (first[axis]+l.Pad[axis])/move - window[axis] + 1
	}
	if window[0] == 0 || window[1] == 0 {
		return p
	}
	p.direct = newDirect(dy, dx, window, start[0], start[1])
	p.first, p.apart = first, s.move
	return p
}

// eachPlace calls do with the place that a tap belongs to, if it is there, and the
// tap's number in it. Both numbers are from the last tap to the first.
func (s *strided) eachPlace(tap int, do func(d *direct, tap int)) {
	i, j := s.window[0]-1-tap/s.window[1], s.window[1]-1-tap%s.window[1]
	for _, p := range s.places {
		if p.direct == nil || i%s.move[0] != p.taps[0] || j%s.move[1] != p.taps[1] {
			continue
		}
		row, column := p.window[0]-1-i/s.move[0], p.window[1]-1-j/s.move[1]
		do(p.direct, row*p.window[1]+column)
	}
}

func (s *strided) put(tap, channel int, weights []float32) {
	s.eachPlace(tap, func(d *direct, tap int) { d.put(tap, channel, weights) })
}

func (s *strided) putTurned(tap, channel int, weights []float32) {
	s.eachPlace(tap, func(d *direct, tap int) { d.putTurned(tap, channel, weights) })
}

func (s *strided) prepare() {}

func (s *strided) run() {
	for i, p := range s.places {
		if p.direct != nil {
			p.direct.run()
		} else {
			s.clear(i/s.move[1], i%s.move[1])
		}
	}
}

// clear makes the gradient zero where no tap has been.
func (s *strided) clear(row, column int) {
	eachLine(s.to, func(g, y int) {
		if y%s.move[0] != row {
			return
		}
		line := s.to.line(g, y)
		for x := column; x < s.to.w; x += s.move[1] {
			clear(line[x*s.to.pixel : (x+1)*s.to.pixel])
		}
	})
}
