package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
)

func TestGet(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, files)
	r.Spec.Mirrors = []string{m.URL + "/data/"}
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
	if !strings.HasPrefix(m.agent, "fromzero/") {
		t.Errorf("the user agent is %q, want our own", m.agent)
	}
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.requests(), ", "); got != "/data/a.gz, /data/b.gz" {
		t.Errorf("asked for %s; files that are there should not be asked for again", got)
	}
}

// Every fault of a first mirror must lead to the files all the same, from the
// same mirror or the next, with no wrong byte and nothing left over.
func TestFaults(t *testing.T) {
	wrong := content(9)
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request, []byte) bool{
		"403":                  times(always, status(403)),
		"503":                  times(always, status(503)),
		"404":                  times(always, status(404)),
		"html page":            times(always, body("text/html; charset=utf-8", []byte("<html>gone</html>"))),
		"html as data":         times(always, body("application/gzip", []byte("<html>gone</html>"))),
		"empty":                times(always, body("application/gzip", nil)),
		"wrong bytes":          times(always, body("application/gzip", wrong)),
		"cut once":             times(1, cutAt(30_000)),
		"cut at once":          times(always, cutAt(0)),
		"cut always":           times(always, cutAt(50_000)),
		"hangs before answer":  times(always, hangAt(0)),
		"hangs in the middle":  times(1, hangAt(40_000)),
		"hangs again at start": times(always, hangAt(1)),
		"range is ignored": func(w http.ResponseWriter, r *http.Request, data []byte) bool {
			if r.Header.Get("Range") == "" {
				cutAt(10_000)(w, r, data)
			}
			body("application/gzip", data)(w, r, data)
			return true
		},
		"wrong range": func(w http.ResponseWriter, r *http.Request, data []byte) bool {
			if r.Header.Get("Range") == "" {
				cutAt(10_000)(w, r, data)
			}
			w.Header().Set("Content-Range", "bytes 5-9/10")
			w.WriteHeader(http.StatusPartialContent)
			w.Write(data[5:10])
			return true
		},
		"redirect to nowhere": times(always, func(w http.ResponseWriter, r *http.Request, _ []byte) {
			http.Redirect(w, r, "http://127.0.0.1:1/x", http.StatusFound)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			r, files := setup(t)
			bad, good := newFakeMirror(t, files), newFakeMirror(t, files)
			bad.fault = fault
			r.Spec.Mirrors = []string{bad.URL, good.URL}
			try := get
			if strings.HasPrefix(name, "hangs") {
				try = getQuickly
			}
			if err := try(r); err != nil {
				t.Fatal(err)
			}
			wantFiles(t, r, files)
		})
	}
}

