package steps

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// numbers draws n numbers, from low on.
func numbers(rng *rand.Rand, n int, low float32) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = low + rng.Float32()
	}
	return out
}

// Vectors and single numbers must give the same bits, whatever the length.
func TestStepsDoNotDependOnTheLength(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 70 {
		w, g, m, v := numbers(rng, n, -0.5), numbers(rng, n, -0.5), numbers(rng, n, -0.5), numbers(rng, n, 0)
		adam := Adam{Beta1: 0.9, Beta2: 0.999, A: 0.01, E: 1e-6, Keep: 0.99}
		w1, m1, v1 := slices.Clone(w), slices.Clone(m), slices.Clone(v)
		w2, m2, v2 := slices.Clone(w), slices.Clone(m), slices.Clone(v)
		adam.Step(w1, g, m1, v1)
		adam.step(w2, g, m2, v2)
		if !slices.Equal(w1, w2) || !slices.Equal(m1, m2) || !slices.Equal(v1, v2) {
			t.Fatalf("Adam on %d numbers: %v, one by one %v", n, w1, w2)
		}
		if n > 0 && slices.Equal(w1, w) {
			t.Fatal("Adam did nothing")
		}
		for _, nesterov := range []bool{false, true} {
			s := Momentum{Mu: 0.9, Rate: 0.1, Keep: 0.99, Nesterov: nesterov}
			w1, v1, w2, v2 := slices.Clone(w), slices.Clone(v), slices.Clone(w), slices.Clone(v)
			s.Step(w1, g, v1)
			s.step(w2, g, v2)
			if !slices.Equal(w1, w2) || !slices.Equal(v1, v2) {
				t.Fatalf("Momentum on %d numbers, nesterov %v: %v, one by one %v", n, nesterov, w1, w2)
			}
		}
	}
}

func TestMomentumByHand(t *testing.T) {
	w, v := []float32{1}, []float32{2}
	Momentum{Mu: 0.5, Rate: 0.25, Keep: 1}.Step(w, []float32{4}, v)
	if w[0] != 1 || v[0] != 0 { // v = 0.5·2 − 0.25·4 = 0
		t.Errorf("momentum: w %v, v %v", w, v)
	}
	w, v = []float32{1}, []float32{4}
	Momentum{Mu: 0.5, Rate: 0.25, Keep: 0.5, Nesterov: true}.Step(w, []float32{4}, v)
	if w[0] != 0 || v[0] != 1 { // v = 2 − 1; w = 0.5 + 0.5·1 − 1
		t.Errorf("nesterov: w %v, v %v", w, v)
	}
	w = []float32{1}
	Momentum{Rate: 0.25, Keep: 1}.Step(w, []float32{2}, nil)
	if w[0] != 0.5 {
		t.Errorf("plain: w %v", w)
	}
}

func BenchmarkAdam(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 50_890
	w, g, m, v := numbers(rng, n, -0.5), numbers(rng, n, -0.5), numbers(rng, n, -0.5), numbers(rng, n, 0)
	b.ReportAllocs()
	for b.Loop() {
		Adam{Beta1: 0.9, Beta2: 0.999, A: 0.01, E: 1e-6, Keep: 1}.Step(w, g, m, v)
	}
}

func TestRows(t *testing.T) {
	for _, size := range []int{1, 3, 8, 16, 37, 1 << 15} {
		table := make([]float32, 5*size)
		for i := range table {
			table[i] = float32(i)
		}
		at := []int32{4, 0, 4, 2}
		rows := make([]float32, len(at)*size)
		Gather(rows, table, at)
		for i, w := range at {
			if !slices.Equal(rows[i*size:(i+1)*size], table[int(w)*size:(int(w)+1)*size]) {
				t.Fatalf("rows of %d: row %d is %v", size, i, rows[i*size:(i+1)*size])
			}
		}
		sum := make([]float32, len(table))
		Scatter(sum, rows, at)
		for w, times := range []float32{1, 0, 1, 0, 2} {
			for k := range size {
				if got, want := sum[w*size+k], times*table[w*size+k]; got != want {
					t.Fatalf("rows of %d: sum of row %d has %v, want %v", size, w, got, want)
				}
			}
		}
		Clear(sum, size, at)
		if slices.ContainsFunc(sum, func(v float32) bool { return v != 0 }) {
			t.Fatalf("rows of %d: not cleared: %v", size, sum)
		}
	}
}

