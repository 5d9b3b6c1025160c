//go:build goexperiment.simd

package pictures

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// digits and colours are the chains of the benchmarks' convolutional networks.
func digits(rows int, train bool) Config {
	conv := func(h, w, f int) Layer {
		return Layer{Kind: Conv, Window: [2]int{3, 3}, Out: [2]int{h, w}, Filters: f, Bias: true}
	}
	pool := Layer{Kind: MaxPool, Window: [2]int{2, 2}}
	return Config{Rows: rows, Height: 28, Width: 28, Channels: 1, Train: train, Layers: []Layer{
		conv(26, 26, 32), {Kind: ReLU}, pool, conv(11, 11, 64), {Kind: ReLU}, pool,
	}}
}

func colours(rows int, train bool) Config {
	c := Config{Rows: rows, Height: 32, Width: 32, Channels: 3, Train: train}
	for i, f := range []int{32, 64, 128} {
		size := 32 >> i
		for range 2 {
			c.Layers = append(c.Layers,
				Layer{Kind: Conv, Window: [2]int{3, 3}, Pad: [2]int{1, 1}, Out: [2]int{size, size}, Filters: f, Bias: true},
				Layer{Kind: Norm, Scale: true, Center: true, Epsilon: 1e-3}, Layer{Kind: ReLU})
		}
		c.Layers = append(c.Layers, Layer{Kind: MaxPool, Window: [2]int{2, 2}}, Layer{Kind: Dropout, Rate: 0.25})
	}
	return c
}

// numbersFor makes random weights, gradients of their shapes, moments, input and
// output of a chain.
func numbersFor(c *Chain) (weights, grads, moments [][]float32, x, out []float32) {
	random := rand.New(rand.NewPCG(1, 2))
	make32 := func(n int) []float32 {
		s := make([]float32, n)
		for i := range s {
			s[i] = float32(random.NormFloat64()) / 4
		}
		return s
	}
	made := []int{c.Channels} // channels of each value
	for k, l := range c.Layers {
		channels := made[l.from(k)[0]]
		all, trained := l.Weights(c.Train)
		for i := range all {
			n := channels
			if l.Kind == Conv {
				n = l.Filters
			}
			if l.Convolves() && i == 0 {
				n *= l.Window[0] * l.Window[1]
			}
			if l.Kind == Conv && i == 0 {
				n *= channels
			}
			w := make32(n)
			if l.Kind == Norm && i == all-1 && !c.Train {
				for i, v := range w {
					w[i] = float32(math.Abs(float64(v))) + 0.5
				}
			}
			weights = append(weights, w)
			if i < trained {
				grads = append(grads, make([]float32, n))
			}
		}
		switch l.Kind {
		case Conv:
			channels = l.Filters
		case Norm:
			moments = append(moments, make([]float32, channels), make([]float32, channels))
		}
		made = append(made, channels)
	}
	o := c.Out()
	return weights, grads, moments, make32(c.Rows * c.Height * c.Width * c.Channels), make32(c.Rows * o[0] * o[1] * o[2])
}

// conv is a convolution of pictures h by w, with or without a margin.
func convOf(kh, kw, h, w, filters int, same, bias bool) Layer {
	l := Layer{Kind: Conv, Window: [2]int{kh, kw}, Out: [2]int{h - kh + 1, w - kw + 1}, Filters: filters, Bias: bias}
	if same {
		l.Pad, l.Out = [2]int{(kh - 1) / 2, (kw - 1) / 2}, [2]int{h, w}
	}
	return l
}

// strided3 is a convolution whose window moves by several pixels.
func strided3(h, w, filters, down, right, pad int) Layer {
	return Layer{
		Kind: Conv, Window: [2]int{3, 3}, Stride: [2]int{down, right}, Pad: [2]int{pad, pad}, Filters: filters, Bias: true,
		Out: [2]int{(h+2*pad-3)/down + 1, (w+2*pad-3)/right + 1},
	}
}

func depthwiseOf(kh, kw, h, w int, same, bias bool) Layer {
	l := convOf(kh, kw, h, w, 0, same, bias)
	l.Kind = Depthwise
	return l
}

