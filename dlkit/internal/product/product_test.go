package product

import (
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
)

// Products of every size must be those of the definition, with rows that lie
// apart, turned factors, and what is beside the columns left alone.
func TestAddIsTheProduct(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func(n int) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = 2*rng.Float32() - 1
		}
		return out
	}
	for range 300 {
		n, depth := 1+rng.IntN(13), rng.IntN(40)
		columns := Padded(1 + rng.IntN(200))
		c := Matrix{draw(n * (columns + 3)), columns + 3, 1}
		b := Matrix{draw((depth + 1) * (columns + 5)), columns + 5, 1}
		a := Matrix{draw(n * (depth + 2)), depth + 2, 1}
		if rng.IntN(2) == 0 {
			a = Matrix{draw((depth + 1) * (n + 1)), 1, n + 1}
		}
		was := append([]float32{}, c.Data...)
		Add(c, a, b, n, columns, depth)
		for i := range c.Data {
			row, column := i/c.Row, i%c.Row
			want := float64(was[i])
			if column < columns {
				for k := range depth {
					want += float64(a.Data[row*a.Row+k*a.Column]) * float64(b.Data[k*b.Row+column])
				}
			}
			if math.Abs(want-float64(c.Data[i])) > 1e-5 {
				t.Fatalf("(%d, %d)·(%d, %d), element (%d, %d): %v, want %v", n, depth, depth, columns, row, column, c.Data[i], want)
			}
		}
	}
}

// TestSmallerVectors runs the package's tests as on a processor whose vectors
// are shorter, or that has none.
func TestSmallerVectors(t *testing.T) {
	if os.Getenv("GODEBUG") != "" || testing.Short() {
		t.Skip("the tests already run in a special way")
	}
	for _, bits := range []string{"0", "+128", "+256"} {
		cmd := exec.Command(os.Args[0], "-test.run=TestAddIsTheProduct")
		cmd.Env = append(os.Environ(), "GODEBUG=simd="+bits)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("vectors of %s bits: %v\n%s", bits, err, out)
		}
	}
}

// BenchmarkAdd multiplies what fits the caches, in sizes of attention: GFLOP/s
// are those of one processor.
func BenchmarkAdd(b *testing.B) {
	for _, s := range []struct {
		name              string
		n, columns, depth int
	}{
		{"200x200x32", 200, Padded(200), 32},
		{"200x32x200", 200, 32, 200},
		{"200x64x32", 200, 64, 32},
		{"256x512x512", 256, 512, 512},
	} {
		b.Run(s.name, func(b *testing.B) {
			c, x, y := make([]float32, s.n*s.columns), make([]float32, s.n*s.depth), make([]float32, s.depth*s.columns)
			for b.Loop() {
				Add(Rows(c, s.columns), Rows(x, s.depth), Rows(y, s.columns), s.n, s.columns, s.depth)
			}
			b.ReportMetric(2*float64(s.n*s.columns*s.depth*b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
