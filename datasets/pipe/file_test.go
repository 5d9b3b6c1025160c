package pipe_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gofromzero/fromzero/datasets/pipe"
	"github.com/gofromzero/fromzero/tensor"
)

func TestCacheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "rows.bin")
	passes := 0
	source := oneWay{d: counted(0, 600), passes: &passes, unknown: true}
	open := func(key string) *pipe.File {
		t.Helper()
		d := pipe.CacheFile(source, path, key)
		if got := ids(t, d, 7); !slices.Equal(got, upTo(0, 600)) || d.Len() != 600 {
			t.Fatalf("%d examples of %d", len(got), d.Len())
		}
		anyOrder(t, d, upTo(0, 600))
		return d
	}
	first := open("a")
	open("a")
	if passes != 1 {
		t.Errorf("%d passes for one key", passes)
	}
	open("b")
	if passes != 2 {
		t.Errorf("%d passes for two keys", passes)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, bad := range [][]byte{nil, good[:100], good[:len(good)-1], append(bytes.Clone(good), 1), []byte("<html>")} {
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		open("b")
		if passes != 3+i {
			t.Errorf("damage %d: %d passes", i, passes)
		}
	}
	d := open("b")
	if err := errors.Join(d.Remove(), d.Close()); err != nil {
		t.Error(err)
	}
	if files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}

// A flipped bit is found when the example is read.
func TestCacheFileFlippedBit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.bin")
	ids(t, pipe.CacheFile(counted(0, 10), path, ""), 4)
	data, _ := os.ReadFile(path)
	data[len(data)-7] ^= 1
	_ = os.WriteFile(path, data, 0o644)
	if got, err := tryIDs(t, pipe.CacheFile(counted(0, 10), path, ""), 4); err == nil || len(got) > 8 {
		t.Errorf("%d examples, %v", len(got), err)
	}
}

// Data that ends in an error, or is not all alike, leaves no file.
func TestCacheFileFaults(t *testing.T) {
	dir := t.TempDir()
	other := tensor.Must(tensor.FromTensors(tensor.Must(tensor.New([]float64{1})), nil))
	for name, d := range map[string]tensor.Dataset{
		"fails":   oneWay{d: counted(0, 600), failAt: 2},
		"empty":   pipe.Take(counted(0, 3), 0),
		"unalike": unalike{counted(0, 3), other},
	} {
		f := pipe.CacheFile(d, filepath.Join(dir, "rows.bin"), "")
		if err := f.Load(context.Background()); err == nil || f.Len() != -1 {
			t.Errorf("%s: no error", name)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}

// unalike hands out batches of two datasets as if they were one.
type unalike [2]*tensor.Memory

func (u unalike) Len() int { return -1 }

func (u unalike) Batches(ctx context.Context, size int) iter.Seq2[tensor.Batch, error] {
	return func(yield func(tensor.Batch, error) bool) {
		for _, d := range u {
			for b, err := range d.Batches(ctx, size) {
				if !yield(b, err) {
					return
				}
			}
		}
	}
}

func TestCacheFileOfEveryType(t *testing.T) {
	for _, dtype := range []tensor.DType{tensor.Float32, tensor.Float64, tensor.Int32, tensor.Int64, tensor.Uint8, tensor.Bool} {
		x := tensor.Must(tensor.Arange[int64](0, 12, 1)).Convert(dtype)
		d := tensor.Must(tensor.FromTensors(tensor.Must(x.Reshape(3, 2, 2)), tensor.Must(x.Slice(tensor.UpTo(3)))))
		f := pipe.CacheFile(d, filepath.Join(t.TempDir(), "rows.bin"), "key")
		for b, err := range f.Batches(context.Background(), 3) {
			if err != nil || !b.X().Equal(d.All().X()) || !b.Y().Equal(d.All().Y()) || b.Weights != nil {
				t.Errorf("%v: %v, %v", dtype, b, err)
			}
		}
	}
}

// Whatever a file holds, it is refused, or read without harm.
func FuzzCacheFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "rows.bin")
	_ = pipe.CacheFile(counted(0, 3), path, "").Load(context.Background())
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("FZROWS01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		d := pipe.CacheFile(counted(0, 3), path, "")
		defer d.Close()
		n := 0
		for b, err := range d.Batches(context.Background(), 100) {
			if err != nil {
				return
			}
			n += b.Len()
		}
		if n != d.Len() {
			t.Errorf("%d examples of %d", n, d.Len())
		}
	})
}
