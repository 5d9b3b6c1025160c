//go:build goexperiment.simd

package pictures

import "simd"

// The functions here work on lines of pixels: numbers (pixels, channels, lanes),
// with vectors that have one number for every channel, or for every channel and
// lane. What is no number (NaN) stays so; simd's own Max would lose it.

// scaleLine is z·scale + shift, and ReLU of it if asked for.
func scaleLine(y, z, scale, shift []float32, relu bool) {
	v, zero := simd.VectorBitSize()/32, simd.Float32s{}
	for at := 0; at < len(z); {
		for c, s := range scale {
			a, b := simd.BroadcastFloat32s(s), simd.BroadcastFloat32s(shift[c])
			for end := at + lanes; at < end; at += v {
				r := simd.LoadFloat32s(z[at:]).MulAdd(a, b)
				if relu {
					r = zero.IfElse(r.LessEqual(zero), r)
				}
				r.Store(y[at:])
			}
		}
	}
}

// shiftLine adds to y a number for every channel, and takes ReLU if asked for.
func shiftLine(y, shift []float32, relu bool) {
	v, zero := simd.VectorBitSize()/32, simd.Float32s{}
	for at := 0; at < len(y); {
		for _, s := range shift {
			b := simd.BroadcastFloat32s(s)
			for end := at + lanes; at < end; at += v {
				r := simd.LoadFloat32s(y[at:]).Add(b)
				if relu {
					r = zero.IfElse(r.LessEqual(zero), r)
				}
				r.Store(y[at:])
			}
		}
	}
}

// addLine adds the pixels of a line to sums (channels, lanes).
func addLine(sums, z []float32) {
	v := simd.VectorBitSize() / 32
	for ; len(z) > 0; z = z[len(sums):] {
		for i := 0; i < len(sums); i += v {
			simd.LoadFloat32s(sums[i:]).Add(simd.LoadFloat32s(z[i:])).Store(sums[i:])
		}
	}
}

// addSquares adds the squares of the distances from the channels' means.
func addSquares(sums, z, mean []float32) {
	v := simd.VectorBitSize() / 32
	for ; len(z) > 0; z = z[len(sums):] {
		for c, m := range mean {
			m := simd.BroadcastFloat32s(m)
			for i := c * lanes; i < (c+1)*lanes; i += v {
				d := simd.LoadFloat32s(z[i:]).Sub(m)
				d.MulAdd(d, simd.LoadFloat32s(sums[i:])).Store(sums[i:])
			}
		}
	}
}

// addGradients adds d to sums, and d·(z − mean) to products.
func addGradients(sums, products, d, z, mean []float32) {
	v := simd.VectorBitSize() / 32
	for ; len(z) > 0; z, d = z[len(sums):], d[len(sums):] {
		for c, m := range mean {
			m := simd.BroadcastFloat32s(m)
			for i := c * lanes; i < (c+1)*lanes; i += v {
				g := simd.LoadFloat32s(d[i:])
				g.Add(simd.LoadFloat32s(sums[i:])).Store(sums[i:])
				g.MulAdd(simd.LoadFloat32s(z[i:]).Sub(m), simd.LoadFloat32s(products[i:])).Store(products[i:])
			}
		}
	}
}

// combineLine is d·scale + (z − mean)·slope + level, times counts (lanes).
func combineLine(dz, d, z, mean, scale, slope, level, counts []float32) {
	v := simd.VectorBitSize() / 32
	for at := 0; at < len(z); {
		for c, m := range mean {
			m, a := simd.BroadcastFloat32s(m), simd.BroadcastFloat32s(scale[c])
			s, l := simd.BroadcastFloat32s(slope[c]), simd.BroadcastFloat32s(level[c])
			for i := 0; i < lanes; i += v {
				r := simd.LoadFloat32s(z[at+i:]).Sub(m).MulAdd(s, l)
				r = simd.LoadFloat32s(d[at+i:]).MulAdd(a, r)
				r.Mul(simd.LoadFloat32s(counts[i:])).Store(dz[at+i:])
			}
			at += lanes
		}
	}
}

