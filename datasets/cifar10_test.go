package datasets_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

// A toy set in CIFAR-10's form: two images in each training file, three in the
// test file. Value k of image i, counted over all files, is (7i + k) mod 256,
// its label is i mod 10.
var cifarNames = []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"}

const toyCIFARTrain, toyCIFARTest = 10, 3

func toyCIFAR() map[string][]byte {
	files, image := map[string][]byte{}, 0
	for k, name := range cifarNames {
		var data []byte
		for range 2 + k/5 {
			data = append(data, byte(image%10))
			for v := range 3072 {
				data = append(data, toyPixel(image, v))
			}
			image++
		}
		files[name] = data
	}
	return files
}

// tarOf packs files under a folder, in a fixed order.
func tarOf(t testing.TB, folder string, names []string, files map[string][]byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: folder + "/", Mode: 0o755}); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, ok := files[name]
		if !ok {
			continue
		}
		if err := w.WriteHeader(&tar.Header{Name: folder + "/" + name, Size: int64(len(data)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func gzipped(data []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(data)
	_ = z.Close()
	return buf.Bytes()
}

func toyCIFARArchive(t testing.TB) []byte {
	return gzipped(tarOf(t, "cifar-10-batches-bin", cifarNames, toyCIFAR()))
}

// wantToyCIFAR loads both splits and compares every value and label.
func wantToyCIFAR(t *testing.T, dir string, opts ...datasets.Option) (train, test *datasets.Images) {
	t.Helper()
	train, test = datasets.CIFAR10(append(opts, datasets.Dir(dir), datasets.NoDownload)...)
	first := 0
	for _, c := range []struct {
		d *datasets.Images
		n int
	}{{train, toyCIFARTrain}, {test, toyCIFARTest}} {
		if err := c.d.Load(context.Background()); err != nil {
			t.Fatal(err)
		}
		if c.d.Len() != c.n {
			t.Fatalf("%s has %d images, want %d", c.d.Name(), c.d.Len(), c.n)
		}
		b := tensor.Must(c.d.First(context.Background(), c.n))
		if !b.X().Shape().Equal(tensor.Shape{c.n, 32, 32, 3}) {
			t.Fatalf("shape %v", b.X().Shape())
		}
		x, y := tensor.Values[float32](b.X()), tensor.Values[int32](b.Y())
		for i := range c.n {
			if int(y[i]) != (first+i)%10 {
				t.Fatalf("%s: label %d is %d", c.d.Name(), i, y[i])
			}
			for k := range 3072 { // k counts channel by channel, as in the file
				got := x[i*3072+k%1024*3+k/1024]
				if want := float32(toyPixel(first+i, k)) / 255; got != want {
					t.Fatalf("%s: image %d value %d is %v, want %v", c.d.Name(), i, k, got, want)
				}
			}
		}
		first += c.n
	}
	return train, test
}

// However the files lie there, they are read, and again from the cache.
func TestCIFARByHand(t *testing.T) {
	for name, place := range map[string]func(t *testing.T, dir string){
		"archive": func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "cifar-10/cifar-10-binary.tar.gz"), toyCIFARArchive(t))
		},
		"archive beside": func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), toyCIFARArchive(t))
		},
		"plain tar": func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "cifar-10-binary.tar"), tarOf(t, "./x", cifarNames, toyCIFAR()))
		},
		"folder in folder": func(t *testing.T, dir string) {
			putAll(t, filepath.Join(dir, "cifar-10/cifar-10-batches-bin"), toyCIFAR())
		},
		"folder": func(t *testing.T, dir string) { putAll(t, filepath.Join(dir, "cifar-10-batches-bin"), toyCIFAR()) },
		"files":  func(t *testing.T, dir string) { putAll(t, dir, toyCIFAR()) },
		"half folder, archive": func(t *testing.T, dir string) {
			f := toyCIFAR()
			delete(f, cifarNames[3])
			putAll(t, dir, f)
			put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), toyCIFARArchive(t))
		},
		"damaged folder, archive": func(t *testing.T, dir string) {
			f := toyCIFAR()
			f[cifarNames[5]] = f[cifarNames[5]][:5000]
			putAll(t, dir, f)
			put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), toyCIFARArchive(t))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := emptyDir(t)
			place(t, dir)
			wantToyCIFAR(t, dir)
			train, _ := wantToyCIFAR(t, dir)
			if !strings.Contains(train.Source(), "not byte for byte the published") {
				t.Errorf("Source: %s", train.Source())
			}
		})
	}
}

