package plotting

// layout places the parts of a grid of images, in CSS pixels.
type layout struct {
	columns, rows int
	zoom          int
	imageW        int // of a drawn image
	imageH        int
	cellW, cellH  int
	top           int // where the grid begins, below the titles
	caption       int // lines of text below each image
	width, height int
}

const (
	cellGap     = 10 // between images
	captionLine = 17 // height of a line of text
	margin      = 12
	letterWidth = 7 // of captions, on average
)

func (m *Images) layout() layout {
	p := m.pixels[0]
	l := layout{zoom: m.Zoom, top: margin}
	if l.zoom < 1 {
		l.zoom = max(1, (70+p.w/2)/p.w)
	}
	l.imageW, l.imageH = p.w*l.zoom, p.h*l.zoom
	l.cellW = max(l.imageW, m.captionWidth()) + cellGap
	if m.Labels != nil || m.Predictions != nil {
		l.caption++
	}
	if m.Captions != nil {
		l.caption++
	}
	l.cellH = l.imageH + l.caption*captionLine + cellGap
	n := m.shown()
	l.columns = m.Columns
	if l.columns < 1 {
		l.columns = max(1, (m.Width-2*margin+cellGap)/l.cellW)
	}
	l.columns = min(l.columns, n)
	l.rows = (n + l.columns - 1) / l.columns
	if m.Title != "" {
		l.top += 28
	}
	if m.subtitle() != "" {
		l.top += 20
	}
	l.width = max(l.columns*l.cellW-cellGap, letterWidth*max(columns(m.subtitle()), columns(m.Title)*9/7)) + 2*margin
	l.height = l.top + l.rows*l.cellH - cellGap + margin
	return l
}

// captionWidth is the width of the widest caption.
func (m *Images) captionWidth() int {
	widest := 0
	for i := range m.shown() {
		c := m.caption(i)
		widest = max(widest, columns(c.text), columns(c.extra))
	}
	return letterWidth * widest
}

// subtitle explains captions of the form "true → predicted" where there are
// any and the user said nothing else.
func (m *Images) subtitle() string {
	if m.Subtitle == "" && m.Labels != nil && m.Predictions != nil {
		return "wrong in red: true → predicted"
	}
	return m.Subtitle
}

// place is the corner of image i.
func (l layout) place(i int) (x, y int) {
	return margin + i%l.columns*l.cellW + (l.cellW-cellGap-l.imageW)/2, l.top + i/l.columns*l.cellH
}
