package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofromzero/fromzero/datasets"
)

// setupSmall is setup with one file of a few bytes, for faults at each of them.
func setupSmall(t *testing.T) (datasets.Request, map[string][]byte) {
	t.Helper()
	r, _ := setup(t)
	data := []byte("\x1f\x8b, and 40 more bytes that mean nothing.....")
	r.Spec.Files = []datasets.File{{Name: "a.gz", Size: int64(len(data)), SHA256: hexSum(data)}}
	return r, map[string][]byte{"a.gz": data}
}

// wantNothing checks that no file has the final name.
func wantNothing(t *testing.T, r datasets.Request) {
	t.Helper()
	for _, f := range r.Spec.Files {
		if _, err := os.Stat(filepath.Join(r.Dir, r.Spec.Name, f.Name)); err == nil {
			t.Errorf("%s is there, though its download failed", f.Name)
		}
	}
}

// wantAttempts checks that err names every address and what came of it.
func wantAttempts(t *testing.T, err error, want ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want one that lists what was tried", err)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("no %q in:\n%v", w, err)
		}
	}
}

// Cut after each number of bytes: a server that does it once gives the file all
// the same, one that always does it gives an error that says where.
func TestCutAtAnyByte(t *testing.T) {
	_, files := setupSmall(t)
	size := len(files["a.gz"])
	for n := range size {
		r, files := setupSmall(t)
		m := newFakeMirror(t, files)
		m.fault = times(1, cutAt(n))
		r.Spec.Mirrors = []string{m.URL}
		if err := get(r); err != nil {
			t.Errorf("cut once after %d bytes: %v", n, err)
		}
		wantFiles(t, r, files)
		if last := m.requests(); n > 0 && last[len(last)-1] != fmt.Sprintf("/a.gz bytes=%d-", n) {
			t.Errorf("cut once after %d bytes: asked for %q", n, last)
		}

		r, _ = setupSmall(t)
		m.fault = times(always, cutAt(n))
		r.Spec.Mirrors = []string{m.URL}
		wantAttempts(t, get(r), m.URL+"/a.gz: cut off after "+fmt.Sprint(n, " of ", size, " bytes"))
		wantNothing(t, r)
		m.fault = nil // and the next time it goes on
		if err := get(r); err != nil {
			t.Errorf("after a download that was cut after %d bytes: %v", n, err)
		}
		wantFiles(t, r, files)
	}
}

// chunked sends data without saying how long it is.
func chunked(data []byte) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.(http.Flusher).Flush()
		_, _ = w.Write(data)
	}
}

// announcing sends the file and says that it has more bytes, or fewer, than it has.
func announcing(more int) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, data []byte) {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)+more))
		_, _ = w.Write(data[:min(len(data), len(data)+more)])
	}
}

func TestWrongLength(t *testing.T) {
	for name, c := range map[string]struct {
		fault func(http.ResponseWriter, *http.Request, []byte)
		want  string
	}{
		"announces more":  {announcing(7), "the file has 51 bytes there and 44 are published"},
		"announces fewer": {announcing(-7), "the file has 37 bytes there and 44 are published"},
		"sends more":      {chunked(append([]byte("\x1f\x8b"), make([]byte, 100)...)), "sent more than the 44 bytes"},
		"sends fewer":     {chunked([]byte("\x1f\x8b, and then")), "cut off after 12 of 44 bytes"},
		"sends nothing":   {chunked(nil), "cut off after 0 of 44 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			r, files := setupSmall(t)
			bad, good := newFakeMirror(t, files), newFakeMirror(t, files)
			bad.fault = times(always, c.fault)
			r.Spec.Mirrors = []string{bad.URL}
			wantAttempts(t, get(r), bad.URL+"/a.gz: ", c.want)
			wantNothing(t, r)
			r.Spec.Mirrors = []string{bad.URL, good.URL}
			if err := get(r); err != nil {
				t.Fatal(err)
			}
			wantFiles(t, r, files)
		})
	}
}

func TestRedirect(t *testing.T) {
	r, files := setupSmall(t)
	target := newFakeMirror(t, files)
	m := newFakeMirror(t, files)
	m.fault = times(always, func(w http.ResponseWriter, q *http.Request, _ []byte) {
		http.Redirect(w, q, target.URL+"/moved/a.gz", http.StatusMovedPermanently)
	})
	r.Spec.Mirrors = []string{m.URL}
	if err := get(r); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
}

// Where a redirection leads is named too, with what was answered there.
func TestRedirectToFault(t *testing.T) {
	r, files := setupSmall(t)
	target := newFakeMirror(t, files)
	target.fault = times(always, status(503))
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, to := range []string{target.URL + "/moved", gone.URL + "/moved"} {
		m := newFakeMirror(t, files)
		m.fault = times(always, func(w http.ResponseWriter, q *http.Request, _ []byte) { http.Redirect(w, q, to, http.StatusFound) })
		r.Spec.Mirrors = append(r.Spec.Mirrors, m.URL)
	}
	loop := newFakeMirror(t, files)
	loop.fault = times(always, func(w http.ResponseWriter, q *http.Request, _ []byte) {
		http.Redirect(w, q, loop.URL+"/a.gz", http.StatusFound)
	})
	r.Spec.Mirrors = append(r.Spec.Mirrors, loop.URL)
	err := get(r)
	wantAttempts(t, err,
		r.Spec.Mirrors[0]+"/a.gz: redirected to "+target.URL+"/moved: the server answered 503 Service Unavailable",
		r.Spec.Mirrors[1]+"/a.gz: redirected to "+gone.URL+"/moved: ", "refused",
		loop.URL+"/a.gz: stopped after 10 redirects")
	var s *StatusError
	if !errors.As(err, &s) || s.Code != 503 {
		t.Errorf("errors.As finds %v", s)
	}
	wantNothing(t, r)
}

// The file must not be there under its name while it is still coming.
func TestNoNameBeforeTheEnd(t *testing.T) {
	r, files := setupSmall(t)
	m := newFakeMirror(t, files)
	m.fault = times(1, func(w http.ResponseWriter, q *http.Request, data []byte) {
		wantNothing(t, r)
		cutAt(len(data)-1)(w, q, data)
	})
	r.Spec.Mirrors = []string{m.URL}
	r.Reporter = &recorder{onUpdate: func(int64) { wantNothing(t, r) }}
	if err := newJob(r, patient).run(context.Background()); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, r, files)
}
