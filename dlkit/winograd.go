package dlkit

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// Convolutions of 3×3 that move by one pixel are computed with a quarter of the
// multiplications: F(4×4, 3×3) of Lavin & Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2015. The outputs are cut into tiles of 4×4,
// each of which comes from 6×6 inputs d:
//
//	Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A
//
// g being the kernel. Over all tiles, channels and filters, each of the 36
// places of ⊙ is one matrix product. The three transforms are matrix products
// too, over places instead of channels. The tiles are 16 times fewer than the
// pixels, so that all of this is a quarter of the windows' memory.
//
// The gradients are those of the formula, and take as few multiplications.
const (
	tileOut   = 4           // outputs of a tile along an axis
	tileIn    = tileOut + 2 // its inputs
	tapsOf3x3 = 9
)

// What makes the tiles worth their transforms: so many channels times filters,
// and so many pictures, without which the tiles' inputs lie in tiny pieces.
const (
	leastWork     = 32 * 32
	leastPictures = 8
)

// byTiles reports whether the convolution of n pictures of channels to filters
// is quicker by tiles. The last tiles reach beyond the outputs; more than a
// quarter of the work must not be wasted there.
func (c convolution) byTiles(channels, filters, n int) bool {
	fits := func(w axisWindow) bool { return w.kernel == 3 && w.stride == 1 && w.dilation == 1 }
	if c.groups != 1 || !fits(c.h) || !fits(c.w) || channels*filters < leastWork || n < leastPictures {
		return false
	}
	return 4*c.h.out*c.w.out >= 3*c.h.tiles()*c.w.tiles()*tileOut*tileOut
}

// tiles is how many tiles cover the outputs along an axis.
func (w axisWindow) tiles() int { return (w.out + tileOut - 1) / tileOut }

// tileInputs is the way of the tiles over the inputs.
func (w axisWindow) tileInputs() axisWindow {
	return axisWindow{in: w.in, out: w.tiles(), kernel: tileIn, stride: tileOut, dilation: 1, pad: w.pad}
}

// tileOutputs is the way of the tiles over the outputs.
func (w axisWindow) tileOutputs() axisWindow {
	return axisWindow{in: w.out, out: w.tiles(), kernel: tileOut, stride: tileOut, dilation: 1}
}

// tiled is a convolution of 3×3 by tiles: where they take their inputs and
// where they put their outputs.
type tiled struct {
	inputs, outputs convolution
}

func (c convolution) tiled() tiled {
	return tiled{
		convolution{c.h.tileInputs(), c.w.tileInputs(), 1},
		convolution{c.h.tileOutputs(), c.w.tileOutputs(), 1},
	}
}

// apply is convolution.apply: from x (c, h, w, n), a kernel (3, 3, c, filters)
// and a bias (filters,) or nil to (filters, h', w', n).
func (t tiled) apply(x, kernel, bias *graph.Node, withReLU bool) *graph.Node {
	k, n := dims(kernel), dims(x)[3]
	channels, filters := k[2], k[3]
	const places = tileIn * tileIn
	a, b, g := transforms(x)
	v := transformed(b, t.inputs.columns(x), channels) // (places, c, tiles)
	u := transformed(g, tapwise(kernel), filters)      // (places, filters, c)
	m := graph.DotGeneral(u, []int{2}, []int{0}, v, []int{1}, []int{0})
	y := t.assembled(graph.Dot(a, graph.Reshape(m, places, -1)).Product(), filters, n)
	d := dims(y)
	y = graph.Reshape(biased(graph.Reshape(y, filters, -1), bias, withReLU), d...)
	inputs := append([]*graph.Node{x, kernel}, present(bias)...)
	return customVJP(y, func(y, dy *graph.Node) []*graph.Node {
		if withReLU {
			dy = gatedByPositive(y, dy)
		}
		dz := t.outputs.columns(dy)
		dm := transformed(graph.Transpose(a, 0, 1), dz, filters) // (places, filters, tiles)
		u := transformed(g, kernel, channels)                    // (places, c, filters)
		dv := graph.DotGeneral(u, []int{2}, []int{0}, dm, []int{1}, []int{0})
		dcols := graph.Dot(graph.Transpose(b, 0, 1), graph.Reshape(dv, places, -1)).Product()
		dx := t.inputs.spread(graph.Reshape(dcols, 1, places*channels, -1), n)
		grads := []*graph.Node{dx, kernelGradient(v, dm, g, kernel)}
		if bias != nil {
			grads = append(grads, graph.ReduceSum(graph.Reshape(graph.ReduceSum(dz, 2), -1, filters), 0))
		}
		return grads
	}, inputs...)
}

