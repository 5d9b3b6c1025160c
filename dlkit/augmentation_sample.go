package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// resampling is what layers that move the points of a picture have in common.
type resampling struct {
	augmentation
	filling
	// Interpolation finds values between the pixels: Bilinear or Nearest.
	Interpolation Interpolation
}

// ResamplingOption is an option of RandomTranslation and RandomRotation, and
// of RandomZoom too: FillReflect (the default), FillConstant, FillNearest or
// FillWrap, FillValue, Bilinear (the default) or Nearest, Name.
type ResamplingOption interface {
	applyResampling(*resampling)
	RandomZoomOption
}

func (o NameOption) applyResampling(r *resampling)      { r.Name = o.name }
func (m FillMode) applyResampling(r *resampling)        { r.FillMode = m }
func (v FillValueOption) applyResampling(r *resampling) { r.filling = v.filling() }
func (i Interpolation) applyResampling(r *resampling)   { r.Interpolation = i }

// usualResampling are the settings without options, Keras' own.
func usualResampling() resampling {
	return resampling{filling: filling{FillMode: FillReflect}, Interpolation: Bilinear}
}

func resamplingOf(options []ResamplingOption) resampling {
	r := usualResampling()
	for _, o := range options {
		o.applyResampling(&r)
	}
	return r
}

// check returns an error for settings that cannot work, or an input that is no
// picture.
func (r *resampling) check(in tensor.Shape) error {
	if i := r.Interpolation; i != Bilinear && i != Nearest {
		return fmt.Errorf("interpolation is %q; it must be Nearest or Bilinear", string(i))
	}
	return firstError(r.filling.check(), wantPicture(in))
}

// describe writes what is not as usual.
func (r *resampling) describe() string {
	s := r.filling.describe(FillReflect)
	if r.Interpolation != Bilinear {
		s += ", " + string(r.Interpolation)
	}
	return s
}

// marginFor is what points need that lie up to reach pixels beyond an edge.
func marginFor(reach [2]float64) HW {
	const rounding = 1e-3
	side := func(reach float64) int { return int(math.Ceil(max(reach, 0)+rounding)) + 1 }
	return HW{side(reach[0]), side(reach[1])}
}

// moved moves every picture of x (n, h, w, c) down and to the right by the
// pixels in shift (n, 2), at most by reach. All points of a picture lie alike
// between its pixels, so that whole windows are blended.
func (r *resampling) moved(x, shift *graph.Node, reach [2]float64) *graph.Node {
	d, margin := dims(x), marginFor(reach)
	back := graph.Neg(shift)
	if r.Interpolation == Nearest {
		return windowsOf(r.extended(x, margin), r.corner(graph.AddScalar(back, 0.5), margin), HW{d[1], d[2]})
	}
	window := windowsOf(r.extended(x, margin), r.corner(back, margin), HW{d[1] + 1, d[2] + 1})
	between := graph.Sub(back, graph.Floor(back))
	for i := range 2 {
		near, far := cropped(window, i+1, 0, d[i+1]), cropped(window, i+1, 1, d[i+1])
		window = blended(near, far, perPicture(cropped(between, 1, i, 1)))
	}
	return window
}

// corner is where the window of a picture moved by so much begins inside the
// margin.
func (r *resampling) corner(by *graph.Node, margin HW) *graph.Node {
	return graph.Add(graph.ConvertDType(graph.Floor(by), dtypes.Int32),
		graph.Const(by.Graph(), [][]int32{{int32(margin[0]), int32(margin[1])}}))
}

// blended is a where share is 0 and b where it is 1.
func blended(a, b, share *graph.Node) *graph.Node {
	return graph.Add(a, graph.Mul(graph.Sub(b, a), share))
}

// linearMap says from where, seen from a picture's middle, the pixel at (y, x)
// is taken: y·yy + x·yx down and y·xy + x·xx to the right. Each is (n, 1); nil
// is 0.
type linearMap struct{ yy, yx, xy, xx *graph.Node }