// shapes are chains with every kind of layer, in even and odd sizes.
var shapes = map[string]Config{
	"one by one":   {Height: 1, Width: 1, Channels: 1, Layers: []Layer{convOf(1, 1, 1, 1, 1, false, true)}},
	"colours":      {Height: 5, Width: 4, Channels: 3, Layers: []Layer{convOf(3, 3, 5, 4, 7, true, true), {Kind: ReLU}}},
	"narrow":       {Height: 3, Width: 3, Channels: 16, Layers: []Layer{convOf(3, 3, 3, 3, 16, false, true), {Kind: ReLU}}},
	"tiles":        {Height: 6, Width: 8, Channels: 16, Layers: []Layer{convOf(3, 3, 6, 8, 24, true, true), {Kind: ReLU}}},
	"odd tiles":    {Height: 7, Width: 5, Channels: 17, Layers: []Layer{convOf(3, 3, 7, 5, 18, true, false), convOf(3, 3, 7, 5, 33, false, true)}},
	"small tiles":  {Height: 6, Width: 5, Channels: 20, Layers: []Layer{convOf(3, 3, 6, 5, 40, true, true), convOf(3, 3, 6, 5, 16, false, true)}},
	"strides":      {Height: 8, Width: 7, Channels: 3, Layers: []Layer{strided3(8, 7, 18, 2, 2, 1), {Kind: ReLU}, strided3(4, 4, 9, 2, 1, 0)}},
	"long strides": {Height: 9, Width: 10, Channels: 2, Layers: []Layer{convOf(3, 3, 9, 10, 9, true, true), strided3(9, 10, 5, 4, 3, 1)}},
	"one of four":  {Height: 5, Width: 6, Channels: 4, Layers: []Layer{{Kind: Norm, Epsilon: 0.1}, {Kind: Conv, Window: [2]int{1, 1}, Stride: [2]int{2, 2}, Out: [2]int{3, 3}, Filters: 16}}},
	"depthwise":    {Height: 6, Width: 5, Channels: 11, Layers: []Layer{depthwiseOf(3, 3, 6, 5, true, true), {Kind: ReLU}, convOf(1, 1, 6, 5, 16, false, true), depthwiseOf(4, 2, 6, 5, true, true), depthwiseOf(2, 3, 6, 5, false, false), {Kind: Norm, Scale: true, Center: true, Epsilon: 1e-3}}},
	"residual": {Height: 6, Width: 5, Channels: 3, Layers: []Layer{
		convOf(3, 3, 6, 5, 17, true, true), {Kind: ReLU},
		convOf(3, 3, 6, 5, 17, true, false), {Kind: Norm, Scale: true, Center: true, Epsilon: 1e-3}, {Kind: ReLU}, convOf(3, 3, 6, 5, 17, true, false),
		{Kind: Add, From: []int{6, 2}}, {Kind: ReLU},
		strided3(6, 5, 9, 2, 2, 1), {Kind: Conv, From: []int{8}, Window: [2]int{1, 1}, Stride: [2]int{2, 2}, Out: [2]int{3, 3}, Filters: 9}, {Kind: Norm, Epsilon: 0.1},
		{Kind: Dropout, From: []int{9}}, {Kind: ReLU}, {Kind: Add, From: []int{11, 13, 12}},
	}},
	"input again": {Height: 4, Width: 4, Channels: 5, Layers: []Layer{
		convOf(3, 3, 4, 4, 5, true, true), {Kind: Add, From: []int{0, 1, 0}}, {Kind: Conv, From: []int{0}, Window: [2]int{1, 1}, Out: [2]int{4, 4}, Filters: 5}, {Kind: Add, From: []int{2, 3}},
	}},
	"even windows":   {Height: 6, Width: 7, Channels: 9, Layers: []Layer{convOf(4, 2, 6, 7, 10, true, true), convOf(2, 4, 6, 7, 3, false, false)}},
	"large windows":  {Height: 8, Width: 8, Channels: 2, Layers: []Layer{convOf(7, 5, 8, 8, 40, true, true), {Kind: ReLU}, convOf(1, 1, 8, 8, 5, false, true)}},
	"first a norm":   {Height: 4, Width: 3, Channels: 3, Layers: []Layer{{Kind: Norm, Scale: true, Center: true, Epsilon: 1e-3}, {Kind: ReLU}, convOf(3, 3, 4, 3, 4, true, true)}},
	"bare norms":     {Height: 4, Width: 3, Channels: 3, Layers: []Layer{convOf(3, 3, 4, 3, 4, true, true), {Kind: Norm, Epsilon: 0.1}, {Kind: Norm, Center: true, Epsilon: 0.1}, {Kind: ReLU}, {Kind: Norm, Scale: true, Epsilon: 0.1}}},
	"norm and relu":  {Height: 4, Width: 5, Channels: 3, Layers: []Layer{convOf(3, 3, 4, 5, 20, true, true), {Kind: Norm, Scale: true, Center: true, Epsilon: 1e-3}, {Kind: ReLU}, convOf(3, 3, 4, 5, 17, true, false), {Kind: Norm, Scale: true, Center: true, Epsilon: 1e-3}}},
	"relu and norm":  {Height: 4, Width: 4, Channels: 3, Layers: []Layer{convOf(3, 3, 4, 4, 20, true, true), {Kind: ReLU}, {Kind: Norm, Scale: true, Center: true, Epsilon: 1e-3}}},
	"pools":          {Height: 9, Width: 7, Channels: 3, Layers: []Layer{convOf(3, 3, 9, 7, 8, true, true), {Kind: MaxPool, Window: [2]int{2, 2}}, {Kind: ReLU}, {Kind: ReLU}, convOf(3, 3, 4, 3, 9, true, true), {Kind: AvgPool, Window: [2]int{1, 3}}}},
	"first a pool":   {Height: 6, Width: 7, Channels: 5, Layers: []Layer{{Kind: AvgPool, Window: [2]int{3, 2}}, convOf(2, 2, 2, 3, 3, true, true), {Kind: MaxPool, Window: [2]int{2, 1}}, {Kind: Dropout}}},
	"many groups":    {Height: 2, Width: 2, Channels: 2, Layers: []Layer{convOf(2, 2, 2, 2, 8, true, true), {Kind: Norm, Scale: true, Center: true, Epsilon: 1e-3}, {Kind: ReLU}, convOf(2, 2, 2, 2, 3, false, true)}},
	"a sequence":     {Height: 20, Width: 1, Channels: 6, Layers: []Layer{convOf(5, 1, 20, 1, 9, false, true), {Kind: ReLU}, {Kind: MaxPool, Window: [2]int{3, 1}}, convOf(2, 1, 5, 1, 17, true, true), {Kind: GlobalMaxPool}}},
	"causal":         {Height: 11, Width: 1, Channels: 32, Layers: []Layer{{Kind: Conv, Window: [2]int{4, 1}, Pad: [2]int{3, 0}, Out: [2]int{11, 1}, Filters: 40, Bias: true}, {Kind: ReLU}, {Kind: GlobalAvgPool}}},
	"global means":   {Height: 5, Width: 3, Channels: 4, Layers: []Layer{convOf(3, 3, 5, 3, 33, true, true), {Kind: GlobalAvgPool}, convOf(1, 1, 1, 1, 9, false, true), {Kind: GlobalAvgPool}}},
	"global most":    {Height: 5, Width: 3, Channels: 4, Layers: []Layer{{Kind: GlobalMaxPool}, convOf(1, 1, 1, 1, 9, false, true), {Kind: ReLU}}},
	"equals":         {Height: 4, Width: 4, Channels: 3, Layers: []Layer{convOf(3, 3, 4, 4, 9, true, true), {Kind: ReLU}, {Kind: GlobalMaxPool}, {Kind: ReLU}}},
	"wide transpose": {Height: 3, Width: 2, Channels: 4, Layers: []Layer{convOf(3, 1, 3, 2, 50, true, true)}},
}

