package perceptron

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/gofromzero/fromzero/dlkit/internal/steps"
)

// A step must be Forward, a loss and Backward, to the bit.
func TestStepIsForwardAndBackward(t *testing.T) {
	shapes := map[string][]Layer{
		"one":    {{Units: 1}},
		"padded": {{Units: 65, Bias: true, ReLU: true, Rate: 0.2}, {Units: 7}},
		"even":   {{Units: 64, Bias: true, ReLU: true}, {Units: 32, Bias: true}},
	}
	for name, layers := range shapes {
		for _, rows := range []int{1, 5, 37, 100} {
			for _, input := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/rows=%d/input=%v", name, rows, input), func(t *testing.T) {
					config := Config{Rows: rows, In: 50, Layers: layers, Train: true, Input: input}
					weights, want, x, _ := numbersFor(config)
					c, out := New(config), make([]float32, rows*layers[len(layers)-1].Units)
					dx := make([]float32, len(x))
					c.Forward(out, x, weights, 3)
					dout := make([]float32, len(out))
					for i, v := range out {
						dout[i] = 2 * v
					}
					c.Backward(dx, want, x, dout)

					_, grads, _, _ := numbersFor(config)
					below := make([]float32, len(x))
					step := Step{X: x, Weights: weights, Seed: 3, DX: below, Grads: grads, Loss: double}
					for range 2 { // the second must not see what the first left
						c.Step(&step)
						sameBits(t, below, dx, grads, want)
					}

					var all sync.Mutex
					step.Grads = make([][]float32, len(grads))
					for i := range grads {
						clear(grads[i])
					}
					step.Update = func(_, k, at int, g []float32) bool {
						all.Lock()
						defer all.Unlock()
						for i, v := range g {
							grads[k][at+i] += v // twice the same number would show
						}
						return true
					}
					c.Step(&step)
					sameBits(t, below, dx, grads, want)
				})
			}
		}
	}
}

func double(_ int, y, dy []float32) {
	for i, v := range y {
		dy[i] = 2 * v
	}
}

func sameBits(t *testing.T, dx, wantDX []float32, grads, want [][]float32) {
	t.Helper()
	if !slices.Equal(dx, wantDX) {
		t.Error("the gradient by the input differs")
	}
	for i := range grads {
		if !slices.Equal(grads[i], want[i]) {
			t.Errorf("the gradient by weight %d differs", i)
		}
	}
}

// A loss that is no number must keep the gradients from being computed.
func TestStepStopsBehindTheLosses(t *testing.T) {
	config := Config{Rows: 40, In: 50, Layers: []Layer{{Units: 20, Bias: true}}, Train: true}
	weights, _, x, _ := numbersFor(config)
	New(config).Step(&Step{X: x, Weights: weights, Loss: double, Losses: func() bool { return false },
		Update: func(int, int, int, []float32) bool {
			t.Error("a gradient was computed")
			return true
		}})
}

func BenchmarkStep(b *testing.B) {
	for _, rows := range []int{32, 128} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			config := Config{Rows: rows, In: 784, Train: true, Layers: []Layer{{Units: 64, Bias: true, ReLU: true}, {Units: 10, Bias: true}}}
			weights, m, x, _ := numbersFor(config)
			_, v, _, _ := numbersFor(config)
			for i := range v {
				clear(v[i])
			}
			adam := steps.Adam{Beta1: 0.9, Beta2: 0.999, A: 0.001, E: 1e-6, Keep: 1}
			c := New(config)
			step := Step{X: x, Weights: weights, Loss: double, Update: func(_, k, at int, g []float32) bool {
				end := at + len(g)
				adam.Step(weights[k][at:end], g, m[k][at:end], v[k][at:end])
				return true
			}}
			b.ReportAllocs()
			for b.Loop() {
				c.Step(&step)
			}
		})
	}
}
