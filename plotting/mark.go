package plotting

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// mark adds to a series a dashed upright line at x, with words at its top.
func mark(x float64, words string) charts.SeriesOpts {
	return charts.WithSeriesOpts(func(s *charts.SingleSeries) {
		s.MarkLines = &opts.MarkLines{
			// As text: ECharts rounds numbers to two decimals here, small ones to 0.
			Data: []any{opts.MarkLineNameXAxisItem{Name: words, XAxis: strconv.FormatFloat(rounded(x), 'g', -1, 64)}},
			MarkLineStyle: opts.MarkLineStyle{
				Symbol:    []string{"none", "none"},
				Label:     &opts.Label{Show: opts.Bool(true), Formatter: "{b}", Color: textColor, FontSize: 12},
				LineStyle: &opts.LineStyle{Color: palette[1], Width: 2, Type: "dashed"},
			},
		}
	})
}
