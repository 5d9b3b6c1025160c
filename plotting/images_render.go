package plotting

import (
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"strings"

	"github.com/gofromzero/fromzero/plotting/internal/picture"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// label is a line of text in a drawing, centred at x or beginning there, its
// baseline at y.
type label struct {
	text     string
	x, y     int
	size     int
	color    string
	centered bool
	bold     bool
}

// labels are all the words of the grid.
func (m *Images) labels(l layout) []label {
	var out []label
	y := margin
	if m.Title != "" {
		out = append(out, label{m.Title, margin, y + 16, 16, titleColor, false, true})
		y += 28
	}
	if s := m.subtitle(); s != "" {
		out = append(out, label{s, margin, y + 12, 12, textColor, false, false})
	}
	for i := range m.shown() {
		c := m.caption(i)
		x, y := l.place(i)
		x, y = x+l.imageW/2, y+l.imageH+13
		if c.text != "" {
			out = append(out, label{c.text, x, y, 12, c.color, true, false})
			y += captionLine
		}
		if c.extra != "" {
			out = append(out, label{c.extra, x, y, 11, textColor, true, false})
		}
	}
	return out
}

// picture draws the grid. Its PNG is drawn here, without another program,
// unless the words need letters that the font at hand lacks.
func (m *Images) picture(format string) ([]byte, error) {
	svg := m.svg()
	if format == picture.SVG {
		return []byte(svg), nil
	}
	l := m.layout()
	words := m.labels(l)
	if !latin(words) {
		data, err := still(picture.Request{Format: format, Width: l.width, Height: l.height, Scale: dots, Drawing: svg})
		if err == nil {
			return data, nil
		}
	}
	return m.png(l, words)
}

// latin reports whether the Go fonts have all letters.
func latin(words []label) bool {
	for _, w := range words {
		for _, r := range w.text {
			if r >= 0x2e80 {
				return false
			}
		}
	}
	return true
}

// png draws the grid with two dots to a CSS pixel.
func (m *Images) png(l layout, words []label) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, l.width*dots, l.height*dots))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for i := range m.shown() {
		x, y := l.place(i)
		src := m.pixels[i].image()
		to := image.Rect(x*dots, y*dots, (x+l.imageW)*dots, (y+l.imageH)*dots)
		xdraw.NearestNeighbor.Scale(img, to, src, src.Bounds(), draw.Src, nil)
	}
	if err := drawLabels(img, words); err != nil {
		return nil, err
	}
	data, err := picture.EncodePNG(img, dots)
	if err != nil {
		return nil, fmt.Errorf("plotting: images: %w", err)
	}
	return data, nil
}

// drawLabels writes the words onto the picture.
func drawLabels(img draw.Image, words []label) error {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return fmt.Errorf("plotting: the font for captions: %w", err)
	}
	faces := map[int]font.Face{}
	for _, w := range words {
		if faces[w.size] == nil {
			f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: float64(w.size * dots), DPI: 72})
			if err != nil {
				return fmt.Errorf("plotting: the font for captions: %w", err)
			}
			defer f.Close()
			faces[w.size] = f
		}
		d := font.Drawer{Dst: img, Src: image.NewUniform(hexColor(w.color)), Face: faces[w.size]}
		d.Dot = fixed.P(w.x*dots, w.y*dots)
		if w.centered {
			d.Dot.X -= d.MeasureString(w.text) / 2
		}
		start := d.Dot
		d.DrawString(w.text)
		if w.bold { // the one font has one weight: write twice, a dot apart
			d.Dot = start.Add(fixed.P(1, 0))
			d.DrawString(w.text)
		}
	}
	return nil
}

// hexColor reads the colours of this package, "#rrggbb".
func hexColor(s string) color.Color {
	c := color.NRGBA{A: 255}
	fmt.Sscanf(s, "#%02x%02x%02x", &c.R, &c.G, &c.B)
	return c
}

