package pipe_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/gofromzero/fromzero/datasets/pipe"
	"github.com/gofromzero/fromzero/tensor"
)

// series has the steps 0 … n-1: (i, 100+i), or plain numbers i.
func series(n, features int) *tensor.Memory {
	var x []float32
	for i := range n {
		x = append(x, float32(i))
		if features == 2 {
			x = append(x, float32(100+i))
		}
	}
	if features == 0 {
		return tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(x)), nil))
	}
	return tensor.Must(tensor.FromTensors(tensor.Must(tensor.New(x, n, features)), nil))
}

func values(ts ...*tensor.Tensor) string {
	out := ""
	for _, t := range ts {
		if t != nil {
			out += fmt.Sprint(t.Shape(), tensor.Values[float64](t))
		}
	}
	return out
}

func TestWindow(t *testing.T) {
	withTargets := tensor.Must(tensor.FromTensors(
		tensor.Must(tensor.New([]float32{0, 1, 2, 3}, 4, 1)), tensor.Must(tensor.New([]int32{5, 6, 7, 8}))))
	for name, c := range map[string]struct {
		d      tensor.Indexed
		config pipe.WindowConfig
		want   []string // of single windows
	}{
		"plain": {series(5, 0), pipe.WindowConfig{Size: 3}, []string{"(1, 3, 1) [0 1 2](1, 1) [3]", "(1, 3, 1) [1 2 3](1, 1) [4]"}},
		"horizon, gap": {series(7, 1), pipe.WindowConfig{Size: 2, Horizon: 2, Gap: 1},
			[]string{"(1, 2, 1) [0 1](1, 2) [3 4]", "(1, 2, 1) [1 2](1, 2) [4 5]", "(1, 2, 1) [2 3](1, 2) [5 6]"}},
		"stride":      {series(8, 0), pipe.WindowConfig{Size: 2, Stride: 3}, []string{"(1, 2, 1) [0 1](1, 1) [2]", "(1, 2, 1) [3 4](1, 1) [5]"}},
		"long stride": {series(14, 0), pipe.WindowConfig{Size: 2, Stride: 6}, []string{"(1, 2, 1) [0 1](1, 1) [2]", "(1, 2, 1) [6 7](1, 1) [8]"}},
		"column":      {series(3, 2), pipe.WindowConfig{Size: 2, Target: 1}, []string{"(1, 2, 2) [0 100 1 101](1, 1) [102]"}},
		"all columns": {series(3, 2), pipe.WindowConfig{Size: 2, Target: -1}, []string{"(1, 2, 2) [0 100 1 101](1, 1, 2) [2 102]"}},
		"no targets":  {series(3, 0), pipe.WindowConfig{Size: 2, NoTargets: true}, []string{"(1, 2, 1) [0 1]", "(1, 2, 1) [1 2]"}},
		"own targets": {withTargets, pipe.WindowConfig{Size: 3}, []string{"(1, 3, 1) [0 1 2](1, 1) [8]"}},
		"too short":   {series(3, 0), pipe.WindowConfig{Size: 3}, nil},
	} {
		for kind, d := range map[string]tensor.Dataset{"indexed": c.d, "stream": oneWay{d: c.d}} {
			t.Run(name+", "+kind, func(t *testing.T) {
				w := tensor.Must(pipe.Window(d, c.config))
				if w.Len() != len(c.want) {
					t.Errorf("%d windows, want %d", w.Len(), len(c.want))
				}
				k := 0
				for b, err := range w.Batches(context.Background(), 1) {
					if err != nil {
						t.Fatal(err)
					}
					if got := values(b.X(), b.Y()); k >= len(c.want) || got != c.want[k] {
						t.Errorf("window %d is %s, want %v", k, got, c.want)
					}
					k++
				}
				if k != len(c.want) {
					t.Errorf("%d windows, want %d", k, len(c.want))
				}
				if rows, ok := w.(tensor.Indexed); ok && k > 1 {
					b := tensor.Must(rows.Rows(context.Background(), []int{k - 1}, tensor.Batch{}))
					if got := values(b.X(), b.Y()); got != c.want[k-1] {
						t.Errorf("the last window is %s, want %s", got, c.want[k-1])
					}
				}
			})
		}
	}
}

// Larger batches of a stream give the same windows as single ones.
func TestWindowOfLongStream(t *testing.T) {
	for _, c := range []pipe.WindowConfig{{Size: 5}, {Size: 3, Stride: 2, Horizon: 4}, {Size: 2, Stride: 11}} {
		all := func(d tensor.Dataset, size int) (x, y string) {
			for b, err := range tensor.Must(pipe.Window(d, c)).Batches(context.Background(), size) {
				if err != nil {
					t.Fatal(err)
				}
				x += fmt.Sprint(tensor.Values[float64](b.X()))
				y += fmt.Sprint(tensor.Values[float64](b.Y()))
			}
			return x, y
		}
		want, wantY := all(series(100, 2), 7)
		if got, gotY := all(oneWay{d: series(100, 2)}, 7); got != want || gotY != wantY {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
}

func TestWindowMisuse(t *testing.T) {
	for name, d := range map[string]tensor.Dataset{
		"column 2 of 2": tensor.Must(pipe.Window(series(9, 2), pipe.WindowConfig{Size: 2, Target: 2})),
		"pictures":      tensor.Must(pipe.Window(tensor.Must(tensor.FromTensors(tensor.Must(tensor.Zeros(tensor.Float32, 9, 2, 2)), nil)), pipe.WindowConfig{Size: 2})),
	} {
		for b, err := range d.Batches(context.Background(), 2) {
			if err == nil {
				t.Errorf("%s: no error, %v", name, b)
			}
		}
	}
}