// kernelGradient is Gᵀ·(dm ⊙ v)·G, added up over all tiles.
func kernelGradient(v, dm, g, kernel *graph.Node) *graph.Node {
	k := dims(kernel)
	channels, filters := k[2], k[3]
	backwards := filters > channels // the larger first, which is packed faster
	if backwards {
		v, dm = dm, v
	}
	du := graph.DotGeneral(v, []int{2}, []int{0}, dm, []int{2}, []int{0})
	dw := graph.Dot(graph.Transpose(g, 0, 1), graph.Reshape(du, tileIn*tileIn, -1)).Product()
	if backwards {
		dw = tapwise(graph.Reshape(dw, tapsOf3x3, filters, channels))
	}
	return graph.Reshape(dw, k...)
}

// transformed applies a transform (to, from) to x, which lies as (from, rows,
// …) in memory: (to, rows, …).
func transformed(transform, x *graph.Node, rows int) *graph.Node {
	d := dims(transform)
	return graph.Reshape(graph.Dot(transform, graph.Reshape(x, d[1], -1)).Product(), d[0], rows, -1)
}

// assembled puts the outputs of all tiles (16, filters·tiles) together, and
// drops what is beyond: (filters, h', w', n).
func (t tiled) assembled(y *graph.Node, filters, n int) *graph.Node {
	h, w := t.outputs.h, t.outputs.w
	y = graph.TransposeAllAxes(graph.Reshape(y, tileOut, tileOut, filters, h.out, w.out, n), 2, 3, 0, 4, 1, 5)
	y = graph.Reshape(y, filters, h.out*tileOut, w.out*tileOut, n)
	return cropped(cropped(y, 1, 0, h.in), 2, 0, w.in)
}

// tapwise turns (…, c, filters) into (taps, filters, c), in steps that are fast.
func tapwise(kernel *graph.Node) *graph.Node {
	k := dims(kernel)
	c, filters := k[len(k)-2], k[len(k)-1]
	t := graph.Transpose(graph.Reshape(kernel, -1, filters), 0, 1)
	return graph.TransposeAllAxes(graph.Reshape(t, filters, tapsOf3x3, c), 1, 0, 2)
}

// tilePoints are where the polynomials behind the transforms are evaluated,
// besides at infinity. These keep an error of 1e-6 in float32, where 0, ±1, ±2
// would give 4e-6.
var tilePoints = [tileIn - 1]float64{0, 0.75, -0.75, 1.5, -1.5}

// transforms are Aᵀ⊗Aᵀ, Bᵀ⊗Bᵀ and G⊗G, of x's type: matrices of 16·36, 36·36
// and 36·9.
func transforms(x *graph.Node) (a, b, g *graph.Node) {
	along := [3][][]float64{alongA(), alongB(), alongG()}
	var out [3]*graph.Node
	for i, m := range along {
		out[i] = graph.ConvertDType(graph.Const(x.Graph(), kronecker(m)), x.DType())
	}
	return out[0], out[1], out[2]
}

// alongA is Aᵀ: a polynomial's coefficients from values at the points.
func alongA() [][]float64 {
	m := make([][]float64, tileOut)
	for i := range m {
		for _, p := range tilePoints {
			m[i] = append(m[i], math.Pow(p, float64(i)))
		}
		m[i] = append(m[i], 0)
	}
	m[tileOut-1][tileIn-1] = 1
	return m
}

// alongG is G: values of the kernel's polynomial at the points, divided by
// what alongB leaves undivided.
func alongG() [][]float64 {
	m := make([][]float64, tileIn)
	for j, p := range tilePoints {
		scale := 1.0
		for k, q := range tilePoints {
			if k != j {
				scale *= p - q
			}
		}
		m[j] = []float64{1 / scale, p / scale, p * p / scale}
	}
	m[tileIn-1] = []float64{0, 0, 1}
	return m
}

// alongB is Bᵀ: the coefficients of the polynomials that are 0 at all points
// but one.
func alongB() [][]float64 {
	m := make([][]float64, tileIn)
	for j := range m {
		poly := make([]float64, tileIn)
		poly[0] = 1
		for k, q := range tilePoints {
			if k == j {
				continue
			}
			for i := tileIn - 1; i > 0; i-- { // times (x − q)
				poly[i] = poly[i-1] - q*poly[i]
			}
			poly[0] *= -q
		}
		m[j] = poly
	}
	return m
}

// kronecker is m⊗m.
func kronecker(m [][]float64) [][]float64 {
	rows, columns := len(m), len(m[0])
	out := make([][]float64, rows*rows)
	for i := range out {
		for j := range columns * columns {
			out[i] = append(out[i], m[i/rows][j/columns]*m[i%rows][j%columns])
		}
	}
	return out
}