func TestCIFARArchiveAsDir(t *testing.T) {
	path := filepath.Join(emptyDir(t), "any name")
	put(t, path, toyCIFARArchive(t))
	wantToyCIFAR(t, path)
}

// The decoded cache alone is enough where it was made of an archive, and is not
// where it refers to files that are gone or changed.
func TestCIFARCache(t *testing.T) {
	dir := emptyDir(t)
	archive := filepath.Join(dir, "cifar-10-binary.tar.gz")
	put(t, archive, toyCIFARArchive(t))
	wantToyCIFAR(t, dir)
	if err := os.Remove(archive); err != nil {
		t.Fatal(err)
	}
	wantToyCIFAR(t, dir)

	dir = emptyDir(t)
	putAll(t, dir, toyCIFAR())
	wantToyCIFAR(t, dir)
	info, err := os.Stat(filepath.Join(dir, "cifar-10", "decoded-v2.bin"))
	if err != nil || info.Size() > 10_000 {
		t.Errorf("the cache of .bin files: %v, %v; it should not repeat them", info, err)
	}
	if err := os.Remove(filepath.Join(dir, cifarNames[2])); err != nil {
		t.Fatal(err)
	}
	train, _ := datasets.CIFAR10(datasets.Dir(dir), datasets.NoDownload)
	if err := train.Load(context.Background()); err == nil || !strings.Contains(err.Error(), cifarNames[2]+" is missing") {
		t.Errorf("got %v", err)
	}
}

// Each fault is an error that names file and fault, never a part of the images.
func TestCIFARFaults(t *testing.T) {
	with := func(change func(map[string][]byte)) map[string][]byte {
		f := toyCIFAR()
		change(f)
		return f
	}
	archive := toyCIFARArchive(t)
	for name, c := range map[string]struct {
		put  func(t *testing.T, dir string)
		want []string
	}{
		"one file missing": {func(t *testing.T, dir string) {
			putAll(t, dir, with(func(f map[string][]byte) { delete(f, cifarNames[1]) }))
		}, []string{"data_batch_2.bin is missing"}},
		"cut file": {func(t *testing.T, dir string) {
			putAll(t, dir, with(func(f map[string][]byte) { f[cifarNames[5]] = f[cifarNames[5]][:4000] }))
		}, []string{"test_batch.bin", "4000 bytes", "3073"}},
		"empty file": {func(t *testing.T, dir string) {
			putAll(t, dir, with(func(f map[string][]byte) { f[cifarNames[0]] = nil }))
		}, []string{"data_batch_1.bin", "0 bytes"}},
		"label 10": {func(t *testing.T, dir string) {
			putAll(t, dir, with(func(f map[string][]byte) { f[cifarNames[2]][3073] = 10 }))
		}, []string{"data_batch_3.bin", "label 10"}},
		"archive cut": {func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), archive[:len(archive)-20])
		},
			[]string{"cifar-10-binary.tar.gz", "cut off"}},
		"archive flipped bit": {func(t *testing.T, dir string) {
			a := bytes.Clone(archive)
			a[len(a)-6] ^= 1
			put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), a)
		}, []string{"cifar-10-binary.tar.gz", "damaged"}},
		"archive is html": {func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), []byte("<html>"+strings.Repeat("x", 1000)))
		}, []string{"no tar archive"}},
		"archive without a file": {func(t *testing.T, dir string) {
			f := with(func(f map[string][]byte) { delete(f, cifarNames[4]) })
			put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), gzipped(tarOf(t, "x", cifarNames, f)))
		}, []string{"no data_batch_5.bin"}},
		"python version": {func(t *testing.T, dir string) {
			py := map[string][]byte{"data_batch_1": {1}, "test_batch": {2}}
			put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), gzipped(tarOf(t, "cifar-10-batches-py", []string{"data_batch_1", "test_batch"}, py)))
		}, []string{"Python version", "binary version is wanted"}},
		"archive label 10": {func(t *testing.T, dir string) {
			f := with(func(f map[string][]byte) { f[cifarNames[5]][0] = 200 })
			put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), gzipped(tarOf(t, "x", cifarNames, f)))
		}, []string{"test_batch.bin", "label 200"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := emptyDir(t)
			c.put(t, dir)
			train, _ := datasets.CIFAR10(datasets.Dir(dir), datasets.NoDownload)
			err := train.Load(context.Background())
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v\nwant %q", err, want)
				}
			}
			if train.Len() != -1 {
				t.Errorf("%d images", train.Len())
			}
		})
	}
}

