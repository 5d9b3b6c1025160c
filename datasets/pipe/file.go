package pipe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/gofromzero/fromzero/tensor"
)

// File is a dataset that keeps what it was made of in a file. It implements
// tensor.Indexed, whatever that was.
type File struct {
	of        tensor.Dataset
	path, key string

	mu   sync.Mutex
	open *rowFile
}

// CacheFile reads all of d at first use and writes it to the file at path; later
// passes, in any order, and later programs read the file. It is for data that is
// slow to make and larger than memory: a few batches are all that it needs. The
// file is made again if it is damaged or was made with another key, which should
// say what d depends on. All examples must be of one shape.
func CacheFile(d tensor.Dataset, path, key string) *File { return &File{of: d, path: path, key: key} }

// Load opens the file, and makes it if need be. If that is stopped, nothing is
// left behind.
func (f *File) Load(ctx context.Context) error {
	_, err := f.get(ctx)
	return err
}

func (f *File) get(ctx context.Context) (*rowFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open != nil {
		return f.open, nil
	}
	r, err := openRows(f.path, f.key)
	if err == nil {
		f.open = r
		return r, nil
	}
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errRows) {
		return nil, fmt.Errorf("pipe: CacheFile: %w", err)
	}
	if err := load(ctx, []tensor.Dataset{f.of}); err != nil {
		return nil, err
	}
	if err := writeRows(f.path, f.key, f.of.Batches(ctx, scanSize)); err != nil {
		return nil, fmt.Errorf("pipe: CacheFile: %w", err)
	}
	if f.open, err = openRows(f.path, f.key); err != nil {
		return nil, fmt.Errorf("pipe: CacheFile: %w", err)
	}
	return f.open, nil
}

// Close closes the file. The dataset opens it again when it is used again.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open == nil {
		return nil
	}
	err := f.open.file.Close()
	f.open = nil
	return err
}

// Remove closes and deletes the file.
func (f *File) Remove() error { return errors.Join(f.Close(), os.Remove(f.path)) }

// Len is the number of examples; it makes the file if need be, and is -1 if that
// fails. Load then says why.
func (f *File) Len() int {
	r, err := f.get(context.Background())
	if err != nil {
		return -1
	}
	return r.head.N
}

// ClassNames are those of the dataset.
func (f *File) ClassNames() []string { return classNames([]tensor.Dataset{f.of}) }

// Batches implements tensor.Dataset.
func (f *File) Batches(ctx context.Context, size int) batches {
	return func(yield func(tensor.Batch, error) bool) {
		if err := f.Load(ctx); err != nil {
			yield(tensor.Batch{}, err)
			return
		}
		tensor.RowBatches(ctx, f, size)(yield)
	}
}

// Rows implements tensor.Indexed.
func (f *File) Rows(ctx context.Context, at []int, reuse tensor.Batch) (tensor.Batch, error) {
	r, err := f.get(ctx)
	if err != nil {
		return tensor.Batch{}, err
	}
	for _, i := range at {
		if i < 0 || i >= r.head.N {
			return tensor.Batch{}, fmt.Errorf("pipe: example %d of a dataset with %d; positions go from 0 to %d", i, r.head.N, r.head.N-1)
		}
	}
	b, err := r.rows(at, reuse)
	if err != nil {
		return tensor.Batch{}, fmt.Errorf("pipe: CacheFile: %s: %w", f.path, err)
	}
	return b, nil
}
