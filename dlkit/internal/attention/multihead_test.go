package attention

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"testing"
)

var (
	itself = [3]int{0, 0, 0}
	memory = [3]int{0, 1, 1}
	three  = [3]int{0, 1, 2}
)

// trained is what a run forwards and backwards gives.
type trained struct {
	out   []float32
	grads [][]float32 // in the order of lists
}

// train runs forwards and backwards twice, so that what is left from the run
// before matters if it may not.
func (n *naive) train(m *MultiHead, by []float32) trained {
	m.Seed = n.seed
	_, lists := n.lists()
	t := trained{out: make([]float32, len(by))}
	for k, list := range lists {
		t.grads = append(t.grads, make([]float32, len(list)))
		if k > 0 && k < 3 && &lists[k][0] == &lists[sameAs(n.in, k)][0] {
			t.grads[k] = t.grads[sameAs(n.in, k)]
		}
	}
	g := t.grads
	for range 2 {
		m.Load(n.weights)
		m.Forward(t.out, n.in, n.masks)
		m.Backward([3][]float32{g[0], g[1], g[2]}, Weights{g[3], g[4], g[5], g[6], g[7], g[8], g[9], g[10]}, n.in, by, n.masks)
	}
	return t
}

func (n *naive) check(t *testing.T) {
	by := random(rand.New(rand.NewPCG(3, 4)), n.Rows*n.From*n.Out, 1)
	n.Train = true
	got := n.train(NewMultiHead(n.Config), by)
	if d, i := farthest(got.out, n.forward()); !(d < 1e-4) {
		t.Errorf("result %d is off by %v", i, d)
	}
	names, lists := n.lists()
	samples := max(1, min(8, 30_000/(n.Rows*n.From*n.To*n.Heads*n.KeySize)))
	for k, list := range lists {
		scale := 1.0
		for _, g := range got.grads[k] {
			scale = max(scale, math.Abs(float64(g)))
		}
		for s := range min(samples, len(list)) {
			i := s * len(list) / min(samples, len(list))
			if want := n.slope(&list[i], by); !(math.Abs(want-float64(got.grads[k][i])) < 2e-3*scale) {
				t.Errorf("gradient by %s, %d: %v, the slope is %v", names[k], i, got.grads[k][i], want)
			}
		}
	}
	if n.Rate > 0 {
		return
	}
	n.Train = false
	m, out := NewMultiHead(n.Config), make([]float32, len(got.out))
	m.Load(n.weights)
	m.Forward(out, n.in, n.masks)
	if !slices.Equal(out, got.out) {
		t.Error("a prediction differs from the result in training")
	}
}

// Results and gradients must be those of the definition, for sizes that fill
// tiles and that do not, and with all masks.
func TestMultiHeadIsItsDefinition(t *testing.T) {
	for _, c := range []struct {
		Config
		sources [3]int
	}{
		{Config{Rows: 1, From: 1, To: 1, Heads: 1, KeySize: 1, ValueSize: 1, Features: [3]int{1, 1, 1}, Out: 1}, itself},
		{Config{Rows: 3, From: 7, To: 7, Heads: 2, KeySize: 3, ValueSize: 3, Features: [3]int{5, 5, 5}, Out: 5}, itself},
		{Config{Rows: 2, From: 7, To: 19, Heads: 3, KeySize: 4, ValueSize: 6, Features: [3]int{5, 4, 4}, Out: 16}, memory},
		{Config{Rows: 5, From: 21, To: 5, Heads: 8, KeySize: 16, ValueSize: 5, Features: [3]int{3, 16, 2}, Out: 7}, three},
		{Config{Rows: 2, From: 33, To: 33, Heads: 1, KeySize: 17, ValueSize: 40, Features: [3]int{16, 16, 16}, Out: 33}, itself},
	} {
		for _, masks := range []string{"", "k", "q", "p", "s", "qkp"} {
			for _, causal := range []bool{false, true} {
				for _, rate := range []float64{0, 0.3} {
					c.Causal, c.Rate = causal, rate
					t.Run(fmt.Sprint(c.Config, " masks ", masks), func(t *testing.T) { newNaive(c.Config, masks, c.sources).check(t) })
				}
			}
		}
	}
}

// Sequences that are worked on in several blocks.
func TestLongSequences(t *testing.T) {
	for _, c := range []Config{
		{Rows: 2, From: 200, To: 200, Heads: 2, KeySize: 8, ValueSize: 8, Features: [3]int{4, 4, 4}, Out: 4},
		{Rows: 1, From: 333, To: 333, Heads: 1, KeySize: 5, ValueSize: 5, Features: [3]int{3, 3, 3}, Out: 3, Causal: true, Rate: 0.1},
	} {
		t.Run(c.String(), func(t *testing.T) { newNaive(c, "k", itself).check(t) })
	}
}

