package text_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/tensor"
)

func realIMDB(t testing.TB) string {
	t.Helper()
	archive, err := filepath.Abs(filepath.Join(os.Getenv("FROMZERO_DATA"), "imdb", "aclImdb_v1.tar.gz"))
	if _, statErr := os.Stat(archive); os.Getenv("FROMZERO_DATA") == "" || err != nil || statErr != nil {
		t.Skip("$FROMZERO_DATA/imdb/aclImdb_v1.tar.gz is not there")
	}
	dir := t.TempDir()
	if err := os.Symlink(archive, filepath.Join(dir, "aclImdb_v1.tar.gz")); err != nil {
		t.Skip(err)
	}
	return dir
}

func vectorise(t testing.TB, dir string, c text.Config) (*text.Vectorizer, *text.Dataset) {
	t.Helper()
	ctx := context.Background()
	train, _ := datasets.IMDB(datasets.Dir(dir), datasets.NoDownload)
	v, err := text.Fit(ctx, train, c)
	if err != nil {
		t.Fatal(err)
	}
	d, err := v.Dataset(ctx, train)
	if err != nil {
		t.Fatal(err)
	}
	return v, d
}

// Aim: 4 s on two cores.
func BenchmarkIMDBFromArchive(b *testing.B) {
	dir := realIMDB(b)
	for b.Loop() {
		b.StopTimer()
		_ = os.RemoveAll(filepath.Join(dir, "imdb"))
		b.StartTimer()
		vectorise(b, dir, text.Config{MaxTokens: 10_000, Length: 200})
	}
}

// Aim: 0.1 s.
func BenchmarkIMDBFromCache(b *testing.B) {
	dir := realIMDB(b)
	vectorise(b, dir, text.Config{MaxTokens: 10_000, Length: 200})
	for b.Loop() {
		vectorise(b, dir, text.Config{MaxTokens: 10_000, Length: 200})
	}
}

// From texts in memory, without any cache.
func BenchmarkIMDBVectorize(b *testing.B) {
	train, _ := datasets.IMDB(datasets.Dir(realIMDB(b)), datasets.NoDownload)
	corpus, err := text.FromStrings(tensor.Must(train.Texts(context.Background())), nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]text.Config{
		"sequence": {MaxTokens: 10_000, Length: 200},
		"bigrams":  {MaxTokens: 20_000, NGrams: 2, Mode: text.MultiHot},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				v, err := text.Fit(context.Background(), corpus, c)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := v.Dataset(context.Background(), corpus); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One review at a time, as a server does it.
func BenchmarkTransformOne(b *testing.B) {
	v, err := text.FromVocabulary([]string{"the", "movie", "was", "great"}, text.Config{Length: 200})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Transform("The movie was GREAT! <br /><br />I'd watch it again, and again, and again."); err != nil {
			b.Fatal(err)
		}
	}
}
