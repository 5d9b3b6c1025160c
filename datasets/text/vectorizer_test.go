package text_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/tensor"
)

var someTexts = []string{"good film", "bad film", "a good good cast", "", "bad bad acting, really bad!"}
var someLabels = []int32{1, 0, 1, 1, 0}

func some(t testing.TB) *text.Strings {
	t.Helper()
	c, err := text.FromStrings(someTexts, someLabels)
	if err != nil {
		t.Fatal(err)
	}
	return c.Name("negative", "positive")
}

var allModes = []text.Config{
	{Length: 4}, {Length: 2, NGrams: 2, PadLeft: true}, {},
	{Mode: text.MultiHot}, {Mode: text.Count, NGrams: 2}, {Mode: text.TFIDF, MaxTokens: 6},
}

// A Dataset gives the same rows as Transform, with the labels, in any order.
func TestDataset(t *testing.T) {
	ctx := context.Background()
	for _, c := range allModes {
		v := tensor.Must(text.Fit(ctx, some(t), c))
		d := tensor.Must(v.Dataset(ctx, some(t)))
		if d.Len() != 5 || fmt.Sprint(d.ClassNames()) != "[negative positive]" || !slices.Equal(d.Labels(), someLabels) {
			t.Fatalf("%d texts, classes %v, labels %v", d.Len(), d.ClassNames(), d.Labels())
		}
		all := tensor.Must(v.Transform(someTexts...))
		at := []int{4, 0, 0}
		var b tensor.Batch
		for range 2 { // the second time into reused tensors
			b = tensor.Must(d.Rows(ctx, at, b))
			if !b.X().Equal(tensor.Must(all.Take(at...))) || fmt.Sprint(tensor.Values[int32](b.Y())) != "[0 1 1]" {
				t.Errorf("%+v: rows %v, want those of %v", c, b.X(), all)
			}
		}
		if !slices.Equal(b.X().Shape()[1:], d.Shape()) {
			t.Errorf("shape %v of %v", d.Shape(), b.X().Shape())
		}
		n := 0
		for b, err := range d.Batches(ctx, 2) {
			if err != nil {
				t.Fatal(err)
			}
			n += b.Len()
		}
		if n != 5 {
			t.Errorf("batches of %d texts in all", n)
		}
		if _, err := d.Rows(ctx, []int{5}, tensor.Batch{}); err == nil {
			t.Error("row 5 of 5: no error")
		}
	}
}

func TestWithoutLabels(t *testing.T) {
	ctx := context.Background()
	c := tensor.Must(text.FromStrings(someTexts, nil))
	v := tensor.Must(text.Fit(ctx, c, text.Config{}))
	b := tensor.Must(tensor.Must(v.Dataset(ctx, c)).Rows(ctx, []int{1}, tensor.Batch{}))
	if len(b.Targets) != 0 || b.Len() != 1 {
		t.Errorf("targets %v", b.Targets)
	}
}

