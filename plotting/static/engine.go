package static

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"github.com/gofromzero/fromzero/plotting/internal/echarts"
)

// engine is a JavaScript engine with ECharts loaded.
type engine struct {
	vm   *goja.Runtime
	draw goja.Callable
}

// host is what ECharts expects of a page and does not find in a bare engine.
// Timers are dropped: a still picture has no later.
const host = `
var console = {log: function(){}, warn: function(){}, error: function(){}, info: function(){}};
function setTimeout() { return 0; }
function clearTimeout() {}
`

// drawing is the function that makes a picture of an option.
const drawing = `
echarts.setPlatformAPI({measureText: function(text, font) { return {width: textWidth(text, font)}; }});
(function(option, width, height) {
	option = JSON.parse(option);
	option.animation = false;
	var chart = echarts.init(null, null, {renderer: "svg", ssr: true, width: width, height: height});
	try {
		chart.setOption(option);
		return chart.renderToSVGString();
	} finally {
		chart.dispose();
	}
})`

func newEngine() (*engine, error) {
	lib, err := echarts.Script()
	if err != nil {
		return nil, err
	}
	vm := goja.New()
	if err := vm.Set("textWidth", measure); err != nil {
		return nil, fmt.Errorf("static: preparing the JavaScript engine: %w", err)
	}
	var last goja.Value
	for _, script := range []string{host, lib, drawing} {
		if last, err = vm.RunString(script); err != nil {
			return nil, fmt.Errorf("static: loading ECharts %s: %w", echarts.Version, err)
		}
	}
	draw, ok := goja.AssertFunction(last)
	if !ok {
		return nil, fmt.Errorf("static: ECharts %s did not load", echarts.Version)
	}
	return &engine{vm: vm, draw: draw}, nil
}

// svg draws an ECharts option of the given size in CSS pixels.
func (e *engine) svg(option []byte, width, height int) (string, error) {
	out, err := e.draw(goja.Undefined(), e.vm.ToValue(string(option)), e.vm.ToValue(width), e.vm.ToValue(height))
	if err != nil {
		return "", fmt.Errorf("static: ECharts could not draw the chart: %w", err)
	}
	return out.String(), nil
}

// measure is the width of text in CSS pixels; font is a CSS shorthand such as
// "bold 12px sans-serif".
func measure(text, font string) float64 {
	return textWidth(text, fontSize(font, 12))
}

// fontSize finds the size in a CSS font shorthand.
func fontSize(font string, fallback float64) float64 {
	for _, word := range strings.Fields(font) {
		if px, ok := strings.CutSuffix(word, "px"); ok {
			if v, err := strconv.ParseFloat(px, 64); err == nil {
				return v
			}
		}
	}
	return fallback
}