func TestChainsAreTheFormulas(t *testing.T) {
	for name, config := range shapes {
		for _, rows := range []int{1, 31, 33} {
			for _, train := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/rows=%d/train=%v", name, rows, train), func(t *testing.T) {
					c := config
					c.Rows, c.Train, c.Input = rows, train, train
					checkChain(t, c)
				})
			}
		}
	}
}

func checkChain(t *testing.T, config Config) {
	t.Helper()
	check(t, New(config), config)
}

// Tiles are worked on a few at a time, however few.
func TestTilesInSeveralTurns(t *testing.T) {
	for _, atATime := range []int{1, 3} {
		config := shapes["tiles"]
		config.Rows, config.Train = 33, true
		c, tiles := New(config), 0
		for _, op := range c.work {
			if conv, ok := op.(*convStep); ok && conv.tiled != nil {
				conv.tiled.atATime, tiles = atATime, conv.tiled.tiles
			}
		}
		if tiles <= atATime {
			t.Fatalf("%d tiles, not worked on in several turns", tiles)
		}
		check(t, c, config)
	}
}

func check(t *testing.T, c *Chain, config Config) {
	t.Helper()
	_, _, _, x, _ := numbersFor(c)
	checkOn(t, c, config, x)
}

func checkOn(t *testing.T, c *Chain, config Config, x []float32) {
	t.Helper()
	weights, grads, moments, _, dout := numbersFor(c)
	want := newNaive(config, weights, x)
	out := make([]float32, len(dout))
	for range 2 { // the second run must not see what the first left
		c.Forward(out, x, weights, moments, 1)
		same(t, "output", out, want.values[len(want.values)-1])
		if !config.Train {
			continue
		}
		for i, m := range moments {
			same(t, fmt.Sprint("moment ", i), m, want.moments[i])
		}
		dx := make([]float32, len(x))
		c.Backward(dx, grads, dout)
		wantDx, wantGrads := want.backward(dout)
		if config.Input {
			same(t, "gradient by the input", dx, wantDx)
		}
		for i, g := range grads {
			// A sum of thousands of numbers, whose tiles have lost a digit.
			within(t, 5e-5, fmt.Sprint("gradient by weight ", i), g, wantGrads[i])
		}
	}
}

