package plotting

import (
	"fmt"
	"math"

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
	// PerRow colours each cell by its share of its row instead of by its
	// value, small shares stronger than in proportion: in a confusion matrix
	// the few mistakes show beside the many right answers.
	PerRow bool

	rows, columns []string
	values        [][]float64
	note          string // further lines of the summary
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
	h.Figure = Figure{Width: max(cell*len(columns)+160, 320), Height: max(cell*len(rows)+110, 240)}
	h.content = &chart{&h.Figure, h}
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

// cell is go-echarts' HeatMapData with a label of its own, for which it has no
// field: the number must be readable on its cell's colour.
type cell struct {
	Value []float64   `json:"value"` // column, row, value, shade
	Label *opts.Label `json:"label,omitempty"`
}

func (h *HeatMap) option() map[string]any {
	c := charts.NewHeatMap()
	top, title := header(&h.Figure)
	x, y := xAxis("category", h.XLabel), yAxis("category", h.YLabel)
	x.Data, y.Data = h.columns, h.rows
	y.Inverse = opts.Bool(true)
	x.AxisLine.Show = opts.Bool(false)
	y.SplitLine.Show = opts.Bool(false)
	y.NameGap = h.nameWidth() + 14
	lo, hi := h.limits()
	if h.PerRow {
		lo, hi = 0, 1
	}
	if hi == lo {
		hi = lo + 1
	}
	right := 24
	if !h.PerRow {
		right = 84
	}
	left := h.nameWidth() + 20
	if h.YLabel != "" {
		left += 22
	}
	c.SetGlobalOptions(title, legend(0, nil), tooltip("item"), charts.WithXAxisOpts(x), charts.WithYAxisOpts(y),
		charts.WithGridOpts(grid(left, top+4, right, footer(h.XLabel))),
		charts.WithVisualMapOpts(h.scale(lo, hi)))
	c.AddSeries(h.kind(), nil, charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.Data = h.cells(lo, hi)
		s.ItemStyle = &opts.ItemStyle{BorderColor: "#ffffff", BorderWidth: 1}
		s.Label = &opts.Label{Show: opts.Bool(!h.HideValues)}
	}))
	return c.JSON()
}

// scale maps shades to colours, and explains them where they are values.
func (h *HeatMap) scale(lo, hi float64) opts.VisualMap {
	return opts.VisualMap{
		Show: opts.Bool(!h.PerRow), Min: float32(lo), Max: float32(hi), Dimension: "3", Calculable: opts.Bool(false),
		InRange: &opts.VisualMapInRange{Color: ramp},
		Orient:  "vertical", Right: px(14), Top: "middle", TextStyle: &opts.TextStyle{Color: textColor},
		Text: []string{decimal(hi), decimal(lo)},
	}
}

// nameWidth is the room that the rows' names take.
func (h *HeatMap) nameWidth() int {
	widest := 0
	for _, name := range h.rows {
		widest = max(widest, columns(name))
	}
	return min(7*widest, h.Width/3)
}

func (h *HeatMap) cells(lo, hi float64) []cell {
	size := float32(min(max(h.Width/(len(h.columns)*4), 9), 13))
	var out []cell
	for i, row := range h.values {
		for j, v := range row {
			shade := v
			if h.PerRow {
				shade = rowShade(v, row)
			}
			out = append(out, cell{
				Value: []float64{float64(j), float64(i), rounded(v), rounded(shade)},
				Label: &opts.Label{Color: ink(v, (shade-lo)/(hi-lo)), FontSize: size, Formatter: decimal(v)},
			})
		}
	}
	return out
}

// rowShade is the square root of a value's share of its row.
func rowShade(v float64, row []float64) float64 {
	sum := 0.0
	for _, w := range row {
		sum += math.Abs(w)
	}
	if sum == 0 {
		return 0
	}
	return math.Sqrt(math.Abs(v) / sum)
}

// ink is the colour for a number on a cell, t of the way along the ramp.
// Zeros stand back.
func ink(v, t float64) string {
	switch {
	case t > 0.55:
		return "#ffffff"
	case v == 0:
		return "#b6bec8"
	}
	return titleColor
}
