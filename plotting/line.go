package plotting

import (
	"fmt"
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Series is one line: a name for the legend, and its points. A nil X stands
// for 0, 1, 2, …
type Series struct {
	Name string
	X, Y []float64
}

// Line is a chart of one or more lines over a common axis, such as functions
// or losses.
type Line struct {
	Figure
	// XLabel and YLabel name the axes.
	XLabel, YLabel string
	// LogY draws the vertical axis in powers of ten. All values must be
	// greater than zero.
	LogY bool
	// Points marks the given points on the lines.
	Points bool

	series []Series
}

// NewLine makes a chart of lines. It returns an error that wraps ErrNoData for
// no line or a line without points, ErrLength if a line's X and Y differ in
// length, and ErrNaN or ErrInf for such values.
func NewLine(series ...Series) (*Line, error) {
	if len(series) == 0 {
		return nil, fmt.Errorf("plotting: a line chart without lines: %w", ErrNoData)
	}
	l := &Line{}
	for i, s := range series {
		name := fmt.Sprintf("line %d (%q)", i+1, s.Name)
		if len(s.Y) == 0 {
			return nil, fmt.Errorf("plotting: %s: %w", name, ErrNoData)
		}
		if s.X == nil {
			s.X = counting(len(s.Y))
		}
		if len(s.X) != len(s.Y) {
			return nil, fmt.Errorf("plotting: %s has %d x but %d y: %w; a point needs one of each", name, len(s.X), len(s.Y), ErrLength)
		}
		if err := checkFinite(name+", x", s.X); err != nil {
			return nil, err
		}
		if err := checkFinite(name+", y", s.Y); err != nil {
			return nil, err
		}
		l.series = append(l.series, Series{s.Name, floats(s.X), floats(s.Y)})
	}
	l.Figure = Figure{Width: 720, Height: 400}
	l.content = &chart{figure: &l.Figure, plot: l}
	return l, nil
}

// counting is 0, 1, … n-1.
func counting(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i)
	}
	return out
}

func (l *Line) kind() string { return "line chart" }

func (l *Line) check() error {
	if !l.LogY {
		return nil
	}
	for _, s := range l.series {
		for i, y := range s.Y {
			if y <= 0 {
				return fmt.Errorf("plotting: line %q, point %d has y = %g; LogY needs values above zero", s.Name, i+1, y)
			}
		}
	}
	return nil
}

func (l *Line) summary() string {
	rows := [][]string{{"line", "points", "first", "min", "max", "last"}}
	for _, s := range l.series {
		st := describe(s.Y)
		rows = append(rows, []string{s.Name, fmt.Sprint(st.n), decimal(s.Y[0]), decimal(st.min), decimal(st.max), decimal(s.Y[st.n-1])})
	}
	return heading(&l.Figure, l.kind()) + "\n" + table(rows)
}

func (l *Line) option() map[string]any {
	c := charts.NewLine()
	top, title := header(&l.Figure)
	var names []string
	for _, s := range l.series {
		names = append(names, s.Name)
	}
	if l.Title == "" && len(names) > 1 {
		top = 44
	}
	x, y := xAxis("value", l.XLabel), yAxis("value", l.YLabel)
	x.Scale, y.Scale = opts.Bool(true), opts.Bool(true)
	x.AxisLine.OnZero = opts.Bool(false)
	if l.LogY {
		y.Type = "log"
	}
	c.SetGlobalOptions(title, legend(14, names), tooltip("axis"), charts.WithColorsOpts(palette),
		charts.WithXAxisOpts(x), charts.WithYAxisOpts(y),
		charts.WithGridOpts(grid(gutter(l.YLabel), top+10, 28, footer(l.XLabel))))
	for i, s := range l.series {
		x, y := thinned(s.X, s.Y)
		c.AddSeries(s.Name, points(x, y), lineStyle(palette[i%len(palette)], "solid", l.Points))
	}
	return c.JSON()
}

// gutter is the width left of the chart for the vertical axis's numbers and
// name, footer the height below it.
func gutter(name string) int {
	if name == "" {
		return 52
	}
	return 68
}

func footer(name string) int {
	if name == "" {
		return 34
	}
	return 52
}

// points are the points of a line; a value that is not finite leaves a gap.
func points(x, y []float64) []opts.LineData {
	data := make([]opts.LineData, len(y))
	for i := range y {
		if finite(y[i]) != nil {
			data[i].Value = []any{rounded(x[i]), "-"}
		} else {
			data[i].Value = []any{rounded(x[i]), rounded(y[i])}
		}
	}
	return data
}

func lineStyle(color, stroke string, marked bool) charts.SeriesOpts {
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.LineStyle = &opts.LineStyle{Width: 2, Type: stroke, Color: color}
		s.ItemStyle = &opts.ItemStyle{Color: color}
		s.ShowSymbol = opts.Bool(marked)
		s.Symbol, s.SymbolSize = "circle", 6
	})
}

// maxPoints is the number of points of a line that a page is given: more than
// a screen has columns, so that fewer would not show.
const maxPoints = 4000

// thinned keeps of a long line, in each of many stretches, the lowest and the
// highest point: what the eye sees of it. Lines that run back and forth keep
// all their points.
func thinned(x, y []float64) (xs, ys []float64) {
	if len(y) <= maxPoints || !slices.IsSorted(x) {
		return x, y
	}
	const stretches = maxPoints/2 - 1
	keep := func(i int) { xs, ys = append(xs, x[i]), append(ys, y[i]) }
	keep(0)
	for s := range stretches {
		from, to := 1+s*(len(y)-2)/stretches, 1+(s+1)*(len(y)-2)/stretches
		low, high := from, from
		for i := from; i < to; i++ {
			if y[i] < y[low] {
				low = i
			}
			if y[i] > y[high] {
				high = i
			}
		}
		keep(min(low, high))
		if low != high {
			keep(max(low, high))
		}
	}
	keep(len(y) - 1)
	return xs, ys
}
