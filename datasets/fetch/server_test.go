package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofromzero/fromzero/datasets"
)

// A mirror for tests that plays a fault on request, and remembers what it was
// asked.
type fakeMirror struct {
	*httptest.Server
	files map[string][]byte // by the path's last element

	mu    sync.Mutex
	fault func(w http.ResponseWriter, r *http.Request, data []byte) (handled bool)
	asked []string // "path range"
	agent string
}

func newFakeMirror(t *testing.T, files map[string][]byte) *fakeMirror {
	m := &fakeMirror{files: files}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

func (m *fakeMirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.asked = append(m.asked, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("Range")))
	m.agent = r.UserAgent()
	fault := m.fault
	m.mu.Unlock()
	data, ok := m.files[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]]
	if fault != nil && fault(w, r, data) {
		return
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func (m *fakeMirror) requests() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.asked...)
}

// times makes a fault happen at the first n requests only.
func times(n int, fault func(http.ResponseWriter, *http.Request, []byte)) func(http.ResponseWriter, *http.Request, []byte) bool {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, data []byte) bool {
		mu.Lock()
		n--
		now := n >= 0
		mu.Unlock()
		if now {
			fault(w, r, data)
		}
		return now
	}
}

const always = 1 << 30

func status(code int) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) { http.Error(w, "no", code) }
}

// cutAt announces everything and sends the first n bytes.
func cutAt(n int) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, data []byte) {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		w.Write(data[:n])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// hangAt sends n bytes and then nothing, until the client goes.
func hangAt(n int) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, r *http.Request, data []byte) {
		if n > 0 {
			w.Header().Set("Content-Length", fmt.Sprint(len(data)))
			w.Write(data[:n])
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}
}

// body answers 200 with other contents.
func body(kind string, data []byte) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Content-Type", kind)
		w.Write(data)
	}
}

// content is a gzip file of some length that depends on seed.
func content(seed byte) []byte {
	raw := make([]byte, 100_000)
	state := uint32(seed) + 1
	for i := range raw {
		state = state*1664525 + 1013904223
		raw[i] = byte(state >> 24)
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	z.Write(raw)
	z.Close()
	return buf.Bytes()
}

func hexSum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// setup makes a spec of the files a.gz and b.gz, and a request for them into
// an empty data directory. No mirror is known yet, and none of the machine's.
func setup(t *testing.T) (datasets.Request, map[string][]byte) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("FROMZERO_MIRROR", "")
	files := map[string][]byte{"a.gz": content(1), "b.gz": content(2)}
	spec := datasets.Spec{Name: "toy", Title: "Toy"}
	for _, name := range []string{"a.gz", "b.gz"} {
		spec.Files = append(spec.Files, datasets.File{Name: name, Size: int64(len(files[name])), SHA256: hexSum(files[name])})
	}
	return datasets.Request{Spec: spec, Dir: t.TempDir()}, files
}

// Limits for tests: patient ones, and quick ones for servers that hang. A busy
// machine must not look like a silent server.
var (
	patient = limits{connect: time.Minute, header: time.Minute, idle: time.Minute, retries: 2}
	quick   = limits{connect: time.Minute, header: time.Second, idle: time.Second, retries: 2}
)

func get(r datasets.Request) error { return newJob(r, patient).run(context.Background()) }

func getQuickly(r datasets.Request) error { return newJob(r, quick).run(context.Background()) }

// wantFiles checks that the folder holds these files, and nothing else.
func wantFiles(t *testing.T, r datasets.Request, files map[string][]byte) {
	t.Helper()
	folder := filepath.Join(r.Dir, r.Spec.Name)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes that differ from the %d published", name, len(got), len(want))
		}
	}
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if _, ok := files[e.Name()]; !ok {
			t.Errorf("%s was left over", e.Name())
		}
	}
}
