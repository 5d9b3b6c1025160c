package datasets_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

func show(b tensor.Batch) string {
	out := ""
	for _, t := range []*tensor.Tensor{b.X(), b.Y()} {
		if t != nil {
			out += fmt.Sprintf("%v%v%v ", t.DType(), t.Shape(), tensor.Values[float64](t))
		}
	}
	return strings.TrimSpace(out)
}

func TestFromSlices(t *testing.T) {
	type celsius float64
	for want, d := range map[string]*tensor.Memory{
		"float32(2, 2)[1 2 3 4] int32(2,)[0 1]":  tensor.Must(datasets.FromSlices([][]float64{{1, 2}, {3, 4}}, []int{0, 1})),
		"float32(2,)[1 2] float32(2,)[3 4]":      tensor.Must(datasets.FromSlices([]celsius{1, 2}, []float32{3, 4})),
		"uint8(1, 2, 2)[1 2 3 255] int64(1,)[7]": tensor.Must(datasets.FromSlices([][2][2]uint8{{{1, 2}, {3, 255}}}, []int64{7})),
		"int32(2, 1, 2)[1 2 -3 4]":               tensor.Must(datasets.FromSlices([][][]int16{{{1, 2}}, {{-3, 4}}}, []datasets.None(nil))),
		"bool(2,)[1 0] int64(2, 1)[1 2]":         tensor.Must(datasets.FromSlices([]bool{true, false}, [][]uint64{{1}, {2}})),
		"float64(2, 2)[1 2 1 2] int32(2,)[5 6]":  tensor.Must(datasets.FromSlices([]*tensor.Tensor{vector(1, 2), vector(1, 2)}, []int32{5, 6})),
		"float32(1, 3)[1 2 3] uint8(1, 2)[1 2]":  tensor.Must(datasets.FromSlices([][]float32{{1, 2, 3}}, [][]byte{{1, 2}})),
		"int32(1, 2)[1 2] bool(1, 2)[1 0]":       tensor.Must(datasets.FromSlices([][]int32{{1, 2}}, [][]bool{{true, false}})),
	} {
		if got := show(d.All()); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

func vector(v ...float64) *tensor.Tensor { return tensor.Must(tensor.New(v)) }

func TestFromSlicesFaults(t *testing.T) {
	check := func(want string, _ *tensor.Memory, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	try := func(d *tensor.Memory, err error) func(string) {
		return func(want string) { t.Helper(); check(want, d, err) }
	}
	try(datasets.FromSlices([]float64{1, 2}, []int{1}))("2 inputs and 1 targets")
	try(datasets.FromSlices([]float64{}, []int{}))("at least one")
	try(datasets.FromSlices([]string{"a"}, []int{1}))("type string")
	try(datasets.FromSlices([]int{1}, []map[string]int{{}}))("map[string]int")
	try(datasets.FromSlices([][]float64{{1}, {1, 2}}, []int{0, 1}))("example 1: input: 2 values where the first example has 1")
	try(datasets.FromSlices([][]float64{{}}, []int{0}))("empty")
	try(datasets.FromSlices([][][]float64{{{1}, {2}}, {{1}, {2, 3}}}, []int{0, 1}))("example 1")
	try(datasets.FromSlices([]int{math.MaxInt}, []int{0}))("does not fit int32")
	try(datasets.FromSlices([]int{0}, []uint64{math.MaxUint64}))("does not fit int64")
	try(datasets.FromSlices([]*tensor.Tensor{nil}, []int{0}))("nil")
	try(datasets.FromSlices([]*tensor.Tensor{vector(1), vector(1, 2)}, []int{0, 1}))("the first one is float64 (1,)")
}

func TestFromFunc(t *testing.T) {
	ctx := context.Background()
	d := tensor.Must(datasets.FromFunc(1<<40, func(_ context.Context, i int) ([]float64, int, error) {
		return []float64{float64(i), float64(2 * i)}, i % 3, nil
	}))
	if _, err := d.Rows(ctx, nil, tensor.Batch{}); err == nil {
		t.Error("no positions before any: no error")
	}
	var b tensor.Batch
	for range 2 {
		b = tensor.Must(d.Rows(ctx, []int{5, 0}, b))
		if got := show(b); got != "float32(2, 2)[5 10 0 0] int32(2,)[2 0]" {
			t.Errorf("got %s", got)
		}
	}
	if e := tensor.Must(d.Rows(ctx, nil, tensor.Batch{})); e.Len() != 0 {
		t.Errorf("no positions: %v", e)
	}
	if _, err := d.Rows(ctx, []int{1 << 40}, tensor.Batch{}); err == nil {
		t.Error("position 2⁴⁰ of 2⁴⁰: no error")
	}
	for b, err := range d.Batches(ctx, 3) {
		if err != nil || show(b) != "float32(3, 2)[0 0 1 2 2 4] int32(3,)[0 1 2]" {
			t.Errorf("first batch %s, %v", show(b), err)
		}
		break
	}
	bad := tensor.Must(datasets.FromFunc(9, func(_ context.Context, i int) ([]int, datasets.None, error) {
		if i == 7 {
			return nil, datasets.None{}, errors.New("the disk")
		}
		return make([]int, 1+i/5), datasets.None{}, nil
	}))
	for at, want := range map[int]string{7: "example 7: the disk", 6: "example 6: input: 2 values"} {
		if _, err := bad.Rows(ctx, []int{0, at}, tensor.Batch{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := datasets.FromFunc[int, int](-1, nil); err == nil {
		t.Error("-1 examples: no error")
	}
}

func numbersUpTo(n int) func(context.Context, func(int, float64) bool) error {
	return func(_ context.Context, yield func(int, float64) bool) error {
		for i := 0; n < 0 || i < n; i++ {
			if !yield(i, float64(i)/2) {
				return nil
			}
		}
		return nil
	}
}

func TestGenerate(t *testing.T) {
	ctx := context.Background()
	d := tensor.Must(datasets.Generate(numbersUpTo(5)))
	if d.Len() != -1 || d.WithLen(5).Len() != 5 {
		t.Errorf("length %d", d.Len())
	}
	for range 2 {
		var got []string
		for b, err := range d.Batches(ctx, 2) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, show(b))
		}
		if want := []string{"int32(2,)[0 1] float32(2,)[0 0.5]", "int32(2,)[2 3] float32(2,)[1 1.5]", "int32(1,)[4] float32(1,)[2]"}; !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	}
	// Whoever asks for all in one batch gets them, without memory for more.
	many := tensor.Must(datasets.Generate(numbersUpTo(5000)))
	for b, err := range many.Batches(ctx, 1<<50) {
		if err != nil || b.Len() != 5000 || tensor.Values[int32](b.X())[4999] != 4999 || tensor.Values[float32](b.Y())[1025] != 512.5 {
			t.Errorf("%d examples, %v", b.Len(), err)
		}
	}
	n := 0
	for range tensor.Must(datasets.Generate(numbersUpTo(-1))).Batches(ctx, 4) {
		if n++; n == 10 {
			break
		}
	}
}

func TestGenerateFaults(t *testing.T) {
	collect := func(ctx context.Context, d tensor.Dataset, size int) (n int, err error) {
		for b, err := range d.Batches(ctx, size) {
			if err != nil {
				return n, err
			}
			n += b.Len()
		}
		return n, nil
	}
	ctx := context.Background()
	d := tensor.Must(datasets.Generate(func(_ context.Context, yield func([]int, datasets.None) bool) error {
		for range 3 {
			yield([]int{1}, datasets.None{})
		}
		return errors.New("the line broke")
	}))
	if n, err := collect(ctx, d, 2); n != 2 || err == nil || err.Error() != "the line broke" {
		t.Errorf("%d examples, %v", n, err)
	}
	d = tensor.Must(datasets.Generate(func(_ context.Context, yield func([]int, datasets.None) bool) error {
		for i := range 100 { // goes on though yield says stop
			yield(make([]int, 1+i/2), datasets.None{})
		}
		return nil
	}))
	if n, err := collect(ctx, d, 2); n != 2 || err == nil || !strings.Contains(err.Error(), "example 2: input: 2 values") {
		t.Errorf("%d examples, %v", n, err)
	}
	if _, err := collect(ctx, d, 0); err == nil {
		t.Error("batch size 0: no error")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := collect(ended, tensor.Must(datasets.Generate(numbersUpTo(-1))), 2); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	if _, err := datasets.Generate[int, string](nil); err == nil {
		t.Error("strings: no error")
	}
	if _, err := datasets.Generate[int, int](nil); err == nil {
		t.Error("no function: no error")
	}
}

func BenchmarkFromFunc(b *testing.B) {
	image := make([]float32, 784)
	d := tensor.Must(datasets.FromFunc(1000, func(context.Context, int) ([]float32, int, error) { return image, 1, nil }))
	at := make([]int, 32)
	var batch tensor.Batch
	b.ReportAllocs()
	for b.Loop() {
		batch, _ = d.Rows(context.Background(), at, batch)
	}
}
