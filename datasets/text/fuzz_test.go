package text_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gofromzero/fromzero/datasets/text"
)

// Whatever a saved vectorizer holds, it is refused or works, and what works is
// saved to the same again.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"version":1,"config":{"Mode":"tf_idf","NGrams":2},"tokens":["a","b c"],"texts":3,"in_texts":[1,2]}`))
	f.Add([]byte(`{"version":1,"config":{"Length":3,"PadLeft":true},"tokens":["a"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := text.Load(bytes.NewReader(data))
		if err != nil {
			return
		}
		if v.Config().Length > 1000 {
			return // promised by the user, not by the data
		}
		x, err := v.Transform("a b c", "", string(data))
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := v.Save(&file); err != nil {
			t.Fatal(err)
		}
		again, err := text.Load(&file)
		if err != nil {
			t.Fatal(err)
		}
		y, err := again.Transform("a b c", "", string(data))
		if err != nil || !x.Equal(y) {
			t.Fatalf("after saving: %v, %v", y, err)
		}
	})
}

func FuzzReadVocabulary(f *testing.F) {
	f.Add("\n[UNK]\nthe\nand\r\n")
	f.Fuzz(func(t *testing.T, data string) {
		tokens, err := text.ReadVocabulary(strings.NewReader(data))
		if err != nil {
			return
		}
		if _, err := text.FromVocabulary(tokens, text.Config{}); err != nil {
			t.Fatal(err)
		}
	})
}

// Tokens are never empty, never hold white space or bytes that are no UTF-8, and
// are found again in a vocabulary made of them.
func FuzzTokens(f *testing.F) {
	f.Add("Don't<br />panic！很好 \xff", uint8(0))
	f.Add("ＡＢ ~ \u0085", uint8(13))
	f.Fuzz(func(t *testing.T, s string, options uint8) {
		c := text.Config{
			Split:       []text.Split{text.Words, text.Mixed, text.Characters}[options%3],
			Punctuation: []text.Punctuation{text.Strip, text.Space, text.Keep}[options/3%3],
			KeepCase:    options&64 != 0, KeepMarkup: options&128 != 0,
		}
		v, err := text.FromVocabulary([]string{"x"}, c)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		var vocabulary []string
		tokens := v.Tokens(s)
		for _, token := range tokens {
			if token == "" || !utf8.ValidString(token) || strings.ContainsAny(token, " \t\n\u00a0\u3000") {
				t.Fatalf("%q gives the token %q", s, token)
			}
			if !seen[token] && token != "[UNK]" {
				seen[token] = true
				vocabulary = append(vocabulary, token)
			}
		}
		full, err := text.FromVocabulary(vocabulary, c)
		if err != nil {
			t.Fatal(err)
		}
		x, err := full.Transform(s)
		if err != nil || x.Size() != len(tokens) {
			t.Fatalf("%d numbers for %d tokens, %v", x.Size(), len(tokens), err)
		}
	})
}
