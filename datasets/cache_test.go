package datasets_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/datasets"
)

func cachePath(dir string) string { return filepath.Join(dir, "mnist", "decoded-v2.bin") }

// loadOnce fills the decoded cache.
func loadOnce(t *testing.T, dir string) {
	t.Helper()
	wantToy2(t, dir)
	if _, err := os.Stat(cachePath(dir)); err != nil {
		t.Fatal(err)
	}
}

func wantToy2(t *testing.T, dir string) {
	t.Helper()
	train, test := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
	wantToy(t, train, test)
}

func removeSources(t *testing.T, dir string) {
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, "mnist", name)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCacheAloneIsEnough(t *testing.T) {
	dir := toyDir(t)
	loadOnce(t, dir)
	removeSources(t, dir)
	wantToy2(t, dir)
}

// Whatever happens to the cache, the data is right, and the cache afterwards.
func TestDamagedCacheIsRebuilt(t *testing.T) {
	for name, spoil := range map[string]func(data []byte) []byte{
		"empty":          func([]byte) []byte { return nil },
		"header cut":     func(d []byte) []byte { return d[:100] },
		"cut":            func(d []byte) []byte { return d[:len(d)-1] },
		"longer":         func(d []byte) []byte { return append(d, 0) },
		"magic":          func(d []byte) []byte { d[0] ^= 1; return d },
		"json length":    func(d []byte) []byte { d[11] = 255; return d },
		"header bit":     func(d []byte) []byte { d[60] ^= 1; return d },
		"training label": func(d []byte) []byte { d[4096] ^= 1; return d },
		"training pixel": func(d []byte) []byte { d[4096+500] ^= 1; return d },
		"test pixel":     func(d []byte) []byte { d[len(d)-1] ^= 1; return d },
		"html":           func([]byte) []byte { return []byte("<html></html>") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := toyDir(t)
			loadOnce(t, dir)
			good, err := os.ReadFile(cachePath(dir))
			if err != nil {
				t.Fatal(err)
			}
			put(t, cachePath(dir), spoil(append([]byte(nil), good...)))
			wantToy2(t, dir)
			removeSources(t, dir)
			wantToy2(t, dir)
		})
	}
}

func TestChangedFilesMakeTheCacheStale(t *testing.T) {
	dir := toyDir(t)
	loadOnce(t, dir)
	putAll(t, filepath.Join(dir, "mnist"), map[string][]byte{names[2]: toyImages(t, 5), names[3]: toyLabels(t, 5, 10)})
	_, test := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
	if test.Len() != 5 {
		t.Errorf("%d images; the files have 5 now", test.Len())
	}
	// The same size at another time may be other data as well.
	if err := os.Chtimes(filepath.Join(dir, "mnist", names[3]), time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(cachePath(dir))
	_, test = datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
	if err := test.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.Stat(cachePath(dir)); os.SameFile(before, after) {
		t.Error("the cache was not rebuilt")
	}
}

// Where the data directory can't be written to, the cache goes to the user's.
func TestReadOnlyDirectory(t *testing.T) {
	dir := emptyDir(t)
	putAll(t, dir, toyFiles(t))
	put(t, filepath.Join(dir, "mnist"), []byte("a file where the cache's folder would be"))
	wantToy2(t, dir)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	found, _ := filepath.Glob(filepath.Join(cache, "fromzero", "decoded", "mnist-*.bin"))
	if len(found) != 1 {
		t.Errorf("the user's cache directory has %v", found)
	}
	wantToy2(t, dir)
}

func TestNoCacheAtAll(t *testing.T) {
	dir := emptyDir(t)
	putAll(t, dir, toyFiles(t))
	put(t, filepath.Join(dir, "mnist"), nil)
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, "")
	}
	wantToy2(t, dir)
}

func TestNothingLeftOver(t *testing.T) {
	dir := toyDir(t)
	loadOnce(t, dir)
	entries, _ := os.ReadDir(filepath.Join(dir, "mnist"))
	if len(entries) != 5 {
		t.Errorf("%v; want four files and the cache", entries)
	}
}