// svg is the grid as an SVG document.
func (m *Images) svg() string {
	l := m.layout()
	var out strings.Builder
	out.WriteString(svgHead(l.width, l.height))
	for i := range m.shown() {
		x, y := l.place(i)
		fmt.Fprintf(&out, `<image x="%d" y="%d" width="%d" height="%d" style="image-rendering:pixelated" href="%s"/>`+"\n",
			x, y, l.imageW, l.imageH, m.pixels[i].dataURI())
	}
	out.WriteString(svgLabels(m.labels(l)) + "</svg>\n")
	return out.String()
}

// svgHead begins an SVG document with a white ground.
func svgHead(width, height int) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d">`+"\n"+
		`<rect width="%[1]d" height="%[2]d" fill="#ffffff"/>`+"\n", width, height)
}

// svgLabels are words for an SVG document.
func svgLabels(words []label) string {
	var out strings.Builder
	for _, w := range words {
		anchor, weight := "start", "normal"
		if w.centered {
			anchor = "middle"
		}
		if w.bold {
			weight = "bold"
		}
		fmt.Fprintf(&out, `<text x="%d" y="%d" font-size="%d" font-weight="%s" text-anchor="%s" fill="%s" font-family="%s">%s</text>`+"\n",
			w.x, w.y, w.size, weight, anchor, w.color, fontFamily, html.EscapeString(w.text))
	}
	return out.String()
}

// htmlTitles are a title and a subtitle above a table.
func htmlTitles(title, subtitle string) string {
	out := ""
	if title != "" {
		out = fmt.Sprintf(`<div style="font-size:16px;font-weight:bold;color:%s;margin-bottom:6px">%s</div>`+"\n", titleColor, html.EscapeString(title))
	}
	if subtitle != "" {
		out += fmt.Sprintf(`<div style="font-size:12px;margin-bottom:8px">%s</div>`+"\n", html.EscapeString(subtitle))
	}
	return out
}

// element is the grid as a table: it needs no script, and its captions are
// text in whatever font the page has.
func (m *Images) element([]byte) (string, error) {
	l := m.layout()
	var out strings.Builder
	fmt.Fprintf(&out, `<div style="background:#fff;color:%s;font-family:%s;padding:%dpx;border-radius:4px;display:inline-block;max-width:100%%;overflow-x:auto">`+"\n", textColor, fontFamily, margin)
	out.WriteString(htmlTitles(m.Title, m.subtitle()))
	out.WriteString(`<table style="border-collapse:collapse;border:none;margin:0;background:#fff;color:inherit">` + "\n")
	for row := range l.rows {
		out.WriteString(`<tr style="background:#fff">`)
		for i := row * l.columns; i < min((row+1)*l.columns, m.shown()); i++ {
			out.WriteString(m.cell(l, i))
		}
		out.WriteString("</tr>\n")
	}
	out.WriteString("</table></div>\n")
	return out.String(), nil
}

func (m *Images) cell(l layout, i int) string {
	c := m.caption(i)
	cell := fmt.Sprintf(`<td style="padding:0 %dpx %dpx 0;border:none;text-align:center;vertical-align:top;font-size:12px;line-height:%dpx;white-space:nowrap">`+
		`<img src="%s" width="%d" height="%d" alt="%s" style="image-rendering:pixelated;display:block;margin:0 auto;max-width:none">`,
		cellGap, cellGap, captionLine, m.pixels[i].dataURI(), l.imageW, l.imageH, html.EscapeString(c.text))
	if c.text != "" {
		cell += fmt.Sprintf(`<span style="color:%s">%s</span>`, c.color, html.EscapeString(c.text))
	}
	if c.extra != "" {
		if c.text != "" {
			cell += "<br>"
		}
		cell += fmt.Sprintf(`<span style="font-size:11px">%s</span>`, html.EscapeString(c.extra))
	}
	return cell + "</td>"
}

func (m *Images) page() (string, error) { return m.element(nil) }