func TestCIFARRaw(t *testing.T) {
	dir := emptyDir(t)
	putAll(t, dir, toyCIFAR())
	train, _ := datasets.CIFAR10(datasets.Dir(dir), datasets.Raw, datasets.Flatten)
	b := tensor.Must(train.First(context.Background(), 2))
	image := tensor.Must(train.Image(context.Background(), 1))
	x, y := tensor.Values[uint8](b.X())[3072:], tensor.Values[uint8](image)
	for k := range 3072 {
		want := toyPixel(1, k)
		if at := k%1024*3 + k/1024; x[at] != want || y[at] != want {
			t.Fatalf("value %d is %d and %d, want %d", k, x[at], y[at], want)
		}
	}
	picture := tensor.Must(train.Picture(context.Background(), 1))
	if r, g, b, _ := picture.At(5, 2).RGBA(); uint8(r>>8) != toyPixel(1, 69) || uint8(g>>8) != toyPixel(1, 1024+69) || uint8(b>>8) != toyPixel(1, 2048+69) {
		t.Errorf("the picture's pixel (5, 2) is %d %d %d", r>>8, g>>8, b>>8)
	}
}

// A file that another program makes shorter while it is in use gives an error.
func TestFileCutWhileInUse(t *testing.T) {
	dir := emptyDir(t)
	putAll(t, dir, toyCIFAR())
	train, _ := wantToyCIFAR(t, dir)
	for _, name := range cifarNames {
		if err := os.Truncate(filepath.Join(dir, name), 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := train.First(context.Background(), 10); err == nil || !strings.Contains(err.Error(), "made shorter") {
		t.Errorf("Rows: %v", err)
	}
	if _, err := train.Image(context.Background(), 1); err == nil {
		t.Error("Image: no error")
	}
	if _, err := train.PixelStats(context.Background()); err == nil {
		t.Error("PixelStats: no error")
	}
}

// MNIST's files have the same names as Fashion-MNIST's.
func TestFashionMNISTIsNotMNIST(t *testing.T) {
	dir := emptyDir(t)
	t.Setenv("FROMZERO_DATA", dir)
	putAll(t, dir, toyFiles(t))
	train, _ := datasets.FashionMNIST(datasets.NoDownload)
	if err := train.Load(context.Background()); err == nil {
		t.Error("MNIST's files were taken for Fashion-MNIST")
	}
	putAll(t, filepath.Join(dir, "fashion-mnist"), toyFiles(t))
	train, test := datasets.FashionMNIST(datasets.NoDownload)
	wantToy(t, train, test)
	if train.ClassNames()[9] != "Ankle boot" || train.Name() != "Fashion-MNIST train" {
		t.Errorf("%s %v", train.Name(), train.ClassNames())
	}
	train, test = datasets.FashionMNIST(datasets.NoDownload, datasets.Dir(filepath.Join(dir, "fashion-mnist")))
	wantToy(t, train, test)
}

func TestFashionMNISTRefusesRealMNIST(t *testing.T) {
	dir := realMNIST(t)
	train, _ := datasets.FashionMNIST(datasets.NoDownload, datasets.Dir(filepath.Join(dir, "mnist")))
	if err := train.Load(context.Background()); err == nil {
		t.Error("the published MNIST was taken for Fashion-MNIST")
	}
}

// hostile archives are refused or read without harm.
func TestHostileArchives(t *testing.T) {
	entry := func(h tar.Header, data string) []byte {
		var buf bytes.Buffer
		w := tar.NewWriter(&buf)
		_ = w.WriteHeader(&h)
		_, _ = io.WriteString(w, data)
		_ = w.Close()
		return buf.Bytes()
	}
	huge := entry(tar.Header{Name: "data_batch_1.bin", Size: 1 << 40}, "little")
	for name, c := range map[string]struct {
		archive []byte
		want    string
	}{
		"path outside":        {entry(tar.Header{Name: "../../data_batch_1.bin", Size: 1}, "x"), "leads out"},
		"absolute path":       {entry(tar.Header{Name: "/etc/data_batch_1.bin", Size: 1}, "x"), "leads out"},
		"windows path":        {entry(tar.Header{Name: `..\data_batch_1.bin`, Size: 1}, "x"), "leads out"},
		"promises a terabyte": {huge, "cut off"},
		"only a link":         {entry(tar.Header{Name: "data_batch_1.bin", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, ""), "no data_batch_1.bin"},
		"nothing":             {nil, "0 bytes"},
		"two empty blocks":    {make([]byte, 1024), "no members"},
	} {
		for kind, archive := range map[string][]byte{"tar": c.archive, "tar.gz": gzipped(c.archive)} {
			if c.archive == nil {
				archive = nil
			}
			t.Run(name+" "+kind, func(t *testing.T) {
				dir := emptyDir(t)
				put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), archive)
				train, _ := datasets.CIFAR10(datasets.Dir(dir), datasets.NoDownload)
				if err := train.Load(context.Background()); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
			})
		}
	}
}

func TestCIFARCancel(t *testing.T) {
	dir := emptyDir(t)
	put(t, filepath.Join(dir, "cifar-10-binary.tar.gz"), toyCIFARArchive(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	train, _ := datasets.CIFAR10(datasets.Dir(dir), datasets.NoDownload)
	if err := train.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// realCIFAR is a data directory with a link to the folder of .bin files, or to
// the archive, in FROMZERO_DATA.
func realCIFAR(t testing.TB) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join(os.Getenv("FROMZERO_DATA"), "cifar-10", "cifar-10-batches-bin"))
	if _, statErr := os.Stat(folder); os.Getenv("FROMZERO_DATA") == "" || err != nil || statErr != nil {
		t.Skip("$FROMZERO_DATA/cifar-10/cifar-10-batches-bin is not there")
	}
	dir := t.TempDir()
	if err := os.Symlink(folder, filepath.Join(dir, "cifar-10-batches-bin")); err != nil {
		t.Skip(err)
	}
	return dir
}

func TestRealCIFAR10(t *testing.T) {
	dir := realCIFAR(t)
	for _, from := range []string{".bin files", "decoded cache"} {
		t.Run(from, func(t *testing.T) {
			ctx := context.Background()
			train, test := datasets.CIFAR10(datasets.Dir(dir), datasets.NoDownload)
			if train.Len() != 50000 || test.Len() != 10000 {
				t.Fatalf("%d and %d images: %v", train.Len(), test.Len(), train.Load(ctx))
			}
			if got := fmt.Sprint(tensor.Must(train.Labels(ctx))[:10]); got != "[6 9 9 4 1 1 2 7 8 3]" {
				t.Errorf("first training labels %s", got)
			}
			if got := fmt.Sprint(tensor.Must(test.Labels(ctx))[:10]); got != "[3 8 8 0 6 6 1 6 3 1]" {
				t.Errorf("first test labels %s", got)
			}
			for d, n := range map[*datasets.Images]int{train: 5000, test: 1000} {
				for class, got := range tensor.Must(d.Counts(ctx)) {
					if got != n {
						t.Errorf("%s has %d of class %d, want %d", d.Name(), got, class, n)
					}
				}
			}
			s := tensor.Must(train.PixelStats(ctx))
			for c, want := range [3][2]float64{{.4914, .2470}, {.4822, .2435}, {.4465, .2616}} {
				if math.Abs(s.Mean[c]-want[0]) > 6e-5 || math.Abs(s.Std[c]-want[1]) > 6e-5 {
					t.Errorf("channel %d: mean %v, standard deviation %v; want %v", c, s.Mean[c], s.Std[c], want)
				}
			}
			if got := train.Source(); got != "CIFAR-10: the full set, files as published" {
				t.Errorf("Source: %s", got)
			}
		})
	}
}

// Aim: both splits from .bin files to one float tensor each in 0.5 s on two
// cores.
func BenchmarkCIFAR10BinToFloats(b *testing.B) {
	dir := realCIFAR(b)
	for b.Loop() {
		b.StopTimer()
		_ = os.RemoveAll(filepath.Join(dir, "cifar-10"))
		b.StartTimer()
		train, test := datasets.CIFAR10(datasets.Dir(dir), datasets.NoDownload)
		for _, d := range []*datasets.Images{train, test} {
			if _, err := d.First(context.Background(), 50000); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// Aim: milliseconds.
func BenchmarkCIFAR10FromCache(b *testing.B) {
	dir := realCIFAR(b)
	first, _ := datasets.CIFAR10(datasets.Dir(dir), datasets.NoDownload)
	_ = first.Load(context.Background())
	for b.Loop() {
		train, test := datasets.CIFAR10(datasets.Dir(dir), datasets.NoDownload)
		for _, d := range []*datasets.Images{train, test} {
			if err := d.Load(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkCIFAR10Rows32(b *testing.B) {
	train, _ := datasets.CIFAR10(datasets.Dir(realCIFAR(b)), datasets.NoDownload)
	at := make([]int, 32)
	for i := range at {
		at[i] = i * 1501
	}
	var batch tensor.Batch
	b.ReportAllocs()
	for b.Loop() {
		batch, _ = train.Rows(context.Background(), at, batch)
	}
}
