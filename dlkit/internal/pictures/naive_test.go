//go:build goexperiment.simd

package pictures

import "math"

// naive is a chain by the formulas, in float64 and without dropout: what Chain is
// held against. It keeps the input of every layer.
type naive struct {
	Config
	weights [][]float32
	shapes  [][3]int // of the inputs of the layers, and of the output
	values  [][]float64
	moments [][]float64
}

func newNaive(c Config, weights [][]float32, x []float32) *naive {
	n := &naive{Config: c, weights: weights, shapes: [][3]int{{c.Height, c.Width, c.Channels}}}
	value := make([]float64, len(x))
	for i, v := range x {
		value[i] = float64(v)
	}
	n.values = append(n.values, value)
	at := 0
	for i, l := range c.Layers {
		from := l.from(i)
		in := n.shapes[from[0]]
		out := l.out(in)
		if l.Kind == Conv {
			out[2] = l.Filters
		}
		all, _ := l.Weights(c.Train)
		y := make([]float64, c.Rows*out[0]*out[1]*out[2])
		n.forward(l, in, out, n.values[from[0]], y, weights[at:at+all])
		for _, v := range from[1:] { // of Add
			for k, x := range n.values[v] {
				y[k] += x
			}
		}
		at += all
		n.shapes, n.values = append(n.shapes, out), append(n.values, y)
	}
	return n
}

// index is the place of a number in (rows, height, width, channels), −1 outside.
func index(s [3]int, r, y, x, c int) int {
	if y < 0 || x < 0 || y >= s[0] || x >= s[1] {
		return -1
	}
	return ((r*s[0]+y)*s[1]+x)*s[2] + c
}

// eachOf goes through all numbers of pictures.
func eachOf(rows int, s [3]int, do func(at, r, y, x, c int)) {
	for at := range rows * s[0] * s[1] * s[2] {
		do(at, at/(s[0]*s[1]*s[2]), at/(s[1]*s[2])%s[0], at/s[2]%s[1], at%s[2])
	}
}

// taps goes through the inputs of an output of a convolution, with their weights.
func (l Layer) taps(in [3]int, r, y, x, f int, do func(from, weight int)) {
	down, right := l.stride()
	for i := range l.Window[0] {
		for j := range l.Window[1] {
			for c := range in[2] {
				from, tap := index(in, r, y*down+i-l.Pad[0], x*right+j-l.Pad[1], c), (i*l.Window[1]+j)*in[2]+c
				switch {
				case from < 0:
				case l.Kind == Conv:
					do(from, tap*l.Filters+f)
				case c == f: // Depthwise
					do(from, tap)
				}
			}
		}
	}
}

// pooled goes through the inputs of an output of pooling.
func (l Layer) pooled(in [3]int, r, y, x, c int, do func(from int)) {
	for j := range l.Window[1] {
		for i := range l.Window[0] {
			do(index(in, r, y*l.Window[0]+i, x*l.Window[1]+j, c))
		}
	}
}

// ofChannel goes through all numbers of a channel.
func ofChannel(in [3]int, r, c int, do func(from int)) {
	for y := range in[0] {
		for x := range in[1] {
			do(index(in, r, y, x, c))
		}
	}
}

func (n *naive) forward(l Layer, in, out [3]int, x, y []float64, weights [][]float32) {
	if l.Kind == Norm {
		n.normalize(l, in, x, y, weights)
		return
	}
	eachOf(n.Rows, out, func(at, r, row, column, c int) {
		switch l.Kind {
		case Conv, Depthwise:
			if l.Bias {
				y[at] = float64(weights[1][c])
			}
			l.taps(in, r, row, column, c, func(from, w int) { y[at] += x[from] * float64(weights[0][w]) })
		case ReLU:
			y[at] = max(0, x[at])
		case MaxPool:
			y[at] = math.Inf(-1)
			l.pooled(in, r, row, column, c, func(from int) { y[at] = max(y[at], x[from]) })
		case AvgPool:
			l.pooled(in, r, row, column, c, func(from int) { y[at] += x[from] / float64(l.Window[0]*l.Window[1]) })
		case GlobalMaxPool:
			y[at] = math.Inf(-1)
			ofChannel(in, r, c, func(from int) { y[at] = max(y[at], x[from]) })
		case GlobalAvgPool:
			ofChannel(in, r, c, func(from int) { y[at] += x[from] / float64(in[0]*in[1]) })
		case Activation:
			y[at] = l.naively(x[at])
		default:
			y[at] = x[at]
		}
	})
}

