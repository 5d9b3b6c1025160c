package plotting

import (
	"fmt"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/gofromzero/fromzero/tensor"
)

// Histogram shows how numbers are spread: how many of them lie in each of
// equally wide bins.
type Histogram struct {
	Figure
	// XLabel and YLabel name the axes.
	XLabel, YLabel string
	// Bins is the number of bins between the least and the greatest value.
	Bins int
	// LogY draws the counts in powers of ten, so that rare values show beside
	// common ones.
	LogY bool

	values []float64
}

// NewHistogram makes a histogram of values. It returns an error that wraps
// ErrNoData for no values, and ErrNaN or ErrInf for such values.
func NewHistogram[T Number](values []T) (*Histogram, error) {
	return newHistogram(floats(values))
}

// newHistogram keeps values, which may be many, without copying them.
func newHistogram(values []float64) (*Histogram, error) {
	if len(values) == 0 {
		return nil, fmt.Errorf("plotting: histogram: %w", ErrNoData)
	}
	h := &Histogram{YLabel: "count", Bins: 30, values: values}
	if err := checkFinite("histogram", h.values); err != nil {
		return nil, err
	}
	h.Figure = Figure{Width: 720, Height: 360}
	h.content = &chart{figure: &h.Figure, plot: h}
	return h, nil
}

// NewTensorHistogram makes a histogram of all elements of a tensor of any
// shape, with the errors of NewHistogram.
func NewTensorHistogram(t *tensor.Tensor) (*Histogram, error) {
	if t == nil {
		return nil, fmt.Errorf("plotting: histogram of a nil tensor: %w", ErrNoData)
	}
	values := tensor.Values[float64](t)
	if t.DType() == tensor.Float64 { // these are the tensor's own
		values = floats(values)
	}
	return newHistogram(values)
}

func (h *Histogram) kind() string { return "histogram" }

func (h *Histogram) check() error {
	if h.Bins < 1 || h.Bins > 10000 {
		return fmt.Errorf("plotting: histogram of %d bins; Bins must be 1 to 10000", h.Bins)
	}
	return nil
}

// count gives the bins' edges (one more than bins) and how many values lie in
// each. A bin holds its left edge, the last one both.
func (h *Histogram) count() (edges, counts []float64) {
	st := describe(h.values)
	lo, hi := st.min, st.max
	if lo == hi { // one value: a bin around it
		half := max(math.Abs(lo)*0.01, 0.5)
		lo, hi = lo-half, hi+half
	}
	edges, counts = make([]float64, h.Bins+1), make([]float64, h.Bins)
	for i := range edges {
		edges[i] = lo + (hi-lo)*float64(i)/float64(h.Bins)
	}
	for _, v := range h.values {
		i := int(float64(h.Bins) * (v - lo) / (hi - lo))
		counts[min(max(i, 0), h.Bins-1)]++
	}
	return edges, counts
}

func (h *Histogram) summary() string {
	st := describe(h.values)
	text := fmt.Sprintf("%s\n%d values: min %s, mean %s, std %s, max %s",
		heading(&h.Figure, h.kind()), st.n, decimal(st.min), decimal(st.mean), decimal(st.std), decimal(st.max))
	edges, counts := h.count()
	most := 0
	for i, n := range counts {
		if n > counts[most] {
			most = i
		}
	}
	return text + fmt.Sprintf("\nfullest bin: %s to %s with %s values",
		decimal(edges[most]), decimal(edges[most+1]), decimal(counts[most]))
}

// option draws the bins' outline as a line in steps: unlike ECharts' bars it
// lies on an axis of numbers.
func (h *Histogram) option() map[string]any {
	c := charts.NewLine()
	top, title := header(&h.Figure)
	x, y := xAxis("value", h.XLabel), yAxis("value", h.YLabel)
	x.AxisLine.OnZero = opts.Bool(false)
	edges, counts := h.count()
	x.Scale = opts.Bool(true)
	counts = append(counts, 0) // back to the ground at the right end
	if h.LogY {
		y.Type, y.Min = "log", 0.5
		y.AxisLabel.ShowMinLabel = opts.Bool(false)
		for i, n := range counts {
			counts[i] = max(n, 0.5) // there is no zero on this axis
		}
	}
	c.SetGlobalOptions(title, legend(0, nil), tooltip("axis"), charts.WithXAxisOpts(x), charts.WithYAxisOpts(y),
		charts.WithGridOpts(grid(gutter(h.YLabel), top+8, 28, footer(h.XLabel))))
	c.AddSeries(h.YLabel, points(edges, counts), lineStyle(palette[0], "solid", false),
		charts.WithSeriesOpts(func(s *charts.SingleSeries) {
			s.Step = "end"
			s.LineStyle.Width = 1.5
			s.AreaStyle = &opts.AreaStyle{Color: palette[0], Opacity: opts.Float(0.35), Origin: "start"}
		}))
	return c.JSON()
}
