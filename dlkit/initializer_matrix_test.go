package dlkit

import (
	"math"
	"testing"

	"github.com/gofromzero/fromzero/tensor"
)

func TestOrthogonal(t *testing.T) {
	for _, shape := range []tensor.Shape{{5, 5}, {4, 9}, {9, 4}, {2, 3, 4}, {6}, {1, 1}} {
		values, err := initialValues(Orthogonal{Gain: 2}, shape, 1, "w")
		if err != nil {
			t.Fatal(err)
		}
		columns := shape[len(shape)-1]
		rows := len(values) / columns
		row, column := func(i, k int) float64 { return values[i*columns+k] }, func(j, k int) float64 { return values[k*columns+j] }
		vectors, at, n, size := columns, column, columns, rows
		if rows < columns {
			vectors, at, n, size = rows, row, rows, columns
		}
		for i := range vectors {
			for j := range n {
				product := 0.0
				for k := range size {
					product += at(i, k) * at(j, k)
				}
				want := 0.0
				if i == j {
					want = 4
				}
				if math.Abs(product-want) > 1e-9 {
					t.Errorf("shape %v: vectors %d and %d have product %v, want %v", shape, i, j, product, want)
				}
			}
		}
	}
}

func TestScaledInitializers(t *testing.T) {
	variance := func(init Initializer) float64 {
		values, err := initialValues(init, tensor.Shape{100, 300}, 1, "w")
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, v := range values {
			sum += v * v
		}
		return sum / float64(len(values))
	}
	for _, c := range []struct {
		init Initializer
		want float64
	}{
		{LecunNormal{}, 1.0 / 100}, {LecunUniform{}, 1.0 / 100},
		{VarianceScaling{}, 1.0 / 100}, {VarianceScaling{Scale: 2, Mode: "fan_out"}, 2.0 / 300},
		{VarianceScaling{Mode: "fan_avg", Uniform: true}, 1.0 / 200},
	} {
		if got := variance(c.init); math.Abs(got/c.want-1) > 0.03 {
			t.Errorf("%+v: variance is %v, want %v", c.init, got, c.want)
		}
	}
	if _, err := initialValues(VarianceScaling{Mode: "fan"}, tensor.Shape{2, 2}, 1, "w"); err == nil {
		t.Error("an unknown mode is no error")
	}
	eye, _ := initialValues(Identity{Gain: 3}, tensor.Shape{2, 3}, 1, "w")
	wantClose(t, "Identity", eye, []float64{3, 0, 0, 0, 3, 0}, 0)
}
