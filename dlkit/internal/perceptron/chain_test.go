package perceptron

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

func random(n int) []float32 {
	rng := rand.New(rand.NewPCG(uint64(n), 3))
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(rng.NormFloat64()) / 4
	}
	return s
}

// numbersFor makes weights, gradients of their shapes, an input and an output.
func numbersFor(c Config) (weights, grads [][]float32, x, out []float32) {
	in := c.In
	for _, l := range c.Layers {
		weights = append(weights, random(in*l.Units))
		if l.Bias {
			weights = append(weights, random(l.Units))
		}
		in = l.Units
	}
	for _, w := range weights {
		grads = append(grads, make([]float32, len(w)))
	}
	return weights, grads, random(c.Rows * c.In), random(c.Rows * in)
}

// formulas are the output and the gradients, in float64 and without dropout.
func formulas(c Config, weights [][]float32, x, dout []float32) (y, dx []float64, grads [][]float64) {
	values := [][]float64{wide(x)}
	kernels, in := []int{}, c.In // the kernel's place among the weights
	at := 0
	for k, l := range c.Layers {
		out := make([]float64, c.Rows*l.Units)
		for i := range out {
			r, u := i/l.Units, i%l.Units
			if l.Bias {
				out[i] = float64(weights[at+1][u])
			}
			for f := range in {
				out[i] += values[k][r*in+f] * float64(weights[at][f*l.Units+u])
			}
			if l.ReLU {
				out[i] = max(0, out[i])
			}
		}
		kernels = append(kernels, at)
		at++
		if l.Bias {
			at++
		}
		values, in = append(values, out), l.Units
	}
	for _, w := range weights {
		grads = append(grads, make([]float64, len(w)))
	}
	d := wide(dout)
	for k := len(c.Layers) - 1; k >= 0; k-- {
		l, in := c.Layers[k], len(values[k])/c.Rows
		below := make([]float64, len(values[k]))
		for i, g := range d {
			r, u := i/l.Units, i%l.Units
			if l.ReLU && values[k+1][i] <= 0 {
				continue
			}
			if l.Bias {
				grads[kernels[k]+1][u] += g
			}
			for f := range in {
				grads[kernels[k]][f*l.Units+u] += g * values[k][r*in+f]
				below[r*in+f] += g * float64(weights[kernels[k]][f*l.Units+u])
			}
		}
		d = below
	}
	return values[len(values)-1], d, grads
}

func wide(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

func same(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	largest := 0.05
	for _, v := range want {
		largest = max(largest, math.Abs(v))
	}
	for i, v := range got {
		if !(math.Abs(float64(v)-want[i]) <= 1e-5*largest) {
			t.Fatalf("%s: number %d is %v, want %v; the largest is %v", what, i, v, want[i], largest)
		}
	}
}

// What is kept of weights must be made anew with their version alone.
func TestChainKeepsWeights(t *testing.T) {
	config := Config{Rows: 2, In: 9, Layers: []Layer{{Units: 5}, {Units: 3, Bias: true}}}
	weights, _, x, out := numbersFor(config)
	first, _, _ := formulas(config, weights, x, out)
	c := New(config)
	for _, version := range []uint64{1, 1, 2, 0, 0} {
		if version != 1 {
			for _, w := range weights[0] {
				weights[0][0] += w // another kernel every time
			}
			first, _, _ = formulas(config, weights, x, out)
		}
		c.Version = version
		c.Forward(out, x, weights, 0)
		same(t, "output", out, first)
	}
	weights[0][0]++
	c.Version = 3
	c.Forward(out, x, weights, 0)
	kept := slices.Clone(out)
	weights[0][0]++ // which is against the rule, and shows that the copy is kept
	c.Forward(out, x, weights, 0)
	if !slices.Equal(out, kept) {
		t.Error("the kernel was copied again")
	}
}

func TestChainsAreTheFormulas(t *testing.T) {
	shapes := map[string][]Layer{
		"one":     {{Units: 1}},
		"padded":  {{Units: 65, Bias: true, ReLU: true}, {Units: 7}},
		"even":    {{Units: 64, Bias: true, ReLU: true}, {Units: 32, Bias: true}},
		"of four": {{Units: 30, ReLU: true}, {Units: 16, Bias: true}, {Units: 5, Bias: true, ReLU: true}, {Units: 3}},
	}
	for name, layers := range shapes {
		for _, rows := range []int{1, 5, 37} {
			for _, in := range []int{3, 16, 50} {
				t.Run(fmt.Sprintf("%s/rows=%d/in=%d", name, rows, in), func(t *testing.T) {
					config := Config{Rows: rows, In: in, Layers: layers, Train: true, Input: true}
					weights, grads, x, dout := numbersFor(config)
					y, dx, wantGrads := formulas(config, weights, x, dout)
					c, out, below := New(config), make([]float32, len(dout)), make([]float32, len(x))
					for range 2 { // the second run must not see what the first left
						c.Forward(out, x, weights, 0)
						same(t, "output", out, y)
						c.Backward(below, grads, x, dout)
						same(t, "gradient by the input", below, dx)
						for i, g := range grads {
							same(t, fmt.Sprint("gradient by weight ", i), g, wantGrads[i])
						}
					}
				})
			}
		}
	}
}

// Whatever the number of processors, results are the same to the bit.
func TestChainsAreDeterministic(t *testing.T) {
	config := Config{Rows: 100, In: 70, Train: true, Layers: []Layer{{Units: 50, Bias: true, ReLU: true, Rate: 0.3}, {Units: 20, Bias: true}}}
	var first [][]float32
	for _, n := range []int{1, 2, 5} {
		was := runtime.GOMAXPROCS(n)
		weights, grads, x, out := numbersFor(config)
		c := New(config)
		c.Forward(out, x, weights, 9)
		c.Backward(nil, grads, x, out)
		runtime.GOMAXPROCS(was)
		all := append([][]float32{out}, grads...)
		if first == nil {
			first = all
		}
		for i := range all {
			if !slices.Equal(all[i], first[i]) {
				t.Errorf("with %d processors, result %d differs", n, i)
			}
		}
	}
}