// largest sets y to the larger of it and x.
func largest(y, x []float32) {
	v := simd.VectorBitSize() / 32
	for i := 0; i < len(y); i += v {
		a, b := simd.LoadFloat32s(y[i:]), simd.LoadFloat32s(x[i:])
		b.IfElse(a.Less(b), a).IfElse(b.Equal(b), b).Store(y[i:])
	}
}

// giveLargest gives dx the gradient that is left in d where x is y, the largest
// of a window, and takes it from d.
func giveLargest(dx, d, x, y []float32) {
	v := simd.VectorBitSize() / 32
	for i := 0; i < len(y); i += v {
		g := simd.LoadFloat32s(d[i:])
		own := g.Masked(simd.LoadFloat32s(x[i:]).Equal(simd.LoadFloat32s(y[i:])))
		own.Store(dx[i:])
		g.Sub(own).Store(d[i:])
	}
}

// findPeaks sets y to the larger of it and x, which is pixel number at of its
// channel, place to the number of the first pixel that is as large, and others to
// how many more are.
func findPeaks(y, place, others, x []float32, at float32) {
	v, zero, one, here := simd.VectorBitSize()/32, simd.Float32s{}, simd.BroadcastFloat32s(1), simd.BroadcastFloat32s(at)
	for i := 0; i < len(y); i += v {
		a, b := simd.LoadFloat32s(y[i:]), simd.LoadFloat32s(x[i:])
		n, more := simd.LoadFloat32s(others[i:]), b.Greater(a)
		n = n.Add(one).IfElse(b.Equal(a), n)
		zero.IfElse(more, n).Store(others[i:])
		here.IfElse(more, simd.LoadFloat32s(place[i:])).Store(place[i:])
		b.IfElse(more, a).IfElse(b.Equal(b), b).Store(y[i:])
	}
}

// addProduct adds x·by to y, of any length.
func addProduct(y, x []float32, by float32) {
	v, a, i := simd.VectorBitSize()/32, simd.BroadcastFloat32s(by), 0
	for ; i+v <= len(y); i += v {
		simd.LoadFloat32s(x[i:]).MulAdd(a, simd.LoadFloat32s(y[i:])).Store(y[i:])
	}
	for ; i < len(y); i++ {
		y[i] += x[i] * by
	}
}

// giveEqual gives dx the gradient d where x is y, the largest of all.
func giveEqual(dx, d, x, y []float32) {
	v := simd.VectorBitSize() / 32
	for i := 0; i < len(y); i += v {
		simd.LoadFloat32s(d[i:]).Masked(simd.LoadFloat32s(x[i:]).Equal(simd.LoadFloat32s(y[i:]))).Store(dx[i:])
	}
}

// scale multiplies x with a number.
func scale(x []float32, by float32) {
	v, a := simd.VectorBitSize()/32, simd.BroadcastFloat32s(by)
	for i := 0; i < len(x); i += v {
		simd.LoadFloat32s(x[i:]).Mul(a).Store(x[i:])
	}
}

// addScaled adds x·by to y.
func addScaled(y, x []float32, by float32) {
	v, a := simd.VectorBitSize()/32, simd.BroadcastFloat32s(by)
	for i := 0; i < len(y); i += v {
		simd.LoadFloat32s(x[i:]).MulAdd(a, simd.LoadFloat32s(y[i:])).Store(y[i:])
	}
}

// sumLanes adds up the lanes of sums (channels, lanes).
func sumLanes(to []float64, sums []float32) {
	for c := range len(sums) / lanes {
		to[c] = sumOf(sums[c*lanes : (c+1)*lanes])
	}
}

// sumOf adds up numbers.
func sumOf(s []float32) float64 {
	var sum float64
	for _, v := range s {
		sum += float64(v)
	}
	return sum
}
