package dlkit

import (
	"fmt"

	"github.com/gofromzero/fromzero/tensor"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// RandomCropLayer is made by RandomCrop.
type RandomCropLayer struct {
	augmentation
	// Size is the output's height and width.
	Size HW
	// Margin is by how much the picture is made larger on every side first.
	Margin HW
	filling
}

// RandomCrop cuts a window of the given size out of every picture, at a place
// of its own while training, in the middle otherwise. With a Margin the picture
// is made larger before: RandomCrop(32, Margin(4)) moves pictures of 32×32 by
// up to 4 pixels and changes nothing outside training, the usual augmentation
// of CIFAR-10. Input (height, width, channels), output (size, channels). Keras
// has no margin and cuts all pictures of a batch at the same place.
func RandomCrop[S Size](size S, options ...RandomCropOption) *RandomCropLayer {
	l := &RandomCropLayer{Size: sizeOf(size), filling: filling{FillMode: FillConstant}}
	for _, o := range options {
		o.applyRandomCrop(l)
	}
	return l
}

// RandomCropOption is an option of RandomCrop: Margin, FillConstant (the
// default), FillReflect, FillNearest or FillWrap, FillValue, Name.
type RandomCropOption interface{ applyRandomCrop(*RandomCropLayer) }

// MarginOption is made by Margin.
type MarginOption struct{ size HW }

// Margin makes pictures larger on every side before RandomCrop cuts.
func Margin[S Size](size S) MarginOption { return MarginOption{sizeOf(size)} }

func (o MarginOption) applyRandomCrop(l *RandomCropLayer)    { l.Margin = o.size }
func (o NameOption) applyRandomCrop(l *RandomCropLayer)      { l.Name = o.name }
func (m FillMode) applyRandomCrop(l *RandomCropLayer)        { l.FillMode = m }
func (v FillValueOption) applyRandomCrop(l *RandomCropLayer) { l.filling = v.filling() }

// String describes the layer: "RandomCrop 32×32, margin 4×4".
func (l *RandomCropLayer) String() string {
	s := "RandomCrop " + l.Size.String()
	if l.Margin != (HW{}) {
		s += ", margin " + l.Margin.String() + l.describe(FillConstant)
	}
	return s
}

// OutShape implements Layer.
func (l *RandomCropLayer) OutShape(in tensor.Shape) (tensor.Shape, error) {
	if err := firstError(wantPicture(in), l.check()); err != nil {
		return nil, err
	}
	if l.Size[0] < 1 || l.Size[1] < 1 || l.Margin[0] < 0 || l.Margin[1] < 0 {
		return nil, fmt.Errorf("size is %v and margin %v; want at least 1 and at least 0", l.Size, l.Margin)
	}
	if r := l.room(in); r[0] < 0 || r[1] < 0 {
		return nil, fmt.Errorf("input %v with a margin of %v is smaller than the %v to cut out; cut out less, or give a larger Margin", in, l.Margin, l.Size)
	}
	return tensor.Shape{l.Size[0], l.Size[1], in[2]}, nil
}

// room is by how many pixels the window can move.
func (l *RandomCropLayer) room(in []int) HW {
	return HW{in[0] + 2*l.Margin[0] - l.Size[0], in[1] + 2*l.Margin[1] - l.Size[1]}
}

// Apply implements Layer.
func (l *RandomCropLayer) Apply(b *Builder, x *graph.Node) *graph.Node {
	room := l.room(dims(x)[1:])
	if !b.Training() {
		return l.middle(x, room)
	}
	if room == (HW{}) && l.Margin == (HW{}) {
		return x
	}
	n := batchOf(x)
	places := graph.Const(b.graph, []float64{float64(room[0] + 1), float64(room[1] + 1)})
	places = graph.Reshape(graph.ConvertDType(places, b.DType()), 1, 2)
	at := graph.ConvertDType(graph.Floor(graph.Mul(b.Uniform(n, 2), places)), dtypes.Int32)
	return windowsOf(l.extended(x, l.Margin), at, l.Size)
}

// middle is the window in the middle. The margin is only made where the window
// reaches into it.
func (l *RandomCropLayer) middle(x *graph.Node, room HW) *graph.Node {
	for i := range 2 {
		start := room[i]/2 - l.Margin[i]
		if start < 0 {
			var margin HW
			margin[i] = l.Margin[i]
			x, start = l.extended(x, margin), room[i]/2
		}
		x = cropped(x, i+1, start, l.Size[i])
	}
	return x
}

// windowsOf cuts a window out of every picture of x (n, h, w, c); at (n, 2) are
// its first row and column.
func windowsOf(x, at *graph.Node, size HW) *graph.Node {
	n := batchOf(x)
	picture := graph.Const(x.Graph(), numbersTo(n))
	start := graph.Concatenate([]*graph.Node{graph.Reshape(picture, n, 1), at}, 1)
	y := graph.GatherSlices(x, []int{0, 1, 2}, start, []int{1, size[0], size[1]}, false)
	return graph.Reshape(y, n, size[0], size[1], dims(x)[3])
}
