package plotting

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// History is what training left behind: for each name, such as "loss" or
// "val_accuracy", one value per epoch. *dlkit.History is one.
type History interface {
	Names() []string
	Values(name string) []float64
}

// Curves are training curves: a panel for each metric, with the values on the
// training data and, where there are any, on the validation data (the names
// that begin with "val_").
type Curves struct {
	Figure
	// EpochLabel names the horizontal axes.
	EpochLabel string
	// TrainLabel and ValidationLabel name the two lines of a panel.
	TrainLabel, ValidationLabel string
	// Labels replaces the names of metrics above the panels:
	// {"accuracy": "准确率"}.
	Labels map[string]string

	names  []string // as in the history
	values map[string][]float64
	epochs int // the length of the horizontal axes
}

// NewCurves makes the training curves of a history. Values that are not finite
// leave gaps, for curves should show a training that went wrong, too. It
// returns an error that wraps ErrNoData if no metric has a finite value.
func NewCurves(h History) (*Curves, error) {
	c := newCurves()
	if h != nil {
		for _, name := range h.Names() {
			c.set(name, h.Values(name))
		}
	}
	if !c.anyFinite() {
		return nil, fmt.Errorf("plotting: training curves: %w: the history has no finished epoch; run Fit first", ErrNoData)
	}
	c.content = &chart{figure: &c.Figure, plot: c}
	return c, nil
}

func newCurves() *Curves {
	return &Curves{
		Figure:     Figure{Width: 860, Height: 340},
		EpochLabel: "epoch", TrainLabel: "training", ValidationLabel: "validation",
		values: map[string][]float64{},
	}
}

func (c *Curves) set(name string, values []float64) {
	if len(values) == 0 {
		return
	}
	if !slices.Contains(c.names, name) {
		c.names = append(c.names, name)
	}
	c.values[name] = floats(values)
	c.epochs = max(c.epochs, len(values))
}

func (c *Curves) anyFinite() bool {
	for _, values := range c.values {
		for _, v := range values {
			if finite(v) == nil {
				return true
			}
		}
	}
	return false
}

const validation = "val_"

