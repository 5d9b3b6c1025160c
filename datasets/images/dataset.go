package images

import (
	"context"
	"fmt"
	"hash/fnv"
	"image"
	"io/fs"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/gofromzero/fromzero/tensor"
)

// Dataset is a set of picture files with labels. It is a lazy handle: nothing is
// read before it is used. It implements tensor.Indexed, tensor.Loader and
// tensor.Classes, and is safe for use from several goroutines.
type Dataset struct {
	config Config
	name   string
	find   func(ctx context.Context) (fs.FS, listing, error)

	turn chan struct{} // one place: only one goroutine loads
	data atomic.Pointer[loaded]
}

// Folder is the pictures of a folder that holds one folder for each class, whose
// name is the class's; folders below those belong to them. Other files, and
// names that begin with a dot, are ignored. Labels count from 0 in the
// alphabetical order of the names, unless Config.Classes says otherwise.
func Folder(dir string, c Config) *Dataset {
	return newDataset(dir, c, func(ctx context.Context) (fs.FS, listing, error) {
		fsys, err := openFolder(dir)
		if err != nil {
			return nil, listing{}, err
		}
		l, err := list(ctx, fsys, c.Classes)
		if err != nil {
			err = fmt.Errorf("%w (in %s)", err, dir)
		}
		return fsys, l, err
	})
}

// FolderFS is Folder for a file system: one that a program embeds, or a .zip.
func FolderFS(fsys fs.FS, c Config) *Dataset {
	return newDataset("folder", c, func(ctx context.Context) (fs.FS, listing, error) {
		l, err := list(ctx, fsys, c.Classes)
		return fsys, l, err
	})
}

// Files is the pictures at the given paths of a file system, such as
// os.DirFS("flowers"), with one label for each: for data whose labels lie in a
// table. Config.Classes names them; labels must be from 0 to below its length.
func Files(fsys fs.FS, paths []string, labels []int32, c Config) *Dataset {
	paths, labels = slices.Clone(paths), slices.Clone(labels)
	return newDataset("files", c, func(context.Context) (fs.FS, listing, error) {
		l := listing{classes: c.Classes}
		if len(paths) != len(labels) || len(paths) == 0 {
			return nil, l, fmt.Errorf("images: %d paths and %d labels; want one label for each path, and at least one", len(paths), len(labels))
		}
		for i, path := range paths {
			if n := labels[i]; n < 0 || c.Classes != nil && int(n) >= len(c.Classes) {
				return nil, l, fmt.Errorf("images: label %d of %s; want 0 to below the number of classes, %d", n, path, len(c.Classes))
			}
			f := file{path: path, label: labels[i]}
			if info, err := fs.Stat(fsys, path); err == nil {
				f.bytes, f.modified = info.Size(), info.ModTime()
			}
			l.files = append(l.files, f)
		}
		return fsys, l, nil
	})
}

func newDataset(name string, c Config, find func(context.Context) (fs.FS, listing, error)) *Dataset {
	c.Classes, c.Mean, c.Std = slices.Clone(c.Classes), slices.Clone(c.Mean), slices.Clone(c.Std)
	return &Dataset{config: c, name: name, find: find, turn: make(chan struct{}, 1)}
}

// Load lists the files and checks them. Where all pictures fit in the cache, or
// SkipDamaged is set, each is decoded; else its header is read, and a damaged
// body is reported by Rows. Calling Load again does nothing, unless it failed.
//
// It returns a *DamagedError that lists the files that can't be used, a
// *FileError for a picture of another size where Config has none, or what is
// wrong with the folder or the Config.
func (d *Dataset) Load(ctx context.Context) error {
	_, err := d.get(ctx)
	return err
}