// Shapes drawn at random.
func TestDrawnShapes(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	draw := func(most int) int { return 1 + rng.IntN(most) }
	for range 40 {
		c := Config{
			Rows: draw(4), From: draw(40), To: draw(40), Heads: draw(8), KeySize: draw(20), ValueSize: draw(20),
			Features: [3]int{draw(20), draw(20), draw(20)}, Out: draw(20), Causal: draw(2) == 1, Rate: float64(rng.IntN(2)) * 0.2,
		}
		t.Run(c.String(), func(t *testing.T) { newNaive(c, []string{"", "k", "qk", "qp"}[rng.IntN(4)], three).check(t) })
	}
}

// Predictions of fewer examples than processors share the heads among these, and
// give what one processor gives.
func TestSharedHeads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	c := Config{Rows: 3, From: 30, To: 30, Heads: 5, KeySize: 8, ValueSize: 8, Features: [3]int{9, 9, 9}, Out: 9}
	n := newNaive(c, "k", itself)
	block := newNaiveEncoder(EncoderConfig{Rows: 2, Steps: 20, Features: 16, Heads: 3, KeySize: 8, Units: 16, Epsilon: 1e-3, Bend: ReLU, NormFirst: true}, "k")
	var outs [2][2][]float32
	for i, processors := range []int{1, 4} {
		runtime.GOMAXPROCS(processors)
		m, b := NewMultiHead(c), NewEncoder(block.EncoderConfig)
		if m.split != (processors == 4) || b.attention.split != m.split {
			t.Fatalf("on %d processors heads are shared: %v", processors, m.split)
		}
		outs[i] = [2][]float32{make([]float32, c.Rows*c.From*c.Out), make([]float32, len(block.x))}
		for range 2 {
			m.Load(n.weights)
			m.Forward(outs[i][0], n.in, n.masks)
			b.Forward(outs[i][1], block.x, block.weights, block.attention.masks)
		}
	}
	for k, name := range []string{"attention", "block"} {
		if !slices.Equal(outs[0][k], outs[1][k]) {
			t.Errorf("%s: results differ", name)
		}
	}
}

// The same numbers come out of every run, whoever does which part of the work.
func TestRunsAreEqual(t *testing.T) {
	c := Config{Rows: 13, From: 30, To: 30, Heads: 2, KeySize: 8, ValueSize: 8, Features: [3]int{8, 8, 8}, Out: 8, Rate: 0.2, Train: true}
	n := newNaive(c, "k", itself)
	by := random(rand.New(rand.NewPCG(3, 4)), c.Rows*c.From*c.Out, 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	first := n.train(NewMultiHead(c), by)
	for range 5 {
		again := n.train(NewMultiHead(c), by)
		if !slices.Equal(first.out, again.out) {
			t.Fatal("results differ")
		}
		for k := range first.grads {
			if !slices.Equal(first.grads[k], again.grads[k]) {
				t.Fatalf("gradients %d differ", k)
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
		cmd := exec.Command(os.Args[0], "-test.short", "-test.run=Definition|Encoder|Row|Drop")
		cmd.Env = append(os.Environ(), "GODEBUG=simd="+bits)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("vectors of %s bits: %v\n%s", bits, err, out)
		}
	}
}

// BenchmarkMultiHead is attention of the size of the model of texts: predictions
// of some rows, and training of 32.
func BenchmarkMultiHead(b *testing.B) {
	c := Config{From: 200, To: 200, Heads: 2, KeySize: 32, ValueSize: 32, Features: [3]int{32, 32, 32}, Out: 32}
	for _, rows := range []int{1, 32} {
		b.Run(fmt.Sprint("forward ", rows), func(b *testing.B) {
			c.Rows, c.Train = rows, false
			n, m, out := newNaive(c, "", itself), NewMultiHead(c), make([]float32, rows*c.From*c.Out)
			b.ReportAllocs()
			for b.Loop() {
				m.Load(n.weights)
				m.Forward(out, n.in, n.masks)
			}
		})
	}
	b.Run("training", func(b *testing.B) {
		c.Rows, c.Train = 32, true
		n, m := newNaive(c, "", itself), NewMultiHead(c)
		by := make([]float32, c.Rows*c.From*c.Out)
		g := n.train(m, by).grads
		b.ReportAllocs()
		for b.Loop() {
			m.Load(n.weights)
			m.Forward(by, n.in, n.masks)
			m.Backward([3][]float32{g[0], g[1], g[2]}, Weights{g[3], g[4], g[5], g[6], g[7], g[8], g[9], g[10]}, n.in, by, n.masks)
		}
	})
}
