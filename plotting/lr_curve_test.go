package plotting

import (
	"math"
	"strings"
	"testing"
)

func TestFailingLossesDoNotPressTheCurveFlat(t *testing.T) {
	rates := []float64{1e-4, 1e-3, 1e-2, 1e-1, 1}
	c := must[*LRCurve](t)(NewLRCurve(rates, []float64{2.3, 2, 0.5, 3, 400}, 1e-2))
	if top := c.top(); top < 2.3 || top > 5 {
		t.Errorf("the axis ends at %g", top)
	}
	c = must[*LRCurve](t)(NewLRCurve(rates, []float64{2.3, 2, 0.5, 0.6, 0.7}, 0))
	if top := c.top(); !math.IsNaN(top) {
		t.Errorf("the axis ends at %g; everything fits", top)
	}
	if s := c.String(); strings.Contains(s, "suggestion") {
		t.Errorf("there is no suggestion:\n%s", s)
	}
	option, err := c.content.(*chart).json()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(option), "markLine") {
		t.Error("a mark without a suggestion")
	}
}

func TestTextLengthsHaveWholeBins(t *testing.T) {
	h := must[*Histogram](t)(NewTextLengths([]int{3, 7, 7, 8, 2470}))
	edges, counts := h.count()
	if len(counts) > h.Bins+1 {
		t.Errorf("%d bins; want at most %d", len(counts), h.Bins+1)
	}
	for _, e := range edges {
		if e != math.Trunc(e) {
			t.Errorf("a bin begins at %g", e)
		}
	}
	if sum(counts) != 5 || edges[0] > 3 || edges[len(edges)-1] <= 2470 {
		t.Errorf("%g of 5 texts from %g to %g", sum(counts), edges[0], edges[len(edges)-1])
	}
	h.Mark, h.MarkLabel = 7, "cut"
	if s := h.String(); !strings.Contains(s, "cut: 7; 40.0 % of the values are greater") {
		t.Error(s)
	}
}
