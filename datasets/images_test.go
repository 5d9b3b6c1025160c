package datasets_test

import (
	"context"
	"image"
	"math"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

var (
	_ tensor.Indexed = (*datasets.Images)(nil)
	_ tensor.Loader  = (*datasets.Images)(nil)
	_ tensor.Classes = (*datasets.Images)(nil)
)

func toySet(t *testing.T, opts ...datasets.Option) *datasets.Images {
	train, _ := datasets.MNIST(append(opts, datasets.Dir(toyDir(t)), datasets.NoDownload)...)
	return train
}

func TestForms(t *testing.T) {
	for _, c := range []struct {
		opts  []datasets.Option
		shape tensor.Shape
		dtype tensor.DType
		want  float64
	}{
		{nil, tensor.Shape{28, 28, 1}, tensor.Float32, float64(float32(toyPixel(5, 3)) / 255)},
		{[]datasets.Option{datasets.Flatten}, tensor.Shape{784}, tensor.Float32, float64(float32(toyPixel(5, 3)) / 255)},
		{[]datasets.Option{datasets.Raw}, tensor.Shape{28, 28, 1}, tensor.Uint8, float64(toyPixel(5, 3))},
		{[]datasets.Option{datasets.Flatten, datasets.Raw}, tensor.Shape{784}, tensor.Uint8, float64(toyPixel(5, 3))},
	} {
		d := toySet(t, c.opts...)
		b, err := d.Rows(context.Background(), []int{2, 5, 2}, tensor.Batch{})
		if err != nil {
			t.Fatal(err)
		}
		if !d.Shape().Equal(c.shape) || !b.X().Shape().Equal(append(tensor.Shape{3}, c.shape...)) || b.X().DType() != c.dtype {
			t.Errorf("%v %v of a set of %v; want %v %v", b.X().DType(), b.X().Shape(), d.Shape(), c.dtype, c.shape)
		}
		if got := tensor.Values[float64](b.X())[784+3]; got != c.want {
			t.Errorf("pixel 3 of image 5 is %v, want %v", got, c.want)
		}
		if y := tensor.Values[int32](b.Y()); b.Y().DType() != tensor.Int32 || y[0] != 2 || y[1] != 5 || y[2] != 2 {
			t.Errorf("labels %v %v", b.Y().DType(), y)
		}
	}
}

func TestRowsReusesTensors(t *testing.T) {
	d := toySet(t, datasets.Flatten)
	ctx, at := context.Background(), []int{1, 2, 3, 4}
	first, err := d.Rows(ctx, at, tensor.Batch{})
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Rows(ctx, []int{9, 8, 7, 6}, first)
	if err != nil || second.X() != first.X() || second.Y() != first.Y() {
		t.Errorf("new tensors, %v", err)
	}
	if y := tensor.Values[int32](second.Y()); y[0] != 9 || y[3] != 6 {
		t.Errorf("labels %v", y)
	}
	large := second.X()
	third, err := d.Rows(ctx, at[:2], second)
	if err != nil || third.X() == large || third.Len() != 2 {
		t.Errorf("a smaller batch: %v, %v", third.Len(), err)
	}
	batch := third
	if n := testing.AllocsPerRun(20, func() { batch, _ = d.Rows(ctx, at[:2], batch) }); n > 0 {
		t.Errorf("%v allocations a call", n)
	}
}

func TestRowsOutside(t *testing.T) {
	d := toySet(t)
	for _, i := range []int{-1, 30} {
		if _, err := d.Rows(context.Background(), []int{0, i}, tensor.Batch{}); err == nil || !strings.Contains(err.Error(), "go from 0 to 29") {
			t.Errorf("image %d: %v", i, err)
		}
		if _, err := d.Image(context.Background(), i); err == nil {
			t.Errorf("image %d was handed out", i)
		}
		if _, err := d.Picture(context.Background(), i); err == nil {
			t.Errorf("picture %d was handed out", i)
		}
	}
	if b, err := d.Rows(context.Background(), nil, tensor.Batch{}); err != nil || b.Len() != 0 {
		t.Errorf("no rows: %v", err)
	}
}

func TestBatches(t *testing.T) {
	d := toySet(t)
	var sizes []int
	next := 0
	for b, err := range d.Batches(context.Background(), 8) {
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, b.Len())
		for _, y := range tensor.Values[int32](b.Y()) {
			if y != int32(next%10) {
				t.Errorf("image %d has label %d", next, y)
			}
			next++
		}
	}
	if next != 30 || sizes[3] != 6 {
		t.Errorf("batches of %v", sizes)
	}
	for _, err := range d.Batches(context.Background(), 0) {
		if err == nil {
			t.Error("a batch size of 0 was accepted")
		}
	}
}

func TestBatchesOfMissingData(t *testing.T) {
	d, _ := datasets.MNIST(datasets.Dir(emptyDir(t)), datasets.NoDownload)
	n := 0
	for _, err := range d.Batches(context.Background(), 8) {
		if n++; err == nil {
			t.Error("no error")
		}
	}
	if n != 1 {
		t.Errorf("%d items, want just the error", n)
	}
}

// What is handed out is the caller's: writing to it changes nothing.
func TestNothingInsideIsHandedOut(t *testing.T) {
	d := toySet(t)
	ctx := context.Background()
	x := tensor.Must(d.Image(ctx, 3))
	tensor.Values[uint8](x)[0] = 200
	tensor.Must(d.Picture(ctx, 3)).(*image.Gray).Pix[0] = 200
	tensor.Must(d.Labels(ctx))[3] = 7
	d.ClassNames()[0] = "x"
	d.Shape()[0] = 1
	if got := tensor.Values[uint8](tensor.Must(d.Image(ctx, 3)))[0]; got != toyPixel(3, 0) {
		t.Errorf("the pixel is %d now", got)
	}
	if d.ClassNames()[0] != "0" || d.Shape()[0] != 28 || tensor.Must(d.Labels(ctx))[3] != 3 {
		t.Error("names, shape or labels changed")
	}
}

func TestPixelStats(t *testing.T) {
	for _, opts := range [][]datasets.Option{nil, {datasets.Raw}} {
		d := toySet(t, opts...)
		s, err := d.PixelStats(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		all, _ := d.First(context.Background(), d.Len())
		var sum, squares, top float64
		x := tensor.Values[float64](all.X())
		for _, v := range x {
			sum, top = sum+v, max(top, v)
		}
		mean := sum / float64(len(x))
		for _, v := range x {
			squares += (v - mean) * (v - mean)
		}
		std := math.Sqrt(squares / float64(len(x)))
		if math.Abs(s.Mean[0]-mean) > 1e-5*top || math.Abs(s.Std[0]-std) > 1e-5*top || s.Min != 0 || math.Abs(s.Max-top) > 1e-6 {
			t.Errorf("%v %v %v %v; want %v %v 0 %v", s.Mean, s.Std, s.Min, s.Max, mean, std, top)
		}
		n := 0
		for _, k := range s.Histogram[0] {
			n += k
		}
		if n != len(x) {
			t.Errorf("%d pixels counted, there are %d", n, len(x))
		}
	}
}

func TestFingerprint(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range []*datasets.Images{toySet(t), toySet(t, datasets.Flatten), toySet(t, datasets.Raw), toySet(t, datasets.MiniSet)} {
		f, err := d.Fingerprint(context.Background())
		if err != nil || seen[f] {
			t.Errorf("%q again, %v", f, err)
		}
		seen[f] = true
	}
	if f, _ := toySet(t).Fingerprint(context.Background()); !seen[f] {
		t.Errorf("%q: the same data gives another text", f)
	}
}
