package text_test

import (
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/tensor"
)

func tokens(t *testing.T, c text.Config, s string) string {
	t.Helper()
	v, err := text.FromVocabulary([]string{"x"}, c)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(v.Tokens(s), "|")
}

func TestTokens(t *testing.T) {
	for name, c := range map[string]struct {
		config   text.Config
		in, want string
	}{
		"lower, strip":        {text.Config{}, "Don't PANIC, it's good-looking!", "dont|panic|its|goodlooking"},
		"space":               {text.Config{Punctuation: text.Space}, "Don't PANIC, good-looking!", "don|t|panic|good|looking"},
		"keep":                {text.Config{Punctuation: text.Keep}, "Don't PANIC, it's…", "don't|panic,|it's…"},
		"keep case":           {text.Config{KeepCase: true}, "The BIG Ölberg", "The|BIG|Ölberg"},
		"markup":              {text.Config{}, "bad<br /><br />good<br>x<BR/>y<b>z</b>", "bad|good|x|ybzb"},
		"markup, not closed":  {text.Config{}, "a<br b<br / c<br", "abr|bbr|cbr"},
		"keep markup":         {text.Config{KeepMarkup: true, Punctuation: text.Keep}, "a<br />b", "a<br|/>b"},
		"unicode case":        {text.Config{}, "ÉCOLE Straße ΣΊΣΥΦΟΣ ЁЖ", "école|straße|σίσυφοσ|ёж"},
		"unicode punctuation": {text.Config{}, "“très” — ¿qué? … 5€ «да»", "très|qué|5|да"},
		"unicode spaces":      {text.Config{}, "a\u00a0b\u3000c\u2003d\u0085e\tf\ng", "a|b|c|d|e|f|g"},
		"C1 control":          {text.Config{}, "don\u0092t pause\u0096now", "dont|pausenow"},
		"zero width":          {text.Config{}, "\ufeffin\u200bvisible soft\u00adhyphen", "invisible|softhyphen"},
		"emoji":               {text.Config{}, "great 👍🏽!! ♥", "great|👍|♥"},
		"no UTF-8":            {text.Config{}, "ok\xff\xfe \xc3 end\xe4\xbd", "ok|end"},
		"words, Chinese":      {text.Config{}, "很好，好吃 味道！", "很好好吃|味道"},
		"mixed":               {text.Config{Split: text.Mixed}, "很好，WiFi速度10M！ありがとう", "很|好|wifi|速|度|10m|あ|り|が|と|う"},
		"mixed, wide":         {text.Config{Split: text.Mixed}, "ＡＢｃ１２！好～", "abc12|好"},
		"characters":          {text.Config{Split: text.Characters}, "Go 好!é", "g|o|好|é"},
		"characters, keep":    {text.Config{Split: text.Characters, Punctuation: text.Keep}, "a！b<c", "a|!|b|<|c"},
		"bigrams":             {text.Config{NGrams: 2}, "not so good", "not|so|good|not so|so good"},
		"four of three":       {text.Config{NGrams: 4}, "not so good", "not|so|good|not so|so good|not so good"},
		"empty":               {text.Config{NGrams: 2}, "", ""},
		"nothing left":        {text.Config{}, " <br /> !!! \u200b ", ""},
		"numbers":             {text.Config{}, "10/10, 3.5", "1010|35"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tokens(t, c.config, c.in); got != c.want {
				t.Errorf("%q gives %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestSequences(t *testing.T) {
	for name, c := range map[string]struct {
		config text.Config
		want   []int32
	}{
		"pad and cut right":     {text.Config{Length: 3}, []int32{2, 3, 4, 2, 1, 0, 0, 0, 0}},
		"pad left":              {text.Config{Length: 3, PadLeft: true}, []int32{2, 3, 4, 0, 2, 1, 0, 0, 0}},
		"cut left":              {text.Config{Length: 3, CutLeft: true}, []int32{3, 4, 1, 2, 1, 0, 0, 0, 0}},
		"both":                  {text.Config{Length: 3, PadLeft: true, CutLeft: true}, []int32{3, 4, 1, 0, 2, 1, 0, 0, 0}},
		"longest":               {text.Config{}, []int32{2, 3, 4, 1, 2, 1, 0, 0, 0, 0, 0, 0}},
		"longest, left":         {text.Config{PadLeft: true}, []int32{2, 3, 4, 1, 0, 0, 2, 1, 0, 0, 0, 0}},
		"cut left with bigrams": {text.Config{Length: 4, NGrams: 2, CutLeft: true}, []int32{1, 1, 1, 1, 2, 1, 1, 0, 0, 0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := text.FromVocabulary([]string{"a", "b", "c"}, c.config)
			if err != nil {
				t.Fatal(err)
			}
			x := tensor.Must(v.Transform("a b c d", "a d", ""))
			want := tensor.Must(tensor.New(c.want, 3, len(c.want)/3))
			if !x.Equal(want) {
				t.Errorf("got %v, want %v", x, want)
			}
		})
	}
}

func TestConfigMisuse(t *testing.T) {
	for want, c := range map[string]text.Config{
		"Mode":        {Mode: "hot"},
		"Split":       {Split: "letters"},
		"Punctuation": {Punctuation: "remove"},
		"MaxTokens":   {MaxTokens: 2},
		"at least 2":  {MaxTokens: 1, Mode: text.Count},
		"NGrams":      {NGrams: 9},
		"Length":      {Length: -1},
		"sequences":   {Length: 5, Mode: text.Count},
	} {
		if _, err := text.FromVocabulary([]string{"a"}, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives %v, want %q", c, err, want)
		}
	}
	for name, tokens := range map[string][]string{
		"twice": {"a", "a"}, "empty": {"a", ""}, "special": {"[UNK]"}, "no UTF-8": {"\xff"}, "too many": {"a", "b", "c"},
	} {
		if _, err := text.FromVocabulary(tokens, text.Config{MaxTokens: 4}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := text.FromVocabulary([]string{"a"}, text.Config{Mode: text.TFIDF}); err == nil {
		t.Error("TFIDF without texts: no error")
	}
}
