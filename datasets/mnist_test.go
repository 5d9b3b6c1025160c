package datasets_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

// realMNIST is a data directory with links to the published files in
// FROMZERO_DATA, and no decoded cache yet.
func realMNIST(t testing.TB) string {
	t.Helper()
	source := os.Getenv("FROMZERO_DATA")
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "mnist"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		path, err := filepath.Abs(filepath.Join(source, "mnist", name))
		if _, statErr := os.Stat(path); source == "" || err != nil || statErr != nil {
			t.Skipf("$FROMZERO_DATA/mnist/%s is not there: `fromzero fetch mnist` gets the full set", name)
		}
		if err := os.Symlink(path, filepath.Join(dir, "mnist", name)); err != nil {
			t.Skip(err)
		}
	}
	return dir
}

// The published facts about the set, from the compressed files and from the
// decoded cache.
func TestRealMNIST(t *testing.T) {
	dir := realMNIST(t)
	for _, from := range []string{"compressed files", "decoded cache"} {
		t.Run(from, func(t *testing.T) {
			train, test := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
			ctx := context.Background()
			if train.Len() != 60000 || test.Len() != 10000 {
				t.Fatalf("%d and %d images: %v", train.Len(), test.Len(), train.Load(ctx))
			}
			for d, want := range map[*datasets.Images][2]string{
				train: {"[5923 6742 5958 6131 5842 5421 5918 6265 5851 5949]", "[5 0 4 1 9]"},
				test:  {"[980 1135 1032 1010 982 892 958 1028 974 1009]", "[7 2 1 0 4]"},
			} {
				if got := fmt.Sprint(tensor.Must(d.Counts(ctx))); got != want[0] {
					t.Errorf("%s: counts %s, want %s", d.Name(), got, want[0])
				}
				if got := fmt.Sprint(tensor.Must(d.Labels(ctx))[:5]); got != want[1] {
					t.Errorf("%s: first labels %s, want %s", d.Name(), got, want[1])
				}
			}
			s := tensor.Must(train.PixelStats(ctx))
			if math.Abs(s.Mean[0]-0.1307) > 5e-5 || math.Abs(s.Std[0]-0.3081) > 5e-5 {
				t.Errorf("mean %v, standard deviation %v; want 0.1307, 0.3081", s.Mean, s.Std)
			}
			if got := train.Source(); got != "MNIST: the full set, files as published" {
				t.Errorf("Source: %s", got)
			}
		})
	}
}

// The mini set is what its documentation says: the first images of each class.
func TestMiniSetIsPartOfTheRealOne(t *testing.T) {
	dir := realMNIST(t)
	ctx := context.Background()
	train, test := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
	miniTrain, miniTest := datasets.MNIST(datasets.MiniSet)
	for _, c := range []struct {
		full, mini *datasets.Images
		n          int
	}{{train, miniTrain, 200}, {test, miniTest, 50}} {
		seen, k := [10]int{}, 0
		for i, label := range tensor.Must(c.full.Labels(ctx)) {
			if seen[label]++; seen[label] > c.n {
				continue
			}
			a, b := tensor.Must(c.full.Image(ctx, i)), tensor.Must(c.mini.Image(ctx, k))
			if string(tensor.Values[uint8](a)) != string(tensor.Values[uint8](b)) {
				t.Fatalf("%s: image %d is not image %d of the full set", c.mini.Name(), k, i)
			}
			k++
		}
		if k != c.mini.Len() {
			t.Errorf("%s has %d images, want %d", c.mini.Name(), c.mini.Len(), k)
		}
	}
}

// Aim: under 400 ms on two cores.
func BenchmarkMNISTFromGzip(b *testing.B) {
	dir := realMNIST(b)
	for b.Loop() {
		b.StopTimer()
		_ = os.Remove(cachePath(dir))
		b.StartTimer()
		loadBoth(b, dir)
	}
}

// Aim: under 60 ms.
func BenchmarkMNISTFromCache(b *testing.B) {
	dir := realMNIST(b)
	loadBoth(b, dir)
	for b.Loop() {
		loadBoth(b, dir)
	}
}

func loadBoth(b *testing.B, dir string) {
	train, test := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
	for _, d := range []*datasets.Images{train, test} {
		if err := d.Load(context.Background()); err != nil || d.Mini() {
			b.Fatal(d, err)
		}
	}
}

// Rows runs once a training step; needs no real data.
func BenchmarkRows32(b *testing.B) {
	train, _ := datasets.MNIST(datasets.MiniSet, datasets.Flatten)
	at := make([]int, 32)
	for i := range at {
		at[i] = i * 61 % train.Len()
	}
	var batch tensor.Batch
	b.ReportAllocs()
	for b.Loop() {
		batch, _ = train.Rows(context.Background(), at, batch)
	}
}
