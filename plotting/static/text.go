package static

import (
	"image"
	"strings"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Heights of the font's letters, as parts of the font size: where the other
// baselines of SVG lie above the alphabetic one.
const (
	ascent  = 0.88
	descent = 0.12
	middle  = 0.36 // half of the capitals' height, which looks centred for digits and Chinese alike
)

// text draws one line of text.
func (d *document) text(text string, a attrs, st state) {
	size := st.attrs.num("font-size", 16)
	x, y := a.num("x", 0), a.num("y", 0)
	switch st.attrs["dominant-baseline"] {
	case "central", "middle":
		y += middle * size
	case "text-before-edge", "hanging":
		y += ascent * size
	case "text-after-edge", "ideographic":
		y -= descent * size
	}
	switch st.attrs["text-anchor"] {
	case "middle":
		x -= textWidth(text, size) / 2
	case "end":
		x -= textWidth(text, size)
	}
	at := st.at.mul(matrix{size / unitsPerEm, 0, 0, size / unitsPerEm, x, y})
	var line path
	var pen float64
	for _, g := range face().outlines(text) {
		line = append(line, glyphPath(g.segments).transform(at.mul(matrix{1, 0, 0, 1, pen, 0}))...)
		pen += g.advance
	}
	d.halo(line, st)
	fill := st.attrs["fill"]
	if fill == "" {
		fill = "black"
	}
	c, ok := parseColor(fill)
	if !ok {
		return
	}
	src := image.NewUniform(faded(c, st.attrs.num("fill-opacity", 1)*st.opacity))
	d.canvas.fill(line, src, st.clip)
	if bold(st.attrs["font-weight"]) { // the one font has one weight: thicken it
		d.canvas.stroke(line, pen0(0.035*size*st.at.scale()), src, st.clip)
	}
}

// halo strokes the text's outline, which ECharts asks for to keep text
// readable on lines.
func (d *document) halo(line path, st state) {
	if c, ok := parseColor(st.attrs["stroke"]); ok {
		w := st.attrs.num("stroke-width", 1) * st.at.scale()
		d.canvas.stroke(line, pen0(w), image.NewUniform(faded(c, st.attrs.num("stroke-opacity", 1)*st.opacity)), st.clip)
	}
}

func pen0(width float64) pen { return pen{width: width, join: "round"} }

func bold(weight string) bool {
	switch strings.TrimSpace(weight) {
	case "bold", "bolder", "600", "700", "800", "900":
		return true
	}
	return false
}

// glyphPath is a character's outline in units of the font, y downwards.
func glyphPath(segments sfnt.Segments) path {
	at := func(p fixed.Point26_6) point { return point{float64(p.X) / 64, float64(p.Y) / 64} }
	var p path
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(p) > 0 {
				p.close()
			}
			p.move(at(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			p.line(at(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			p.quad(at(s.Args[0]), at(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			p.cube(at(s.Args[0]), at(s.Args[1]), at(s.Args[2]))
		}
	}
	if len(p) > 0 {
		p.close()
	}
	return p
}
