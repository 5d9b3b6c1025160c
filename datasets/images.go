package datasets

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"runtime"
	"sync/atomic"

	"github.com/gofromzero/fromzero/datasets/internal/cachefile"
	"github.com/gofromzero/fromzero/tensor"
)

// Images is one split, training or test, of a set of labelled images. It is a
// lazy handle: the data is read at first use, and then kept for the life of
// the handle, one byte a pixel. It implements tensor.Indexed, tensor.Loader
// and tensor.Classes, and is safe for use from several goroutines.
type Images struct {
	set   *imageSet
	split int // 0 training, 1 test

	// scale turns a stored pixel into what Rows hands out.
	scale [256]float32
	data  atomic.Pointer[loaded[*pixels]]
}

// imageSet is what the two splits of a set of images share.
type imageSet struct {
	*set[*pixels]
	classes []string
	shape   [3]int // height, width, channels
}

func newImageSet(s *set[*pixels], shape [3]int, classes ...string) (train, test *Images) {
	s.codec = codec[*pixels]{encodePixels, func(meta json.RawMessage, in cached) (*pixels, error) {
		return decodePixels(shape, len(classes), meta, in)
	}}
	s.size, s.turn = (*pixels).len, make(chan struct{}, 1)
	images := &imageSet{s, classes, shape}
	return newImages(images, 0), newImages(images, 1)
}

func newImages(set *imageSet, split int) *Images {
	d := &Images{set: set, split: split}
	for i := range d.scale {
		d.scale[i] = float32(i) / 255
	}
	return d
}

// Name is the set and the split: "MNIST train".
func (d *Images) Name() string { return d.set.spec.Title + " " + splitNames[d.split] }

// Load finds, checks and decodes the data, downloading it if need be. Calling
// it again does nothing, unless it failed. If ctx ends, Load returns its error
// and what was downloaded so far is kept for the next time.
//
// The error says what is wrong with which file, and lists every address that
// was tried with its answer.
func (d *Images) Load(ctx context.Context) error {
	_, err := d.get(ctx)
	return err
}

func (d *Images) get(ctx context.Context) (*pixels, error) {
	if l := d.data.Load(); l != nil {
		return l.data, nil
	}
	l, err := d.set.load(ctx, d.split)
	if err != nil {
		return nil, err
	}
	d.data.Store(l)
	return l.data, nil
}

// Len is the number of images. It depends on whether the full set or the mini
// set is at hand, so Len loads the data if Load was not called before; it
// returns -1 if that fails, and Load then returns the reason.
func (d *Images) Len() int {
	p, err := d.get(context.Background())
	if err != nil {
		return -1
	}
	return p.len()
}

// ClassNames gives the name of each label, in order.
func (d *Images) ClassNames() []string { return append([]string(nil), d.set.classes...) }

// Shape is the shape of one image as Rows hands it out: (height, width,
// channels), or one axis with the option Flatten. Nothing is loaded for it.
func (d *Images) Shape() tensor.Shape {
	s := d.set.shape
	if d.set.config.flatten {
		return tensor.Shape{s[0] * s[1] * s[2]}
	}
	return tensor.Shape{s[0], s[1], s[2]}
}

// Batches yields all images once in the set's own order, size at a time; the
// last batch may be smaller. See Rows for what a batch holds. If the data
// can't be loaded, the only thing yielded is the error.
func (d *Images) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return func(yield func(tensor.Batch, error) bool) {
		if err := d.Load(ctx); err != nil {
			yield(tensor.Batch{}, err)
			return
		}
		tensor.RowBatches(ctx, d, size)(yield)
	}
}

