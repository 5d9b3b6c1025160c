package plotting

import (
	"strings"
	"testing"
)

func TestOnlyCountsHaveShares(t *testing.T) {
	names := []string{"a", "b"}
	if s := must[*Bar](t)(NewBar(names, []int{1, 3})).String(); !strings.Contains(s, "75.0 %") {
		t.Errorf("counts without shares:\n%s", s)
	}
	if s := must[*Bar](t)(NewBar(names, []float32{25, 75})).String(); strings.Contains(s, "%") {
		t.Errorf("percentages with shares:\n%s", s)
	}
}
