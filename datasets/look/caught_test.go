package look_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/look"
	"github.com/gofromzero/fromzero/datasets/pipe"
	"github.com/gofromzero/fromzero/datasets/table"
	"github.com/gofromzero/fromzero/tensor"
)

// What a look must never miss, each made of real data: MNIST, the full set where
// it is at hand and the mini set where not, and the Titanic's passengers.

// digits is 2,000 training and 400 test images.
func digits(opts ...datasets.Option) (train, test *tensor.View) {
	a, b := datasets.MNIST(append(opts, datasets.NoDownload, datasets.Log(nil))...)
	return tensor.Take(a, 2000), tensor.Take(b, 400)
}

// caught wants one finding of a kind, of a level, that says what, and that Guard
// refuses the data for it.
func caught(t *testing.T, train, test tensor.Dataset, code look.Code, level look.Level, what string, opts ...look.Option) look.Finding {
	t.Helper()
	ctx := context.Background()
	findings, err := look.Check(ctx, train, test, opts...)
	if err != nil {
		t.Fatal(err)
	}
	got := findings.Of(code)
	if len(got) != 1 || got[0].Level != level || !strings.Contains(got[0].Message, what) {
		t.Fatalf("want one %v %v that says %q; found:\n%v", level, code, what, findings)
	}
	var refused *look.Error
	if err := look.Guard(level, opts...)(ctx, train, test); !errors.As(err, &refused) || len(refused.Findings.Of(code)) != 1 {
		t.Errorf("Guard(%v) says %v", level, err)
	}
	return got[0]
}

func TestRealClassAtTwoPercent(t *testing.T) {
	train, _ := digits()
	all := make([]int, train.Len())
	for i := range all {
		all[i] = i
	}
	b, err := train.Rows(context.Background(), all, tensor.Batch{})
	if err != nil {
		t.Fatal(err)
	}
	var at []int // all but four of five nines
	nines, others := 0, 0
	for i, label := range tensor.Values[int32](b.Y()) {
		if label == 9 {
			if nines++; nines > 36 {
				continue
			}
		} else {
			others++
		}
		at = append(at, i)
	}
	few := tensor.Subset(train, at)
	if share := 36 / float64(others+36); share < 0.019 || share > 0.021 {
		t.Fatalf("the nines are %.3f of all", share)
	}
	f := caught(t, few, nil, look.RareClass, look.Warning, "class 9 (9) has 36 of")
	if f.Class != 9 {
		t.Errorf("%+v", f)
	}
}

func TestRealColumnMostlyMissing(t *testing.T) {
	passengers, err := table.Titanic(t.Context(), datasets.NoDownload)
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("FROMZERO_REQUIRE_DATA") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	d, err := passengers.Raw("survived")
	if err != nil {
		t.Fatal(err)
	}
	f := caught(t, d, nil, look.MostlyMissing, look.Fatal, `"cabin": 687 of 891 values (77 %)`)
	if d.ColumnNames()[f.Column] != "cabin" {
		t.Errorf("%+v", f)
	}
}

func TestRealLeakedRow(t *testing.T) {
	train, test := digits()
	leaky, err := pipe.Concat(test, tensor.Subset(train, []int{1234}))
	if err != nil {
		t.Fatal(err)
	}
	f := caught(t, train, leaky, look.Leak, look.Warning, "1 of 401 examples (0.2 %) are in the training data too: example 400 is its example 1234")
	if len(f.Rows) != 1 || f.Rows[0] != 400 {
		t.Errorf("%+v", f)
	}
}

func TestRealUnscaledImages(t *testing.T) {
	train, _ := digits(datasets.Raw)
	caught(t, train, nil, look.Unscaled, look.Warning, "values go from 0 to 255")
}

func TestRealLabelsOffByOne(t *testing.T) {
	train, test := digits()
	plusOne := func(d tensor.Dataset) tensor.Dataset {
		return pipe.Map(d, func(b tensor.Batch) (tensor.Batch, error) {
			b.Targets = []*tensor.Tensor{b.Y().AddScalar(1)}
			return b, nil
		})
	}
	findings, err := look.Check(context.Background(), plusOne(train), plusOne(test), look.Outputs(10))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings.Of(look.LabelRange) {
		if f.Level != look.Fatal || !strings.Contains(f.Message, "labels go from 1 to 10") || !strings.Contains(f.Try, "off by one") {
			t.Errorf("%v", f)
		}
	}
	if n := len(findings.Of(look.LabelRange)); n != 2 || findings.Err() == nil {
		t.Errorf("%d findings about the labels of two data sets:\n%v", n, findings)
	}
}
