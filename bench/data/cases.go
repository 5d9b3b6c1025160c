package main

import (
	"context"

	"github.com/gofromzero/fromzero/bench/internal/side"
)

// A benchCase is some files, read by every contender.
type benchCase struct {
	name string
	what string // for the table
	unit string // what size counts
	size float64
	// limit is what the project's plan asks of datasets on two processors, for
	// people, and holds says whether the median of its first way is within it.
	limit string
	holds func(r result) bool
	peer  bool // whether there are peers for it
	make  func(ctx context.Context, dir string) error
	// ways are ours, each under its name; the first is the usual one.
	ways []way
}

// A way is one of the ways to do a case. Before runs untimed.
type way struct {
	name   string
	before func(dir string) error
	// run reads, and says what it got, so that one can see that all contenders
	// got the same.
	run func(ctx context.Context, dir string) (got string, err error)
}

func atMost(seconds float64) func(result) bool {
	return func(r result) bool { return side.Median(r.Series[0].MS) <= seconds*1000 }
}

var cases = []benchCase{
	{
		name: "csv", what: "CSV, 1,000,000 rows of 10 numbers", unit: "MB", size: csvMB,
		limit: "≥ 100 MB/s",
		holds: func(r result) bool { return csvMB/(side.Median(r.Series[0].MS)/1000) >= 100 },
		peer:  true, make: makeCSV,
		ways: []way{{name: "table.ReadFile", run: readCSV}},
	},
	{
		name: "cifar", what: "CIFAR-10, six .bin files to float32", unit: "images", size: 60_000,
		limit: "≤ 0.5 s", holds: atMost(0.5),
		peer: true, make: linkCIFAR,
		ways: []way{
			{name: "CIFAR10, first time", before: forgetCIFAR, run: readCIFAR},
			{name: "CIFAR10, again", run: readCIFAR},
		},
	},
	{
		name: "jpeg", what: "512 JPEGs of 500×375 to 128×128, batches of 64", unit: "images", size: jpegs,
		limit: "≥ 1.8 times 1 goroutine",
		holds: func(r result) bool { return side.Median(r.Series[1].MS)/side.Median(r.Series[0].MS) >= 1.8 },
		peer:  true, make: makeJPEGs,
		ways: []way{
			{name: "images.Folder", run: func(ctx context.Context, dir string) (string, error) { return readJPEGs(ctx, dir, 0) }},
			{name: "images.Folder, 1 goroutine", run: func(ctx context.Context, dir string) (string, error) { return readJPEGs(ctx, dir, 1) }},
		},
	},
	{
		name: "imdb-archive", what: "IMDB, archive to 25,000 rows of 200 words", unit: "reviews", size: 25_000,
		limit: "≤ 4 s", holds: atMost(4),
		peer: true, make: linkIMDB,
		ways: []way{{name: "IMDB, text.Fit, Dataset", before: forgetIMDB, run: vectorizeArchive}},
	},
	{
		name: "imdb-again", what: "the same, kept from the time before", unit: "reviews", size: 25_000,
		limit: "≤ 0.1 s", holds: atMost(0.1),
		make: linkIMDB,
		ways: []way{{name: "IMDB, text.Fit, Dataset", run: vectorizeArchive}},
	},
	{
		name: "imdb-texts", what: "IMDB, texts in memory to 25,000 rows of 200 words", unit: "reviews", size: 25_000,
		peer: true, make: linkIMDB,
		ways: []way{{name: "text.Fit, Dataset", run: vectorizeTexts}},
	},
}
