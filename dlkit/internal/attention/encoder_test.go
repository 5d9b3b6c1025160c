package attention

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// naiveEncoder is the block by its definition, in float64.
type naiveEncoder struct {
	EncoderConfig
	seed      uint64
	attention *naive
	x         []float32
	weights   EncoderWeights
}

func newNaiveEncoder(c EncoderConfig, masks string) *naiveEncoder {
	n := &naiveEncoder{EncoderConfig: c, seed: 77}
	n.attention = newNaive(Config{
		Rows: c.Rows, From: c.Steps, To: c.Steps, Heads: c.Heads, KeySize: c.KeySize, ValueSize: c.KeySize,
		Features: [3]int{c.Features, c.Features, c.Features}, Out: c.Features, Causal: c.Causal,
	}, masks, itself)
	n.x = n.attention.in[0]
	rng := rand.New(rand.NewPCG(5, 6))
	n.weights = EncoderWeights{
		Attention: n.attention.weights, In: random(rng, c.Features*c.Units, 1), InBias: random(rng, c.Units, 1),
		Out: random(rng, c.Units*c.Features, 1), OutBias: random(rng, c.Features, 1),
	}
	for i := range 2 {
		n.weights.Gamma[i], n.weights.Beta[i] = random(rng, c.Features, 2), random(rng, c.Features, 1)
	}
	return n
}

// lists are all that the loss depends on, by name.
func (n *naiveEncoder) lists() (names []string, lists [][]float32) {
	w, a := n.weights, n.weights.Attention
	return []string{"input", "query", "query bias", "key", "key bias", "value", "value bias", "output", "output bias", "in", "in bias", "out", "out bias", "gamma 1", "gamma 2", "beta 1", "beta 2"},
		[][]float32{n.x, a.Query, a.QueryBias, a.Key, a.KeyBias, a.Value, a.ValueBias, a.Output, a.OutputBias, w.In, w.InBias, w.Out, w.OutBias, w.Gamma[0], w.Gamma[1], w.Beta[0], w.Beta[1]}
}

func weightsOf(g [][]float32) EncoderWeights {
	return EncoderWeights{Weights{g[1], g[2], g[3], g[4], g[5], g[6], g[7], g[8]}, g[9], g[10], g[11], g[12], [2][]float32{g[13], g[14]}, [2][]float32{g[15], g[16]}}
}

// normalized is the norm of a part of all steps of all examples.
func (n *naiveEncoder) normalized(x []float64, part int) []float64 {
	out, size := make([]float64, len(x)), n.Features
	for i := 0; i < len(x); i += size {
		mean, variance := 0.0, 0.0
		for _, v := range x[i : i+size] {
			mean += v / float64(size)
		}
		for _, v := range x[i : i+size] {
			variance += (v - mean) * (v - mean) / float64(size)
		}
		for j, v := range x[i : i+size] {
			out[i+j] = (v-mean)/math.Sqrt(variance+n.Epsilon)*float64(n.weights.Gamma[part][j]) + float64(n.weights.Beta[part][j])
		}
	}
	return out
}

// dropped is the result of a part with some of it dropped.
func (n *naiveEncoder) dropped(y []float64, part int) []float64 {
	d := newDropout(n.Rate)
	if d == nil || !n.Train {
		return y
	}
	for at := range y {
		row, j := at/n.Features, at%n.Features
		key := keyOf(n.seed, row/n.Steps, part, row%n.Steps)
		if drawn(uint32(j), uint32(key), uint32(key>>32)) < d.limit {
			y[at] = 0
		}
		y[at] *= float64(d.scale)
	}
	return y
}

func (n *naiveEncoder) dense(x []float64) []float64 {
	out := make([]float64, len(x))
	w := n.weights
	for i := 0; i < len(x); i += n.Features {
		for o := range n.Features {
			out[i+o] = float64(w.OutBias[o])
		}
		for u := range n.Units {
			z := float64(w.InBias[u])
			for f := range n.Features {
				z += x[i+f] * float64(w.In[f*n.Units+u])
			}
			switch n.Bend {
			case ReLU:
				z = max(z, 0)
			case GELU:
				z *= 0.5 * (1 + math.Erf(z/math.Sqrt2))
			}
			for o := range n.Features {
				out[i+o] += z * float64(w.Out[u*n.Features+o])
			}
		}
	}
	return out
}

func (n *naiveEncoder) forward() []float64 {
	x := make([]float64, len(n.x))
	for i, v := range n.x {
		x[i] = float64(v)
	}
	parts := []func(x []float64) []float64{func(x []float64) []float64 {
		n.attention.exact = x
		return n.attention.forward()
	}, n.dense}
	for i, part := range parts {
		in := x
		if n.NormFirst {
			in = n.normalized(x, i)
		}
		y := n.dropped(part(in), i)
		for at := range y {
			y[at] += x[at]
		}
		x = y
		if !n.NormFirst {
			x = n.normalized(x, i)
		}
	}
	return x
}

