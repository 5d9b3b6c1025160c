package datasets_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

// allocates is how many bytes f makes the program allocate.
func allocates(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// packedZeros is an archive of one member with n zeros, packed, without having
// n bytes in memory.
func packedZeros(t *testing.T, name string, n int64) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	_ = w.WriteHeader(&tar.Header{Name: name, Size: n, Mode: 0o644})
	block := make([]byte, 1<<20)
	for left := n; left > 0; left -= int64(len(block)) {
		_, _ = w.Write(block[:min(left, int64(len(block)))])
	}
	_, _ = w.Close(), z.Close()
	return out.Bytes()
}

// loads are ways to load a set from a directory.
var loads = map[string]func(dir string) tensor.Loader{
	"cifar-10-binary.tar.gz": func(dir string) tensor.Loader {
		train, _ := datasets.CIFAR10(datasets.Dir(dir), datasets.NoDownload, datasets.Log(nil))
		return train
	},
	"aclImdb_v1.tar.gz": func(dir string) tensor.Loader {
		train, _ := datasets.IMDB(datasets.Dir(dir), datasets.NoDownload, datasets.Log(nil))
		return train
	},
}

var members = map[string]string{"cifar-10-binary.tar.gz": "cifar-10-batches-bin/data_batch_1.bin", "aclImdb_v1.tar.gz": "aclImdb/train/neg/0_1.txt"}

// A member that promises 2^60 bytes makes nobody allocate them.
func TestPromisedMember(t *testing.T) {
	for archive, load := range loads {
		var buf bytes.Buffer
		w := tar.NewWriter(&buf)
		if err := w.WriteHeader(&tar.Header{Name: members[archive], Size: 1 << 60, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, "little")
		dir := emptyDir(t)
		put(t, filepath.Join(dir, archive), gzipped(buf.Bytes()))
		var err error
		n := allocates(func() { err = load(dir).Load(context.Background()) })
		if err == nil || !strings.Contains(err.Error(), "cut off") || n > 16<<20 {
			t.Errorf("%s: %d bytes allocated, %v", archive, n, err)
		}
	}
}

// A small archive that unpacks to more than the set can have is refused, when
// that is known and not at its end.
func TestArchiveBombs(t *testing.T) {
	for archive, load := range loads {
		dir := emptyDir(t)
		bomb := packedZeros(t, members[archive], 300<<20)
		if len(bomb) > 4<<20 {
			t.Fatalf("%d bytes", len(bomb))
		}
		put(t, filepath.Join(dir, archive), bomb)
		err := load(dir).Load(context.Background())
		if err == nil || !strings.Contains(err.Error(), "more than") {
			t.Errorf("%s: %v", archive, err)
		}
	}
}

// IDX files whose header promises too much are refused before they are unpacked.
func TestPromisedImages(t *testing.T) {
	header := func(sizes ...uint32) []byte {
		out := []byte{0, 0, 8, byte(len(sizes))}
		for _, n := range sizes {
			out = append(out, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		}
		return out
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"2^60 items":      {gzipped(header(1<<31, 1<<29)), "promises"},
		"2^21 images":     {gzipped(header(1<<21, 28, 28)), "more than 1048576 items"},
		"large images":    {gzipped(append(header(2, 1<<14, 1<<14), make([]byte, 64<<20)...)), "images of (n, 28, 28) are wanted"},
		"not compressed":  {header(1<<21, 28, 28), "more than 1048576 items"},
		"of 4 dimensions": {gzipped(header(1<<31, 28, 28, 1)), "promises"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := toyDir(t)
			put(t, filepath.Join(dir, "mnist", names[0]), c.file)
			train, _ := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload, datasets.Log(nil))
			var err error
			n := allocates(func() { err = train.Load(context.Background()) })
			if err == nil || !strings.Contains(err.Error(), c.want) || n > 16<<20 {
				t.Errorf("%d bytes allocated, %v; want %q", n, err, c.want)
			}
		})
	}
}

// A packed table that unpacks to far more than the published one.
func TestPackedTableBomb(t *testing.T) {
	dir := emptyDir(t)
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	fmt.Fprintln(z, "survived,name,cabin")
	for range 100 {
		_, _ = z.Write(bytes.Repeat([]byte("0,x,\n"), 1<<18))
	}
	_ = z.Close()
	put(t, filepath.Join(dir, "titanic.csv.gz"), out.Bytes())
	if err := datasets.Local(context.Background(), "titanic", dir); err == nil || !strings.Contains(err.Error(), "more than 67108864 bytes") {
		t.Errorf("error %v", err)
	}
}