// The same texts in another order, in blocks, or one by one, give the same
// vocabulary.
func TestFitDoesNotDependOnOrder(t *testing.T) {
	var texts []string
	for i := range 2000 {
		texts = append(texts, fmt.Sprintf("word%d word%d both word%d", i%7, i%91, i%400))
	}
	c := text.Config{MaxTokens: 100, NGrams: 2}
	want := tensor.Must(text.Fit(context.Background(), tensor.Must(text.FromStrings(texts, nil)), c)).Vocabulary()
	slices.Reverse(texts)
	var one iter.Seq2[string, error] = func(yield func(string, error) bool) {
		for _, s := range texts {
			if !yield(s, nil) {
				return
			}
		}
	}
	if got := tensor.Must(text.FitSeq(context.Background(), one, c)).Vocabulary(); !slices.Equal(got, want) || len(got) != 100 || got[2] != "both" {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMinCount(t *testing.T) {
	v := tensor.Must(text.Fit(context.Background(), some(t), text.Config{MinCount: 2}))
	if got := fmt.Sprint(v.Vocabulary()); got != "[ [UNK] bad good film]" {
		t.Errorf("vocabulary %s", got)
	}
	if v.Len() != 5 || v.Config().NGrams != 1 {
		t.Errorf("%d tokens, %+v", v.Len(), v.Config())
	}
}

func TestSaved(t *testing.T) {
	ctx := context.Background()
	for _, c := range allModes {
		v := tensor.Must(text.Fit(ctx, some(t), c))
		want := tensor.Must(v.Transform(someTexts...))
		var file bytes.Buffer
		if err := v.Save(&file); err != nil {
			t.Fatal(err)
		}
		loaded := tensor.Must(text.Load(&file))
		type lesson struct{ V *text.Vectorizer }
		if err := gob.NewEncoder(&file).Encode(lesson{v}); err != nil {
			t.Fatal(err)
		}
		var decoded lesson
		if err := gob.NewDecoder(&file).Decode(&decoded); err != nil {
			t.Fatal(err)
		}
		for _, other := range []*text.Vectorizer{loaded, decoded.V} {
			if !tensor.Must(other.Transform(someTexts...)).Equal(want) || other.Config() != v.Config() {
				t.Errorf("%+v became %+v", v.Config(), other.Config())
			}
		}
	}
}

// A file of version 1 is read for ever.
func TestVersion1(t *testing.T) {
	f, err := os.Open("testdata/vectorizer-v1.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v := tensor.Must(text.Load(f))
	want := []float64{3.1464380, 0.9808293, 0.9808293, 0.9808293, 1.2527630} // what, good bad, film what; bad, good, film, bad film
	for i, got := range tensor.Values[float64](tensor.Must(v.Transform("Good, BAD film; what"))) {
		if math.Abs(got-want[i]) > 1e-5 {
			t.Errorf("value %d is %v, want %v", i, got, want[i])
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"empty": "", "html": "<html>", "version": `{"version":2}`, "no version": `{}`,
		"twice":       `{"version":1,"tokens":["a","a"]}`,
		"counts":      `{"version":1,"config":{"Mode":"tf_idf"},"tokens":["a"],"texts":1,"in_texts":[1,2]}`,
		"more texts":  `{"version":1,"config":{"Mode":"tf_idf"},"tokens":["a"],"texts":1,"in_texts":[2]}`,
		"no weights":  `{"version":1,"config":{"Mode":"tf_idf"},"tokens":["a"]}`,
		"config":      `{"version":1,"config":{"Mode":"x"},"tokens":["a"]}`,
		"cut":         `{"version":1,"tokens":["a"`,
		"other types": `{"version":1,"tokens":[1]}`,
	} {
		if v, err := text.Load(strings.NewReader(data)); err == nil {
			t.Errorf("%s: no error, %v", name, v.Vocabulary())
		}
	}
}

func TestMisuse(t *testing.T) {
	ctx := context.Background()
	if _, err := text.FromStrings(someTexts, someLabels[1:]); err == nil {
		t.Error("fewer labels: no error")
	}
	if _, err := text.FromStrings([]string{"a"}, []int32{-1}); err == nil {
		t.Error("negative label: no error")
	}
	if _, err := text.Fit(ctx, tensor.Must(text.FromStrings([]string{"!!!", ""}, nil)), text.Config{}); err == nil || !strings.Contains(err.Error(), "no token") {
		t.Errorf("nothing to learn: %v", err)
	}
	var zero text.Vectorizer
	if _, err := zero.Transform("a"); err == nil {
		t.Error("no vocabulary: no error from Transform")
	}
	if _, err := zero.Dataset(ctx, some(t)); err == nil || zero.Tokens("a") != nil || zero.Len() != 0 {
		t.Error("no vocabulary: no error from Dataset")
	}
	if err := zero.Save(&bytes.Buffer{}); err == nil {
		t.Error("no vocabulary: no error from Save")
	}
	v := tensor.Must(text.Fit(ctx, some(t), text.Config{Length: 3}))
	if _, err := v.Dataset(ctx, tensor.Must(text.FromStrings(nil, nil))); err == nil {
		t.Error("no texts: no error")
	}
	if s, err := v.Decode([]int32{2, 1, 0, 0}); err != nil || s != "bad [UNK]" {
		t.Errorf("Decode: %q, %v", s, err)
	}
	if _, err := v.Decode([]int32{99}); err == nil {
		t.Error("number 99: no error")
	}
	failing := func(yield func(string, error) bool) {
		if yield("a", nil) {
			yield("", errors.New("the disk"))
		}
	}
	if _, err := text.FitSeq(ctx, failing, text.Config{}); err == nil || !strings.Contains(err.Error(), "the disk") {
		t.Errorf("a failing sequence: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := text.Fit(ended, some(t), text.Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

func TestReadVocabulary(t *testing.T) {
	for in, want := range map[string]string{
		"a\nb c\n":                 "[a b c]",
		"\n[UNK]\na\r\nb\r\n\n\n":  "[a b]",
		"[UNK]\na":                 "[a]",
		"\ufeffa\n":                "[a]",
		"":                         "[]",
		"a\na\n":                   "error lines 1 and 2",
		"a\n\nb\n":                 "error line 2",
		"a\n\xff\n":                "error line 2",
		"a\n[UNK]\n":               "error line 2",
		strings.Repeat("a", 2<<20): "error token too long",
	} {
		got, err := text.ReadVocabulary(strings.NewReader(in))
		if wantErr, ok := strings.CutPrefix(want, "error "); ok {
			if err == nil || !strings.Contains(err.Error(), wantErr) {
				t.Errorf("%.20q: %v, %v; want %q", in, got, err, wantErr)
			}
		} else if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%.20q: %q, %v; want %s", in, got, err, want)
		}
	}
}

// onDisk is a corpus beside which something can be kept.
type onDisk struct {
	*text.Strings
	dir   string
	print string
	reads *int
}

func (o onDisk) Name() string                                { return "toy" }
func (o onDisk) Fingerprint(context.Context) (string, error) { return o.print, nil }
func (o onDisk) CacheFiles(name string) []string {
	return []string{filepath.Join(o.dir, "no", "such", "\x00"), filepath.Join(o.dir, name)}
}

func (o onDisk) Texts(ctx context.Context) ([]string, error) {
	*o.reads++
	return o.Strings.Texts(ctx)
}

func TestCache(t *testing.T) {
	ctx := context.Background()
	reads := 0
	corpus := onDisk{some(t), t.TempDir(), "1", &reads}
	run := func(corpus onDisk, c text.Config) int {
		t.Helper()
		reads = 0
		v := tensor.Must(text.Fit(ctx, corpus, c))
		d := tensor.Must(v.Dataset(ctx, corpus))
		got := tensor.Must(d.Rows(ctx, []int{0, 1, 2, 3, 4}, tensor.Batch{}))
		if !got.X().Equal(tensor.Must(v.Transform(someTexts...))) || !slices.Equal(tensor.Values[int32](got.Y()), someLabels) || d.ClassNames() == nil {
			t.Errorf("%+v: wrong rows", c)
		}
		return reads
	}
	for _, c := range allModes {
		if n := run(corpus, c); n == 0 {
			t.Errorf("%+v: the texts were not read", c)
		}
		if n := run(corpus, c); n != 0 {
			t.Errorf("%+v: the texts were read %d times with a cache", c, n)
		}
		c.NoCache = true
		if n := run(corpus, c); n != 2 {
			t.Errorf("NoCache: the texts were read %d times", n)
		}
	}
	other := corpus
	other.print = "2"
	if n := run(other, allModes[0]); n != 2 {
		t.Errorf("other texts: read %d times", n)
	}
	if n := run(corpus, text.Config{Length: 7}); n != 1 {
		t.Errorf("another length: read %d times; the vocabulary is the same", n)
	}
}

// Whatever happens to the cache files, the numbers are right.
func TestDamagedCache(t *testing.T) {
	ctx := context.Background()
	for _, c := range allModes {
		reads := 0
		corpus := onDisk{some(t), t.TempDir(), "1", &reads}
		want := tensor.Must(tensor.Must(text.Fit(ctx, corpus, c)).Transform(someTexts...))
		check := func() {
			t.Helper()
			d := tensor.Must(tensor.Must(text.Fit(ctx, corpus, c)).Dataset(ctx, corpus))
			if got := tensor.Must(d.Rows(ctx, []int{0, 1, 2, 3, 4}, tensor.Batch{})); !got.X().Equal(want) {
				t.Errorf("got %v, want %v", got.X(), want)
			}
		}
		check()
		files, _ := filepath.Glob(filepath.Join(corpus.dir, "*.bin"))
		if len(files) != 2 {
			t.Fatalf("cache files %v", files)
		}
		for _, path := range files {
			good, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range []int{0, 10, 40, len(good) - 1} {
				bad := bytes.Clone(good)
				bad[at] ^= 1
				_ = os.WriteFile(path, bad, 0o644)
				check()
				_ = os.WriteFile(path, good[:at], 0o644)
				check()
			}
		}
	}
}

// Many configurations do not fill the disk.
func TestCacheIsPruned(t *testing.T) {
	reads := 0
	corpus := onDisk{some(t), t.TempDir(), "1", &reads}
	for n := 3; n < 20; n++ {
		v := tensor.Must(text.Fit(context.Background(), corpus, text.Config{Length: n, MaxTokens: n}))
		_ = tensor.Must(v.Dataset(context.Background(), corpus))
	}
	files, _ := filepath.Glob(filepath.Join(corpus.dir, "*.bin"))
	if len(files) != 16 {
		t.Errorf("%d files", len(files))
	}
}

func TestRealIMDB(t *testing.T) {
	dir := realIMDB(t)
	for range 2 {
		v, d := vectorise(t, dir, text.Config{MaxTokens: 10_000, Length: 200})
		if got := strings.Join(v.Vocabulary()[2:12], " "); got != "the and a of to is in it i this" {
			t.Errorf("most frequent words: %s", got)
		}
		if d.Len() != 25_000 || v.Len() != 10_000 || !d.Shape().Equal(tensor.Shape{200}) {
			t.Errorf("%d texts of %v, %d tokens", d.Len(), d.Shape(), v.Len())
		}
		b := tensor.Must(d.Rows(context.Background(), []int{0, 24_999}, tensor.Batch{}))
		if b.X().DType() != tensor.Int32 || fmt.Sprint(tensor.Values[int32](b.Y())) != "[0 1]" {
			t.Errorf("%v, labels %v", b.X().DType(), b.Y())
		}
	}
}