func (n *naiveEncoder) loss(by []float32) float64 {
	sum := 0.0
	for i, v := range n.forward() {
		sum += v * float64(by[i])
	}
	return sum
}

func (n *naiveEncoder) train(b *Encoder, by []float32) trained {
	b.Seed = n.seed
	_, lists := n.lists()
	t := trained{out: make([]float32, len(by))}
	for _, list := range lists {
		t.grads = append(t.grads, make([]float32, len(list)))
	}
	for range 2 {
		b.Forward(t.out, n.x, n.weights, n.attention.masks)
		b.Backward(t.grads[0], weightsOf(t.grads), n.x, by, n.attention.masks)
	}
	return t
}

func (n *naiveEncoder) check(t *testing.T) {
	by := random(rand.New(rand.NewPCG(3, 4)), len(n.x), 1)
	n.Train = true
	got := n.train(NewEncoder(n.EncoderConfig), by)
	if d, i := farthest(got.out, n.forward()); !(d < 2e-4) {
		t.Errorf("result %d is off by %v", i, d)
	}
	names, lists := n.lists()
	for k, list := range lists {
		scale := 1.0
		for _, g := range got.grads[k] {
			scale = max(scale, math.Abs(float64(g)))
		}
		for s := range min(4, len(list)) {
			i := s * len(list) / min(4, len(list))
			const h = 1.0 / 8192
			was := list[i]
			list[i] = was + h
			up := n.loss(by)
			list[i] = was - h
			want := (up - n.loss(by)) / (2 * h)
			list[i] = was
			if !(math.Abs(want-float64(got.grads[k][i])) < 3e-3*scale) {
				t.Errorf("gradient by %s, %d: %v, the slope is %v", names[k], i, got.grads[k][i], want)
			}
		}
	}
	if n.Rate > 0 {
		return
	}
	c := n.EncoderConfig
	c.Train = false
	out := make([]float32, len(by))
	NewEncoder(c).Forward(out, n.x, n.weights, n.attention.masks)
	if !slices.Equal(out, got.out) {
		t.Error("a prediction differs from the result in training")
	}
}

// Results and gradients must be those of the definition.
func TestEncoderIsItsDefinition(t *testing.T) {
	for _, c := range []EncoderConfig{
		{Rows: 3, Steps: 5, Features: 4, Heads: 2, KeySize: 3, Units: 5},
		{Rows: 2, Steps: 9, Features: 16, Heads: 1, KeySize: 16, Units: 32},
		{Rows: 2, Steps: 6, Features: 19, Heads: 3, KeySize: 7, Units: 17},
	} {
		c.Epsilon = 1e-3
		for _, first := range []bool{false, true} {
			for bend, rate := range map[Bend]float64{Straight: 0, ReLU: 0.3, GELU: 0.1} {
				c.NormFirst, c.Causal, c.Bend, c.Rate = first, first, bend, rate
				for _, masks := range []string{"", "qk"} {
					t.Run(fmt.Sprintf("%+v masks %s", c, masks), func(t *testing.T) { newNaiveEncoder(c, masks).check(t) })
				}
			}
		}
	}
}

// The same numbers come out of every run, whoever does which part of the work.
func TestEncoderRunsAreEqual(t *testing.T) {
	c := EncoderConfig{Rows: 13, Steps: 20, Features: 16, Heads: 2, KeySize: 8, Units: 16, Epsilon: 1e-3, Rate: 0.2, Bend: ReLU, Train: true}
	n := newNaiveEncoder(c, "")
	by := random(rand.New(rand.NewPCG(3, 4)), len(n.x), 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	first := n.train(NewEncoder(c), by)
	for range 5 {
		again := n.train(NewEncoder(c), by)
		for k := range first.grads {
			if !slices.Equal(first.grads[k], again.grads[k]) {
				t.Fatalf("gradients %d differ", k)
			}
		}
	}
}

// BenchmarkEncoder is the block of the model of texts.
func BenchmarkEncoder(b *testing.B) {
	c := EncoderConfig{Steps: 200, Features: 32, Heads: 2, KeySize: 32, Units: 32, Epsilon: 1e-6, Bend: ReLU, Rate: 0.1}
	for _, rows := range []int{1, 32} {
		b.Run(fmt.Sprint("forward ", rows), func(b *testing.B) {
			c.Rows, c.Train = rows, false
			n, block := newNaiveEncoder(c, ""), NewEncoder(c)
			out := make([]float32, len(n.x))
			b.ReportAllocs()
			for b.Loop() {
				block.Forward(out, n.x, n.weights, Masks{})
			}
		})
	}
	b.Run("training", func(b *testing.B) {
		c.Rows, c.Train = 32, true
		n, block := newNaiveEncoder(c, ""), NewEncoder(c)
		by := make([]float32, len(n.x))
		g := n.train(block, by).grads
		b.ReportAllocs()
		for b.Loop() {
			block.Forward(by, n.x, n.weights, Masks{})
			block.Backward(g[0], weightsOf(g), n.x, by, Masks{})
		}
	})
}