func (d *Dataset) get(ctx context.Context) (*loaded, error) {
	if l := d.data.Load(); l != nil {
		return l, nil
	}
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if l := d.data.Load(); l != nil {
		return l, nil
	}
	if err := d.config.check(); err != nil {
		return nil, err
	}
	fsys, files, err := d.find(ctx)
	if err != nil {
		return nil, err
	}
	l, err := load(ctx, fsys, d.config, files)
	if err != nil {
		return nil, err
	}
	d.data.Store(l)
	return l, nil
}

// Len is the number of pictures. It loads the data set if Load was not called
// before, and returns -1 if that fails; Load then returns the reason.
func (d *Dataset) Len() int {
	l, err := d.get(context.Background())
	if err != nil {
		return -1
	}
	return len(l.files)
}

// ClassNames gives the name of each label, in order. Like Len it loads the data
// set; it is nil if that fails or the labels have no names.
func (d *Dataset) ClassNames() []string {
	l, err := d.get(context.Background())
	if err != nil {
		return nil
	}
	return slices.Clone(l.classes)
}

// Shape is the shape of one picture as Rows hands it out: (height, width,
// channels), or one axis with Config.Flatten. It loads the data set only if
// Config has no size, and returns nil if that fails.
func (d *Dataset) Shape() tensor.Shape {
	if d.config.Height > 0 && d.config.check() == nil {
		return d.config.shape(size{d.config.Height, d.config.Width})
	}
	l, err := d.get(context.Background())
	if err != nil {
		return nil
	}
	return d.config.shape(l.size)
}

// Batches yields all pictures once in the order of their classes and names, n at
// a time; see Rows for what a batch holds.
func (d *Dataset) Batches(ctx context.Context, n int) iter.Seq2[tensor.Batch, error] {
	return func(yield func(tensor.Batch, error) bool) {
		if err := d.Load(ctx); err != nil {
			yield(tensor.Batch{}, err)
			return
		}
		tensor.RowBatches(ctx, d, n)(yield)
	}
}

// Rows reads the pictures at the given positions: an input of shape (n, height,
// width, channels), or (n, values) with Flatten, float32, or uint8 with Raw; and
// a target of shape (n,), int32, the labels. Pictures that are not in the cache
// are decoded, several at the same time.
//
// It returns an error if the data set can't be loaded, a position is outside
// [0, Len()), or, as a *FileError, a file can't be decoded.
func (d *Dataset) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	l, err := d.get(ctx)
	if err != nil {
		return tensor.Batch{}, err
	}
	for _, i := range at {
		if err := l.checkPosition(i); err != nil {
			return tensor.Batch{}, err
		}
	}
	dtype := tensor.Float32
	if d.config.Raw {
		dtype = tensor.Uint8
	}
	x := tensor.Reuse(reuse.X(), dtype, append(tensor.Shape{len(at)}, d.config.shape(l.size)...))
	y := tensor.Reuse(reuse.Y(), tensor.Int32, tensor.Shape{len(at)})
	if err := l.fill(ctx, x, at); err != nil {
		return tensor.Batch{}, err
	}
	labels, _ := tensor.Flat[int32](y)
	for k, i := range at {
		labels[k] = l.files[i].label
	}
	return tensor.Batch{Inputs: []*tensor.Tensor{x}, Targets: []*tensor.Tensor{y}}, nil
}

// fill writes the pictures at the given positions into x.
func (d *loaded) fill(ctx context.Context, x *tensor.Tensor, at []int) error {
	n := d.each()
	bytes, raw := tensor.Flat[uint8](x)
	floats, _ := tensor.Flat[float32](x)
	table := d.config.table()
	return parallel(ctx, d.config.workers(), len(at), func(k int) error {
		values, err := d.values(at[k])
		if err != nil {
			return err
		}
		if raw {
			copy(bytes[k*n:(k+1)*n], values)
			return nil
		}
		convert(floats[k*n:(k+1)*n], values, table)
		return nil
	})
}

