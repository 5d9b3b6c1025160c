package plotting

import (
	"fmt"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// LRCurve is what a learning-rate finder saw: the loss while the learning rate
// rose, over rates in powers of ten, with the suggested rate marked.
type LRCurve struct {
	Figure
	// XLabel and YLabel name the axes.
	XLabel, YLabel string
	// SuggestionLabel stands before the suggested rate at its mark.
	SuggestionLabel string

	rates, losses []float64
	suggestion    float64
}

// NewLRCurve makes the curve of a learning-rate finder from the rates it tried,
// the loss at each, and the rate it suggests, 0 for none:
//
//	found, err := model.FindLearningRate(ctx, train, dlkit.LRFinderConfig{})
//	chart, err := plotting.NewLRCurve(found.Rates, found.Losses, found.Suggestion)
//
// Losses that are not finite leave gaps: in the end the rate is too great for
// any. It returns an error that wraps ErrNoData if no loss is finite, ErrLength
// if there are not as many losses as rates, ErrNaN or ErrInf for such a rate,
// and ErrShape for a rate that is not greater than zero or a negative
// suggestion.
func NewLRCurve(rates, losses []float64, suggestion float64) (*LRCurve, error) {
	const what = "learning rates"
	if len(rates) != len(losses) {
		return nil, fmt.Errorf("plotting: %d %s with %d losses: %w; each rate needs one", len(rates), what, len(losses), ErrLength)
	}
	if err := checkFinite(what, append(floats(rates), suggestion)); err != nil {
		return nil, err
	}
	for i, r := range rates {
		if r <= 0 {
			return nil, fmt.Errorf("plotting: learning rate %d is %g: %w; powers of ten need rates above zero", i+1, r, ErrShape)
		}
	}
	if suggestion < 0 {
		return nil, fmt.Errorf("plotting: a suggested learning rate of %g: %w; want one above zero, or 0 for none", suggestion, ErrShape)
	}
	c := &LRCurve{
		Figure: Figure{Title: "Learning-rate finder", Width: 720, Height: 360},
		XLabel: "learning rate", YLabel: "loss", SuggestionLabel: "suggestion",
		rates: floats(rates), losses: floats(losses), suggestion: suggestion,
	}
	if _, _, ok := c.limits(); !ok {
		return nil, fmt.Errorf("plotting: the losses of %d %s: %w: none is finite", len(rates), what, ErrNoData)
	}
	c.content = &chart{figure: &c.Figure, plot: c}
	return c, nil
}

// limits are the places of the lowest loss and of the highest one before it.
func (c *LRCurve) limits() (lowest, highest int, ok bool) {
	lowest = -1
	for i, l := range c.losses {
		if finite(l) == nil && (lowest < 0 || l < c.losses[lowest]) {
			lowest = i
		}
	}
	if lowest < 0 {
		return 0, 0, false
	}
	highest = lowest
	for i, l := range c.losses[:lowest] {
		if finite(l) == nil && l > c.losses[highest] {
			highest = i
		}
	}
	return lowest, highest, true
}

func (c *LRCurve) kind() string { return "learning-rate curve" }
func (c *LRCurve) check() error { return nil }

func (c *LRCurve) summary() string {
	lowest, _, _ := c.limits()
	n := len(c.rates)
	text := fmt.Sprintf("%s\n%d rates from %s to %s; the loss is %s at first, lowest (%s) at %s, and %s at the end",
		heading(&c.Figure, c.kind()), n, short(c.rates[0]), short(c.rates[n-1]),
		decimal(c.losses[0]), decimal(c.losses[lowest]), short(c.rates[lowest]), decimal(c.losses[n-1]))
	if c.suggestion > 0 {
		text += fmt.Sprintf("\n%s: %s", c.SuggestionLabel, short(c.suggestion))
	}
	return text
}

// top is where the vertical axis ends: a little above the loss before training
// has set in. Beyond it lies only how training failed, which would press all
// that matters flat.
func (c *LRCurve) top() float64 {
	lowest, highest, _ := c.limits()
	lo, hi := c.losses[lowest], c.losses[highest]
	room := max(hi-lo, 0.2*math.Abs(lo))
	if room == 0 {
		room = 1
	}
	for _, l := range c.losses {
		if l > hi+room || math.IsInf(l, 1) {
			return nice(hi + room/2)
		}
	}
	return math.NaN() // everything fits
}

// nice rounds up to two significant digits.
func nice(v float64) float64 {
	if v == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-1)
	return rounded(math.Ceil(v/unit-1e-9) * unit)
}

func (c *LRCurve) option() map[string]any {
	line := charts.NewLine()
	top, title := header(&c.Figure)
	x, y := xAxis("log", c.XLabel), yAxis("value", c.YLabel)
	x.AxisLine.OnZero = opts.Bool(false)
	y.Scale = opts.Bool(true)
	if end := c.top(); finite(end) == nil {
		y.Max = end
	}
	line.SetGlobalOptions(title, legend(0, nil), tooltip("axis"), charts.WithXAxisOpts(x), charts.WithYAxisOpts(y),
		charts.WithGridOpts(grid(gutter(c.YLabel), top+24, 28, footer(c.XLabel))))
	looks := []charts.SeriesOpts{lineStyle(palette[0], "solid", false)}
	if c.suggestion > 0 {
		looks = append(looks, mark(c.suggestion, c.SuggestionLabel+" "+short(c.suggestion)))
	}
	line.AddSeries(c.YLabel, points(c.rates, c.losses), looks...)
	return line.JSON()
}
