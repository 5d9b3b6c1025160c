package tensor

import (
	"fmt"
	"testing"
)

func BenchmarkMatMul(b *testing.B) {
	for _, n := range []int{64, 256, 512, 1024} {
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

func BenchmarkAdd(b *testing.B) {
	x := Must(Ones(Float32, 1000, 1000))
	row := Must(Ones(Float32, 1000))
	b.Run("same", func(b *testing.B) {
		for b.Loop() {
			Must(x.Add(x))
		}
	})
	b.Run("row", func(b *testing.B) {
		for b.Loop() {
			Must(x.Add(row))
		}
	})
	b.Run("sum0", func(b *testing.B) {
		for b.Loop() {
			Must(x.Sum(0))
		}
	})
	b.Run("exp", func(b *testing.B) {
		for b.Loop() {
			x.Exp()
		}
	})
	b.Run("transpose", func(b *testing.B) {
		for b.Loop() {
			Must(x.Transpose())
		}
	})
}
