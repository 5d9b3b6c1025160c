//go:build goexperiment.simd

package pictures

import (
	"fmt"
	"math"
	"testing"
)

// peaked are chains in which a global pool takes the largest of many outputs of a
// convolution.
var peaked = map[string]Config{
	"words":     {Height: 40, Width: 1, Channels: 6, Layers: []Layer{convOf(5, 1, 40, 1, 9, false, true), {Kind: ReLU}, {Kind: GlobalMaxPool}}},
	"a picture": {Height: 9, Width: 6, Channels: 2, Layers: []Layer{convOf(3, 4, 9, 6, 17, true, false), {Kind: GlobalMaxPool}, {Kind: ReLU}}},
	"strides":   {Height: 15, Width: 12, Channels: 3, Layers: []Layer{strided3(15, 12, 18, 2, 2, 1), {Kind: ReLU}, {Kind: GlobalMaxPool}}},
	"behind":    {Height: 7, Width: 6, Channels: 3, Layers: []Layer{convOf(3, 3, 7, 6, 19, true, true), bentBy(Tanh), convOf(3, 3, 7, 6, 20, true, true), {Kind: ReLU}, {Kind: GlobalMaxPool}, convOf(1, 1, 1, 1, 3, false, true)}},
	"bent":      {Height: 7, Width: 6, Channels: 3, Layers: []Layer{convOf(3, 3, 7, 6, 9, true, true), bentBy(Tanh), {Kind: GlobalMaxPool}}},
}

// peaksOf are what the chain looks for.
func peaksOf(c *Chain) *peaks {
	for _, op := range c.work {
		if pool, ok := op.(*global); ok && pool.peaks != nil {
			return pool.peaks
		}
	}
	return nil
}

func TestPeaksAreTheFormulas(t *testing.T) {
	for name, config := range peaked {
		for _, rows := range []int{1, 33} {
			for _, input := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/rows=%d/input=%v", name, rows, input), func(t *testing.T) {
					c := config
					c.Rows, c.Train, c.Input = rows, true, input
					chain := New(c)
					_, _, _, x, _ := numbersFor(chain)
					checkOn(t, chain, c, x)
					if p := peaksOf(chain); (p != nil && p.few) != (name != "bent") {
						t.Errorf("peaks are %+v", p)
					}
				})
			}
		}
	}
}

// Pictures that repeat themselves have peaks several times, and those of one
// colour everywhere: then products are quicker, and must be the same.
func TestEqualPeaksAllGetTheGradient(t *testing.T) {
	for period, few := range map[int]bool{20: true, 10: false, 1: false} {
		t.Run(fmt.Sprint(period), func(t *testing.T) {
			c := peaked["words"]
			c.Rows, c.Train, c.Input = 34, true, true
			c.Height, c.Layers = 80, append([]Layer{convOf(5, 1, 80, 1, 9, false, true)}, c.Layers[1:]...)
			chain := New(c)
			_, _, _, x, _ := numbersFor(chain)
			for i := range x {
				if step := i / 6 % 80; step >= period {
					x[i] = x[i-period*6]
				}
			}
			checkOn(t, chain, c, x)
			if p := peaksOf(chain); p.few != few {
				t.Errorf("peaks are few: %v, want %v", p.few, few)
			}
		})
	}
}

// What is no number may come after equals.
func TestPeaksStandNaN(t *testing.T) {
	c := peaked["words"]
	c.Rows, c.Train, c.Input = 3, true, true
	c.Layers = []Layer{c.Layers[0], c.Layers[2]} // without ReLU, which lets nothing through there
	chain := New(c)
	weights, grads, _, x, dout := numbersFor(chain)
	clear(x)
	x[len(x)-1] = float32(math.NaN())
	out := make([]float32, len(dout))
	chain.Forward(out, x, weights, nil, 0)
	chain.Backward(make([]float32, len(x)), grads, dout)
	if last := out[len(out)-1]; last == last {
		t.Errorf("the largest of numbers and NaN is %v", last)
	}
}
