package main

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/images"
	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/tensor"
)

func readCSV(_ context.Context, dir string) (string, error) {
	f, _, err := table.ReadFile(csvPath(dir), table.ReadConfig{})
	if err != nil {
		return "", err
	}
	c, err := f.Column("j")
	if err != nil {
		return "", err
	}
	sum := 0.0
	for _, v := range c.Float64s() {
		sum += v
	}
	return fmt.Sprintf("%d rows, %d columns, sum of j %.1f", f.Len(), len(f.Columns()), sum), nil
}

func readCIFAR(ctx context.Context, dir string) (string, error) {
	train, test := datasets.CIFAR10(datasets.Dir(cifarDir(dir)), datasets.NoDownload)
	last := float32(0)
	for _, d := range []*datasets.Images{train, test} {
		b, err := d.First(ctx, 50_000)
		if err != nil {
			return "", err
		}
		values := tensor.Values[float32](b.X())
		last = values[len(values)-1]
	}
	return fmt.Sprintf("last value %.4f", last), nil
}

func readJPEGs(ctx context.Context, dir string, workers int) (string, error) {
	d := images.Folder(jpegDir(dir), images.Config{Height: 128, Width: 128, CacheBytes: -1, Workers: workers})
	n, sum := 0, 0.0
	for b, err := range d.Batches(ctx, 64) {
		if err != nil {
			return "", err
		}
		n += b.Len()
		for _, v := range tensor.Values[float32](b.X())[:128*128*3] {
			sum += float64(v)
		}
	}
	return fmt.Sprintf("%d images, mean of the first ones %.2f", n, sum/float64(n/64*128*128*3)), nil
}

var sequences = text.Config{MaxTokens: 10_000, Length: 200}

func vectorizeArchive(ctx context.Context, dir string) (string, error) {
	train, _ := datasets.IMDB(datasets.Dir(imdbDir(dir)), datasets.NoDownload)
	return vectorize(ctx, train, sequences)
}

func vectorize(ctx context.Context, corpus text.Corpus, c text.Config) (string, error) {
	v, err := text.Fit(ctx, corpus, c)
	if err != nil {
		return "", err
	}
	d, err := v.Dataset(ctx, corpus)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d rows, words %q", d.Len(), v.Vocabulary()[2:5]), nil
}

// inMemory are the texts of vectorizeTexts, which are read untimed: the first
// round is not counted.
var inMemory *text.Strings

func vectorizeTexts(ctx context.Context, dir string) (string, error) {
	if inMemory == nil {
		train, _ := datasets.IMDB(datasets.Dir(imdbDir(dir)), datasets.NoDownload)
		texts, err := train.Texts(ctx)
		if err != nil {
			return "", err
		}
		if inMemory, err = text.FromStrings(texts, nil); err != nil {
			return "", err
		}
	}
	c := sequences
	c.NoCache = true
	return vectorize(ctx, inMemory, c)
}
