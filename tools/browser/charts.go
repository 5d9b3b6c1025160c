package main

import (
	"fmt"
	"time"
)

// Count says what a page shows of the charts of package plotting.
type Count struct {
	// Places are the elements made for charts.
	Places int `json:"places"`
	// Drawn are the places in which a script has drawn something that is more
	// than an empty background.
	Drawn int `json:"drawn"`
	// Stills are the visible still pictures, in places and elsewhere.
	Stills int `json:"stills"`
	// Errors are the error outputs of cells.
	Errors int `json:"errors"`
}

// countScript looks at the canvases' pixels: a chart that failed leaves one
// colour. The notebook's own icons are no pictures of a cell.
const countScript = `(() => {
	const colours = canvas => {
		if (!canvas.width || !canvas.height) return 0;
		const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
		const seen = new Set();
		for (let i = 0; i < data.length; i += 4)
			if (data[i + 3]) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
		return seen.size;
	};
	const shown = e => e.getClientRects().length > 0;
	const places = [...document.querySelectorAll("[data-fromzero-chart]")].filter(shown);
	const drawn = places.filter(p =>
		[...p.querySelectorAll("canvas")].some(c => colours(c) >= 4) || p.querySelectorAll("svg path").length >= 4);
	const stills = [...document.querySelectorAll('img[src^="data:image/png"]')]
		.filter(i => i.complete && i.naturalWidth > 1 && shown(i));
	const errors = document.querySelectorAll('[data-mime-type="application/vnd.jupyter.error"]');
	return {places: places.length, drawn: drawn.length, stills: stills.length, errors: errors.length};
})()`

// CountCharts looks at the page as it is now.
func CountCharts(c *Chromium) (Count, error) { return Eval[Count](c, countScript) }

// AwaitCharts looks until the page is as wanted, and returns the last count.
func AwaitCharts(c *Chromium, limit time.Duration, wanted func(Count) bool) (Count, error) {
	deadline := time.Now().Add(limit)
	for {
		n, err := CountCharts(c)
		if err != nil || wanted(n) {
			return n, err
		}
		if time.Now().After(deadline) {
			return n, fmt.Errorf("the page does not show what it should after %v: %+v", limit, n)
		}
		time.Sleep(200 * time.Millisecond)
	}
}
