package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/gomlx/core/graph"
)

// Edges are numbers of pixels at the four sides of a picture.
type Edges struct{ Top, Bottom, Left, Right int }

// EdgeSize is what says how much is added or cut at the edges of a picture: a
// number for all sides, HW for top and bottom and for left and right, or Edges.
type EdgeSize interface{ int | HW | Edges }

func edgesOf[E EdgeSize](e E) Edges {
	switch v := any(e).(type) {
	case int:
		return Edges{v, v, v, v}
	case HW:
		return Edges{v[0], v[0], v[1], v[1]}
	}
	return any(e).(Edges)
}

func (e Edges) describe(kind string) string {
	if e == edgesOf(e.Top) {
		return fmt.Sprintf("%s %d", kind, e.Top)
	}
	return fmt.Sprintf("%s top %d, bottom %d, left %d, right %d", kind, e.Top, e.Bottom, e.Left, e.Right)
}

func (e Edges) check() error {
	if e.Top < 0 || e.Bottom < 0 || e.Left < 0 || e.Right < 0 {
		return fmt.Errorf("a number of pixels is below 0 (top %d, bottom %d, left %d, right %d); to cut use Cropping2D, to add ZeroPadding2D", e.Top, e.Bottom, e.Left, e.Right)
	}
	return nil
}

// ZeroPadding2DLayer is made by ZeroPadding2D.
type ZeroPadding2DLayer struct {
	named
	// Padding is how many rows and columns of zeros are added.
	Padding Edges
}

// ZeroPadding2D adds rows and columns of zeros around pictures: input (height,
// width, channels), output (top + height + bottom, left + width + right,
// channels).
//
//	ZeroPadding2D(1)
//	ZeroPadding2D(Edges{Bottom: 1, Right: 1})
func ZeroPadding2D[E EdgeSize](padding E, name ...NameOption) *ZeroPadding2DLayer {
	z := &ZeroPadding2DLayer{Padding: edgesOf(padding)}
	z.rename(name)
	return z
}

// String describes the layer: "ZeroPadding2D 1".
func (z *ZeroPadding2DLayer) String() string { return z.Padding.describe("ZeroPadding2D") }

// OutShape implements Layer.
func (z *ZeroPadding2DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := firstError(wantPicture(in), z.Padding.check()); err != nil {
		return nil, err
	}
	p := z.Padding
	return tensor.Shape{p.Top + in[0] + p.Bottom, p.Left + in[1] + p.Right, in[2]}, nil
}

// Apply implements Layer.
func (z *ZeroPadding2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	p := z.Padding
	return b.fromInner(framed(b.inner(x), graph.PadAxis{}, graph.PadAxis{Start: p.Top, End: p.Bottom}, graph.PadAxis{Start: p.Left, End: p.Right}))
}

// framed pads or crops axes, with a gradient that crops or pads.
func framed(x *graph.Node, axes ...graph.PadAxis) *graph.Node {
	back := make([]graph.PadAxis, len(axes))
	for i, a := range axes {
		back[i] = graph.PadAxis{Start: -a.Start, End: -a.End}
	}
	zero := graph.ScalarZero(x.Graph(), x.DType()) // not −0, which people would see
	return customVJP(padded(x, zero, axes...), func(_, dy *graph.Node) []*graph.Node {
		return []*graph.Node{padded(dy, negZero(x), back...)}
	}, x)
}

// Cropping2DLayer is made by Cropping2D.
type Cropping2DLayer struct {
	named
	// Cropping is how many rows and columns are cut off.
	Cropping Edges
}

// Cropping2D cuts rows and columns off the edges of pictures: input (height,
// width, channels), output (height − top − bottom, width − left − right,
// channels).
func Cropping2D[E EdgeSize](cropping E, name ...NameOption) *Cropping2DLayer {
	c := &Cropping2DLayer{Cropping: edgesOf(cropping)}
	c.rename(name)
	return c
}

// String describes the layer: "Cropping2D 1".
func (c *Cropping2DLayer) String() string { return c.Cropping.describe("Cropping2D") }

// OutShape implements Layer.
func (c *Cropping2DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := firstError(wantPicture(in), c.Cropping.check()); err != nil {
		return nil, err
	}
	e := c.Cropping
	out := tensor.Shape{in[0] - e.Top - e.Bottom, in[1] - e.Left - e.Right, in[2]}
	if out[0] < 1 || out[1] < 1 {
		return nil, fmt.Errorf("nothing of the input %v is left after cutting top %d, bottom %d, left %d, right %d; cut less", in, e.Top, e.Bottom, e.Left, e.Right)
	}
	return out, nil
}

// Apply implements Layer.
func (c *Cropping2DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	e := c.Cropping
	return b.fromInner(framed(b.inner(x), graph.PadAxis{}, graph.PadAxis{Start: -e.Top, End: -e.Bottom}, graph.PadAxis{Start: -e.Left, End: -e.Right}))
}

// ZeroPadding1DLayer is made by ZeroPadding1D.
type ZeroPadding1DLayer struct {
	named
	// Left and Right are how many steps of zeros are added.
	Left, Right int
}

// ZeroPadding1D adds steps of zeros before and after a sequence: input (steps,
// channels), output (left + steps + right, channels).
func ZeroPadding1D(left, right int, name ...NameOption) *ZeroPadding1DLayer {
	z := &ZeroPadding1DLayer{Left: left, Right: right}
	z.rename(name)
	return z
}

// String describes the layer: "ZeroPadding1D 1, 2".
func (z *ZeroPadding1DLayer) String() string {
	return fmt.Sprintf("ZeroPadding1D %d, %d", z.Left, z.Right)
}

// OutShape implements Layer.
func (z *ZeroPadding1DLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := wantSequence(in); err != nil {
		return nil, err
	}
	if z.Left < 0 || z.Right < 0 {
		return nil, fmt.Errorf("numbers of steps are %d and %d; both must be at least 0", z.Left, z.Right)
	}
	return tensor.Shape{z.Left + in[0] + z.Right, in[1]}, nil
}

// Apply implements Layer.
func (z *ZeroPadding1DLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	return b.fromInner(framed(b.inner(x), graph.PadAxis{}, graph.PadAxis{Start: z.Left, End: z.Right}))
}

// stopsMask implements maskStopper.
func (z *ZeroPadding1DLayer) stopsMask() {}
