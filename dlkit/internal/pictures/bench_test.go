//go:build goexperiment.simd && unix

package pictures

import (
	"fmt"
	"testing"
)

func BenchmarkChain(b *testing.B) {
	for name, config := range map[string]func(int, bool) Config{"digits": digits, "colours": colours} {
		for _, rows := range []int{32, 128} {
			b.Run(fmt.Sprintf("%s/train/rows=%d", name, rows), func(b *testing.B) {
				c := New(config(rows, true))
				weights, grads, moments, x, out := numbersFor(c)
				b.ReportAllocs()
				at := processorTime()
				for b.Loop() {
					c.Forward(out, x, weights, moments, 1)
					c.Backward(nil, grads, out)
				}
				b.ReportMetric((processorTime()-at)/1e6/float64(b.N), "cpu-ms/op")
			})
			b.Run(fmt.Sprintf("%s/predict/rows=%d", name, rows), func(b *testing.B) {
				c := New(config(rows, false))
				weights, _, _, x, out := numbersFor(c)
				b.ReportAllocs()
				at := processorTime()
				for b.Loop() {
					c.Forward(out, x, weights, nil, 0)
				}
				b.ReportMetric((processorTime()-at)/1e6/float64(b.N), "cpu-ms/op")
			})
		}
	}
}
