package plotting

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/gofromzero/fromzero/plotting/internal/picture"
)

// The looks that all charts share: dark grey on white, in light and dark pages
// alike, and colours that people with colour-blind eyes can tell apart.
const (
	fontFamily = `system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','PingFang SC','Hiragino Sans GB','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',sans-serif`

	titleColor = "#1f2937"
	textColor  = "#4b5563"
	faintColor = "#9ca3af"
	lineColor  = "#c5cbd3"
	gridColor  = "#edf0f3"
	rightColor = "#2f855a" // right answers
	wrongColor = "#c53030" // wrong ones
)

// palette is the order of the series' colours.
var palette = []string{"#3a6ea5", "#e0862f", "#4c9f70", "#b5566b", "#7a6fb0", "#4fa3b5", "#a08c4f", "#7f8a99"}

// ramp goes from little to much in a heat map; twoSided from minus much by way
// of nothing to much.
var (
	ramp     = []string{"#f6f9fc", "#d5e3f0", "#9fc1de", "#5f95c6", "#2f6aa3", "#1c4371"}
	twoSided = []string{"#c2571a", "#e58f4f", "#f5c49c", "#f7f8fa", "#a9c7e1", "#5f95c6", "#2a5f97"}
)

// chart is the content of the figures that ECharts draws.
type chart struct {
	figure *Figure
	plot   plot
	live   string // names a chart whose element is updated
}

// plot is what each kind of these charts implements.
type plot interface {
	kind() string
	check() error
	summary() string
	// option is the chart for ECharts, as go-echarts describes it.
	option() map[string]any
}

func (c *chart) kind() string    { return c.plot.kind() }
func (c *chart) check() error    { return c.plot.check() }
func (c *chart) summary() string { return c.plot.summary() }

// json is the chart's option. HTML's special characters are escaped, so that
// it can stand in a script.
func (c *chart) json() ([]byte, error) {
	option := c.plot.option()
	option["textStyle"] = opts.TextStyle{FontFamily: fontFamily, Color: textColor}
	option["backgroundColor"] = "#ffffff"
	delete(option, "toolbox")
	if axes, ok := option["yAxis"].([]opts.YAxis); ok {
		option["yAxis"] = withoutTicks(axes)
	}
	if t, ok := option["tooltip"].(opts.Tooltip); ok {
		option["tooltip"] = confined{t, true}
	}
	data, err := json.Marshal(option)
	if err != nil {
		return nil, fmt.Errorf("plotting: describing the %s: %w", c.kind(), err)
	}
	return data, nil
}

// ticklessAxis is go-echarts' YAxis without ticks, for which it has no field.
type ticklessAxis struct {
	opts.YAxis
	AxisTick *opts.AxisTick `json:"axisTick"`
}

func withoutTicks(axes []opts.YAxis) []ticklessAxis {
	out := make([]ticklessAxis, len(axes))
	for i, a := range axes {
		out[i] = ticklessAxis{a, &opts.AxisTick{Show: opts.Bool(false)}}
	}
	return out
}

// confined is go-echarts' Tooltip that stays within the chart, for which it
// has no field.
type confined struct {
	opts.Tooltip
	Confine bool `json:"confine"`
}

func (c *chart) picture(format string) ([]byte, error) {
	option, err := c.json()
	if err != nil {
		return nil, err
	}
	return still(picture.Request{Format: format, Width: c.figure.Width, Height: c.figure.Height, Scale: dots, Option: option})
}

// px is a length as go-echarts takes it.
func px(v int) string { return strconv.Itoa(v) }

// header is the height that the title and subtitle take, and the option for
// them.
func header(f *Figure) (height int, title charts.GlobalOpts) {
	height = 20
	if f.Title != "" {
		height = 44
	}
	if f.Subtitle != "" {
		height += 20
	}
	return height, charts.WithTitleOpts(opts.Title{
		Title: f.Title, Subtitle: f.Subtitle, Left: px(12), Top: px(10),
		TitleStyle:    &opts.TextStyle{Color: titleColor, FontSize: 16, FontWeight: "bold"},
		SubtitleStyle: &opts.TextStyle{Color: textColor, FontSize: 12},
	})
}

// legend lists the series on one line at the top right, or wherever top and
// left say; names that stand for one series only are left off.
func legend(top int, names []string) charts.GlobalOpts {
	return charts.WithLegendOpts(opts.Legend{
		Show: opts.Bool(len(names) > 1), Data: names, Top: px(top), Right: px(16), Icon: "roundRect",
		ItemWidth: 14, ItemHeight: 4, TextStyle: &opts.TextStyle{Color: textColor, FontSize: 12},
	})
}

// xAxis and yAxis are the axes that charts begin with.
func xAxis(kind, name string) opts.XAxis {
	return opts.XAxis{
		Type: kind, Name: name, NameLocation: "middle", NameGap: 30,
		AxisLine:  &opts.AxisLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: lineColor}},
		AxisTick:  &opts.AxisTick{Show: opts.Bool(false)},
		AxisLabel: axisLabel(),
		SplitLine: &opts.SplitLine{Show: opts.Bool(false)},
	}
}

func yAxis(kind, name string) opts.YAxis {
	return opts.YAxis{
		Type: kind, Name: name, NameLocation: "middle", NameGap: 46,
		AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
		AxisLabel: axisLabel(),
		SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: gridColor}},
	}
}

func axisLabel() *opts.AxisLabel {
	return &opts.AxisLabel{Color: textColor, FontSize: 12, HideOverlap: opts.Bool(true)}
}

func tooltip(trigger string) charts.GlobalOpts {
	return charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: trigger})
}

// grid is the rectangle between the axes.
func grid(left, top, right, bottom int) opts.Grid {
	return opts.Grid{Left: px(left), Top: px(top), Right: px(right), Bottom: px(bottom)}
}

// textWidth is about the width in pixels of the widest of some names, but at
// most limit. The browser's font is not known here.
func textWidth(names []string, limit int) int {
	const column = 7
	widest := 0
	for _, name := range names {
		widest = max(widest, column*columns(name))
	}
	return min(widest, limit)
}
