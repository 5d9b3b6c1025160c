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
		n, depth := 1+rng.IntN(21), rng.IntN(40)
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

// Put begins with other rows, which may all be the same.
func TestPutBeginsWithStart(t *testing.T) {
	columns := Padded(100)
	start, a, b := make([]float32, columns), []float32{1, 2, 3, 4, 5, 6}, make([]float32, columns)
	for j := range start {
		start[j], b[j] = float32(100*j), float32(j)
	}
	c := make([]float32, 6*columns)
	c[0] = float32(math.NaN())
	Put(Rows(c, columns), EveryRow(start), Rows(a, 1), Rows(b, columns), 6, columns, 1)
	for i := range c {
		if row, j := i/columns, i%columns; c[i] != float32(100*j+(row+1)*j) {
			t.Fatalf("row %d, column %d: %v", row, j, c[i])
		}
	}
}

// Matrices of all sizes are turned, and nothing beside them is written.
func TestTurn(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {16, 16}, {15, 17}, {33, 16}, {16, 40}, {50, 37}} {
		rows, columns := size[0], size[1]
		src, dst := Rows(make([]float32, rows*(columns+3)), columns+3), Rows(make([]float32, columns*(rows+2)), rows+2)
		for i := range src.Data {
			src.Data[i] = float32(1 + i)
		}
		Turn(dst, src, rows, columns)
		for i, got := range dst.Data {
			var want float32
			if c, r := i/dst.Row, i%dst.Row; r < rows {
				want = src.Data[r*src.Row+c]
			}
			if got != want {
				t.Fatalf("%v: number %d is %v, want %v", size, i, got, want)
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
		cmd := exec.Command(os.Args[0], "-test.run=Add|Put|Turn")
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
		{"200x32x32", 200, 32, 32},
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

// A matrix may be the last columns of a wider one, and so end before its last row's
// stride does.
func TestTurnLastColumns(t *testing.T) {
	src, dst := Rows(make([]float32, 32*48), 48), Rows(make([]float32, 16*40), 40)
	for i := range src.Data {
		src.Data[i] = float32(i)
	}
	Turn(dst.From(0, 8), src.From(0, 32), 32, 16)
	for i, got := range dst.Data {
		var want float32
		if c, r := i/dst.Row, i%dst.Row-8; r >= 0 {
			want = src.Data[r*src.Row+32+c]
		}
		if got != want {
			t.Fatalf("number %d is %v, want %v", i, got, want)
		}
	}
}

func BenchmarkTurn(b *testing.B) {
	src, dst := make([]float32, 200*32), make([]float32, 32*208)
	for b.Loop() {
		Turn(Rows(dst, 208), Rows(src, 32), 200, 32)
	}
}
