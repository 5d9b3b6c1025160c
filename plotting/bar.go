package plotting

import (
	"context"
	"fmt"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Bar is a bar chart: one value for each of some names, such as the number of
// examples of each class.
type Bar struct {
	Figure
	// XLabel and YLabel name the axes; with Horizontal, XLabel still names the
	// axis of the names.
	XLabel, YLabel string
	// Horizontal lets the bars lie. NewBar sets it when the names would not
	// fit under standing ones.
	Horizontal bool
	// HideValues leaves off the numbers at the bars' ends.
	HideValues bool

	names  []string
	values []float64
	counts bool // values are whole numbers of things
}

// NewBar makes a bar chart. It returns an error that wraps ErrNoData for no
// values, ErrLength if there are not as many names as values, and ErrNaN or
// ErrInf for such values.
func NewBar[T Number](names []string, values []T) (*Bar, error) {
	if len(values) == 0 {
		return nil, fmt.Errorf("plotting: bar chart: %w", ErrNoData)
	}
	if len(names) != len(values) {
		return nil, fmt.Errorf("plotting: bar chart of %d names and %d values: %w; each bar needs one of both", len(names), len(values), ErrLength)
	}
	b := &Bar{names: append([]string(nil), names...), values: floats(values), counts: whole[T]()}
	if err := checkFinite("bar chart", b.values); err != nil {
		return nil, err
	}
	b.Figure = Figure{Width: 720, Height: 360}
	b.content = &chart{figure: &b.Figure, plot: b}
	if !b.fits() {
		b.Horizontal = true
		b.Height = max(b.Height, 100+22*len(names))
	}
	return b, nil
}

// Classes is labelled data that can say how many examples of each class it
// has. *datasets.Images is one.
type Classes interface {
	ClassNames() []string
	Counts(ctx context.Context) ([]int, error)
}

// NewClassBalance makes a bar chart of the number of examples of each class.
// It returns the errors of NewBar, and those of counting.
func NewClassBalance(ctx context.Context, data Classes) (*Bar, error) {
	counts, err := data.Counts(ctx)
	if err != nil {
		return nil, fmt.Errorf("plotting: counting classes: %w", err)
	}
	b, err := NewBar(data.ClassNames(), counts)
	if err != nil {
		return nil, err
	}
	b.Title, b.XLabel, b.YLabel = "Class balance", "class", "examples"
	return b, nil
}

// fits reports whether the names fit side by side.
func (b *Bar) fits() bool {
	return len(b.names)*(textWidth(b.names, b.Width)+10) <= b.Width-80
}

func (b *Bar) kind() string { return "bar chart" }
func (b *Bar) check() error { return nil }

// summary lists the values, and the shares of counts.
func (b *Bar) summary() string {
	st := describe(b.values)
	sum := st.mean * float64(st.n)
	var rows [][]string
	for i, name := range b.names {
		row := []string{name, decimal(b.values[i])}
		if b.counts && st.min >= 0 && sum > 0 {
			row = append(row, fmt.Sprintf("%.1f %%", 100*b.values[i]/sum))
		}
		rows = append(rows, row)
	}
	return heading(&b.Figure, b.kind()) + "\n" + table(rows)
}

// bar is go-echarts' BarData with rounded corners, for which it has no field.
type bar struct {
	Value float64 `json:"value"`
	Style style   `json:"itemStyle"`
}

type style struct {
	Color        string `json:"color"`
	BorderRadius []int  `json:"borderRadius"` // clockwise from top left
}

func (b *Bar) option() map[string]any {
	c := charts.NewBar()
	top, title := header(&b.Figure)
	corners, end := []int{3, 3, 0, 0}, "top"
	names, values := xAxis("category", b.XLabel), yAxis("value", b.YLabel)
	area := grid(gutter(b.YLabel), top+14, 28, footer(b.XLabel))
	if b.Horizontal {
		corners, end = []int{0, 3, 3, 0}, "right"
		area = grid(b.nameWidth(), top, 56, footer(b.YLabel))
	}
	bars := make([]bar, len(b.values))
	for i, v := range b.values {
		bars[i] = bar{rounded(v), style{palette[0], corners}}
	}
	c.SetGlobalOptions(title, legend(0, nil), tooltip("item"), charts.WithGridOpts(area))
	if b.Horizontal {
		c.SetGlobalOptions(charts.WithXAxisOpts(lying(values)), charts.WithYAxisOpts(b.standing(names)))
	} else {
		names.Data = b.names
		c.SetGlobalOptions(charts.WithXAxisOpts(names), charts.WithYAxisOpts(values))
	}
	c.AddSeries(b.YLabel, nil, charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.Data = bars
		s.BarCategoryGap = "35%"
		s.Label = &opts.Label{Show: opts.Bool(!b.HideValues), Position: end, Color: textColor, FontSize: 11}
	}))
	return c.JSON()
}

// nameWidth is the room for the names left of lying bars.
func (b *Bar) nameWidth() int {
	room := 24 + textWidth(b.names, b.Width/2)
	if b.XLabel != "" {
		room += 20
	}
	return room
}

// lying makes a horizontal axis of a vertical one.
func lying(y opts.YAxis) opts.XAxis {
	x := xAxis(y.Type, y.Name)
	x.AxisLine.Show = opts.Bool(false)
	x.SplitLine = y.SplitLine
	return x
}

// standing makes the vertical axis of names, the first at the top.
func (b *Bar) standing(x opts.XAxis) opts.YAxis {
	y := yAxis(x.Type, x.Name)
	y.Data = b.names
	y.Inverse = opts.Bool(true)
	y.AxisLine = x.AxisLine
	y.SplitLine = x.SplitLine
	y.NameGap = b.nameWidth() - 18
	return y
}
