package datasets_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/datasets/idx"
	"github.com/gofromzero/fromzero/tensor"
)

// A toy set in MNIST's form: 30 training and 10 test images. Pixel k of image
// i is (7i + k) mod 256, its label is i mod 10.
const toyTrain, toyTest = 30, 10

var names = []string{"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"}

func toyFiles(t *testing.T) map[string][]byte {
	t.Helper()
	return map[string][]byte{
		names[0]: toyImages(t, toyTrain), names[1]: toyLabels(t, toyTrain, 10),
		names[2]: toyImages(t, toyTest), names[3]: toyLabels(t, toyTest, 10),
	}
}

func toyImages(t *testing.T, n int) []byte {
	x := make([]uint8, n*28*28)
	for i := range n {
		for k := range 784 {
			x[i*784+k] = toyPixel(i, k)
		}
	}
	return idxFile(t, tensor.Must(tensor.New(x, n, 28, 28)))
}

func toyPixel(i, k int) uint8 { return uint8(7*i + k) }

func toyLabels(t *testing.T, n, classes int) []byte {
	y := make([]uint8, n)
	for i := range y {
		y[i] = uint8(i % classes)
	}
	return idxFile(t, tensor.Must(tensor.New(y)))
}

// idxFile is a compressed file.
func idxFile(t *testing.T, x *tensor.Tensor) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if err := idx.Encode(z, x); err != nil {
		t.Fatal(err)
	}
	z.Close()
	return buf.Bytes()
}

func unzip(t *testing.T, data []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// toyDir is a data directory with the toy set in its folder. The user's cache
// directory, and every setting of the machine, is out of reach.
func toyDir(t *testing.T) string {
	dir := emptyDir(t)
	putAll(t, filepath.Join(dir, "mnist"), toyFiles(t))
	return dir
}

func emptyDir(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"FROMZERO_DATA", "FROMZERO_BIN", "FROMZERO_MIRROR", "PATH"} {
		t.Setenv(name, "")
	}
	home := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", home)
	t.Setenv("HOME", home)
	t.Setenv("LocalAppData", home)
	return t.TempDir()
}

func putAll(t *testing.T, folder string, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		put(t, filepath.Join(folder, name), data)
	}
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// wantToy loads both splits and compares every pixel and label.
func wantToy(t *testing.T, train, test *datasets.Images) {
	t.Helper()
	for d, n := range map[*datasets.Images]int{train: toyTrain, test: toyTest} {
		if err := d.Load(context.Background()); err != nil {
			t.Fatal(err)
		}
		if d.Len() != n || d.Mini() {
			t.Fatalf("%s: %d images, mini set %v; want %d of the toy set", d.Name(), d.Len(), d.Mini(), n)
		}
		b, err := d.First(context.Background(), n)
		if err != nil {
			t.Fatal(err)
		}
		x, y := tensor.Values[float32](b.X()), tensor.Values[int32](b.Y())
		for i := range n {
			if y[i] != int32(i%10) {
				t.Fatalf("%s: label %d is %d", d.Name(), i, y[i])
			}
			for k := range 784 {
				if want := float32(toyPixel(i, k)) / 255; x[i*784+k] != want {
					t.Fatalf("%s: image %d pixel %d is %v, want %v", d.Name(), i, k, x[i*784+k], want)
				}
			}
		}
	}
}

// messages collects what is logged.
type messages struct {
	mu   sync.Mutex
	text []string
}

func (m *messages) option() datasets.Option {
	return datasets.Log(func(s string) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.text = append(m.text, s)
	})
}

func (m *messages) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Join(m.text, "\n")
}