// same compares relative to the largest number wanted. Where all of them are
// zero, such as the gradient by a bias in front of a normalization, what is left
// is the rounding of terms that cancel: more of it with short vectors.
func same(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	within(t, 2e-5, what, got, want)
}

func within(t *testing.T, tolerance float64, what string, got []float32, want []float64) {
	t.Helper()
	largest := 0.2
	for _, v := range want {
		largest = max(largest, math.Abs(v))
	}
	for i, v := range got {
		if !(math.Abs(float64(v)-want[i]) <= tolerance*largest) {
			t.Fatalf("%s: number %d is %v, want %v; the largest is %v", what, i, v, want[i], largest)
		}
	}
}

// Whatever the number of processors, results are the same to the bit.
func TestChainsAreDeterministic(t *testing.T) {
	if !Fast() {
		t.Skip("without vectors no chain is used, and this would take long")
	}
	line := Config{Rows: 33, Height: 30, Width: 1, Channels: 12, Train: true, Layers: []Layer{
		convOf(5, 1, 30, 1, 40, true, true), bentBy(Tanh), {Kind: MaxPool, Window: [2]int{2, 1}}, bentBy(Mish),
		convOf(3, 1, 15, 1, 20, false, true), {Kind: GlobalAvgPool},
	}}
	words := peaked["words"]
	words.Rows, words.Train = 33, true
	for _, config := range []Config{colours(33, true), line, words} {
		checkDeterminism(t, config)
	}
}

func checkDeterminism(t *testing.T, config Config) {
	t.Helper()
	var first [][]float32
	for _, n := range []int{1, 2, 3, 7} {
		was := runtime.GOMAXPROCS(n)
		c := New(config)
		weights, grads, moments, x, out := numbersFor(c)
		c.Forward(out, x, weights, moments, 5)
		c.Backward(nil, grads, out)
		runtime.GOMAXPROCS(was)
		all := append(append([][]float32{out}, grads...), moments...)
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

// Dropout must drop its share, scale the rest, and send the gradient the same way.
func TestDropout(t *testing.T) {
	c := New(Config{Rows: 32, Height: 10, Width: 10, Channels: 8, Train: true, Input: true, Layers: []Layer{{Kind: Dropout, Rate: 0.3}}})
	x := make([]float32, 32*10*10*8)
	fill(x, 1)
	y, dx, again := make([]float32, len(x)), make([]float32, len(x)), make([]float32, len(x))
	c.Forward(y, x, nil, nil, 7)
	c.Backward(dx, nil, x)
	if !slices.Equal(y, dx) {
		t.Error("the gradient does not go where the values went")
	}
	dropped := 0
	for _, v := range y {
		switch v {
		case 0:
			dropped++
		case 1 / (1 - float32(0.3)):
		default:
			t.Fatalf("a kept 1 became %v", v)
		}
	}
	if share := float64(dropped) / float64(len(y)); math.Abs(share-0.3) > 0.015 { // 5 standard deviations
		t.Errorf("%v were dropped, want 0.3", share)
	}
	c.Forward(again, x, nil, nil, 8)
	if slices.Equal(y, again) {
		t.Error("another seed drops the same")
	}
}