func TestErrorNamesEveryAddressAndAnswer(t *testing.T) {
	r, files := setup(t)
	var urls []string
	var want []string
	for _, c := range []struct {
		fault func(http.ResponseWriter, *http.Request, []byte)
		want  string
	}{
		{status(403), "403 Forbidden"},
		{status(503), "503 Service Unavailable"},
		{body("text/html", []byte("<html>moved</html>")), "web page of 18 bytes"},
		{body("application/gzip", []byte("\x1f\x8bshort")), "has 7 bytes there and"},
		{cutAt(20_000), "cut off after 20000 of"},
		{hangAt(0), "timeout"},
		{body("application/gzip", content(9)), "published"},
		{body("", append([]byte("PK"), content(1)[2:]...)), "no .gz file"},
	} {
		m := newFakeMirror(t, files)
		m.fault = times(always, c.fault)
		urls, want = append(urls, m.URL), append(want, m.URL+"/a.gz: ", c.want)
	}
	r.Spec.Mirrors = append(urls, "http://127.0.0.1:1", "http://user:secret@127.0.0.1:1")
	err := getQuickly(r)
	var e *Error
	if !errors.As(err, &e) || len(e.Attempts) != len(r.Spec.Mirrors) || strings.Join(e.Missing, " ") != "a.gz b.gz" {
		t.Fatalf("got %v", err)
	}
	for _, w := range append(want, "connection refused") {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("no %q in:\n%v", w, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the password is shown:\n%v", err)
	}
	var status *StatusError
	if !errors.As(err, &status) || status.Code != 403 {
		t.Errorf("errors.As finds %v", status)
	}
	if _, err := os.Stat(filepath.Join(r.Dir, "toy", "a.gz")); err == nil {
		t.Error("a wrong file was put in place")
	}
}

func TestWrongHashSaysGotAndWanted(t *testing.T) {
	r, files := setup(t)
	wrong := content(1)
	wrong[5000] ^= 1
	m := newFakeMirror(t, map[string][]byte{"a.gz": wrong})
	r.Spec.Mirrors = []string{m.URL}
	err := get(r)
	if !errors.Is(err, ErrContent) || !strings.Contains(err.Error(), hexSum(wrong)) || !strings.Contains(err.Error(), hexSum(files["a.gz"])) {
		t.Errorf("got %v", err)
	}
}

func TestNoMirror(t *testing.T) {
	r, _ := setup(t)
	if err := get(r); err == nil || !strings.Contains(err.Error(), "FROMZERO_MIRROR") {
		t.Errorf("got %v", err)
	}
}

// An interrupt keeps what has come, and the next download goes on there.
func TestInterruptedDownloadResumes(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, files)
	m.fault = times(1, hangAt(40_000))
	r.Spec.Mirrors = []string{m.URL}
	ctx, cancel := context.WithCancel(context.Background())
	r.Reporter = &recorder{onUpdate: func(done int64) {
		if done == 40_000 {
			cancel()
		}
	}}
	if err := newJob(r, patient).run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	if info, err := os.Stat(filepath.Join(r.Dir, "toy", "a.gz.part")); err != nil || info.Size() != 40_000 {
		t.Fatalf("the part file: %v, %v", info, err)
	}
	r.Reporter = nil
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
	if got := strings.Join(m.requests(), ", "); got != "/a.gz, /a.gz bytes=40000-, /b.gz" {
		t.Errorf("asked for: %s", got)
	}
}

func TestCutDownloadResumesWithTheNextMirror(t *testing.T) {
	r, files := setup(t)
	bad, good := newFakeMirror(t, files), newFakeMirror(t, files)
	calls := 0
	bad.fault = func(w http.ResponseWriter, r *http.Request, data []byte) bool {
		if calls++; calls == 1 {
			cutAt(70_000)(w, r, data)
		}
		status(503)(w, r, data)
		return true
	}
	r.Spec.Mirrors = []string{bad.URL, good.URL}
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
	if got := good.requests()[0]; got != "/a.gz bytes=70000-" {
		t.Errorf("the second mirror was asked for %q", got)
	}
}

// What an old part file holds may be wrong, whatever its length.
func TestUselessPartFile(t *testing.T) {
	for name, part := range map[string][]byte{
		"other bytes": content(7)[:50_000],
		"full length": content(7)[:len(content(1))-1],
		"too long":    append(content(1), 1, 2, 3),
		"complete":    content(1),
	} {
		t.Run(name, func(t *testing.T) {
			r, files := setup(t)
			m := newFakeMirror(t, files)
			r.Spec.Mirrors = []string{m.URL}
			os.MkdirAll(filepath.Join(r.Dir, "toy"), 0o755)
			os.WriteFile(filepath.Join(r.Dir, "toy", "a.gz.part"), part, 0o644)
			if err := get(r); err != nil {
				t.Fatal(err)
			}
			wantFiles(t, r, files)
		})
	}
}

func TestFilesByHand(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, files)
	r.Spec.Mirrors = []string{m.URL}
	folder := filepath.Join(r.Dir, "toy")
	os.MkdirAll(folder, 0o755)
	repacked := content(3) // not the published bytes, but whole
	os.WriteFile(filepath.Join(folder, "a.gz"), repacked, 0o644)
	os.WriteFile(filepath.Join(folder, "b.gz"), files["b.gz"][:1000], 0o644) // cut
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, map[string][]byte{"a.gz": repacked, "b.gz": files["b.gz"]})
	r.Replace = []string{"a.gz"}
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
}