// What is asked for ahead must change nothing, at a table's ends neither.
func TestRowsOfLargeTables(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, 16, 33, 200} {
		n := largeTable/size + 1
		table, want := make([]float32, n*size), make([]float32, n*size)
		at := make([]int32, 3*ahead)
		rows := make([]float32, len(at)*size)
		for i := range rows {
			rows[i] = float32(rng.IntN(100))
		}
		for i := range at {
			at[i] = int32([]int{0, n - 1, rng.IntN(n)}[i%3])
			for k := range size {
				want[int(at[i])*size+k] += rows[i*size+k]
			}
		}
		Scatter(table, rows, at)
		if !slices.Equal(table, want) {
			t.Fatalf("rows of %d: the sums are others", size)
		}
		Gather(rows, table, at)
		for i, w := range at {
			if !slices.Equal(rows[i*size:(i+1)*size], table[int(w)*size:(int(w)+1)*size]) {
				t.Fatalf("rows of %d: row %d is %v", size, i, rows[i*size:(i+1)*size])
			}
		}
	}
}

// A mean must be that of the rows one by one, and its gradient every row's share.
func TestMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, 16, 37, 100} {
		table := make([]float32, 9*size)
		for i := range table {
			table[i] = float32(rng.IntN(100))
		}
		for _, skipZero := range []bool{false, true} {
			for _, at := range [][]int32{{}, {0, 0}, {3, 0, 3, 8}, make([]int32, 2*ahead)} {
				if len(at) == 2*ahead {
					for i := range at {
						at[i] = int32(rng.IntN(9))
					}
				}
				checkMean(t, size, table, at, skipZero)
			}
		}
	}
}

func checkMean(t *testing.T, size int, table []float32, at []int32, skipZero bool) {
	t.Helper()
	want, counted := make([]float64, size), 0
	for _, w := range at {
		if w == 0 && skipZero {
			continue
		}
		counted++
		for k := range want {
			want[k] += float64(table[int(w)*size+k])
		}
	}
	mean, sum, d := make([]float32, size), make([]float32, len(table)), make([]float32, size)
	Mean(mean, table, at, skipZero)
	for k := range d {
		d[k] = float32(k + 1)
	}
	ScatterMean(sum, d, at, skipZero)
	for k, total := range want {
		n := float64(max(counted, 1))
		if math.Abs(float64(mean[k])-total/n) > 1e-4 {
			t.Fatalf("rows of %d, %v, skipZero %v: mean %d is %v, want %v", size, at, skipZero, k, mean[k], total/n)
		}
		for w := range 9 {
			times := 0
			for _, v := range at {
				if int(v) == w && (w != 0 || !skipZero) {
					times++
				}
			}
			if got, want := float64(sum[w*size+k]), float64(times)*float64(k+1)/n; math.Abs(got-want) > 1e-4*(1+want) {
				t.Fatalf("rows of %d, %v, skipZero %v: gradient %d of row %d is %v, want %v", size, at, skipZero, k, w, got, want)
			}
		}
	}
}

// BenchmarkRows is a batch of 32 texts of 200 words, whose table lies in the
// caches or, when other things have been worked on, does not.
func BenchmarkRows(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	table, rows, at := make([]float32, 10_000*32), make([]float32, 6400*32), make([]int32, 6400)
	for i := range at {
		at[i] = int32(rng.IntN(10_000))
	}
	others := make([]float32, 16<<20)
	for _, c := range []struct {
		name   string
		cached bool
		work   func(table, rows []float32, at []int32)
	}{
		{"Scatter cached", true, Scatter},
		{"Scatter", false, Scatter},
		{"Gather cached", true, func(table, rows []float32, at []int32) { Gather(rows, table, at) }},
		{"Gather", false, func(table, rows []float32, at []int32) { Gather(rows, table, at) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !c.cached {
					b.StopTimer()
					for i := range others {
						others[i]++
					}
					b.StartTimer()
				}
				c.work(table, rows, at)
			}
		})
	}
}
