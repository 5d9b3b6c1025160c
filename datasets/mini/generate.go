// Command mini writes the files of the mini set beside this source: the first
// 200 training and the first 50 test images of each digit of the full MNIST,
// in the set's own order. Run it with `go generate ./datasets` where the data
// directory has the full set. The same input always gives the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/idx"
	"github.com/gofromzero/fromzero/tensor"
)

func main() {
	if err := run(context.Background(), "mini"); err != nil {
		fmt.Fprintln(os.Stderr, "mini:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string) error {
	train, test := datasets.MNIST(datasets.Raw, datasets.NoDownload)
	if err := train.Load(ctx); err != nil {
		return err
	}
	if train.Mini() {
		return errors.New("the data directory does not have the full set; nothing was written")
	}
	if err := write(ctx, dir, "train", train, 200); err != nil {
		return err
	}
	return write(ctx, dir, "t10k", test, 50)
}

// write keeps the first n images of each class.
func write(ctx context.Context, dir, name string, d *datasets.Images, n int) error {
	labels, err := d.Labels(ctx)
	if err != nil {
		return err
	}
	var at []int
	seen := make([]int, len(d.ClassNames()))
	var kept []uint8
	for i, v := range labels {
		if seen[v]++; seen[v] <= n {
			at, kept = append(at, i), append(kept, uint8(v))
		}
	}
	b, err := d.Rows(ctx, at, tensor.Batch{})
	if err != nil {
		return err
	}
	x, err := tensor.New(tensor.Values[uint8](b.X()), len(at), 28, 28)
	if err != nil {
		return err
	}
	y, err := tensor.New(kept)
	if err != nil {
		return err
	}
	return errors.Join(
		writeGzip(filepath.Join(dir, name+"-images-idx3-ubyte.gz"), x),
		writeGzip(filepath.Join(dir, name+"-labels-idx1-ubyte.gz"), y))
}

func writeGzip(path string, t *tensor.Tensor) error {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := errors.Join(idx.Encode(z, t), z.Close()); err != nil {
		return err
	}
	if err := os.WriteFile(path+".tmp", buf.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}
