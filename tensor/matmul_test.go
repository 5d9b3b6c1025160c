package tensor

import (
	"fmt"
	"runtime"
	"testing"
)

// A size for every way through the tiles: few rows, edges below and beside,
// more rows and products than one block.
func TestMatMulSizes(t *testing.T) {
	r := NewRandom(1)
	for _, s := range []matrixSizes{{1, 7, 100}, {7, 3, 5}, {8, 8, 32}, {9, 300, 33}, {67, 513, 40}, {130, 257, 31}, {200, 64, 10}, {8, 0, 8}} {
		a, b := Must(r.Normal(0, 1, s.m, s.k)), Must(r.Normal(0, 1, s.k, s.n))
		want := make([]float64, s.m*s.n)
		multiplyPlain(want, a.data.([]float64), b.data.([]float64), s)
		reference := Must(New(want, s.m, s.n))
		if got := Must(a.MatMul(b)); !got.AllClose(reference, 1e-11, 1e-11) {
			t.Errorf("float64 %v differs", s)
		}
		if got := Must(a.Convert(Float32).MatMul(b.Convert(Float32))); !got.AllClose(reference, 1e-3, 1e-3) {
			t.Errorf("float32 %v differs", s)
		}
	}
}

// A row's result must not depend on its neighbours or on the processors.
func TestMatMulIsDeterministic(t *testing.T) {
	r := NewRandom(2)
	a, b := Must(r.Normal(0, 1, 150, 300)).Convert(Float32), Must(r.Normal(0, 1, 300, 77)).Convert(Float32)
	all := Must(a.MatMul(b))
	for _, n := range []int{1, 2, 5, 20, 149} {
		some := Must(Must(a.Slice(From(150 - n))).MatMul(b))
		if !some.Equal(Must(all.Slice(From(150 - n)))) {
			t.Errorf("the last %d rows alone give other values", n)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for procs := 1; procs <= 5; procs++ {
		runtime.GOMAXPROCS(procs)
		if !all.Equal(Must(a.MatMul(b))) {
			t.Errorf("%d processors give other values", procs)
		}
	}
}

func BenchmarkMatMul(b *testing.B) {
	for _, n := range []int{64, 512} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := NewRandom(1)
			x := Must(r.Normal(0, 1, n, n)).Convert(Float32)
			y := Must(r.Normal(0, 1, n, n)).Convert(Float32)
			for b.Loop() {
				Must(x.MatMul(y))
			}
			b.ReportMetric(2*float64(n*n*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOPS")
		})
	}
}
