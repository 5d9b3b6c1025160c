package look

import (
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// BenchmarkDescribe looks at 2,000 pictures of MNIST's size.
func BenchmarkDescribe(b *testing.B) {
	pixels := make([]float32, 2000*28*28)
	for i := range pixels {
		pixels[i] = float32(i*i%251) / 250
	}
	x := tensor.Must(tensor.New(pixels, 2000, 28, 28, 1))
	d := tensor.Must(tensor.FromTensors(x, tensor.Must(tensor.New(make([]int32, 2000)))))
	b.SetBytes(int64(4 * x.Size()))
	for b.Loop() {
		if _, err := Describe(ctx, d); err != nil {
			b.Fatal(err)
		}
	}
}
