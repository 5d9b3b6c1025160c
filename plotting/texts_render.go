package plotting

import (
	"fmt"
	"html"
	"image"
	"image/draw"
	"strings"

	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

const (
	rowGap    = 12 // between the texts of two rows
	columnGap = 18
	maxColumn = 200 // pixels of a column before the texts, at most
)

// textsLayout places the parts of a table of texts, in CSS pixels.
type textsLayout struct {
	lefts         []int // of the columns, the texts' last
	rules         []int // heights of the lines between the rows
	words         []label
	width, height int
}

func (t *Texts) layout() textsLayout {
	l := textsLayout{width: t.Width}
	left := margin
	for _, c := range t.columns() {
		l.lefts = append(l.lefts, left)
		left += textWidth(append([]string{c.header}, c.words[:t.shown()]...), maxColumn) + columnGap
	}
	l.lefts = append(l.lefts, left)
	y := margin
	if t.Title != "" {
		l.words = append(l.words, label{t.Title, margin, y + 16, 16, titleColor, false, true})
		y += 28
	}
	if t.Subtitle != "" {
		l.words = append(l.words, label{t.Subtitle, margin, y + 12, 12, textColor, false, false})
		y += 20
	}
	for i, header := range t.headers() {
		l.words = append(l.words, label{header, l.lefts[i], y + 13, 12, faintColor, false, false})
	}
	y += captionLine + rowGap/2
	for row := range t.shown() {
		l.rules = append(l.rules, y)
		y = t.place(&l, row, y+rowGap/2) + rowGap/2
	}
	l.height = y + margin/2
	return l
}

func (t *Texts) headers() []string {
	var out []string
	for _, c := range t.columns() {
		out = append(out, c.header)
	}
	return append(out, t.TextHeader)
}

// place puts a row's words below y and returns where they end.
func (t *Texts) place(l *textsLayout, row, y int) int {
	for i, c := range t.columns() {
		word := shorten(c.words[row], maxColumn/letterWidth)
		l.words = append(l.words, label{word, l.lefts[i], y + 13, 12, t.color(c, row), false, false})
	}
	left := l.lefts[len(l.lefts)-1]
	lines := wrap(t.text(row), max((l.width-left-margin)*2/13, 10)) // a letter takes 6½ pixels
	for i, line := range lines {
		l.words = append(l.words, label{line, left, y + 13 + i*captionLine, 12, titleColor, false, false})
	}
	return y + max(len(lines), 1)*captionLine
}

// picture draws the table. Its PNG is drawn here, without another program,
// unless the words need letters that the font at hand lacks.
func (t *Texts) picture(format string) ([]byte, error) {
	l := t.layout()
	svg := t.svg(l)
	if format == picture.SVG {
		return []byte(svg), nil
	}
	if !latin(l.words) {
		data, err := still(picture.Request{Format: format, Width: l.width, Height: l.height, Scale: dots, Drawing: svg})
		if err == nil {
			return data, nil
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, l.width*dots, l.height*dots))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, y := range l.rules {
		line := image.Rect(margin*dots, y*dots, (l.width-margin)*dots, (y+1)*dots)
		draw.Draw(img, line, image.NewUniform(hexColor(gridColor)), image.Point{}, draw.Src)
	}
	if err := drawLabels(img, l.words); err != nil {
		return nil, err
	}
	data, err := picture.EncodePNG(img, dots)
	if err != nil {
		return nil, fmt.Errorf("plotting: texts: %w", err)
	}
	return data, nil
}

// svg is the table as an SVG document.
func (t *Texts) svg(l textsLayout) string {
	var out strings.Builder
	out.WriteString(svgHead(l.width, l.height))
	for _, y := range l.rules {
		fmt.Fprintf(&out, `<rect x="%d" y="%d" width="%d" height="1" fill="%s"/>`+"\n", margin, y, l.width-2*margin, gridColor)
	}
	out.WriteString(svgLabels(l.words) + "</svg>\n")
	return out.String()
}

// element is the table in HTML. It needs no script; a browser knows best where
// to break the lines.
func (t *Texts) element([]byte) (string, error) {
	var out strings.Builder
	fmt.Fprintf(&out, `<div style="background:#fff;color:%s;font-family:%s;padding:%dpx;border-radius:4px;width:%dpx;max-width:100%%;box-sizing:border-box;overflow-x:auto">`+"\n",
		textColor, fontFamily, margin, t.Width)
	out.WriteString(htmlTitles(t.Title, t.Subtitle))
	out.WriteString(`<table style="border-collapse:collapse;border:none;margin:0;background:#fff;color:inherit;font-size:12px;line-height:17px">` + "\n")
	out.WriteString(`<tr style="background:#fff">`)
	for _, header := range t.headers() {
		out.WriteString(textCell("th", faintColor, "white-space:nowrap;font-weight:normal", header))
	}
	out.WriteString("</tr>\n")
	for row := range t.shown() {
		fmt.Fprintf(&out, `<tr style="background:#fff;border-top:1px solid %s">`, gridColor)
		for _, c := range t.columns() {
			out.WriteString(textCell("td", t.color(c, row), fmt.Sprintf("white-space:nowrap;max-width:%dpx;overflow:hidden;text-overflow:ellipsis", maxColumn), c.words[row]))
		}
		out.WriteString(textCell("td", titleColor, "overflow-wrap:anywhere", t.text(row)) + "</tr>\n")
	}
	out.WriteString("</table></div>\n")
	return out.String(), nil
}

// textCell is a cell of a table. Its text runs the way that it is written.
func textCell(tag, color, style, text string) string {
	return fmt.Sprintf(`<%s dir="auto" style="padding:%dpx %dpx %dpx 0;border:none;text-align:left;vertical-align:top;color:%s;%s">%s</%[1]s>`,
		tag, rowGap/2, columnGap, rowGap/2, color, style, html.EscapeString(text))
}

func (t *Texts) page() (string, error) { return t.element(nil) }
