package plotting

import (
	"regexp"
	"strings"
	"testing"
)

func TestShorten(t *testing.T) {
	for _, test := range []struct {
		name, text string
		limit      int
		want       string
	}{
		{"fits", "all of it", 9, "all of it"},
		{"between words", "one two three four", 12, "one two…"},
		{"a long word", "incomprehensibilities", 8, "incompr…"},
		{"a long word last", "a incomprehensibilities", 9, "a incomp…"},
		{"Chinese", "今天天气很好", 9, "今天天气…"},
		{"Chinese and English", "今天看了 Inception 很好", 15, "今天看了…"},
		{"spaces and lines", "  a\n\tb  ", 9, "a b"},
		{"a mark stays with its letter", "cafe\u0301 au lait", 5, "cafe\u0301…"},
		{"a family is one picture", "a👨\u200d👩\u200d👧bcdef", 4, "a👨\u200d👩\u200d👧b…"},
		{"control characters and turns", "a\x00b\u202ec", 9, "abc"},
		{"empty", "", 5, ""},
	} {
		got := shorten(test.text, test.limit)
		if got != test.want {
			t.Errorf("%s: %q; want %q", test.name, got, test.want)
		}
		width := 0
		for _, l := range letters(got) {
			width += l.columns
		}
		if width > test.limit {
			t.Errorf("%s: %d columns; want at most %d", test.name, width, test.limit)
		}
	}
}

func TestWrapLosesNothing(t *testing.T) {
	for _, text := range reviews() {
		lines := wrap(text, 40)
		for _, line := range lines {
			if columns(line) > 40 {
				t.Errorf("a line of %d columns: %q", columns(line), line)
			}
		}
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := bare(strings.Join(lines, "")); got != bare(text) {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestTextsAreNoMarkup(t *testing.T) {
	table := must[*Texts](t)(NewTexts([]string{reviews()[0]}))
	table.Labels, table.Predictions, table.Captions = []string{"<i>"}, []string{"</td>"}, []string{"&"}
	var page strings.Builder
	if err := table.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`<(b|br|i|script)[ >/]`).MatchString(page.String()) {
		t.Error("a text breaks out of its cell")
	}
	if n := strings.Count(page.String(), "</td>"); n != 4 {
		t.Errorf("%d cells; want 4", n)
	}
	if !strings.Contains(page.String(), "I &lt;b&gt;loved&lt;/b&gt; it &amp; &#34;so&#34; did my mother.") {
		t.Error("the text is not there as it was written")
	}
}

func TestWrongPredictionsOfTextsAreRed(t *testing.T) {
	table := must[*Texts](t)(NewTexts([]string{"a", "b"}))
	table.Labels, table.Predictions = []string{"x", "x"}, []string{"x", "y"}
	html, err := table.element(nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(html, "color:"+rightColor) != 1 || strings.Count(html, "color:"+wrongColor) != 1 {
		t.Error("want one green prediction and one red one")
	}
}

func TestTextsAreCutShort(t *testing.T) {
	table := must[*Texts](t)(NewTexts(make([]string, 70)))
	if s := table.String(); !strings.HasPrefix(s, "texts: 50 (the first of 70)") {
		t.Error(s)
	}
	table.Captions = make([]string, 3)
	if err := table.check(); err == nil {
		t.Error("three captions for 50 texts")
	}
}
