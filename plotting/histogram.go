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
	// Bins is the number of bins between the least and the greatest value; of
	// text lengths, the most that there may be.
	Bins int
	// LogY draws the counts in powers of ten, so that rare values show beside
	// common ones.
	LogY bool
	// Mark is a value that is marked with an upright line, and MarkLabel the
	// words at it; without them there is none.
	Mark      float64
	MarkLabel string

	values []float64
	whole  bool // the bins' edges are whole numbers
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

// NewTextLengths makes a histogram of the lengths of texts, in words or
// characters: bins of whole numbers. Mark shows where longer texts will be cut
// off, and the summary how many that are. It returns an error that wraps
// ErrNoData for no lengths, and ErrShape for a negative one.
func NewTextLengths(lengths []int) (*Histogram, error) {
	for i, n := range lengths {
		if n < 0 {
			return nil, fmt.Errorf("plotting: text %d has %d words: %w; a length cannot be negative", i+1, n, ErrShape)
		}
	}
	h, err := NewHistogram(lengths)
	if err != nil {
		return nil, err
	}
	h.Title, h.XLabel, h.YLabel = "Lengths of the texts", "words", "texts"
	h.whole, h.Bins = true, 60
	return h, nil
}

func (h *Histogram) kind() string { return "histogram" }

func (h *Histogram) check() error {
	if h.Bins < 1 || h.Bins > 10000 {
		return fmt.Errorf("plotting: histogram of %d bins; Bins must be 1 to 10000", h.Bins)
	}
	return checkFinite("histogram, Mark", []float64{h.Mark})
}

// count gives the bins' edges (one more than bins) and how many values lie in
// each. A bin holds its left edge, the last one both.
func (h *Histogram) count() (edges, counts []float64) {
	st := describe(h.values)
	lo, hi, bins := st.min, st.max, h.Bins
	switch {
	case h.whole:
		lo, hi, bins = wholeBins(lo, hi, bins)
	case lo == hi: // one value: a bin around it
		half := max(math.Abs(lo)*0.01, 0.5)
		lo, hi = lo-half, hi+half
	}
	edges, counts = make([]float64, bins+1), make([]float64, bins)
	for i := range edges {
		edges[i] = lo + (hi-lo)*float64(i)/float64(bins)
	}
	for _, v := range h.values {
		i := int(float64(bins) * (v - lo) / (hi - lo))
		counts[min(max(i, 0), bins-1)]++
	}
	return edges, counts
}

// wholeBins divides whole numbers from lo to hi into at most about as many bins
// of 1, 2, 5, 10, 20, … numbers each, that begin at a multiple of it.
func wholeBins(lo, hi float64, most int) (from, to float64, bins int) {
	width := 1.0
	for i := 0; (hi-lo+1)/width > float64(most); i++ {
		width *= []float64{2, 2.5, 2}[i%3]
	}
	from = math.Floor(lo/width) * width
	bins = int((hi-from)/width) + 1
	return from, from + width*float64(bins), bins
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
	text += fmt.Sprintf("\nfullest bin: %s to %s with %s values",
		decimal(edges[most]), decimal(edges[most+1]), decimal(counts[most]))
	if h.MarkLabel != "" {
		text += fmt.Sprintf("\n%s: %s; %.1f %% of the values are greater", h.MarkLabel, decimal(h.Mark), 100*h.beyond())
	}
	return text
}

// room is the height above the bins, where a mark's words stand.
func (h *Histogram) room() int {
	if h.MarkLabel != "" {
		return 24
	}
	return 8
}

// beyond is the share of values greater than the mark.
func (h *Histogram) beyond() float64 {
	n := 0
	for _, v := range h.values {
		if v > h.Mark {
			n++
		}
	}
	return float64(n) / float64(len(h.values))
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
		charts.WithGridOpts(grid(gutter(h.YLabel), top+h.room(), 28, footer(h.XLabel))))
	looks := []charts.SeriesOpts{lineStyle(palette[0], "solid", false), charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.Step = "end"
		s.LineStyle.Width = 1.5
		s.AreaStyle = &opts.AreaStyle{Color: palette[0], Opacity: opts.Float(0.35), Origin: "start"}
	})}
	if h.MarkLabel != "" {
		looks = append(looks, mark(h.Mark, h.MarkLabel))
	}
	c.AddSeries(h.YLabel, points(edges, counts), looks...)
	return c.JSON()
}
