package look_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/images"
	"github.com/gofromzero/fromzero/datasets/look"
	"github.com/gofromzero/fromzero/tensor"
)

var (
	_ tensor.Indexed = (*images.Dataset)(nil)
	_ look.Texts     = (*datasets.Texts)(nil)
)

// TestMNIST looks at some of the full set where it is at hand, else of the mini
// set.
func TestMNIST(t *testing.T) {
	allTrain, allTest := datasets.MNIST(datasets.Log(func(string) {}))
	train, test := tensor.Take(allTrain, 3000), tensor.Take(allTest, 500)
	findings, err := look.Check(context.Background(), train, test, look.Outputs(10))
	if err != nil {
		t.Skip(err)
	}
	if len(findings) != 0 {
		t.Errorf("MNIST has nothing conspicuous, but:\n%v", findings)
	}
	findings, err = look.Check(context.Background(), train, nil, look.Outputs(9))
	if err != nil || findings.Err() == nil {
		t.Errorf("ten classes and nine outputs: %v, %v", findings, err)
	}
}

// TestIMDB reads the real reviews where they are at hand: they are known to have
// repetitions, within and across training and test data.
func TestIMDB(t *testing.T) {
	if os.Getenv("FROMZERO_DATA") == "" {
		t.Skip("FROMZERO_DATA is not set")
	}
	train, test := datasets.IMDB()
	report, err := look.DescribeTexts(context.Background(), train)
	if err != nil {
		t.Skip(err)
	}
	if report.Rows != 25000 || report.Classes[0].Count != 12500 || report.DuplicateRows < 90 || report.DuplicateRows > 100 {
		t.Errorf("%v", report)
	}
	if l := report.Texts.Lengths(); l[12500] < 170 || l[12500] > 176 || l[24999] != 2470 {
		t.Errorf("median %d, longest %d words", l[12500], l[24999])
	}
	findings, err := look.CheckTexts(context.Background(), train, test)
	if err != nil || len(findings.Of(look.Leak)) != 1 || !strings.Contains(findings.String(), "examples (0.5 %) are in the training data too") {
		t.Errorf("%v\n%v", err, findings)
	}
}

// TestPictureFiles describes a folder of pictures by what package images tells.
func TestPictureFiles(t *testing.T) {
	files := fstest.MapFS{}
	for name, area := range map[string]image.Rectangle{"cat/a.png": image.Rect(0, 0, 30, 10), "cat/b.png": image.Rect(0, 0, 10, 10), "dog/c.png": image.Rect(0, 0, 10, 12)} {
		m := image.NewGray(area)
		m.Pix[len(m.Pix)/2] = uint8(100 + area.Dx() + area.Dy())
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: b.Bytes()}
	}
	d := images.FolderFS(files, images.Config{Height: 8, Width: 8, Raw: true})
	r, err := look.Describe(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings.Of(look.ImageSizes)) != 1 || len(r.Findings.Of(look.Unscaled)) != 1 || len(r.Classes) != 2 || r.Classes[0].Name != "cat" {
		t.Errorf("%v", r)
	}
}
