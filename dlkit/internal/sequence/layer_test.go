package sequence

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func random(n int, scale float32) []float32 {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	out := make([]float32, n)
	for i := range out {
		out[i] = scale * (2*rng.Float32() - 1)
	}
	return out
}

// testCase is a layer with all that it is run on.
type testCase struct {
	Config
	x, mask, kernel, recurrent, bias []float32
}

func newCase(c Config, masked bool) testCase {
	gates := 4 - int(c.Cell)
	t := testCase{Config: c, x: random(c.Rows*c.Steps*c.In, 1)}
	t.kernel, t.recurrent = random(c.In*gates*c.Units, 0.5), random(c.Units*gates*c.Units, 0.4)
	t.bias = random((1+int(c.Cell))*gates*c.Units, 0.3)
	if masked {
		for i := range c.Rows * c.Steps {
			t.mask = append(t.mask, float32(min(1, i%3)))
		}
	}
	return t
}

func (t testCase) outputs() []float32 {
	if t.All {
		return make([]float32, t.Rows*t.Steps*t.Units)
	}
	return make([]float32, t.Rows*t.Units)
}

// loss is the sum of the outputs, each times the number in weights.
func (t testCase) loss(weights []float32) float64 {
	out := t.outputs()
	New(t.Config).Forward(out, t.x, t.mask, t.kernel, t.recurrent, t.bias)
	sum := 0.0
	for i, v := range out {
		sum += float64(v) * float64(weights[i])
	}
	return sum
}

// Gradients must be the slopes of the forward pass, for sizes that fill tiles
// and that do not.
func TestGradientsAreSlopes(t *testing.T) {
	for _, cell := range []Cell{LSTM, GRU} {
		for _, c := range []Config{
			{Rows: 1, Steps: 3, In: 1, Units: 1},
			{Rows: 7, Steps: 5, In: 3, Units: 4, All: true},
			{Rows: 6, Steps: 4, In: 5, Units: 33, Backwards: true},
			{Rows: 9, Steps: 40, In: 2, Units: 3, All: true, Backwards: true},
			{Rows: 5, Steps: 10, In: 32, Units: 16},
		} {
			for _, masked := range []bool{false, true} {
				c.Cell, c.Train = cell, true
				t.Run(fmt.Sprint(c, masked), func(t *testing.T) { newCase(c, masked).checkSlopes(t) })
			}
		}
	}
}

func (t testCase) checkSlopes(tt *testing.T) {
	weights := random(len(t.outputs()), 1)
	l := New(t.Config)
	grads := [][]float32{make([]float32, len(t.x)), make([]float32, len(t.kernel)), make([]float32, len(t.recurrent)), make([]float32, len(t.bias))}
	for range 2 { // what is kept from the run before must not matter
		l.Forward(t.outputs(), t.x, t.mask, t.kernel, t.recurrent, t.bias)
		l.Backward(grads[0], grads[1], grads[2], grads[3], weights, t.mask)
	}
	for k, values := range [][]float32{t.x, t.kernel, t.recurrent, t.bias} {
		scale := 1.0
		for _, g := range grads[k] {
			scale = max(scale, math.Abs(float64(g)))
		}
		for i := range values {
			if len(values) > 40 && i%(len(values)/40) != 0 {
				continue
			}
			const h = 1.0 / 128
			was := values[i]
			values[i] = was + h
			up := t.loss(weights)
			values[i] = was - h
			slope := (up - t.loss(weights)) / (2 * h)
			values[i] = was
			if math.Abs(slope-float64(grads[k][i])) > 2e-3*scale {
				tt.Errorf("gradient %d at %d is %v, the slope is %v", k, i, grads[k][i], slope)
			}
		}
	}
}

// A layer for predictions must give what one for training gives, with few rows
// too, whose inputs it multiplies several steps at a time.
func TestPredictingIsTraining(t *testing.T) {
	for _, c := range []Config{
		{Rows: 11, Steps: 6, In: 5, Units: 20, All: true},
		{Rows: 1, Steps: 75, In: 7, Units: 50},
		{Rows: 3, Steps: 40, In: 5, Units: 20, All: true, Backwards: true},
	} {
		for _, c.Cell = range []Cell{LSTM, GRU} {
			t.Run(fmt.Sprint(c), func(t *testing.T) { checkPredicting(t, c) })
		}
	}
}

func checkPredicting(t *testing.T, config Config) {
	config.Train = true
	c := newCase(config, true)
	trained, predicted := c.outputs(), c.outputs()
	New(c.Config).Forward(trained, c.x, c.mask, c.kernel, c.recurrent, c.bias)
	c.Train = false
	l := New(c.Config)
	for range 2 { // what is kept from the run before must not matter
		l.Forward(predicted, c.x, c.mask, c.kernel, c.recurrent, c.bias)
	}
	for i := range trained {
		if trained[i] != predicted[i] {
			t.Fatalf("output %d is %v in training, %v in predictions", i, trained[i], predicted[i])
		}
	}
}

// BenchmarkLayer is 200 steps of 64 units: predictions of some rows, and
// training of 32.
func BenchmarkLayer(b *testing.B) {
	for cell, name := range []string{"LSTM", "GRU"} {
		for _, rows := range []int{1, 32, 256} {
			b.Run(fmt.Sprint(name, " forward ", rows), func(b *testing.B) {
				c := newCase(Config{Cell: Cell(cell), Rows: rows, Steps: 200, In: 32, Units: 64}, false)
				l, out := New(c.Config), c.outputs()
				b.ReportAllocs()
				for b.Loop() {
					l.Forward(out, c.x, nil, c.kernel, c.recurrent, c.bias)
				}
			})
		}
		b.Run(name+" training", func(b *testing.B) {
			c := newCase(Config{Cell: Cell(cell), Rows: 32, Steps: 200, In: 32, Units: 64, Train: true}, false)
			l, out := New(c.Config), c.outputs()
			dx, dk, dr, db := make([]float32, len(c.x)), make([]float32, len(c.kernel)), make([]float32, len(c.recurrent)), make([]float32, len(c.bias))
			b.ReportAllocs()
			for b.Loop() {
				l.Forward(out, c.x, nil, c.kernel, c.recurrent, c.bias)
				l.Backward(dx, dk, dr, db, out, nil)
			}
		})
	}
}
