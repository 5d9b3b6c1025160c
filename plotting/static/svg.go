package static

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // pictures within drawings may be JPEG
	_ "image/png"  // or PNG
	"io"
	"math"
	"strconv"
	"strings"
)

// attrs are an element's attributes, with those of its style attribute among
// them.
type attrs map[string]string

func readAttrs(el xml.StartElement) attrs {
	a := make(attrs, len(el.Attr)+4)
	for _, at := range el.Attr {
		a[at.Name.Local] = at.Value
	}
	for prop := range strings.SplitSeq(a["style"], ";") {
		if name, value, ok := strings.Cut(prop, ":"); ok {
			a[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return a
}

func (a attrs) num(name string, fallback float64) float64 {
	v := strings.TrimSuffix(strings.TrimSpace(a[name]), "px")
	if v == "" {
		return fallback
	}
	if f, err := strconv.ParseFloat(v, 64); err == nil {
		return f
	}
	return fallback
}

// state is what an element hands on to the elements within it.
type state struct {
	attrs   attrs // those that are inherited
	at      matrix
	clip    image.Rectangle
	opacity float64
}

// inherited are the attributes that hold for the elements within, too.
var inherited = []string{
	"fill", "stroke", "stroke-width", "fill-opacity", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
	"stroke-dasharray", "stroke-dashoffset", "font-size", "font-weight", "text-anchor", "dominant-baseline", "paint-order",
}

// document draws SVG as it is read. It knows what ECharts and package plotting
// write, not all of SVG: shapes, text on one line, pictures, groups,
// rectangular clip paths and linear gradients.
type document struct {
	canvas    *canvas
	clips     map[string]path
	gradients map[string]*gradient
}

// draw draws an SVG document onto the canvas, whose dots are scale to one CSS
// pixel.
func (d *document) draw(svg string, scale float64) error {
	if err := d.definitions(xml.NewDecoder(strings.NewReader(svg))); err != nil {
		return fmt.Errorf("static: reading SVG: %w", err)
	}
	dec := xml.NewDecoder(strings.NewReader(svg))
	top := state{attrs: attrs{}, at: matrix{scale, 0, 0, scale, 0, 0}, clip: d.canvas.img.Bounds(), opacity: 1}
	if err := d.elements(dec, top); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("static: reading SVG: %w", err)
	}
	return nil
}

// definitions collects the clip paths and gradients, which ECharts writes
// behind the shapes that use them.
func (d *document) definitions(dec *xml.Decoder) error {
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch el.Name.Local {
		case "clipPath":
			err = d.clipPath(dec, readAttrs(el)["id"])
		case "linearGradient":
			err = d.gradient(dec, readAttrs(el))
		}
		if err != nil {
			return err
		}
	}
}

// elements draws the elements up to the end of the enclosing one.
func (d *document) elements(dec *xml.Decoder, st state) error {
	for {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		switch el := tok.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := d.element(dec, el, st); err != nil {
				return err
			}
		}
	}
}

func (d *document) element(dec *xml.Decoder, el xml.StartElement, outer state) error {
	a := readAttrs(el)
	st := d.enter(a, outer)
	switch el.Name.Local {
	case "svg", "g", "a":
		return d.elements(dec, st)
	case "text":
		text, err := content(dec)
		if err != nil {
			return err
		}
		d.text(text, a, st)
		return nil
	case "image":
		d.image(a, st)
		return dec.Skip()
	}
	if p, ok := shape(el.Name.Local, a); ok {
		d.paint(p, st)
	}
	return dec.Skip() // defs were read before; style and what else is not drawn
}

// enter is the state within an element of these attributes.
func (d *document) enter(a attrs, outer state) state {
	st := outer
	st.attrs = make(attrs, len(inherited))
	for _, name := range inherited {
		if v, ok := a[name]; ok {
			st.attrs[name] = v
		} else if v, ok := outer.attrs[name]; ok {
			st.attrs[name] = v
		}
	}
	st.at = outer.at.mul(parseTransform(a["transform"]))
	st.opacity *= a.num("opacity", 1)
	if id, ok := reference(a["clip-path"]); ok {
		if p, ok := d.clips[id]; ok {
			st.clip = st.clip.Intersect(bounds(p.transform(st.at)))
		}
	}
	return st
}

// shape is the outline of a basic shape; ok is false for other elements.
func shape(name string, a attrs) (p path, ok bool) {
	switch name {
	case "path":
		p, err := parsePath(a["d"])
		return p, err == nil || len(p) > 0
	case "rect":
		return rectPath(a.num("x", 0), a.num("y", 0), a.num("width", 0), a.num("height", 0)), true
	case "circle":
		return circlePath(a.num("cx", 0), a.num("cy", 0), a.num("r", 0)), true
	case "line":
		return polyPath([]float64{a.num("x1", 0), a.num("y1", 0), a.num("x2", 0), a.num("y2", 0)}, false), true
	case "polyline", "polygon":
		return polyPath(parseNumbers(a["points"]), name == "polygon"), true
	}
	return nil, false
}

