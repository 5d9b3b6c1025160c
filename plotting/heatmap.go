package plotting

import (
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// HeatMap shows a matrix as coloured cells.
type HeatMap struct {
	Figure
	// XLabel and YLabel name the columns' and the rows' axis.
	XLabel, YLabel string
	// HideValues leaves off the numbers in the cells. NewHeatMap sets it for
	// large matrices.
	HideValues bool

	rows, columns []string
	values        [][]float64
	note          string // further lines of the summary
	confusion     bool   // a confusion matrix: the diagonal is right, the rest wrong
}

// NewHeatMap makes a heat map of values, a row of cells for each name in rows
// and in it a cell for each name in columns. It returns an error that wraps
// ErrNoData for an empty matrix, ErrLength if the names do not fit it,
// ErrShape if its rows differ in length, and ErrNaN or ErrInf for such values.
func NewHeatMap[T Number](values [][]T, rows, columns []string) (*HeatMap, error) {
	h := &HeatMap{rows: append([]string(nil), rows...), columns: append([]string(nil), columns...)}
	if len(values) == 0 || len(values[0]) == 0 {
		return nil, fmt.Errorf("plotting: heat map: %w", ErrNoData)
	}
	if len(rows) != len(values) || len(columns) != len(values[0]) {
		return nil, fmt.Errorf("plotting: heat map of %d×%d values with %d names for rows and %d for columns: %w",
			len(values), len(values[0]), len(rows), len(columns), ErrLength)
	}
	for i, row := range values {
		if len(row) != len(columns) {
			return nil, fmt.Errorf("plotting: heat map: row %d has %d values, row 0 has %d: %w; all rows must be equally long",
				i, len(row), len(columns), ErrShape)
		}
		h.values = append(h.values, floats(row))
		if err := checkFinite(fmt.Sprintf("heat map, row %d", i), h.values[i]); err != nil {
			return nil, err
		}
	}
	h.HideValues = len(rows) > 25 || len(columns) > 25
	cell := min(max(480/max(len(rows), len(columns)), 18), 64)
	width, names := cell, textWidth(h.columns, 240)
	if names+16 > cell && names <= 96 && len(columns) <= 6 { // room for the names, rather than turning them
		width = names + 16
	}
	h.Figure = Figure{Width: width*len(columns) + textWidth(h.rows, 240) + 126, Height: cell*len(rows) + 96}
	if names+4 > width { // turned, see area
		h.Height += names * 7 / 10
	}
	h.Width, h.Height = max(h.Width, 300), max(h.Height, 220)
	h.content = &chart{figure: &h.Figure, plot: h}
	return h, nil
}

func (h *HeatMap) kind() string { return "heat map" }
func (h *HeatMap) check() error { return nil }

// summary is the matrix, unless it is large.
func (h *HeatMap) summary() string {
	text := heading(&h.Figure, h.kind())
	if h.YLabel != "" && h.XLabel != "" {
		text += fmt.Sprintf(": rows %s, columns %s", h.YLabel, h.XLabel)
	}
	if len(h.rows) <= 20 && len(h.columns) <= 20 {
		rows := [][]string{append([]string{""}, h.columns...)}
		for i, row := range h.values {
			line := []string{h.rows[i]}
			for _, v := range row {
				line = append(line, decimal(v))
			}
			rows = append(rows, line)
		}
		text += "\n" + table(rows)
	} else {
		lo, hi := h.limits()
		text += fmt.Sprintf("\n%d×%d values from %s to %s", len(h.rows), len(h.columns), decimal(lo), decimal(hi))
	}
	if h.note != "" {
		text += "\n" + h.note
	}
	return text
}

func (h *HeatMap) limits() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, row := range h.values {
		for _, v := range row {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}

// cell is go-echarts' HeatMapData with a label and a tip of its own, for which
// it has no fields: the number must be readable on its cell's colour.
type cell struct {
	Value []float64   `json:"value"` // column, row, value, shade
	Label *opts.Label `json:"label,omitempty"`
	Tip   *tip        `json:"tooltip,omitempty"`
}

// tip is what the mouse brings up at a cell, in HTML.
type tip struct {
	Formatter string `json:"formatter"`
}

func (h *HeatMap) option() map[string]any {
	c := charts.NewHeatMap()
	top, title := header(&h.Figure)
	x, y := xAxis("category", h.XLabel), yAxis("category", h.YLabel)
	x.Data, y.Data = h.columns, h.rows
	y.Inverse = opts.Bool(true)
	x.AxisLine.Show, y.SplitLine.Show = opts.Bool(false), opts.Bool(false)
	y.NameGap = textWidth(h.rows, 240) + 14
	area := h.area(top, &x)
	c.SetGlobalOptions(title, legend(0, nil), tooltip("item"), charts.WithXAxisOpts(x), charts.WithYAxisOpts(y),
		charts.WithGridOpts(area), charts.WithVisualMapOpts(h.scale()))
	c.AddSeries(h.kind(), nil, charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.Data = h.cells()
		s.ItemStyle = &opts.ItemStyle{BorderColor: "#ffffff", BorderWidth: 1}
		s.Label = &opts.Label{Show: opts.Bool(!h.HideValues)}
	}))
	return c.JSON()
}