// convert looks every value up in its channel's table.
func convert(dst []float32, src []uint8, table [][256]float32) {
	dst = dst[:len(src)]
	if len(table) == 1 {
		for i, v := range src {
			dst[i] = table[0][v]
		}
		return
	}
	r, g, b := &table[0], &table[1], &table[2]
	for i := 0; i+3 <= len(src); i += 3 {
		dst[i], dst[i+1], dst[i+2] = r[src[i]], g[src[i+1]], b[src[i+2]]
	}
}

func (d *loaded) checkPosition(i int) error {
	if i < 0 || i >= len(d.files) {
		return fmt.Errorf("images: picture %d of %d; positions go from 0 to %d", i, len(d.files), len(d.files)-1)
	}
	return nil
}

// Report says what Load found: sizes, formats, what was left out and ignored. It
// loads the data set.
func (d *Dataset) Report(ctx context.Context) (Report, error) {
	l, err := d.get(ctx)
	if err != nil {
		return Report{}, err
	}
	return l.report, nil
}

// ImageSizes gives the width and height of every picture in pixels, before it
// was brought to one size. Package look describes them.
func (d *Dataset) ImageSizes(ctx context.Context) (widths, heights []int, err error) {
	r, err := d.Report(ctx)
	return slices.Clone(r.Widths), slices.Clone(r.Heights), err
}

// Labels returns a new slice with the label of every picture.
func (d *Dataset) Labels(ctx context.Context) ([]int32, error) {
	l, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]int32, len(l.files))
	for i, f := range l.files {
		out[i] = f.label
	}
	return out, nil
}

// Path is the path of picture i below the data set's folder. It returns an error
// if the data set can't be loaded or has no picture i.
func (d *Dataset) Path(ctx context.Context, i int) (string, error) {
	l, err := d.get(ctx)
	if err != nil {
		return "", err
	}
	if err := l.checkPosition(i); err != nil {
		return "", err
	}
	return l.files[i].path, nil
}

// Picture returns picture i as the model gets it, but for the normalisation, in
// the form that Go's image packages draw and save.
func (d *Dataset) Picture(ctx context.Context, i int) (image.Image, error) {
	l, err := d.get(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.checkPosition(i); err != nil {
		return nil, err
	}
	values, err := l.values(i)
	if err != nil {
		return nil, err
	}
	area := image.Rect(0, 0, l.size.width, l.size.height)
	if d.config.Color == Gray {
		out := image.NewGray(area)
		copy(out.Pix, values)
		return out, nil
	}
	out := image.NewRGBA(area)
	for k := range area.Dx() * area.Dy() {
		copy(out.Pix[4*k:], values[3*k:3*k+3])
		out.Pix[4*k+3] = 255
	}
	return out, nil
}

// Fingerprint is a short text that changes when a file (by its path, size or
// time) or the form of the rows does: an input for kernel.Keep.
func (d *Dataset) Fingerprint(ctx context.Context) (string, error) {
	l, err := d.get(ctx)
	if err != nil {
		return "", err
	}
	h := fnv.New64a()
	for _, f := range l.files {
		_, _ = fmt.Fprintf(h, "%q %d %d %d\n", f.path, f.label, f.bytes, f.modified.UnixNano()) // a hash takes all
	}
	c := d.config
	_, _ = fmt.Fprintf(h, "%v %d %d %v %v %v %v %v", l.size, c.Fit, c.Color, c.background(), c.Raw, c.Flatten, c.Mean, c.Std)
	return fmt.Sprintf("images %d %v %016x", len(l.files), d.config.shape(l.size), h.Sum64()), nil
}

// String describes the handle in a line. It does not load the data set.
func (d *Dataset) String() string {
	l := d.data.Load()
	if l == nil {
		return fmt.Sprintf("pictures in %s, not read yet", d.name)
	}
	return fmt.Sprintf("%d pictures of %v in %s, %d classes", len(l.files), d.config.shape(l.size), d.name, len(l.classes))
}
