package dlkit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

// Batches side by side give every row its own result, also in the last batch,
// which has fewer rows.
func TestPredictionsSideBySide(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	m := Sequential(tensor.Shape{6, 6, 2}, Conv2D(3, 3, ReLU), MaxPool2D(2), Flatten(), Dense(4, Softmax))
	x := randomTensor(rand.New(rand.NewPCG(4, 2)), 5*wideBatch+7, 6, 6, 2)
	x = x.Convert(tensor.Float32)
	all, err := m.Predict(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.lanesFor(wideBatch, x.Len()); isGo(m.device.Backend) && got != 3 {
		t.Errorf("%d batches side by side on 3 processors, want 3", got)
	}
	width := 6 * 6 * 2
	for _, row := range []int{0, wideBatch - 1, wideBatch, 3*wideBatch + 5, x.Len() - 1} {
		one := tensor.Must(tensor.New(tensor.Values[float32](x)[row*width:(row+1)*width], 1, 6, 6, 2))
		alone, err := m.Predict(context.Background(), one)
		if err != nil {
			t.Fatal(err)
		}
		got := tensor.Values[float64](all.Convert(tensor.Float64))[row*4 : row*4+4]
		wantClose(t, fmt.Sprintf("row %d", row), got, tensor.Values[float64](alone.Convert(tensor.Float64)), 1e-6)
	}
}