// clipPath remembers the shape within a clipPath element.
func (d *document) clipPath(dec *xml.Decoder, id string) error {
	for {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		switch el := tok.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			a := readAttrs(el)
			if p, ok := shape(el.Name.Local, a); ok {
				d.clips[id] = append(d.clips[id], p.transform(parseTransform(a["transform"]))...)
			}
			if err := dec.Skip(); err != nil {
				return err
			}
		}
	}
}

// content is the text of the element that was just opened.
func content(dec *xml.Decoder) (string, error) {
	var text strings.Builder
	for depth := 1; depth > 0; {
		tok, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			text.Write(t)
		}
	}
	return text.String(), nil
}

// paint fills and strokes a shape.
func (d *document) paint(shape path, st state) {
	p := shape.transform(st.at)
	fill := st.attrs["fill"]
	if fill == "" {
		fill = "black"
	}
	fillOpacity := st.attrs.num("fill-opacity", 1) * st.opacity
	if id, ok := reference(fill); ok {
		if g := d.gradients[id]; g != nil {
			d.canvas.fill(p, g.image(shape, st.at, fillOpacity), st.clip)
		}
	} else if c, ok := parseColor(fill); ok {
		d.canvas.fill(p, image.NewUniform(faded(c, fillOpacity)), st.clip)
	}
	if c, ok := parseColor(st.attrs["stroke"]); ok {
		d.canvas.stroke(p, pen{
			width:  st.attrs.num("stroke-width", 1) * st.at.scale(),
			cap:    st.attrs["stroke-linecap"],
			join:   st.attrs["stroke-linejoin"],
			dashes: scaled(parseNumbers(st.attrs["stroke-dasharray"]), st.at.scale()),
			offset: st.attrs.num("stroke-dashoffset", 0) * st.at.scale(),
		}, image.NewUniform(faded(c, st.attrs.num("stroke-opacity", 1)*st.opacity)), st.clip)
	}
}

func scaled(v []float64, by float64) []float64 {
	for i := range v {
		v[i] *= by
	}
	return v
}

// image draws an embedded picture, enlarged by whole dots so that the pixels
// of small pictures stay sharp.
func (d *document) image(a attrs, st state) {
	_, b64, ok := strings.Cut(a["href"], ";base64,")
	if !ok {
		return
	}
	data, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		return
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return
	}
	x, y := a.num("x", 0), a.num("y", 0)
	d.canvas.picture(img, bounds(rectPath(x, y, a.num("width", 0), a.num("height", 0)).transform(st.at)), st.clip)
}

// reference is the id in "url(#id)".
func reference(s string) (id string, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimSpace(s), "url(")
	if !ok {
		return "", false
	}
	return strings.Trim(strings.TrimSuffix(s, ")"), `"'#`), true
}

// bounds is the smallest rectangle of whole dots around a path's points.
func bounds(p path) image.Rectangle {
	lo, hi := extent(p)
	if lo.x > hi.x {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Round(lo.x)), int(math.Round(lo.y)), int(math.Round(hi.x)), int(math.Round(hi.y)))
}

// extent is the smallest rectangle around a path's points, control points
// included.
func extent(p path) (lo, hi point) {
	lo, hi = point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, s := range p {
		for _, q := range s.pts[:pointsOf(s.op)] {
			lo = point{min(lo.x, q.x), min(lo.y, q.y)}
			hi = point{max(hi.x, q.x), max(hi.y, q.y)}
		}
	}
	return lo, hi
}

func pointsOf(op byte) int {
	switch op {
	case 'M', 'L':
		return 1
	case 'Q':
		return 2
	case 'C':
		return 3
	}
	return 0
}

// parseTransform reads a transform attribute; what it does not know counts as
// no transform.
func parseTransform(s string) matrix {
	m := identity
	for {
		name, rest, ok := strings.Cut(s, "(")
		if !ok {
			return m
		}
		args, tail, _ := strings.Cut(rest, ")")
		s = tail
		v := append(parseNumbers(args), 0, 0, 0, 0, 0, 0)
		given := len(v) - 6
		switch strings.Trim(name, " ,\n\t") {
		case "matrix":
			m = m.mul(matrix(v[:6]))
		case "translate":
			m = m.mul(matrix{1, 0, 0, 1, v[0], v[1]})
		case "scale":
			if given == 1 {
				v[1] = v[0]
			}
			m = m.mul(matrix{v[0], 0, 0, v[1], 0, 0})
		case "rotate":
			sin, cos := math.Sincos(v[0] * math.Pi / 180)
			m = m.mul(matrix{1, 0, 0, 1, v[1], v[2]}).mul(matrix{cos, sin, -sin, cos, 0, 0}).mul(matrix{1, 0, 0, 1, -v[1], -v[2]})
		}
	}
}
