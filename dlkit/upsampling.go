package dlkit

import (
	"fmt"
	"math"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Interpolation says how UpSampling2D finds the pixels in between.
type Interpolation string

const (
	// Nearest repeats the nearest pixel. This is the default.
	Nearest Interpolation = "nearest"
	// Bilinear takes the mean of the nearest pixels of two rows and two
	// columns, weighted by nearness.
	Bilinear Interpolation = "bilinear"
)

// UpSampling2DLayer is made by UpSampling2D.
type UpSampling2DLayer struct {
	named
	// Size is how many times higher and wider the output is.
	Size HW
	// Interpolation finds the pixels in between.
	Interpolation Interpolation
}

// UpSampling2D makes pictures larger by whole factors: input (height, width,
// channels), output (height·size, width·size, channels).
func UpSampling2D[S Size](size S, options ...UpSampling2DOption) *UpSampling2DLayer {
	u := &UpSampling2DLayer{Size: sizeOf(size), Interpolation: Nearest}
	for _, o := range options {
		o.applyUpSampling(u)
	}
	return u
}

// UpSampling2DOption is an option of UpSampling2D: Nearest or Bilinear, Name.
type UpSampling2DOption interface {
	applyUpSampling(*UpSampling2DLayer)
}

func (o NameOption) applyUpSampling(u *UpSampling2DLayer)    { u.Name = o.name }
func (i Interpolation) applyUpSampling(u *UpSampling2DLayer) { u.Interpolation = i }

// String describes the layer: "UpSampling2D 2×2, bilinear".
func (u *UpSampling2DLayer) String() string {
	s := "UpSampling2D " + u.Size.String()
	if u.Interpolation != Nearest && u.Interpolation != "" {
		s += ", " + string(u.Interpolation)
	}
	return s
}

// OutShape implements Layer.
func (u *UpSampling2DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := wantPicture(in); err != nil {
		return nil, err
	}
	if u.Size[0] < 1 || u.Size[1] < 1 {
		return nil, fmt.Errorf("size is %v; both factors must be at least 1", u.Size)
	}
	switch u.Interpolation {
	case "", Nearest, Bilinear:
	default:
		return nil, fmt.Errorf("interpolation is %q; it must be Nearest or Bilinear", string(u.Interpolation))
	}
	return tensor.Shape{in[0] * u.Size[0], in[1] * u.Size[1], in[2]}, nil
}

// Apply implements Layer.
func (u *UpSampling2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	x = b.inner(x)
	d := dims(x)
	larger := repeatAlong
	if u.Interpolation == Bilinear {
		larger = interpolateAlong
	}
	x = larger(graph.Reshape(x, d[0], d[1], d[2]*d[3]), u.Size[0])
	x = larger(graph.Reshape(x, -1, d[2], d[3]), u.Size[1])
	return b.fromInner(graph.Reshape(x, d[0], d[1]*u.Size[0], d[2]*u.Size[1], d[3]))
}

// repeatAlong repeats every value of the middle axis.
func repeatAlong(x *graph.Node, times int) *graph.Node {
	return stampAlong(x, slide(dims(x)[1]*times, times, times, 1, Valid))
}

// interpolateAlong makes the middle axis longer by linear interpolation: it
// multiplies with a matrix that holds the shares of the old values.
func interpolateAlong(x *graph.Node, times int) *graph.Node {
	shares := graph.ConvertDType(graph.Const(x.Graph(), linearShares(dims(x)[1], times)), x.DType())
	y := graph.DotGeneral(shares, []int{1}, nil, graph.TransposeAllAxes(x, 1, 0, 2), []int{0}, nil)
	return graph.TransposeAllAxes(y, 1, 0, 2)
}

// linearShares is the matrix (n·times, n) of linear interpolation. Values stand
// in the middle of their pixels; beyond the outermost ones they stay the same.
func linearShares(n, times int) [][]float64 {
	rows := make([][]float64, n*times)
	for i := range rows {
		rows[i] = make([]float64, n)
		at := math.Min(math.Max((float64(i)+0.5)/float64(times)-0.5, 0), float64(n-1))
		low := int(at)
		rows[i][low] += 1 - (at - float64(low))
		rows[i][min(low+1, n-1)] += at - float64(low)
	}
	return rows
}

// UpSampling1DLayer is made by UpSampling1D.
type UpSampling1DLayer struct {
	named
	// Size is how many times longer the output is.
	Size int
}

// UpSampling1D repeats every step: input (steps, channels), output (steps·size,
// channels).
func UpSampling1D(size int, name ...NameOption) *UpSampling1DLayer {
	u := &UpSampling1DLayer{Size: size}
	u.rename(name)
	return u
}

// String describes the layer: "UpSampling1D 2".
func (u *UpSampling1DLayer) String() string { return fmt.Sprintf("UpSampling1D %d", u.Size) }

// OutShape implements Layer.
func (u *UpSampling1DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := wantSequence(in); err != nil {
		return nil, err
	}
	if u.Size < 1 {
		return nil, fmt.Errorf("size is %d; the factor must be at least 1", u.Size)
	}
	return tensor.Shape{in[0] * u.Size, in[1]}, nil
}

// Apply implements Layer.
func (u *UpSampling1DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return b.fromInner(repeatAlong(b.inner(x), u.Size))
}

// stopsMask implements maskStopper.
func (u *UpSampling1DLayer) stopsMask() {}