// metrics are the panels: the names without "val_", in order.
func (c *Curves) metrics() []string {
	var out []string
	for _, name := range c.names {
		if m := strings.TrimPrefix(name, validation); !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// done is the number of epochs that have values.
func (c *Curves) done() int {
	n := 0
	for _, values := range c.values {
		n = max(n, len(values))
	}
	return n
}

func (c *Curves) kind() string { return "training curves" }
func (c *Curves) check() error { return nil }

// summary lists the first epoch and the last ones.
func (c *Curves) summary() string {
	const last = 9
	rows := [][]string{append([]string{c.EpochLabel}, c.names...)}
	n := c.done()
	for e := range n {
		switch skipped := n - last; {
		case skipped > 1 && e == 1:
			rows = append(rows, []string{"…"})
			continue
		case skipped > 1 && e > 1 && e < skipped:
			continue
		}
		row := []string{fmt.Sprint(e + 1)}
		for _, name := range c.names {
			row = append(row, decimal(at(c.values[name], e)))
		}
		rows = append(rows, row)
	}
	text := heading(&c.Figure, c.kind()) + "\n" + table(rows)
	for _, name := range c.names {
		if e := slices.IndexFunc(c.values[name], func(v float64) bool { return finite(v) != nil }); e >= 0 {
			text += fmt.Sprintf("\n%s is %g in epoch %d", name, c.values[name][e], e+1)
		}
	}
	return text
}

// at is the value of an epoch, NaN if it was not measured.
func at(values []float64, epoch int) float64 {
	if epoch < len(values) {
		return values[epoch]
	}
	return math.NaN()
}

// Distances in pixels between and around the panels.
const (
	panelGap    = 34
	panelTitle  = 30
	panelFooter = 50
	panelGutter = 56
)

func (c *Curves) option() map[string]any {
	line := charts.NewLine()
	line.XAxisList, line.YAxisList = nil, nil
	height, title := header(&c.Figure)
	height = max(height, 40)
	line.SetGlobalOptions(title, tooltip("axis"), charts.WithColorsOpts(palette[:2]), legend(14, c.lines()))
	titles := []opts.Title{line.Title}
	metrics := c.metrics()
	cols := min(len(metrics), 2)
	rows := (len(metrics) + cols - 1) / cols
	width := (c.Width - panelGap) / cols
	step := (c.Height - height) / rows
	for i, metric := range metrics {
		left, top := i%cols*width+panelGutter, height+i/cols*step
		line.GridList = append(line.GridList, opts.Grid{
			Left: px(left), Top: px(top + panelTitle), Width: px(width - panelGutter), Height: px(step - panelTitle - panelFooter),
		})
		titles = append(titles, opts.Title{
			Title: c.label(metric), Left: px(left - 6), Top: px(top), TitleStyle: &opts.TextStyle{Color: textColor, FontSize: 13, FontWeight: "normal"},
		})
		c.panel(line, i, metric)
	}
	option := line.JSON()
	option["title"] = titles
	option["xAxis"] = wholeNumbers(line.XAxisList)
	return option
}

// wholeAxis is go-echarts' XAxis whose tip says "7", not "7.00", for which it
// has no field.
type wholeAxis struct {
	opts.XAxis
	Pointer struct {
		Label struct {
			Precision int `json:"precision"`
		} `json:"label"`
	} `json:"axisPointer"`
}

func wholeNumbers(axes []opts.XAxis) []wholeAxis {
	out := make([]wholeAxis, len(axes))
	for i, a := range axes {
		out[i].XAxis = a
	}
	return out
}

// lines are the names of the lines that the history has.
func (c *Curves) lines() []string {
	out := []string{c.TrainLabel}
	if slices.ContainsFunc(c.names, func(n string) bool { return strings.HasPrefix(n, validation) }) {
		out = append(out, c.ValidationLabel)
	}
	return out
}

func (c *Curves) label(metric string) string {
	if l := c.Labels[metric]; l != "" {
		return l
	}
	return strings.ReplaceAll(metric, "_", " ")
}

// panel adds the axes and lines of panel i.
func (c *Curves) panel(line *charts.Line, i int, metric string) {
	x, y := xAxis("value", c.EpochLabel), yAxis("value", "")
	x.GridIndex, y.GridIndex = i, i
	x.Min, x.Max, x.MinInterval = 1, max(c.epochs, 2), 1
	x.AxisLine.OnZero = opts.Bool(false)
	x.NameGap = 28
	y.Scale = opts.Bool(true)
	y.SplitNumber = 4
	if lowest, ok := c.share(metric); ok {
		step, from := sharesAxis(lowest)
		y.Min, y.Max, y.MinInterval, y.MaxInterval = from, 1, step, step
	}
	line.ExtendXAxis(x)
	line.ExtendYAxis(y)
	for j, name := range []string{metric, validation + metric} {
		values, ok := c.values[name]
		if !ok {
			continue
		}
		stroke := []string{"solid", "dashed"}[j]
		x := counting(len(values))
		for e := range x {
			x[e]++
		}
		line.AddSeries([]string{c.TrainLabel, c.ValidationLabel}[j], points(x, values),
			lineStyle(palette[j], stroke, c.epochs <= 20),
			charts.WithSeriesOpts(func(s *charts.SingleSeries) { s.XAxisIndex, s.YAxisIndex = i, i }))
	}
}

// share reports whether a metric is a share near 1, such as accuracy, and its
// lowest value.
func (c *Curves) share(metric string) (lowest float64, ok bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, name := range []string{metric, validation + metric} {
		for _, v := range c.values[name] {
			if finite(v) == nil {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	return lo, metric != "loss" && lo >= 0 && hi <= 1 && hi > 0.8
}

// sharesAxis divides an axis that ends at 1 (where ECharts would go on to
// 1.02) into round steps, and says where it begins.
func sharesAxis(lowest float64) (step, from float64) {
	for _, step := range []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1} {
		if n := math.Ceil((1-lowest)/step - 1e-9); n <= 5 {
			return step, rounded(1 - step*max(n, 1))
		}
	}
	return 0.2, 0
}
