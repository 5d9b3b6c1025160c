package static

import (
	"encoding/xml"
	"image"
	"image/color"
	"sort"
	"strings"
)

// gradient is a linear gradient between two points of the shape's bounding
// box (0..1), or of the drawing when user is set.
type gradient struct {
	from, to point
	user     bool
	stops    []stop
}

type stop struct {
	at    float64
	color color.NRGBA
}

// gradient remembers a linearGradient element.
func (d *document) gradient(dec *xml.Decoder, a attrs) error {
	g := &gradient{
		from: point{percent(a, "x1", 0), percent(a, "y1", 0)},
		to:   point{percent(a, "x2", 1), percent(a, "y2", 0)},
		user: a["gradientUnits"] == "userSpaceOnUse",
	}
	for {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		switch el := tok.(type) {
		case xml.EndElement:
			sort.SliceStable(g.stops, func(i, j int) bool { return g.stops[i].at < g.stops[j].at })
			d.gradients[a["id"]] = g
			return nil
		case xml.StartElement:
			s := readAttrs(el)
			if c, ok := parseColor(s["stop-color"]); ok {
				g.stops = append(g.stops, stop{percent(s, "offset", 0), faded(c, s.num("stop-opacity", 1))})
			}
			if err := dec.Skip(); err != nil {
				return err
			}
		}
	}
}

// percent reads a number that may be written as a percentage.
func percent(a attrs, name string, fallback float64) float64 {
	if p, ok := strings.CutSuffix(strings.TrimSpace(a[name]), "%"); ok {
		return attrs{name: p}.num(name, fallback*100) / 100
	}
	return a.num(name, fallback)
}

// image is the gradient as an endless picture for filling a shape that is
// mapped to dots by at.
func (g *gradient) image(shape path, at matrix, opacity float64) image.Image {
	m := at
	if !g.user {
		lo, hi := extent(shape)
		m = at.mul(matrix{hi.x - lo.x, 0, 0, hi.y - lo.y, lo.x, lo.y})
	}
	return &gradientImage{gradient: g, a: m.apply(g.from), b: m.apply(g.to), opacity: opacity}
}

type gradientImage struct {
	*gradient
	a, b    point
	opacity float64
}

func (g *gradientImage) ColorModel() color.Model { return color.NRGBAModel }
func (g *gradientImage) Bounds() image.Rectangle { return image.Rect(-1e9, -1e9, 1e9, 1e9) }

func (g *gradientImage) At(x, y int) color.Color {
	dx, dy := g.b.x-g.a.x, g.b.y-g.a.y
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = ((float64(x)+0.5-g.a.x)*dx + (float64(y)+0.5-g.a.y)*dy) / l
	}
	return faded(g.color(t), g.opacity)
}

func (g *gradient) color(t float64) color.NRGBA {
	if len(g.stops) == 0 {
		return color.NRGBA{}
	}
	if t <= g.stops[0].at {
		return g.stops[0].color
	}
	for i := 1; i < len(g.stops); i++ {
		if lo, hi := g.stops[i-1], g.stops[i]; t < hi.at {
			return mix(lo.color, hi.color, (t-lo.at)/(hi.at-lo.at))
		}
	}
	return g.stops[len(g.stops)-1].color
}

func mix(a, b color.NRGBA, t float64) color.NRGBA {
	m := func(x, y uint8) uint8 { return uint8(float64(x)*(1-t) + float64(y)*t + 0.5) }
	return color.NRGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), m(a.A, b.A)}
}