// warped takes every pixel of x (n, h, w, c) from where the map says; reach is
// by how much that may lie beyond the edges.
func (r *resampling) warped(x *graph.Node, m linearMap, reach [2]float64) *graph.Node {
	d, margin := dims(x), marginFor(reach)
	if r.FillMode == FillConstant || r.FillMode == FillNearest { // beyond the next pixel all is alike
		margin = HW{1, 1}
	}
	y0, x0 := float64(d[1]-1)/2, float64(d[2]-1)/2
	grid := func(value func(row, column int) float64) *graph.Node {
		values := make([]float64, 0, d[1]*d[2])
		for row := range d[1] {
			for column := range d[2] {
				values = append(values, value(row, column))
			}
		}
		return graph.Reshape(graph.ConvertDType(graph.Const(x.Graph(), values), x.DType()), 1, d[1]*d[2])
	}
	down := grid(func(row, _ int) float64 { return float64(row) - y0 })
	right := grid(func(_, column int) float64 { return float64(column) - x0 })
	at := func(byDown, byRight *graph.Node, middle float64, margin, size int) *graph.Node {
		from := graph.AddScalar(sumOf(timesOrNil(byDown, down), timesOrNil(byRight, right)), middle+float64(margin))
		return graph.ClipScalar(from, 0, float64(size+2*margin-1))
	}
	ys, xs := at(m.yy, m.yx, y0, margin[0], d[1]), at(m.xy, m.xx, x0, margin[1], d[2])
	return graph.Reshape(r.sampled(r.extended(x, margin), ys, xs), d...)
}

// timesOrNil is a·b, nil if a is.
func timesOrNil(a, b *graph.Node) *graph.Node {
	if a == nil {
		return nil
	}
	return graph.Mul(a, b)
}

// sampled are the values of pictures x (n, h, w, c) at the points ys, xs (n,
// points), which lie inside: (n·points, c).
func (r *resampling) sampled(x, ys, xs *graph.Node) *graph.Node {
	d := dims(x)
	pixels := graph.Reshape(x, d[0]*d[1]*d[2], d[3])
	if r.Interpolation == Nearest {
		return graph.Gather(pixels, pixelAt(rounded(graph.AddScalar(ys, 0.5)), rounded(graph.AddScalar(xs, 0.5)), d))
	}
	top, left := rounded(graph.MinScalar(ys, float64(d[1]-2))), rounded(graph.MinScalar(xs, float64(d[2]-2)))
	at := pixelAt(top, left, d)
	two := func(at *graph.Node) *graph.Node { // neighbours in a row, side by side
		return graph.Reshape(graph.GatherSlices(pixels, []int{0}, at, []int{2}, false), -1, 2*d[3])
	}
	share := func(at, near *graph.Node) *graph.Node {
		return graph.Reshape(graph.Sub(at, graph.ConvertDType(near, x.DType())), -1, 1)
	}
	both := blended(two(at), two(graph.AddScalar(at, d[2])), share(ys, top))
	return blended(cropped(both, 1, 0, d[3]), cropped(both, 1, d[3], d[3]), share(xs, left))
}

// rounded are values of at least 0, rounded down.
func rounded(v *graph.Node) *graph.Node { return graph.ConvertDType(v, dtypes.Int32) }

// pixelAt numbers the pixels in the given rows and columns (n, points) through
// all pictures of shape d: (n·points, 1).
func pixelAt(rows, columns *graph.Node, d []int) *graph.Node {
	first := numbersTo(d[0])
	for i := range first {
		first[i] *= int32(d[1] * d[2])
	}
	at := graph.Add(graph.MulScalar(rows, d[2]), columns)
	at = graph.Add(at, graph.Reshape(graph.Const(rows.Graph(), first), d[0], 1))
	return graph.Reshape(at, -1, 1)
}
