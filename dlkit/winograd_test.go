package dlkit

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// TestTiles compares convolutions by tiles with those by columns, whose
// gradients are held against finite differences: values and gradients, of
// pictures that tiles fit and do not fit, with and without a margin, and with
// the last outputs left out as before pooling.
func TestTiles(t *testing.T) {
	for _, size := range []HW{{4, 4}, {5, 7}, {8, 6}, {3, 9}, {12, 13}} {
		for _, padding := range []Padding{Valid, Same} {
			for _, dropped := range []int{0, 1} {
				h, w := slide(size[0], 3, 1, 1, padding), slide(size[1], 3, 1, 1, padding)
				h.out, w.out = h.out-dropped, w.out-dropped
				if h.out < 1 || w.out < 1 {
					continue
				}
				for _, withReLU := range []bool{false, true} {
					c := tilesCase{convolution{h, w, 1}, 3, 4, 2, withReLU}
					t.Run(fmt.Sprintf("%v %s without %d relu %v", size, padding, dropped, withReLU), func(t *testing.T) {
						c.check(t, dtypes.Float64, 1e-11)
					})
				}
			}
		}
	}
}

// TestTilesFloat32 is TestTiles with as many channels as real models have, and
// their type of numbers: an error of 1e-5 of the largest number is a tenth of
// what the reference values allow.
func TestTilesFloat32(t *testing.T) {
	for _, channels := range []HW{{32, 64}, {64, 32}, {128, 128}} {
		same := slide(8, 3, 1, 1, Same)
		tilesCase{convolution{same, same, 1}, channels[0], channels[1], 4, true}.check(t, dtypes.Float32, 1e-5)
	}
}

// tilesCase is a convolution of n pictures.
type tilesCase struct {
	convolution
	channels, filters, n int
	withReLU             bool
}

// check wants the largest difference of every result, tiles against columns,
// below tolerance times the largest value.
func (c tilesCase) check(t *testing.T, dtype dtypes.DType, tolerance float64) {
	t.Helper()
	d, err := deviceFor("go")
	if err != nil {
		t.Fatal(err)
	}
	g := graph.NewGraph(d, "tiles")
	rng := rand.New(rand.NewPCG(1, 2))
	x := normal(g, rng, dtype, c.channels, c.h.in, c.w.in, c.n)
	kernel := normal(g, rng, dtype, 3, 3, c.channels, c.filters)
	bias := normal(g, rng, dtype, c.filters)
	dy := normal(g, rng, dtype, c.filters, c.h.out, c.w.out, c.n)
	results := func(y *graph.Node) []*graph.Node {
		return append([]*graph.Node{y}, graph.Gradient(graph.ReduceAllSum(graph.Mul(y, dy)), x, kernel, bias)...)
	}
	got := results(c.tiled().apply(x, kernel, bias, c.withReLU))
	want := results(c.byColumns(x, kernel, bias, c.withReLU))
	differences := make([]*graph.Node, len(want))
	for i := range want {
		largest := graph.ReduceAllMax(graph.Abs(want[i]))
		difference := graph.ReduceAllMax(graph.Abs(graph.Sub(got[i], want[i])))
		differences[i] = graph.ConvertDType(graph.Div(difference, largest), dtypes.Float64)
	}
	if err := g.Compile(differences...); err != nil {
		t.Fatal(err)
	}
	buffers, err := g.Executable().Execute(nil, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range buffers {
		v := make([]float64, 1)
		if err := b.ToFlatData(v); err != nil {
			t.Fatal(err)
		}
		if !(v[0] <= tolerance) {
			t.Errorf("%s differs by %.2g of its largest value; want at most %.2g", []string{"y", "dx", "dkernel", "dbias"}[i], v[0], tolerance)
		}
	}
}

// normal draws a constant.
func normal(g *graph.Graph, rng *rand.Rand, dtype dtypes.DType, dims ...int) *graph.Node {
	size := 1
	for _, d := range dims {
		size *= d
	}
	values := make([]float64, size)
	for i := range values {
		values[i] = rng.NormFloat64()
	}
	return graph.Reshape(graph.ConvertDType(graph.Const(g, values), dtype), dims...)
}
