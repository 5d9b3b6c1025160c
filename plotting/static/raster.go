package static

import (
	"fmt"
	"image"
	"image/draw"
	"math"

	"github.com/gofromzero/fromzero/plotting/internal/picture"
	"github.com/srwiley/rasterx"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// rasterise draws an SVG document of the given size in CSS pixels as a PNG
// with scale dots to a pixel, on white.
func rasterise(svg string, width, height int, scale float64) ([]byte, error) {
	w, h := int(math.Round(float64(width)*scale)), int(math.Round(float64(height)*scale))
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, w, h))}
	draw.Draw(c.img, c.img.Bounds(), image.White, image.Point{}, draw.Src)
	d := document{canvas: c, clips: map[string]path{}, gradients: map[string]*gradient{}}
	if err := d.draw(svg, scale); err != nil {
		return nil, err
	}
	data, err := picture.EncodePNG(c.img, scale)
	if err != nil {
		return nil, fmt.Errorf("static: writing the PNG: %w", err)
	}
	return data, nil
}

// canvas is the picture being drawn. All its coordinates are dots.
type canvas struct {
	img *image.RGBA
}

// fill paints the inside of a path with src.
func (c *canvas) fill(p path, src image.Image, clip image.Rectangle) {
	s := &scanner{}
	f := &rasterx.Filler{Scanner: s}
	feed(f, p, true)
	s.paint(c.img, src, clip)
}

// pen says how to stroke a path; cap and join are named as in SVG.
type pen struct {
	width     float64
	cap, join string
	dashes    []float64
	offset    float64
}

// stroke paints a line along a path with src.
func (c *canvas) stroke(p path, with pen, src image.Image, clip image.Rectangle) {
	if with.width <= 0 {
		return
	}
	s := &scanner{}
	d := rasterx.NewDasher(0, 0, s)
	capper, joiner := rasterx.ButtCap, rasterx.MiterClip
	switch with.cap {
	case "round":
		capper = rasterx.RoundCap
	case "square":
		capper = rasterx.SquareCap
	}
	switch with.join {
	case "round":
		joiner = rasterx.Round
	case "bevel":
		joiner = rasterx.Bevel
	}
	d.SetStroke(fix(with.width), fix(4), capper, capper, rasterx.RoundGap, joiner, with.dashes, with.offset)
	feed(d, p, false)
	s.paint(c.img, src, clip)
}

// picture draws an image enlarged to a rectangle.
func (c *canvas) picture(img image.Image, to, clip image.Rectangle) {
	dst, ok := c.img.SubImage(clip).(*image.RGBA)
	if !ok || to.Empty() {
		return
	}
	xdraw.NearestNeighbor.Scale(dst, to, img, img.Bounds(), draw.Over, nil)
}

// feed hands a path to rasterx. A fill closes every subpath.
func feed(to rasterx.Adder, p path, fill bool) {
	open := false
	stop := func(closed bool) {
		if open {
			to.Stop(closed)
		}
		open = false
	}
	var start point
	for _, s := range p {
		if !open && s.op != 'M' && s.op != 'Z' {
			to.Start(fixPoint(start)) // after Z, the next piece begins where the last did
			open = true
		}
		switch s.op {
		case 'M':
			stop(fill)
			start = s.pts[0]
			to.Start(fixPoint(start))
			open = true
		case 'L':
			to.Line(fixPoint(s.pts[0]))
		case 'Q':
			to.QuadBezier(fixPoint(s.pts[0]), fixPoint(s.pts[1]))
		case 'C':
			to.CubeBezier(fixPoint(s.pts[0]), fixPoint(s.pts[1]), fixPoint(s.pts[2]))
		case 'Z':
			stop(true)
		}
	}
	stop(fill)
}

func fix(v float64) fixed.Int26_6 { return fixed.Int26_6(math.Round(v * 64)) }

func fixPoint(p point) fixed.Point26_6 { return fixed.Point26_6{X: fix(p.x), Y: fix(p.y)} }

// scanner collects the outline that rasterx makes and paints it. It exists
// because rasterx's own rasterises the whole picture for every path, which is
// slow for text, and clips dot by dot.
type scanner struct {
	segments []scanSegment
	extent   fixed.Rectangle26_6
}

type scanSegment struct {
	to    fixed.Point26_6
	start bool
}

// Start begins a new outline.
func (s *scanner) Start(a fixed.Point26_6) { s.add(a, true) }

// Line goes on to a point.
func (s *scanner) Line(b fixed.Point26_6) { s.add(b, false) }

func (s *scanner) add(p fixed.Point26_6, start bool) {
	if len(s.segments) == 0 {
		s.extent = fixed.Rectangle26_6{Min: p, Max: p}
	}
	s.extent.Min.X, s.extent.Min.Y = min(s.extent.Min.X, p.X), min(s.extent.Min.Y, p.Y)
	s.extent.Max.X, s.extent.Max.Y = max(s.extent.Max.X, p.X), max(s.extent.Max.Y, p.Y)
	s.segments = append(s.segments, scanSegment{p, start})
}

// paint fills the collected outline, within clip, with src.
func (s *scanner) paint(dst *image.RGBA, src image.Image, clip image.Rectangle) {
	if len(s.segments) == 0 {
		return
	}
	clip = clip.Intersect(dst.Bounds())
	box := image.Rect(s.extent.Min.X.Floor(), s.extent.Min.Y.Floor(), s.extent.Max.X.Ceil(), s.extent.Max.Y.Ceil())
	visible := box.Intersect(clip)
	if visible.Empty() {
		return
	}
	r := vector.NewRasterizer(visible.Dx(), visible.Dy())
	at := func(p fixed.Point26_6) (x, y float32) {
		return float32(p.X)/64 - float32(visible.Min.X), float32(p.Y)/64 - float32(visible.Min.Y)
	}
	for _, seg := range s.segments {
		x, y := at(seg.to)
		if seg.start { // strokes come as loose edges: closing them would add some
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.Draw(dst, visible, src, visible.Min)
}

// The rest of rasterx.Scanner is not needed here.

// Draw does nothing: paint draws.
func (s *scanner) Draw() {}

// GetPathExtent is the extent of the outline.
func (s *scanner) GetPathExtent() fixed.Rectangle26_6 { return s.extent }

// SetBounds does nothing.
func (s *scanner) SetBounds(int, int) {}

// SetColor does nothing: paint gets the colour.
func (s *scanner) SetColor(any) {}

// SetWinding does nothing: outlines are filled by the non-zero rule.
func (s *scanner) SetWinding(bool) {}

// Clear forgets the outline.
func (s *scanner) Clear() { s.segments = nil }

// SetClip does nothing: paint gets the clip.
func (s *scanner) SetClip(image.Rectangle) {}

var _ rasterx.Scanner = (*scanner)(nil)
