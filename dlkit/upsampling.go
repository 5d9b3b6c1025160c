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

// interpolateAlong makes the middle axis of (outer, n, inner) longer by linear
// interpolation: values stand in the middle of their pixels, and beyond the
// outermost ones they stay the same. Each of the new values at the places
// i·times + r is a mean of the old ones at i − 1, i and i + 1, with shares that
// depend on r alone.
func interpolateAlong(x *graph.Node, times int) *graph.Node {
	if times == 1 {
		return x
	}
	old := [3]*graph.Node{neighbour(x, -1), x, neighbour(x, 1)}
	parts := make([]*graph.Node, times)
	for r := range parts {
		for k, share := range linearShares(r, times) {
			parts[r] = addScaled(parts[r], old[k], share)
		}
	}
	return customVJP(interleaved(parts, 1), func(_, dy *graph.Node) []*graph.Node {
		var by [3]*graph.Node
		for r, d := range slide(dims(dy)[1], times, times, 1, Valid).taps(dy, nil) {
			for k, share := range linearShares(r, times) {
				by[k] = addScaled(by[k], d, share)
			}
		}
		return []*graph.Node{graph.Add(by[1], graph.Add(neighbourBack(by[0], -1), neighbourBack(by[2], 1)))}
	}, x)
}

// linearShares are the shares that the old values at −1, 0 and 1 have in the
// new value r.
func linearShares(r, times int) [3]float64 {
	at := (float64(r)+0.5)/float64(times) - 0.5
	return [3]float64{math.Max(-at, 0), 1 - math.Abs(at), math.Max(at, 0)}
}

// addScaled is sum + share·x; a nil sum is 0.
func addScaled(sum, x *graph.Node, share float64) *graph.Node {
	if share == 0 {
		return sum
	}
	x = graph.MulScalar(x, share)
	if sum == nil {
		return x
	}
	return graph.Add(sum, x)
}

// neighbour holds at i of the middle axis the value at i + by, by being 1 or
// −1; at the end the last value stands twice.
func neighbour(x *graph.Node, by int) *graph.Node {
	n := dims(x)[1]
	if n == 1 {
		return x
	}
	if by < 0 {
		return graph.Concatenate([]*graph.Node{cropped(x, 1, 0, 1), cropped(x, 1, 0, n-1)}, 1)
	}
	return graph.Concatenate([]*graph.Node{cropped(x, 1, 1, n-1), cropped(x, 1, n-1, 1)}, 1)
}

// neighbourBack is the gradient of neighbour.
func neighbourBack(dy *graph.Node, by int) *graph.Node {
	n, fill := dims(dy)[1], negZero(dy)
	end := max(0, by) * (n - 1)
	moved := graph.Pad(dy, fill, graph.PadAxis{}, graph.PadAxis{Start: by, End: -by})
	twice := padded(cropped(dy, 1, end, 1), fill, graph.PadAxis{}, graph.PadAxis{Start: end, End: n - 1 - end})
	return graph.Add(moved, twice)
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