// A file that is not packed is left alone if it was put there by hand, unless it is
// said to be no good or is a web page.
func TestPlainFilesByHand(t *testing.T) {
	for name, c := range map[string]struct {
		there   string
		replace bool
		kept    bool
	}{
		"other bytes": {"a,b\n1,2\n", false, true},
		"no good":     {"a,b\n1,2\n", true, false},
		"web page":    {"<html>gone</html>", false, false},
		"empty":       {"", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := setup(t)
			want := []byte("a,b\n3,4\n5,6\n")
			r.Spec.Files = []datasets.File{{Name: "t.csv", Size: int64(len(want)), SHA256: hexSum(want)}}
			m := newFakeMirror(t, map[string][]byte{"t.csv": want})
			r.Spec.Mirrors = []string{m.URL}
			path := filepath.Join(r.Dir, "toy", "t.csv")
			os.MkdirAll(filepath.Dir(path), 0o755)
			os.WriteFile(path, []byte(c.there), 0o644)
			if c.replace {
				r.Replace = []string{"t.csv"}
			}
			if err := get(r); err != nil {
				t.Fatal(err)
			}
			if c.kept {
				want = []byte(c.there)
			}
			wantFiles(t, r, map[string][]byte{"t.csv": want})
		})
	}
}

func TestDownloadsAtTheSameTimeShare(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, files)
	r.Spec.Mirrors = []string{m.URL}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := get(r); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	wantFiles(t, r, files)
	if n := len(m.requests()); n != 2 {
		t.Errorf("%d requests for 2 files", n)
	}
}

func TestDiskTroubleStopsAtOnce(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, files)
	r.Spec.Mirrors = []string{m.URL}
	r.Dir = filepath.Join(r.Dir, "file")
	os.WriteFile(r.Dir, nil, 0o644)
	var e *Error
	if err := get(r); err == nil || errors.As(err, &e) || len(m.requests()) != 0 {
		t.Errorf("got %v after %d requests; want the error of the disk", err, len(m.requests()))
	}
}

func TestOwnMirrors(t *testing.T) {
	r, files := setup(t)
	own, public := newFakeMirror(t, files), newFakeMirror(t, files)
	own.fault = func(w http.ResponseWriter, r *http.Request, data []byte) bool {
		if strings.HasPrefix(r.URL.Path, "/toy/") {
			status(404)(w, r, data)
			return true
		}
		return false
	}
	r.Spec.Mirrors = []string{public.URL}
	t.Setenv("FROMZERO_MIRROR", "http://127.0.0.1:1, "+own.URL)
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
	if got := strings.Join(own.requests(), ", "); got != "/toy/a.gz, /a.gz, /toy/b.gz, /b.gz" || len(public.requests()) != 0 {
		t.Errorf("asked for %s", got)
	}
}

func TestOwnMirrorInAFolder(t *testing.T) {
	r, files := setup(t)
	folder := filepath.Join(t.TempDir(), "my files")
	os.MkdirAll(folder, 0o755)
	for name, data := range files {
		os.WriteFile(filepath.Join(folder, name), data, 0o644)
	}
	t.Setenv("FROMZERO_MIRROR", (&url.URL{Scheme: "file", Path: folder}).String())
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
}

func TestSingleAddresses(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, map[string][]byte{"x": files["a.gz"], "y": files["b.gz"]})
	r.Spec.Files[0].URLs = []string{m.URL + "/gone", m.URL + "/x"}
	r.Spec.Files[1].URLs = []string{m.URL + "/y?a=b%2Fc"}
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
}

func TestProgress(t *testing.T) {
	r, files := setup(t)
	m := newFakeMirror(t, files)
	r.Spec.Mirrors = []string{m.URL}
	rec := &recorder{}
	r.Reporter = rec
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rec.finished, ", "); got != "downloading a.gz, downloading b.gz" {
		t.Errorf("finished: %s", got)
	}
	if rec.done != int64(len(files["b.gz"])) || rec.total != rec.done {
		t.Errorf("the last update was %d of %d", rec.done, rec.total)
	}
}

type recorder struct {
	onUpdate    func(done int64)
	done, total int64
	finished    []string
}

func (r *recorder) Update(_ string, done, total int64, _ []string, _ []float64) {
	r.done, r.total = done, total
	if r.onUpdate != nil {
		r.onUpdate(done)
	}
}

func (r *recorder) Finish(label string, _ []string, _ []float64) {
	r.finished = append(r.finished, label)
}

var _ datasets.Reporter = (*recorder)(nil)
