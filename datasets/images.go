package datasets

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"

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
	data  atomic.Pointer[loaded]
}

// loaded is what a split holds once it was read.
type loaded struct {
	*pixels
	origin origin
}

// origin says where data came from.
type origin struct {
	folder    string // "" for the mini set
	published bool   // the files are, byte for byte, the published ones
	mini      bool
	why       string // for the mini set: why it was taken
}

func newImages(set *imageSet, split int) *Images {
	d := &Images{set: set, split: split}
	for i := range d.scale {
		d.scale[i] = float32(i) / 255
	}
	return d
}

var splitNames = [2]string{"train", "test"}

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

func (d *Images) get(ctx context.Context) (*loaded, error) {
	if l := d.data.Load(); l != nil {
		return l, nil
	}
	l, err := d.set.load(ctx, d.split)
	if err != nil {
		return nil, err
	}
	d.data.Store(l)
	return l, nil
}

// Len is the number of images. It depends on whether the full set or the mini
// set is at hand, so Len loads the data if Load was not called before; it
// returns -1 if that fails, and Load then returns the reason.
func (d *Images) Len() int {
	l, err := d.get(context.Background())
	if err != nil {
		return -1
	}
	return l.len()
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
	l, err := d.get(ctx)
	if err != nil {
		return tensor.Batch{}, err
	}
	for _, i := range at {
		if i < 0 || i >= l.len() {
			return tensor.Batch{}, d.outside(i, l.len())
		}
	}
	x := d.reuseInput(reuse.X(), l, len(at))
	y := tensor.Reuse(reuse.Y(), tensor.Int32, tensor.Shape{len(at)})
	d.fillInput(x, l, at)
	labels, _ := tensor.Flat[int32](y)
	for k, i := range at {
		labels[k] = int32(l.labels[i])
	}
	return tensor.Batch{Inputs: one(reuse.Inputs, x), Targets: one(reuse.Targets, y)}, nil
}

func (d *Images) outside(i, n int) error {
	return fmt.Errorf("datasets: image %d of %s, which has %d; positions go from 0 to %d", i, d.Name(), n, n-1)
}

func (d *Images) reuseInput(x *tensor.Tensor, l *loaded, n int) *tensor.Tensor {
	dtype := tensor.Float32
	if d.set.config.raw {
		dtype = tensor.Uint8
	}
	if d.set.config.flatten {
		return tensor.Reuse(x, dtype, tensor.Shape{n, l.each()})
	}
	return tensor.Reuse(x, dtype, tensor.Shape{n, l.height, l.width, l.channels})
}

// fillInput writes the images at the given positions into x.
func (d *Images) fillInput(x *tensor.Tensor, l *loaded, at []int) {
	n := l.each()
	if bytes, ok := tensor.Flat[uint8](x); ok {
		for k, i := range at {
			copy(bytes[k*n:(k+1)*n], l.image(i))
		}
		return
	}
	floats, _ := tensor.Flat[float32](x)
	for k, i := range at {
		scaleInto(floats[k*n:(k+1)*n], l.image(i), &d.scale)
	}
}

// scaleInto converts src through a table: exact, and as fast as multiplying.
func scaleInto(dst []float32, src []uint8, table *[256]float32) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = table[v]
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
