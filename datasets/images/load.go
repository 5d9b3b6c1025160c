package images

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"
)

// loaded is a data set whose files are known. It does not change.
type loaded struct {
	fsys    fs.FS
	config  Config
	files   []file
	classes []string
	size    size // of every picture as it is handed out
	report  Report

	cache []atomic.Pointer[[]uint8] // decoded pictures, one for each file
	room  atomic.Int64              // bytes that the cache may still take

	scalers scalers
}

// load looks at every file: at its header only, or at all of it if the pictures
// fit in the cache, or damaged ones must be known because they are left out.
func load(ctx context.Context, fsys fs.FS, c Config, l listing) (*loaded, error) {
	d := &loaded{fsys: fsys, config: c, files: l.files, classes: l.classes, size: size{c.Height, c.Width}}
	d.report.Ignored = l.ignored
	d.cache = make([]atomic.Pointer[[]uint8], len(d.files))
	d.room.Store(c.cacheBytes())
	if err := d.findSize(ctx); err != nil {
		return nil, err
	}
	whole := c.SkipDamaged || int64(len(d.files))*int64(d.each()) <= c.cacheBytes()
	headers := make([]header, len(d.files))
	bad := make([]error, len(d.files))
	err := parallel(ctx, c.workers(), len(d.files), func(i int) error {
		headers[i], bad[i] = d.examine(i, whole)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return d, d.settle(headers, bad)
}

// each is how many values a picture has.
func (d *loaded) each() int { return d.size.height * d.size.width * d.config.channels() }

// findSize takes the size of the first readable picture if none was asked for.
func (d *loaded) findSize(ctx context.Context) error {
	var first error
	for i := 0; i < len(d.files) && d.size == (size{}); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := d.examine(i, false)
		if err == nil {
			d.size = h.upright()
		} else if first == nil {
			first = &FileError{d.files[i].path, err}
		}
	}
	if d.size == (size{}) {
		return fmt.Errorf("images: none of the %d files can be used; the first: %w", len(d.files), first)
	}
	return nil
}

// examine checks a file's header, or decodes all of it and keeps that if there
// is room.
func (d *loaded) examine(i int, whole bool) (header, error) {
	if whole {
		values, h, err := d.read(i)
		if err == nil {
			d.keep(i, values)
		}
		return h, err
	}
	data, err := readStart(d.fsys, d.files[i].path, headBytes)
	if err == nil && bytes.HasPrefix(data, []byte("\xff\xd8")) {
		if h, err := readHeader(data, d.config.maxPixels()); err == nil {
			return h, nil
		}
	}
	if err == nil { // other formats may say at their end how they are to be turned
		data, err = readFile(d.fsys, d.files[i].path)
	}
	if err != nil {
		return header{}, err
	}
	return readHeader(data, d.config.maxPixels())
}

// headBytes is where the header of nearly every JPEG ends.
const headBytes = 128 << 10

// readStart reads the first n bytes of a file, or all if there are fewer.
func readStart(fsys fs.FS, path string, n int64) ([]byte, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	return io.ReadAll(io.LimitReader(f, n))
}

// settle sorts out damaged files, and refuses them unless they may be skipped.
func (d *loaded) settle(headers []header, bad []error) error {
	var files []file
	var kept []int
	for i, f := range d.files {
		if wrongSize := (*sizeError)(nil); errors.As(bad[i], &wrongSize) {
			return &FileError{f.path, wrongSize}
		}
		if bad[i] != nil {
			d.report.Damaged = append(d.report.Damaged, &FileError{f.path, bad[i]})
			continue
		}
		h := headers[i]
		if err := d.checkSize(h); err != nil {
			return &FileError{f.path, err}
		}
		d.report.note(h)
		files, kept = append(files, f), append(kept, i)
	}
	if n := len(d.report.Damaged); n > 0 && (!d.config.SkipDamaged || n == len(d.files)) {
		return &DamagedError{d.report.Damaged, len(d.files)}
	}
	d.files = files
	for to, from := range kept { // from is never below to
		d.cache[to].Store(d.cache[from].Load())
	}
	d.cache = d.cache[:len(files)]
	return nil
}

func (r *Report) note(h header) {
	if r.Formats == nil {
		r.Formats = map[string]int{}
	}
	r.Files++
	r.Formats[h.format.name]++
	r.Widths, r.Heights = append(r.Widths, h.upright().width), append(r.Heights, h.upright().height)
}

// sizeError is a picture of another size where no size was asked for.
type sizeError struct{ got, want size }

func (e *sizeError) Error() string {
	return fmt.Sprintf("it has %v pixels (width × height), the first one %v; set Config.Height and Width to bring all to one size", e.got, e.want)
}

func (d *loaded) checkSize(h header) error {
	if d.config.Height == 0 && h.upright() != d.size {
		return &sizeError{h.upright(), d.size}
	}
	return nil
}

// values is the decoded picture i, from the cache or from its file. The slice
// must not be changed.
func (d *loaded) values(i int) ([]uint8, error) {
	if kept := d.cache[i].Load(); kept != nil {
		return *kept, nil
	}
	values, _, err := d.read(i)
	if err != nil {
		return nil, &FileError{d.files[i].path, err}
	}
	d.keep(i, values)
	return values, nil
}

// read decodes picture i.
func (d *loaded) read(i int) ([]uint8, header, error) {
	data, err := readFile(d.fsys, d.files[i].path)
	if err != nil {
		return nil, header{}, err
	}
	h, err := readHeader(data, d.config.maxPixels())
	if err == nil {
		err = d.checkSize(h)
	}
	if err != nil {
		return nil, h, err
	}
	values, err := d.config.pixels(data, h, d.size, &d.scalers)
	return values, h, err
}

// keep puts a picture into the cache while there is room. Nothing is ever thrown
// out: training asks for every picture equally often, so that the newest is no
// better to have than the oldest.
func (d *loaded) keep(i int, values []uint8) {
	n := int64(len(values))
	if d.room.Add(-n) < 0 || !d.cache[i].CompareAndSwap(nil, &values) {
		d.room.Add(n)
	}
}

// readFile reads a file that is not too large to be a picture.
func readFile(fsys fs.FS, path string) ([]byte, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("it is no ordinary file but %v", info.Mode().Type())
	}
	return readAll(f, info.Size())
}

// readAll reads to the end, expecting about size bytes.
func readAll(r io.Reader, size int64) ([]byte, error) {
	if size > maxFileBytes {
		return nil, fmt.Errorf("the file has %d bytes, more than the %d that are read; save the picture compressed", size, int64(maxFileBytes))
	}
	buf := make([]byte, 0, max(0, size)+1)
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) > maxFileBytes:
			return nil, fmt.Errorf("the file has more than the %d bytes that are read", int64(maxFileBytes))
		}
	}
}
