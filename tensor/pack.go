package tensor

// How multiplyTiled cuts its matrices: a tile of c is tileRows high; its sums
// advance packDepth products at a time, and packRows rows share one pass over
// the packed panels of b. A panel (packDepth deep, two vectors wide) then stays
// in the first-level cache and a strip group of a in the second.
const (
	tileRows  = 4
	packDepth = 256
	packRows  = 64
)

// multiplyTiled adds a·b to c, which is zero, on all processors, by tiles of
// tileRows×width. Few rows are not worth the packing of b and go through
// addRows; both ways add each element's products in the same order.
func multiplyTiled[T float](c, a, b []T, s matrixSizes, width int,
	tile func(c, a, b []T, k, stride int), addRows func(c, a, b []T)) {
	work := s.m * s.k * s.n
	if s.m < 2*tileRows {
		inParallel(s.m, 1, work, func(from, to int) {
			for i := from; i < to; i++ {
				addRows(c[i*s.n:(i+1)*s.n], a[i*s.k:(i+1)*s.k], b)
			}
		})
		return
	}
	panels := packPanels(b, s, width)
	inParallel(s.m, tileRows, work, func(from, to int) {
		t := tiler[T]{c: c, panels: panels, s: s, width: width, tile: tile,
			strips: make([]T, packRows*packDepth), edge: make([]T, tileRows*width)}
		for k := 0; k < s.k; k += packDepth {
			for row := from; row < to; row += packRows {
				t.group(a, row, min(row+packRows, to), k, min(packDepth, s.k-k))
			}
		}
	})
}

// packPanels copies b so that a tile reads it in order: for every stretch of
// packDepth rows, panels of width columns, row after row; zeros fill the last.
func packPanels[T float](b []T, s matrixSizes, width int) []T {
	panels := (s.n + width - 1) / width
	out := make([]T, s.k*panels*width)
	for k := 0; k < s.k; k += packDepth {
		depth := min(packDepth, s.k-k)
		for p := range panels {
			panel := out[(k*panels+p*depth)*width:]
			from, to := p*width, min((p+1)*width, s.n)
			for i := range depth {
				copy(panel[i*width:(i+1)*width], b[(k+i)*s.n+from:(k+i)*s.n+to])
			}
		}
	}
	return out
}

// tiler is one worker's state.
type tiler[T float] struct {
	c, panels    []T
	s            matrixSizes
	width        int
	tile         func(c, a, b []T, k, stride int)
	strips, edge []T
}

// group adds the products [k, k+depth) to rows [from, to) of c.
func (t *tiler[T]) group(a []T, from, to, k, depth int) {
	n, width := t.s.n, t.width
	t.packStrips(a, from, to, k, depth)
	panels := (n + width - 1) / width
	for p := range panels {
		panel := t.panels[(k*panels+p*depth)*width:]
		for row := from; row < to; row += tileRows {
			strip := t.strips[(row-from)*depth:]
			col := p * width
			if row+tileRows <= to && col+width <= n {
				t.tile(t.c[row*n+col:], strip, panel, depth, n)
				continue
			}
			t.atEdge(strip, panel, row, col, min(tileRows, to-row), min(width, n-col), depth)
		}
	}
}

// packStrips copies rows [from, to) of a so that a tile reads them in order:
// strips of tileRows rows, column after column; zeros fill the last.
func (t *tiler[T]) packStrips(a []T, from, to, k, depth int) {
	for row := from; row < to; row += tileRows {
		strip := t.strips[(row-from)*depth:]
		for r := range tileRows {
			if row+r >= to {
				for i := range depth {
					strip[i*tileRows+r] = 0
				}
				continue
			}
			for i, v := range a[(row+r)*t.s.k+k : (row+r)*t.s.k+k+depth] {
				strip[i*tileRows+r] = v
			}
		}
	}
}

// atEdge works on a tile that reaches over the border of c, in a copy.
func (t *tiler[T]) atEdge(strip, panel []T, row, col, rows, cols, depth int) {
	clear(t.edge)
	for r := range rows {
		copy(t.edge[r*t.width:], t.c[(row+r)*t.s.n+col:(row+r)*t.s.n+col+cols])
	}
	t.tile(t.edge, strip, panel, depth, t.width)
	for r := range rows {
		copy(t.c[(row+r)*t.s.n+col:(row+r)*t.s.n+col+cols], t.edge[r*t.width:])
	}
}
