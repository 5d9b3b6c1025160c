package datasets_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
	"github.com/gofromzero/fromzero/tensor"
)

// Files put in place by hand are taken, however they lie there.
func TestFilesByHand(t *testing.T) {
	for name, place := range map[string]func(dir, file string, data []byte){
		"folder":      func(dir, f string, data []byte) { put(t, filepath.Join(dir, "mnist", f), data) },
		"beside":      func(dir, f string, data []byte) { put(t, filepath.Join(dir, f), data) },
		"torchvision": func(dir, f string, data []byte) { put(t, filepath.Join(dir, "MNIST/raw", f), data) },
		"uncompressed": func(dir, f string, data []byte) {
			put(t, filepath.Join(dir, strings.TrimSuffix(f, ".gz")), unzip(t, data))
		},
		"gz but not": func(dir, f string, data []byte) { put(t, filepath.Join(dir, f), unzip(t, data)) },
		"dotted, unpacked": func(dir, f string, data []byte) {
			f = strings.Replace(strings.TrimSuffix(f, ".gz"), "-idx", ".idx", 1)
			put(t, filepath.Join(dir, "mnist", f), unzip(t, data))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := emptyDir(t)
			for f, data := range toyFiles(t) {
				place(dir, f, data)
			}
			train, test := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
			wantToy(t, train, test)
			if !strings.Contains(train.Source(), "not byte for byte the published") {
				t.Errorf("Source: %s", train.Source())
			}
			again, againTest := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
			wantToy(t, again, againTest) // from the decoded cache
		})
	}
}

func TestDataDirectoryFromEnvironment(t *testing.T) {
	dir := toyDir(t)
	t.Setenv("FROMZERO_DATA", dir)
	train, test := datasets.MNIST()
	wantToy(t, train, test)
	if train.Folder() != filepath.Join(dir, "mnist") {
		t.Errorf("Folder: %s", train.Folder())
	}
}

func TestUserCacheDirectory(t *testing.T) {
	emptyDir(t)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	putAll(t, filepath.Join(cache, "fromzero", "mnist"), toyFiles(t))
	train, test := datasets.MNIST()
	wantToy(t, train, test)
}

// damage lists what can be wrong with a file, and a word of the message.
var damage = map[string]struct {
	file string
	data func(t *testing.T, good []byte) []byte // nil: the file is missing
	want string
}{
	"html":        {names[0], func(*testing.T, []byte) []byte { return []byte("<!DOCTYPE html><html>503</html>") }, "web page"},
	"empty":       {names[1], func(*testing.T, []byte) []byte { return nil }, "0 bytes"},
	"truncated":   {names[0], func(_ *testing.T, good []byte) []byte { return good[:len(good)/2] }, "cut off"},
	"flipped bit": {names[2], func(_ *testing.T, good []byte) []byte { g := bytes.Clone(good); g[len(g)-30] ^= 1; return g }, "damaged"},
	"other type": {names[0], func(t *testing.T, _ []byte) []byte {
		return idxFile(t, tensor.Must(tensor.Zeros(tensor.Float32, 30, 28, 28)))
	}, "float32"},
	"other shape": {names[2], func(t *testing.T, _ []byte) []byte {
		return idxFile(t, tensor.Must(tensor.Zeros(tensor.Uint8, 10, 32, 32)))
	}, "(10, 32, 32)"},
	"images for labels": {names[3], func(t *testing.T, _ []byte) []byte { return toyImages(t, 10) }, "labels of (n,)"},
	"zero items": {names[0], func(t *testing.T, _ []byte) []byte {
		return idxFile(t, tensor.Must(tensor.Zeros(tensor.Uint8, 0, 28, 28)))
	}, "no items"},
	"label 10":     {names[1], func(t *testing.T, _ []byte) []byte { return toyLabels(t, 30, 11) }, "10 classes"},
	"fewer labels": {names[1], func(t *testing.T, _ []byte) []byte { return toyLabels(t, 29, 10) }, "30 images but 29 labels"},
	"missing":      {names[3], nil, "t10k-labels-idx1-ubyte.gz is missing"},
}

func breakFile(t *testing.T, dir string, name string) string {
	d := damage[name]
	path := filepath.Join(dir, "mnist", d.file)
	if d.data == nil {
		os.Remove(path)
		return d.file
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, d.data(t, good))
	return d.file
}

// Without a download, damage is an error that names file and fault: never
// partly filled images, never the mini set.
func TestDamagedFilesAreNamed(t *testing.T) {
	for name, d := range damage {
		t.Run(name, func(t *testing.T) {
			dir := toyDir(t)
			breakFile(t, dir, name)
			train, _ := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
			err := train.Load(context.Background())
			if err == nil || !strings.Contains(err.Error(), d.file) || !strings.Contains(err.Error(), d.want) {
				t.Fatalf("got %v\nwant %s and %q", err, d.file, d.want)
			}
			if train.Len() != -1 || train.Mini() {
				t.Errorf("length %d, mini set %v", train.Len(), train.Mini())
			}
		})
	}
}

// With a download, damage mends itself.
func TestDamagedFilesAreFetchedAgain(t *testing.T) {
	for name, d := range damage {
		t.Run(name, func(t *testing.T) {
			dir := toyDir(t)
			file := breakFile(t, dir, name)
			var asked datasets.Request
			var log messages
			train, test := datasets.MNIST(datasets.Dir(dir), log.option(), datasets.FetchWith(func(_ context.Context, r datasets.Request) error {
				asked = r
				putAll(t, filepath.Join(r.Dir, r.Spec.Name), toyFiles(t))
				return nil
			}))
			wantToy(t, train, test)
			if asked.Dir != dir || asked.Spec.Name != "mnist" {
				t.Errorf("asked for %s in %s", asked.Spec.Name, asked.Dir)
			}
			if d.data != nil && (!strings.Contains(strings.Join(asked.Replace, " "), file) || !strings.Contains(log.String(), file)) {
				t.Errorf("to replace: %v; log: %s", asked.Replace, &log)
			}
		})
	}
}

// Damage that can't be mended is an error, and tells both stories.
func TestDamagedFilesWithoutNetwork(t *testing.T) {
	dir := toyDir(t)
	breakFile(t, dir, "truncated")
	var log messages
	train, _ := datasets.MNIST(datasets.Dir(dir), log.option(), datasets.FetchWith(func(context.Context, datasets.Request) error {
		return fmt.Errorf("no such host")
	}))
	err := train.Load(context.Background())
	for _, want := range []string{"cut off", "no such host", "What helps"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v; want %q", err, want)
		}
	}
}

// A damaged file with an intact twin costs nothing.
func TestIntactTwin(t *testing.T) {
	dir := toyDir(t)
	breakFile(t, dir, "truncated")
	put(t, filepath.Join(dir, names[0]), toyFiles(t)[names[0]])
	train, test := datasets.MNIST(datasets.Dir(dir), datasets.NoDownload)
	wantToy(t, train, test)
}
