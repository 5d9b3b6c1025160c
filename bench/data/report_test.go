package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/bench/internal/side"
)

// The ratio is to the quickest way of the peers, and a limit that does not hold
// is said so.
func TestTable(t *testing.T) {
	c := benchCase{name: "csv", what: "a file", unit: "MB", size: 100, limit: "≤ 0.5 s", holds: atMost(0.5)}
	of := func(name string, ours bool, ms float64) *series {
		return &series{Name: name, Ours: ours, MS: []float64{ms, ms + 2, ms + 1000}, CPU: []float64{2 * ms}}
	}
	r := report{Rounds: 3, Results: []result{{benchCase: c, Series: []*series{of("ours", true, 398), of("slow", false, 998), of("quick", false, 798)}}}}
	text := r.markdown()
	for _, want := range []string{
		"| a file | ours | 400 (398) | 250 MB | 796 (796) | **0.50** | **0.50** | ≤ 0.5 s |",
		"|  | slow | 1000 (998) | 100 MB | 1996 (1996) |  |  |  |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no line\n%s\nin\n%s", want, text)
		}
	}
	r.Results[0].Series[0].MS = []float64{501}
	if text := r.markdown(); !strings.Contains(text, "| ≤ 0.5 s: not met |") {
		t.Errorf("501 ms are taken for at most 0.5 s:\n%s", text)
	}
}

func TestWriteToKeepsTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "B.md")
	if err := os.WriteFile(path, []byte("above\n"+beginMark+"old\n"+endMark+"below\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := side.PutBetween(path, beginMark, endMark, (report{}).markdown()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(got)
	if !strings.HasPrefix(text, "above\n"+beginMark) || !strings.HasSuffix(text, endMark+"below\n") || strings.Contains(text, "old") {
		t.Errorf("got %q, want what is around the result kept", text)
	}
	if err := os.WriteFile(path, []byte("no marks"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := side.PutBetween(path, beginMark, endMark, (report{}).markdown()); err == nil {
		t.Error("a document without marks was changed")
	}
}
