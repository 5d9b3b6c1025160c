package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/bench/internal/side"
)

func TestBestIsTheLeastMedian(t *testing.T) {
	all := []series{
		{Variant: "lucky once", MS: []float64{1, 9, 9}},
		{Variant: "steady", MS: []float64{4, 5, 4}},
	}
	if got := best(all); got.Variant != "steady" {
		t.Errorf("best is %q, want the one with the least median", got.Variant)
	}
	for want, of := range map[float64][]float64{0: {}, 2: {3, 1, 2}, 2.5: {4, 1, 3, 2}} {
		if got := side.Median(of); got != want {
			t.Errorf("median(%v) = %v, want %v", of, got, want)
		}
	}
}

// The ratio is to the faster peer, whichever variant of it was best.
func TestRatioIsToTheFasterPeer(t *testing.T) {
	made := func(name string, ours bool, ms ...float64) *score {
		s := &score{Name: name, Ours: ours, Rows: 10}
		for _, m := range ms {
			s.Train = append(s.Train, series{Variant: "v", MS: []float64{m}, CPU: []float64{m}})
		}
		s.One, s.Many = s.Train, s.Train
		return s
	}
	r := report{Plan: plan{rows: 10}, Results: []result{{Name: "case", Target: 0.8, Scores: []*score{
		made("dlkit, go", true, 1), made("A", false, 8, 4), made("B", false, 5)}}}}
	if text := r.markdown(); !strings.Contains(text, "| **0.25** | ≤ 0.8 |") {
		t.Errorf("no ratio of 1 to 4 in\n%s", text)
	}
}

func TestReplaceResultKeepsTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "B.md")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("above\n" + beginMark + "old\n" + endMark + "below\n")
	if err := side.PutBetween(path, beginMark, endMark, "new"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "above\n" + beginMark + "\nnew\n" + endMark + "below\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	write("no marks")
	if err := side.PutBetween(path, beginMark, endMark, "new"); err == nil {
		t.Error("a document without marks was changed")
	}
}
