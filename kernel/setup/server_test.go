package setup

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRealServer(t *testing.T) {
	needKernel(t)
	places, err := FindPlaces(".")
	if err != nil {
		t.Fatal(err)
	}
	if st, err := readState(places.StateFile); err != nil || st.Jupyter == nil {
		if os.Getenv("FROMZERO_REQUIRE_KERNEL") != "" {
			t.Fatal("Jupyter is not set up: ", err)
		}
		t.Skip("Jupyter is not set up: ", err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "mine.ipynb"), `{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}`, 0o644)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	var answers []string
	err = ServeNotebooks(ctx, ServerOptions{Repo: ".", Path: filepath.Join(dir, "mine.ipynb"), NoBrowser: true, Out: &out,
		Ready: func(address string) {
			for _, path := range []string{"/api/kernelspecs", "/api/contents/mine.ipynb?content=0"} {
				answers = append(answers, get(t, address, path))
			}
			cancel() // as Ctrl-C does
		}})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if len(answers) != 2 || !strings.Contains(answers[0], `"Go (fromzero)"`) || !strings.Contains(answers[1], `"type": "notebook"`) {
		t.Errorf("the server answered %q", answers)
	}
	if !strings.Contains(out.String(), "/mine.ipynb?token=") {
		t.Errorf("no address was printed:\n%s", out.String())
	}
}

// get asks the server that serves address, with its token.
func get(t *testing.T, address, path string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+u.Host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+u.Query().Get("token"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, resp.Status, err)
	}
	return string(body)
}