func (n *naive) normalize(l Layer, s [3]int, x, y []float64, weights [][]float32) {
	gamma, beta, rest := l.split(weights)
	mean, variance := make([]float64, s[2]), make([]float64, s[2])
	number := float64(n.Rows * s[0] * s[1])
	for i, v := range x {
		mean[i%s[2]] += v / number
	}
	for i, v := range x {
		d := v - mean[i%s[2]]
		variance[i%s[2]] += d * d / number
	}
	if !n.Train {
		for c := range s[2] {
			mean[c], variance[c] = float64(rest[0][c]), float64(rest[1][c])
		}
	}
	n.moments = append(n.moments, mean, variance)
	for i, v := range x {
		c := i % s[2]
		y[i] = (v - mean[c]) / math.Sqrt(variance[c]+float64(l.Epsilon))
		if gamma != nil {
			y[i] *= float64(gamma[c])
		}
		if beta != nil {
			y[i] += float64(beta[c])
		}
	}
}

// backward are the gradients by the input and the trained weights.
func (n *naive) backward(dout []float32) (dx []float64, grads [][]float64) {
	slopes := make([][]float64, len(n.values))
	for i, v := range n.values {
		slopes[i] = make([]float64, len(v))
	}
	for i, v := range dout {
		slopes[len(slopes)-1][i] = float64(v)
	}
	at, moments := len(n.weights), len(n.moments)
	for i := len(n.Layers) - 1; i >= 0; i-- {
		l := n.Layers[i]
		all, _ := l.Weights(true)
		at -= all
		if l.Kind == Norm {
			moments -= 2
		}
		below, own := n.layerBack(l, i, slopes[i+1], n.weights[at:at+all], moments)
		grads = append(own, grads...)
		for _, v := range l.from(i) {
			for k, d := range below {
				slopes[v][k] += d
			}
		}
	}
	return slopes[0], grads
}

func (n *naive) layerBack(l Layer, i int, d []float64, weights [][]float32, moments int) (dx []float64, grads [][]float64) {
	from := l.from(i)[0]
	in, x, y := n.shapes[from], n.values[from], n.values[i+1]
	dx = make([]float64, len(x))
	for _, w := range weights {
		grads = append(grads, make([]float64, len(w)))
	}
	if l.Kind == Norm {
		n.normBack(l, in, x, dx, d, weights, grads, moments)
		return dx, grads
	}
	eachOf(n.Rows, n.shapes[i+1], func(at, r, row, column, c int) {
		switch l.Kind {
		case Conv, Depthwise:
			if l.Bias {
				grads[1][c] += d[at]
			}
			l.taps(in, r, row, column, c, func(from, w int) {
				dx[from] += d[at] * float64(weights[0][w])
				grads[0][w] += d[at] * x[from]
			})
		case ReLU:
			if x[at] > 0 {
				dx[at] = d[at]
			}
		case MaxPool: // among equals the last gets all
			last := -1
			l.pooled(in, r, row, column, c, func(from int) {
				if x[from] == y[at] {
					last = from
				}
			})
			dx[last] += d[at]
		case AvgPool:
			l.pooled(in, r, row, column, c, func(from int) { dx[from] += d[at] / float64(l.Window[0]*l.Window[1]) })
		case GlobalMaxPool: // all equals get all
			ofChannel(in, r, c, func(from int) {
				if x[from] == y[at] {
					dx[from] = d[at]
				}
			})
		case GlobalAvgPool:
			ofChannel(in, r, c, func(from int) { dx[from] = d[at] / float64(in[0]*in[1]) })
		case Activation:
			dx[at] = d[at] * l.slopeNaively(x[at])
		default:
			dx[at] = d[at]
		}
	})
	return dx, grads
}

func (n *naive) normBack(l Layer, s [3]int, x, dx, d []float64, weights [][]float32, grads [][]float64, moments int) {
	gamma, _, _ := l.split(weights)
	mean, variance, number := n.moments[moments], n.moments[moments+1], float64(n.Rows*s[0]*s[1])
	sum, product := make([]float64, s[2]), make([]float64, s[2]) // of d, and of d times the unit
	inverse := func(c int) float64 { return 1 / math.Sqrt(variance[c]+float64(l.Epsilon)) }
	unit := func(i int) float64 { return (x[i] - mean[i%s[2]]) * inverse(i%s[2]) }
	for i, v := range d {
		sum[i%s[2]] += v
		product[i%s[2]] += v * unit(i)
	}
	for i, v := range d {
		c := i % s[2]
		dx[i] = inverse(c) * (v - sum[c]/number - unit(i)*product[c]/number)
		if gamma != nil {
			dx[i] *= float64(gamma[c])
		}
	}
	if l.Scale {
		copy(grads[0], product)
		grads = grads[1:]
	}
	if l.Center {
		copy(grads[0], sum)
	}
}