// Rows reads the images at the given positions: an input of shape (n, height,
// width, channels), or (n, values) with Flatten, of float32 from 0 to 1, or
// uint8 with Raw; and a target of shape (n,), int32, the labels. Tensors of
// reuse that fit are written to and returned, without allocating.
//
// It returns an error if the data can't be loaded or a position is outside
// [0, Len()).
func (d *Images) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	p, err := d.get(ctx)
	if err != nil {
		return tensor.Batch{}, err
	}
	for _, i := range at {
		if i < 0 || i >= p.len() {
			return tensor.Batch{}, d.outside(i, p.len())
		}
	}
	x := d.reuseInput(reuse.X(), len(at))
	y := tensor.Reuse(reuse.Y(), tensor.Int32, tensor.Shape{len(at)})
	if err := p.use(func() { d.fillInput(x, p, at) }); err != nil {
		return tensor.Batch{}, err
	}
	labels, _ := tensor.Flat[int32](y)
	for k, i := range at {
		labels[k] = int32(p.labels[i])
	}
	return tensor.Batch{Inputs: one(reuse.Inputs, x), Targets: one(reuse.Targets, y)}, nil
}

func (d *Images) outside(i, n int) error {
	return fmt.Errorf("datasets: image %d of %s, which has %d; positions go from 0 to %d", i, d.Name(), n, n-1)
}

func (d *Images) reuseInput(x *tensor.Tensor, n int) *tensor.Tensor {
	dtype := tensor.Float32
	if d.set.config.raw {
		dtype = tensor.Uint8
	}
	s := d.set.shape
	if d.set.config.flatten {
		return tensor.Reuse(x, dtype, tensor.Shape{n, s[0] * s[1] * s[2]})
	}
	return tensor.Reuse(x, dtype, tensor.Shape{n, s[0], s[1], s[2]})
}

// manyValues is from how many values on it is worth to share the work of
// converting them.
const manyValues = 1 << 20

// fillInput writes the images at the given positions into x.
func (d *Images) fillInput(x *tensor.Tensor, p *pixels, at []int) {
	if len(at)*p.each() < manyValues {
		d.fillImages(x, p, at, 0, len(at))
		return
	}
	stretches := 4 * runtime.GOMAXPROCS(0)
	cachefile.Parallel(stretches, func(s int) {
		d.fillImages(x, p, at, s*len(at)/stretches, (s+1)*len(at)/stretches)
	})
}

// fillImages writes images from … to-1 of those at the given positions.
func (d *Images) fillImages(x *tensor.Tensor, p *pixels, at []int, from, to int) {
	n := p.each()
	if bytes, ok := tensor.Flat[uint8](x); ok {
		for k := from; k < to; k++ {
			p.copyImage(bytes[k*n:(k+1)*n], at[k])
		}
		return
	}
	floats, _ := tensor.Flat[float32](x)
	for k := from; k < to; k++ {
		dst, src := floats[k*n:(k+1)*n], p.images[at[k]]
		switch {
		case !p.planar:
			scaleInto(dst, src, &d.scale)
		case p.channels == 3:
			scalePlanes(dst, src, &d.scale)
		default:
			scalePlanar(dst, src, p.channels, &d.scale)
		}
	}
}

// scaleInto converts src through a table: exact, and as fast as multiplying.
func scaleInto(dst []float32, src []uint8, table *[256]float32) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = table[v]
	}
}

// scalePlanes converts an image of three planes, red, green and blue, to one
// of pixels.
func scalePlanes(dst []float32, src []uint8, table *[256]float32) {
	area := len(src) / 3
	r, g, b := src[:area], src[area:2*area], src[2*area:3*area]
	for k, v := range r {
		d := dst[3*k : 3*k+3 : 3*k+3]
		d[0], d[1], d[2] = table[v], table[g[k]], table[b[k]]
	}
}

// scalePlanar is scalePlanes for any number of planes.
func scalePlanar(dst []float32, src []uint8, channels int, table *[256]float32) {
	area := len(src) / channels
	for i, v := range src {
		dst[i%area*channels+i/area] = table[v]
	}
}

// one is a list that holds just t, in old's memory where it fits.
func one(old []*tensor.Tensor, t *tensor.Tensor) []*tensor.Tensor {
	if len(old) == 1 {
		old[0] = t
		return old
	}
	return []*tensor.Tensor{t}
}