// area places the cells, and turns the columns' names if they are too long to
// stand side by side.
func (h *HeatMap) area(top int, x *opts.XAxis) opts.Grid {
	left, right, bottom := textWidth(h.rows, 240)+20, 24, footer(h.XLabel)
	if h.YLabel != "" {
		left += 22
	}
	if !h.confusion {
		right = 84 // the scale
	}
	names := textWidth(h.columns, 240)
	if cell := (h.Width - left - right) / len(h.columns); names+4 > cell && cell >= 12 {
		slope := names * 7 / 10 // width and height of a name at 45°
		x.AxisLabel.Rotate = 45
		x.AxisLabel.Interval = "0"
		bottom += slope
		x.NameGap += slope
		left = max(left, slope-cell/2+12)
	}
	return grid(left, top+4, right, bottom)
}

// shades are the limits of the colours.
func (h *HeatMap) shades() (lo, hi float64) {
	if h.confusion {
		return -1, 1
	}
	lo, hi = h.limits()
	switch {
	case lo == hi:
		return lo, lo + 1
	case lo < 0 && hi > 0: // zero in the middle
		hi = max(hi, -lo)
		return -hi, hi
	}
	return lo, hi
}

// scale maps shades to colours, and explains them where they are values.
func (h *HeatMap) scale() opts.VisualMap {
	lo, hi := h.shades()
	colors := ramp
	if lo < 0 && hi > 0 {
		colors = twoSided
	}
	return opts.VisualMap{
		Show: opts.Bool(!h.confusion), Min: float32(lo), Max: float32(hi), Dimension: "3", Calculable: opts.Bool(false),
		InRange: &opts.VisualMapInRange{Color: colors},
		Orient:  "vertical", Right: px(14), Top: "middle", TextStyle: &opts.TextStyle{Color: textColor},
		Text: []string{short(hi), short(lo)},
	}
}

func (h *HeatMap) cells() []cell {
	lo, hi := h.shades()
	size := float32(min(max(h.Width/(len(h.columns)*4), 9), 13))
	worst := h.worst()
	var out []cell
	for i, row := range h.values {
		for j, v := range row {
			shade := v
			if h.confusion {
				shade = rightOrWrong(v, sum(row), i == j, worst)
			}
			out = append(out, cell{
				Value: []float64{float64(j), float64(i), rounded(v), rounded(shade)},
				Label: &opts.Label{Color: ink(v, shade, lo, hi), FontSize: size, Formatter: short(v)},
				Tip:   &tip{h.tip(i, j)},
			})
		}
	}
	return out
}

// tip says which cell is which.
func (h *HeatMap) tip(i, j int) string {
	name := func(axis, name string) string {
		return html.EscapeString(strings.TrimSpace(axis + " " + name))
	}
	return fmt.Sprintf("%s, %s: <b>%s</b>", name(h.YLabel, h.rows[i]), name(h.XLabel, h.columns[j]), decimal(h.values[i][j]))
}

// rightOrWrong is the shade in a confusion matrix: blue for the share of a
// class that was recognised; orange for mistakes, compared with the worst one
// and small ones stronger than in proportion, so that they show.
func rightOrWrong(v, total float64, right bool, worst float64) float64 {
	if total == 0 || v == 0 {
		return 0
	}
	if right {
		return v / total
	}
	return -math.Pow(v/total/worst, 0.75)
}

// worst is the largest share of a class that was taken for one other class,
// but at least a twentieth: a model with hardly a mistake should not glow.
func (h *HeatMap) worst() float64 {
	worst := 0.05
	for i, row := range h.values {
		total := sum(row)
		for j, v := range row {
			if i != j && total > 0 {
				worst = max(worst, v/total)
			}
		}
	}
	return worst
}

func sum(values []float64) float64 {
	s := 0.0
	for _, v := range values {
		s += v
	}
	return s
}

// ink is the colour for a number on a cell. Zeros stand back.
func ink(v, shade, lo, hi float64) string {
	strength := (shade - lo) / (hi - lo)
	if lo < 0 && hi > 0 {
		strength = math.Abs(shade) / hi
	}
	switch {
	case strength > 0.6:
		return "#ffffff"
	case v == 0:
		return "#b6bec8"
	}
	return titleColor
}
